import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { callInstance } from '../adapters/control-client.ts';
import { NotRunningError } from '../adapters/control-errors.ts';
import { historyDirectory } from '../adapters/history/directory.ts';
import { HistoryReader, keptHistories } from '../adapters/history/reader.ts';
import { socketPath } from '../adapters/socket-path.ts';
import type { OutputAnswer, OutputPart } from '../control/output-stream.ts';
import { attemptsOf } from '../history/history-entries.ts';
import type { KeptOutput, RunLine, TaskLine } from '../history/history-line.ts';
import { oneLine, printed } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import type { OutputStream } from '../projections/run-outputs.ts';
import { formatInstant, showDuration } from '../terminal/instant.ts';
import { attemptText } from '../terminal/run-table.ts';
import { paragraph } from '../terminal/wrap.ts';
import { CONFIG_OPTION } from './open-history.ts';
import { answerJson, FOUND, followOption, JSON_OPTION, NOTHING, printUnknown } from './query-common.ts';
import { printMessage, writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

type Ended = TaskLine | RunLine;
type OutputOptions = {
  readonly stdout?: true;
  readonly stderr?: true;
  readonly follow?: true;
  readonly json?: true;
  readonly config?: string;
};

/** Which run is meant: the last one, one by its id, or one counted from the end. */
type Choice = { readonly back: number } | { readonly session?: string; readonly run: string };

/** A run with its output. `line`: what the history has of it; undefined: it has not ended, or is not in the history. */
interface Found {
  readonly item: string;
  readonly run: string;
  readonly output: KeptOutput;
  readonly running: boolean;
  readonly line: Ended | undefined;
}

/** @throws UsageError */
const choiceOf = (text: string | undefined): Choice | undefined => {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return { back: Number(text) };
  const [, session, run] = /^(?:([\da-z]+)\/)?(run-\d+)$/.exec(text) ?? [];
  if (run === undefined)
    throw new UsageError(`RUN: expected run-17, SESSION/run-17, or a number counted back from 1, found "${text}"`);
  return session === undefined ? { run } : { session, run };
};

/** What a line is about, as names are written on the command line. */
const itemOf = (line: Ended): string => (line.kind === 'task' ? `task/${line.task}` : `condition/${line.condition}`);

/** The items that a name can mean: a task comes first. */
const candidates = (name: string): readonly string[] =>
  name.includes('/') ? [name] : [`task/${name}`, `condition/${name}`];

/** The runs of an item that have ended, the newest first; none where no history is kept. */
function* endedRuns(directory: string, item: string): Generator<Ended, void> {
  const reader = new HistoryReader(directory);
  if (!reader.exists) return;
  const name = JSON.stringify(item.slice(item.indexOf('/') + 1));
  const containing = [`"task":${name}`, `"condition":${name}`];
  for (const line of reader.linesBackwards({ containing }))
    if ((line.kind === 'task' || (line.kind === 'run' && line.hook === undefined)) && itemOf(line) === item) yield line;
}

const findEnded = (directory: string, item: string, choice: Choice): Ended | undefined => {
  let count = 0;
  for (const line of endedRuns(directory, item)) {
    count += 1;
    if ('back' in choice) {
      if (count === choice.back) return line;
    } else if (line.run === choice.run && (choice.session ?? line.session) === line.session) return line;
  }
  return undefined;
};

const streamsOf = ({ stdout, stderr, log }: Ended): KeptOutput => ({
  ...(stdout === undefined ? {} : { stdout }),
  ...(stderr === undefined ? {} : { stderr }),
  ...(log === undefined ? {} : { log }),
});

/** Finds a run in the history. */
const fromHistory = (directory: string | undefined, items: readonly string[], choice: Choice): Found | undefined => {
  for (const item of directory === undefined ? [] : items) {
    const line = findEnded(directory!, item, choice);
    if (line) return { item, run: line.run, output: streamsOf(line), running: false, line };
  }
  return undefined;
};

/** What an item wrote in the last run of it that the history in a directory has; undefined: there is none. */
export const lastKept = (directory: string, item: string): Omit<Found, 'line'> | undefined =>
  fromHistory(directory, [item], { back: 1 });

/** One line about a run. */
const headOf = ({ item, run, running, line }: Pick<Found, 'item' | 'run' | 'running'> & Partial<Found>): string => {
  const what = `${item.replace('/', ' ')}, ${run}`;
  if (running) return `${what}, which is under way`;
  if (line === undefined) return `${what}, the last one`;
  const { began, seconds, outcome } = line;
  const why = line.kind === 'task' ? line.why : (line.reason ?? line.why);
  const attempts = line.kind === 'task' && line.attempts !== undefined ? `, ${counted(line.attempts, 'attempt')}` : '';
  return `${what}, began ${formatInstant(Date.parse(began))}, ${showDuration(seconds * 1000)}${attempts}: ${outcome}, ${why}`;
};

/** Writes pieces of output where they belong. */
class Printer {
  readonly #options: OutputOptions;
  readonly #terminals: Readonly<Record<1 | 2, boolean>> = { 1: isatty(1), 2: isatty(2) };
  #atLineStart = true;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** A line about what follows, for a person. */
  head(text: string): void {
    if (this.#terminals[2] && !this.#options.json)
      writeAll(2, paragraph(oneLine(text), process.stderr.columns || 80, 2));
  }
  /** Returns false when the reader has gone. */
  write(stream: OutputStream, text: string): boolean {
    const { stdout, stderr } = this.#options;
    const fd = stream === 'stderr' ? 2 : 1;
    if (fd === 1 ? stderr && !stdout : stdout && !stderr) return true;
    this.#atLineStart = text.endsWith('\n');
    return writeAll(fd, this.#terminals[fd] ? printed(text.replaceAll('\r\n', '\n')) : text);
  }
  output(output: KeptOutput): boolean {
    const streams = ['stdout', 'log', 'stderr'] as const;
    return streams.every((stream) => output[stream] === undefined || this.write(stream, output[stream]));
  }
  /** Ends a last line without its end, on a terminal. */
  end(): void {
    if (!this.#atLineStart && this.#terminals[1] && this.#terminals[2]) writeAll(2, '\n');
  }
}

/** The tasks of a run have outputs of their own. */
const tasksHint = (line: Ended | undefined): string => {
  const task = line?.kind === 'run' ? (line.task ?? line.tasks[0]?.task) : undefined;
  return task === undefined ? '' : `; of its task: whenever output ${task} ${line!.run}`;
};

const printFound = (found: Found, options: OutputOptions, note?: string): number => {
  const { item, run, running, output, line } = found;
  if (options.json) {
    const { began, seconds, outcome, session } = line ?? {};
    const attempts = line?.kind === 'task' ? attemptsOf(line) : {};
    writeAll(1, answerJson({ item, run, session, running, began, seconds, outcome, ...attempts, ...output }));
    return FOUND;
  }
  const printer = new Printer(options);
  printer.head(headOf(found));
  const earlier = line?.kind === 'task' ? (attemptsOf(line).failedAttempts ?? []) : [];
  for (const one of earlier) printer.head(`  ${attemptText(one)}`);
  if (note !== undefined) printMessage(note);
  if (Object.keys(output).length === 0) {
    const nothing = running ? 'has written nothing yet' : 'has written nothing, or nothing of it is kept (keep_output)';
    printMessage(`${run} of ${item} ${nothing}${tasksHint(line)}`);
    return NOTHING;
  }
  printer.output(output);
  printer.end();
  return FOUND;
};

/** Asks the running instance; undefined: there is none. With `follow` what comes is printed. */
const askInstance = async (item: string, options: OutputOptions): Promise<OutputAnswer | undefined> => {
  const closed = new AbortController();
  const printer = new Printer(options);
  const part = (found: unknown): void => {
    const piece = found as OutputPart;
    if (options.json) {
      if (!writeAll(1, answerJson(piece))) closed.abort();
    } else if ('running' in piece) printer.head(headOf({ item: piece.item, run: piece.running, running: true }));
    else if ('leftOut' in piece) printMessage(`${counted(piece.leftOut, 'byte')} left out here`);
    else if (!printer.write(piece.stream, piece.text)) closed.abort();
  };
  const { follow } = options;
  try {
    const request = { request: 'output', item, ...(follow ? { follow } : {}) } as const;
    return (await callInstance(socketPath(), request, part, closed.signal)) as OutputAnswer | undefined;
  } catch (error) {
    if (error instanceof NotRunningError && !follow) return undefined;
    throw error;
  }
};

/** The directory of the history that is read. @throws NotRunningError when there is none. */
const directoryOf = ({ config }: OutputOptions, answer: OutputAnswer | undefined): string | undefined => {
  if (config !== undefined) return historyDirectory(resolve(config));
  if (answer) return answer.history ?? undefined;
  const [last] = keptHistories();
  if (last === undefined) throw new NotRunningError(socketPath());
  return last.directory;
};

/** Why there are no earlier runs. */
const noHistory = (directory: string | undefined): string => {
  if (directory === undefined) return ': no history is kept';
  return new HistoryReader(directory).exists ? '' : `: there is no history in ${directory}`;
};

/** The run that the instance knows of, if it is the one that is meant. */
const fromInstance = (
  answer: OutputAnswer | undefined,
  choice: Choice | undefined,
  directory: string | undefined,
): Found | undefined => {
  const { item, latest } = answer ?? {};
  if (item === undefined || !latest) return undefined;
  const { run, running } = latest;
  const meant = choice === undefined || ('run' in choice ? choice.run === run && choice.session === undefined : false);
  if (!meant) return undefined;
  return { item, ...latest, line: running ? undefined : fromHistory(directory, [item], { run })?.line };
};

/** Much output is not followed to its end: its last bytes are printed. */
const endFollowing = ({ item, leftOut, latest }: OutputAnswer, options: OutputOptions): number => {
  if (leftOut === 0 || latest === null) return FOUND;
  return printFound({ item, ...latest, line: undefined }, options, LEFT_OUT_AT_END);
};

const LEFT_OUT_AT_END = 'there was too much to follow; the last of it is:';

export const outputCommand: Subcommand<OutputOptions> = {
  name: 'output',
  help: 'print what the last run of a task wrote, or another run, or the last check of a condition',
  takes: [
    {
      form: '<ITEM>',
      help: 'a task or condition; condition/NAME if a task has the same name',
      names: ['condition', 'task'],
    },
    {
      form: '[RUN]',
      help: 'which run: run-17, SESSION/run-17, or how far back, where 1 is the last one that has ended',
    },
  ],
  options: [
    { flags: '--stdout', help: 'only standard output, and what a script logged' },
    { flags: '--stderr', help: 'only standard error' },
    followOption('what it writes'),
    JSON_OPTION,
    { ...CONFIG_OPTION, conflicts: ['follow'] },
  ],
  more: 'At most the last 8 KiB of each stream are kept, without secrets. **--follow** ends with the run.',
  exitStatus:
    'Status 0: printed, whatever came of the run; 1: there is nothing to show; 2: wrong usage; 3: no instance is running and no history is kept.',
  examples: ['whenever output Backup 2 --stderr'],
  run: async ({ args: [name = '', text], options }) => {
    const choice = choiceOf(text);
    if (options.follow && choice) throw new UsageError('RUN: only the run that is under way can be followed');
    const answer = options.config === undefined ? await askInstance(name, options) : undefined;
    if (answer?.followed) return endFollowing(answer, options);
    if (options.follow && answer === undefined) return FOUND;
    const directory = directoryOf(options, answer);
    const items = answer?.known ? [answer.item] : candidates(name);
    const found = fromInstance(answer, choice, directory) ?? fromHistory(directory, items, choice ?? { back: 1 });
    if (found) return printFound(found, options);
    if (answer?.known !== false || !(await printUnknown([name], 'item', {})))
      printMessage(
        `${text === undefined ? `no run of ${name} is known` : `no run of ${name} matches "${text}"`}${noHistory(directory)}`,
      );
    return NOTHING;
  },
};
