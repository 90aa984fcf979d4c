import { loadSubcommands } from '../commands/index.ts';
import type { Subcommand } from '../commands/subcommand.ts';
import { COMMANDS } from '../core/commands.ts';
import { messageOf } from '../error-message.ts';
import { Redactor } from '../redact.ts';
import { bounded, type LeftOut } from './bounded.ts';
import type { RunProgram } from './program.ts';
import { CONFIGURATION } from './resources.ts';
import {
  argumentWords,
  type InputSchema,
  inputProblem,
  inputSchema,
  optionRows,
  type ToolInput,
  type ToolRows,
} from './tool-schema.ts';

/** Characters of JSON that an answer has at the most: an assistant reads all of them. */
export const MOST_CHARACTERS = 24_000;

/** Places of which an answer says how much was left out there. */
const MOST_PLACES = 10;

/** The answer of a tool. */
export interface ToolAnswer {
  readonly content: readonly { readonly type: 'text'; readonly text: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError?: true;
  readonly [key: string]: unknown;
}

/** A tool as `tools/list` shows it, and what it does. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: InputSchema;
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
  call(input: ToolInput, signal: AbortSignal): Promise<ToolAnswer>;
}

/** What the tools work on. */
export interface ToolDeps {
  readonly run: RunProgram;
  /** The configuration that was named on the command line; undefined: none. */
  readonly given: string | undefined;
  /** The configuration: the one that was named, that runs, or that is read when none is named. @throws Error */
  file(): Promise<string>;
}

/** How a tool asks the program. */
interface ToolTraits {
  /** It takes the file as its first argument: the one of the server. */
  readonly file?: true;
  /** It reads the history of the file, if one was named. */
  readonly config?: true;
  /** It has `--json`; default: its text is the answer. */
  readonly text?: true;
  /** Its answer has lines of JSON, under this key. */
  readonly lines?: string;
  /** Where the rest of a long answer is, when it has no inputs that narrow it. */
  readonly rest?: string;
  /** Of its lists the end matters most. */
  readonly newest?: true;
  /** Options that it is always given. */
  readonly options?: readonly string[];
  /** Exit statuses that are an answer and not an error; default: 0 and 1. */
  readonly found?: readonly number[];
}

/** The tools that only read, by the name of their subcommand. */
const READING: Readonly<Record<string, ToolTraits>> = {
  status: {},
  explain: { config: true },
  story: { newest: true },
  history: { config: true },
  output: { config: true },
  logs: { lines: 'records', newest: true },
  next: { file: true },
  simulate: { file: true, text: true, options: ['--log-level=error'] },
  check: { file: true, found: [0, 1, 2], rest: 'Mend some of what it found, and ask again.' },
  describe: { file: true, rest: `The resource ${CONFIGURATION} has the file itself.` },
};

/** Options that no tool has: what an assistant cannot use, and what the server says itself. */
const WITHOUT = [
  ...[
    'json',
    'sarif',
    'follow',
    'watch',
    'verbose',
    'strict',
    'from-file',
    'seed',
    'replay',
    'with',
    'calendar',
    'ics',
  ],
  ...['log-level', 'log-plain', 'log-color', 'log-json', 'log-format'],
];

/** The tools that change something, by their names: the input command that each gives. */
const CONTROL: Readonly<Record<string, string>> = {
  run: 'run',
  trigger: 'trigger',
  pause: 'pause',
  resume: 'resume',
  cancel: 'cancel',
  suspend: 'suspend_condition',
  resume_condition: 'resume_condition',
  reset: 'reset_conditions',
  reload: 'reload',
};

/** Whether a tool changes something. */
export const isControl = (name: string): boolean => Object.hasOwn(CONTROL, name);

const answerText = (text: string, more: Partial<ToolAnswer> = {}): ToolAnswer => ({
  content: [{ type: 'text', text }],
  ...more,
});

const failed = (text: string): ToolAnswer => answerText(text, { isError: true });

/** What to do when no instance runs. */
const startHint = async ({ file }: ToolDeps): Promise<string> => {
  try {
    return `Start it with: whenever ${await file()}`;
  } catch (error) {
    return messageOf(error);
  }
};

/** @param rest how to see it */
const leftOutText = (leftOut: readonly LeftOut[], rest: string): string => {
  const what = leftOut.slice(0, MOST_PLACES).map(({ at, count, of }) => `${count} ${of} of ${at}`);
  const more = leftOut.length > MOST_PLACES ? [`and at ${leftOut.length - MOST_PLACES} more places`] : [];
  return `Left out, because the answer was too long: ${[...what, ...more].join('; ')}. ${rest}`;
};

/** What a command has printed, as an object. */
const parsed = (stdout: string, { text, lines }: ToolTraits): Record<string, unknown> => {
  if (text) return { text: stdout.trim() };
  const values = stdout.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as unknown]));
  return lines === undefined ? (values[0] as Record<string, unknown>) : { [lines]: values };
};

/** Runs a command and makes an answer of what it has printed. @param rest how to see what is left out */
const ask = async (
  deps: ToolDeps,
  words: readonly string[],
  traits: ToolTraits,
  signal: AbortSignal,
  rest = traits.rest ?? 'Ask for less.',
) => {
  const { status, stdout, stderr } = await deps.run(words, signal);
  const message = stderr.replace(/^whenever: /gm, '').trim();
  if (status === 3) return failed(new Redactor().mask(`${message}\n${await startHint(deps)}`));
  const answered =
    status !== null && (traits.found ?? [0, 1]).includes(status) && (stdout.trim() !== '' || traits.lines);
  if (!answered) return failed(new Redactor().mask(message || `the command ended with status ${status}`));
  const masked = new Redactor().redactEverywhere(parsed(stdout, traits));
  const { value, leftOut } = bounded(masked, MOST_CHARACTERS, traits.newest);
  const structuredContent = {
    ...(value as Readonly<Record<string, unknown>>),
    ...(leftOut.length > 0 ? { leftOut: leftOut.slice(0, MOST_PLACES) } : {}),
  };
  const text = traits.text ? String((value as { readonly text: unknown }).text) : JSON.stringify(value);
  const notes = [
    ...(leftOut.length > 0 ? [leftOutText(leftOut, rest)] : []),
    ...(message ? [new Redactor().mask(message)] : []),
  ];
  return {
    content: [text, ...notes].map((one) => ({ type: 'text' as const, text: one })),
    structuredContent,
  };
};

/** The words between the name of a subcommand and what the input says. */
const fixedWords = async ({ given, file }: ToolDeps, traits: ToolTraits) => ({
  options: [
    ...(traits.text ? [] : ['--json']),
    ...(traits.options ?? []),
    ...(traits.config && given !== undefined ? [`--config=${given}`] : []),
  ],
  args: traits.file ? [await file()] : [],
});

const tool = (
  name: string,
  description: string,
  rows: ToolRows,
  readOnlyHint: boolean,
  call: (words: readonly string[], signal: AbortSignal) => Promise<ToolAnswer>,
): Tool => {
  const schema = inputSchema(rows);
  return {
    ...{ name, description, inputSchema: schema },
    annotations: {
      readOnlyHint,
      destructiveHint: !readOnlyHint,
      idempotentHint: readOnlyHint,
      openWorldHint: !readOnlyHint,
    },
    call: async (input, signal) => {
      const problem = inputProblem(schema, input);
      if (problem !== undefined) return failed(`${name}: ${problem}`);
      try {
        return await call(argumentWords(rows, input), signal);
      } catch (error) {
        return failed(`${name}: ${messageOf(error)}`);
      }
    },
  };
};

/** `show what failed` → `Show what failed.` */
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const readingTool = (subcommand: Subcommand, traits: ToolTraits, deps: ToolDeps): Tool => {
  const rows = optionRows(subcommand, WITHOUT);
  return tool(subcommand.name, sentence(subcommand.help), rows, true, async (words, signal) => {
    const { options, args } = await fixedWords(deps, traits);
    const split = words.indexOf('--');
    const [own, names] = split < 0 ? [words, []] : [words.slice(0, split), words.slice(split + 1)];
    const inputs = Object.keys(inputSchema(rows).properties);
    const rest = traits.rest ?? `To see it, ask for less by ${inputs.join(', ')}.`;
    return ask(deps, [subcommand.name, ...options, ...own, '--', ...args, ...names], traits, signal, rest);
  });
};

/** The tools of the server. @param control with those that change something */
export const toolsOf = async (deps: ToolDeps, control: boolean): Promise<readonly Tool[]> => {
  const subcommands = await loadSubcommands(Object.keys(READING));
  const reading = subcommands.map((one) => readingTool(one, READING[one.name]!, deps));
  if (!control) return reading;
  const [ctl] = await loadSubcommands(['ctl']);
  const changing = Object.entries(CONTROL).map(([name, word]) => {
    const row = COMMANDS.find(({ names }) => names.includes(word))!;
    const nested = ctl?.commands?.find(({ names }) => names.includes(word));
    const rows: ToolRows = { takes: [...(nested?.takes ?? []), ...endRows(row.takes)], options: [] };
    return tool(name, row.help.replaceAll('`', ''), rows, false, (words, signal) =>
      ask(deps, ['ctl', '--json', '--', word, ...words.filter((one) => one !== '--')], { found: [0, 1, 2] }, signal),
    );
  });
  return [...reading, ...changing];
};

/** What some input commands take besides a name. */
const endRows = (takes: (typeof COMMANDS)[number]['takes']): ToolRows['takes'] => {
  if (takes === 'one name and data') return [{ form: '[DATA]', help: 'data for its tasks, as JSON' }];
  if (takes === 'an end' || takes === 'one name and an end')
    return [
      { form: '[END]', help: 'for how long (90m, 2h, 7d), or until which instant; default: until it is resumed' },
    ];
  return [];
};
