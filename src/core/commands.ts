import { tildeProblem } from '../check-arguments.ts';
import type { Mark } from '../log/record.ts';
import { showInstant } from './duration.ts';
import { type EndTime, parseEnd } from './end-time.ts';
import { dataProblem, eventArguments, looksLikeData, valueProblem } from './event-data.ts';
import type { CommandResult } from './ports.ts';

/** What commands do; the scheduler is one. Each answers when the work is accepted. */
export interface Control {
  exit(): CommandResult;
  kill(): CommandResult;
  /** @param end when it ends by itself; undefined: not before `resume` */
  pause(end: EndTime | undefined): CommandResult;
  resume(): CommandResult;
  /** No names: all. */
  reset(names: readonly string[]): CommandResult;
  /** @param end when it ends by itself; undefined: not before `resumeCondition` */
  suspendCondition(name: string, end: EndTime | undefined): CommandResult;
  resumeCondition(name: string): CommandResult;
  /** @param data as JSON */
  trigger(name: string, data?: string): CommandResult;
  /** Publishes a value under topics. @param fleet on all machines of the fleet */
  logEvent(topics: string | readonly string[], value: unknown, fleet: boolean): CommandResult;
  configure(path: string): CommandResult;
  /** Loads the running file again. */
  reload(): CommandResult;
  /** Runs the tasks of a condition now; `queue`: or when it is free. */
  run(name: string, queue: boolean): CommandResult;
  /** Ends the run, the check, and what is queued. */
  cancel(name: string): CommandResult;
  /** @param lines the commands, a line each */
  help(lines: readonly string[]): CommandResult;
}

/** One input command: its words, what it takes, what the manual says, what it does. */
export interface Command {
  readonly names: readonly [string, ...string[]];
  /** It may stand among the arguments, but not within a value; `run` is given it as the last one. */
  readonly option?: '--queue' | '--fleet';
  readonly takes:
    | 'nothing'
    | 'an end'
    | 'one name'
    | 'one name and an end'
    | 'one name and data'
    | 'a topic and a value'
    | 'any names'
    | 'the rest of the line';
  /** The arguments as the manual shows them. */
  readonly usage: string;
  readonly help: string;
  run(control: Control, args: readonly string[], end?: EndTime): CommandResult;
}

/** The input commands: for stdin, internal tasks and whatever else may speak to the scheduler. */
export const COMMANDS: readonly Command[] = [
  {
    names: ['exit', 'quit'],
    takes: 'nothing',
    usage: '',
    help: 'End when everything that runs has ended.',
    run: (control) => control.exit(),
  },
  {
    names: ['kill'],
    takes: 'nothing',
    usage: '',
    help: 'End at once, and the processes that tasks and conditions have started with it.',
    run: (control) => control.kill(),
  },
  {
    names: ['pause'],
    takes: 'an end',
    usage: '[END]',
    help: 'Stop checking conditions, for a time (1h), until an instant, or until the command resume. What runs goes on; events are kept.',
    run: (control, _, end) => control.pause(end),
  },
  {
    names: ['resume'],
    takes: 'nothing',
    usage: '',
    help: 'Check again after a pause.',
    run: (control) => control.resume(),
  },
  {
    names: ['reset_conditions'],
    takes: 'any names',
    usage: '[NAME …]',
    help: 'Make the named conditions, or all, as they were at start. Busy ones when they are free.',
    run: (control, names) => control.reset(names),
  },
  {
    names: ['suspend_condition'],
    takes: 'one name and an end',
    usage: 'NAME [END]',
    help: 'Do not check the condition, for a time (2h), until an instant, or until it is resumed.',
    run: (control, [name], end) => control.suspendCondition(name!, end),
  },
  {
    names: ['resume_condition'],
    takes: 'one name',
    usage: 'NAME',
    help: 'End the suspension of a condition and reset it.',
    run: (control, [name]) => control.resumeCondition(name!),
  },
  {
    names: ['trigger'],
    takes: 'one name and data',
    usage: 'NAME [JSON]',
    help: 'Fire an event of type cli, with data for its tasks, such as {"any": "json"}.',
    run: (control, [name, data]) => control.trigger(name!, data),
  },
  {
    names: ['log_event'],
    takes: 'a topic and a value',
    option: '--fleet',
    usage: 'TOPIC JSON [--fleet]',
    help: 'Publish a value under a topic, such as {"free": 12} under disk; with `--fleet` on all machines of the fleet.',
    run: (control, [topic, value, option]) => control.logEvent(topic!, JSON.parse(value!), option !== undefined),
  },
  {
    names: ['configure'],
    takes: 'the rest of the line',
    usage: 'PATH',
    help: 'Load another configuration file without a restart. Items that are equal keep their state.',
    run: (control, [path]) => control.configure(path!),
  },
  {
    names: ['reload'],
    takes: 'nothing',
    usage: '',
    help: 'Load the running configuration file again.',
    run: (control) => control.reload(),
  },
  {
    names: ['run'],
    takes: 'one name',
    option: '--queue',
    usage: 'NAME [--queue]',
    help: 'Run the tasks of the condition now, whatever its state, which stays what it is. While it is busy, the command does nothing; with `--queue` it runs when it is free.',
    run: (control, [name, option]) => control.run(name!, option !== undefined),
  },
  {
    names: ['cancel'],
    takes: 'one name',
    usage: 'NAME',
    help: 'End the run or the check of the condition, and drop the run that is queued. Processes get SIGTERM, and SIGKILL two seconds later. The outcome is `cancelled`, which is not a failure.',
    run: (control, [name]) => control.cancel(name!),
  },
  {
    names: ['help'],
    takes: 'nothing',
    usage: '',
    help: 'List the input commands.',
    run: (control) => control.help(commandHelp()),
  },
];

/** The input commands, a line each. */
export const commandHelp = (): string[] =>
  COMMANDS.map(({ names, usage, help }) => `${names.join(', ')}${usage === '' ? '' : ` ${usage}`}: ${help}`);

const byName = new Map(COMMANDS.flatMap((command) => command.names.map((name) => [name, command] as const)));

/** The words before an end, for the commands that take one. */
const WORDS_BEFORE_END: Partial<Readonly<Record<Command['takes'], number>>> = { 'an end': 0, 'one name and an end': 1 };

/** The end that the last words of a command give; undefined: they are absent. Returns what is wrong with it as a text. */
const endOf = ({ takes }: Command, args: readonly string[], now: number): EndTime | string | undefined => {
  const words = args.slice(WORDS_BEFORE_END[takes] ?? args.length);
  if (words.length === 0) return undefined;
  const end = parseEnd(words, now);
  if (typeof end === 'string' || end.at > now) return end;
  return `${showInstant(end.at)} is over: expected an instant after ${showInstant(now)}`;
};

/** What a command is run with. */
interface Given {
  readonly args: readonly string[];
  readonly end?: EndTime | undefined;
}

/** A name, and data as the rest of the line. Returns what is wrong with them as a text. */
const nameAndData = (word: string, args: readonly string[], rest: string): Given | string => {
  const name = args[0]!;
  const data = rest.slice(name.length).trim();
  if (data === '') return { args: [name] };
  const wrong = dataProblem(data);
  if (wrong === undefined) return { args: [name, data] };
  return looksLikeData(data) ? `${word}: ${wrong}` : notOneName(word, args);
};

const given = ({ length }: readonly string[]): string => `${length} ${length === 1 ? 'was' : 'were'} given`;
const notOneName = (word: string, args: readonly string[]): string => `${word} takes exactly one name, ${given(args)}`;

/** A topic, a value, and an option before or after them. Returns what is wrong with them as a text. */
const topicAndValue = (word: string, rest: string, known: string): Given | string => {
  const { topic, value, option } = eventArguments(rest);
  if (option !== '' && option !== known) return `${word}: unknown option "${option}" (known: ${known})`;
  if (value === '') return `${word} takes a topic and a value as JSON, as in ${word} disk {"free": 12}`;
  const wrong = valueProblem(value);
  return wrong === undefined ? { args: option === '' ? [topic, value] : [topic, value, option] } : `${word}: ${wrong}`;
};

/** The path of a file. Returns what is wrong with it as a text. */
const pathOf = (word: string, rest: string): Given | string => {
  if (rest === '') return `${word} takes the path of a file, none was given`;
  const tilde = tildeProblem(rest);
  return tilde === undefined ? { args: [rest] } : `${word}: ${tilde}`;
};

/** Reads the arguments of a command. Returns what is wrong with them as a text. */
const readArguments = (command: Command, word: string, rest: string, now: number): Given | string => {
  const words = rest === '' ? [] : rest.split(/\s+/u);
  const { takes, option } = command;
  if (takes === 'a topic and a value') return topicAndValue(word, rest, option!);
  const args = option === undefined ? words : words.filter((one) => one !== option);
  const unknown = option === undefined ? undefined : args.find((one) => one.startsWith('--'));
  if (unknown !== undefined) return `${word}: unknown option "${unknown}" (known: ${option})`;
  if (takes === 'nothing' && args.length > 0) return `${word} takes no arguments, ${given(args)}`;
  if (takes === 'the rest of the line') return pathOf(word, rest);
  if (takes === 'one name' ? args.length !== 1 : takes.startsWith('one name and') && args.length === 0)
    return notOneName(word, args);
  if (args.length < words.length) return { args: [...args, option!] };
  if (takes === 'one name and data') return nameAndData(word, args, rest);
  const end = endOf(command, args, now);
  return typeof end === 'string' ? `${word}: ${end}` : { args, end };
};

/**
 * Carries out one line. `rejected` is called with the mark of the record and the reason, except for blank lines.
 * @param now wall-clock ms
 */
export const interpret = (
  line: string,
  control: Control,
  rejected: (mark: Mark, reason: string) => void,
  now: number,
): CommandResult => {
  const text = line.trim();
  if (text === '') return { kind: 'refused', reason: 'empty command' };
  const word = text.split(/\s/u, 1)[0]!;
  const refuse = (mark: 'PROC/ERR' | 'PROC/FAIL', reason: string): CommandResult => {
    rejected(mark, reason);
    return { kind: 'refused', reason };
  };
  const command = byName.get(word);
  if (!command) return refuse('PROC/ERR', `unknown command "${word}" (known: ${[...byName.keys()].join(', ')})`);
  const read = readArguments(command, word, text.slice(word.length).trim(), now);
  if (typeof read !== 'string') return command.run(control, read.args, read.end);
  return refuse(command.takes === 'nothing' || command.takes === 'an end' ? 'PROC/ERR' : 'PROC/FAIL', read);
};
