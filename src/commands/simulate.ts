import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readText } from '../adapters/host-fs.ts';
import { RecordingWriter } from '../adapters/recording-writer.ts';
import { registry } from '../items/registry.ts';
import { isForPrograms, makeFormat, type PlainFormatName } from '../log/format-choice.ts';
import { printed } from '../log/one-line.ts';
import type { Level } from '../log/record.ts';
import { type Assumptions, NOTHING_ASSUMED, readAssumptions } from '../simulation/assumptions.ts';
import { SimulationCounts, summarise } from '../simulation/counts.ts';
import { differences, type FiringChange, showChange, showFiles, showHistory } from '../simulation/difference.ts';
import { assumable, simulatedRegistry } from '../simulation/simulated-kinds.ts';
import { type InstanceRange, runSimulation } from '../simulation/simulation.ts';
import { formatInstant } from '../terminal/instant.ts';
import { countText } from '../terminal/progress.ts';
import { VERSION } from '../version.ts';
import { loadConfigFile } from './load-config.ts';
import { openReplay } from './open-replay.ts';
import { type RangeOptions, rangeOf, rangeOptions } from './option-values.ts';
import { onSignals } from './output-file.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { printMessage, showProgress, wantsColour, writeAll } from './stdio.ts';
import {
  givenFormat,
  LOG_OPTIONS,
  type LogFormatOptions,
  type Subcommand,
  UsageError,
  wholeNumber,
} from './subcommand.ts';

type SimulateOptions = RangeOptions &
  LogFormatOptions & {
    readonly assume?: string;
    readonly seed: number;
    readonly journal?: string;
    /** True: without a value. */
    readonly diff?: string | true;
    readonly replay?: string;
    readonly with?: string;
    readonly logLevel: Level;
  };

const DAY_MS = 86_400_000;
/** Records are written in pieces of this many characters. */
const BATCH = 1 << 16;

/** The progress of a simulation, in simulated days. */
const daysOf = (file: string, from: number, to: number) => {
  const progress = showProgress(`simulating ${file}`, countText('days'));
  return {
    at: (wall: number): void => progress.at((wall - from) / DAY_MS, (wall - from) / (to - from)),
    clear: (): void => progress.clear(),
  };
};

const formatOf = (options: SimulateOptions): PlainFormatName =>
  givenFormat(options) ?? (wantsColour() ? 'color' : 'plain');

/** What records say of the process: the same for the same simulation. */
const NO_PROCESS = { pid: 0, host: '', environment: {}, thread: 0, ids: false };

/** Opens the recording. It has the same bytes for the same simulation. @throws UsageError */
const openRecording = (path: string, started: number, seed: number): RecordingWriter => {
  try {
    return new RecordingWriter(path, { version: VERSION, session: `simulated-${seed}`, started, pid: 0 });
  } catch (error) {
    throw new UsageError(`--journal: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** Removes a recording with its parts, as far as they were written since then. @param since wall-clock ms */
const removeRecording = (path: string, since: number): void => {
  const [folder, own] = [dirname(path), basename(path)];
  const isPart = (name: string): boolean => name.startsWith(own) && /^(\.\d+(\..+)?)?$/.test(name.slice(own.length));
  for (const name of readdirSync(folder).filter(isPart)) {
    const file = join(folder, name);
    if ((statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= since) rmSync(file, { force: true });
  }
};

/** Reads what is assumed of the items of some files. @throws UsageError, ConfigError */
const assumptionsFor = async (files: readonly string[], { assume }: SimulateOptions, range: Range) => {
  const configs = [];
  for (const file of files) configs.push(await loadConfigFile(file));
  if (assume === undefined) return NOTHING_ASSUMED;
  return readAssumptions(assume, readText(assume), assumable(registry, configs), range);
};

type Range = ReturnType<typeof rangeOf>;

/** What files are simulated with. */
interface Given {
  readonly instances: readonly InstanceRange[];
  /** Neither records nor a recording are written. */
  readonly quiet: boolean;
  assumptions(file: string): Assumptions | Promise<Assumptions>;
}

/** Runs one file through the range. */
const simulateFile = async (
  file: string,
  options: SimulateOptions,
  { instances, quiet, assumptions }: Given,
): Promise<SimulationCounts> => {
  const [from, to] = [instances[0]!.from, instances.at(-1)!.to];
  const { seed, journal, logLevel: level } = options;
  const format = makeFormat({ format: formatOf(options) }, NO_PROCESS);
  const counts = new SimulationCounts(quiet);
  const simulated = simulatedRegistry(registry, await assumptions(file), counts);
  const load = (name: string) => loadConfigFile(name, simulated);
  const bar = daysOf(file, from, to);
  const config = await load(file);
  const started = Date.now();
  const recording = quiet || journal === undefined ? undefined : openRecording(journal, from, seed);
  // What a signal interrupts would look like the recording of a shorter simulation.
  const release = recording ? onSignals(() => removeRecording(journal!, started)) : () => {};
  let lines = '';
  await runSimulation(config, counts, {
    ...{ instances, seed, level, load, progress: bar.at },
    ...(recording ? { listener: recording.write } : {}),
    sink: (record) => {
      if (quiet) return;
      lines += format(record);
      if (lines.length < BATCH) return;
      bar.clear();
      writeAll(1, lines);
      lines = '';
    },
  });
  recording?.close();
  release();
  bar.clear();
  writeAll(1, lines);
  return counts;
};

/** Prints what differs. Returns the exit status. @param head what the signs stand for */
const showDifference = (head: string, changes: readonly FiringChange[]): number => {
  const lines = changes.map((change) => `${showChange(change)}\n`).join('');
  writeAll(1, changes.length === 0 ? 'No difference.\n' : `${head}${lines}`);
  return changes.length === 0 ? FOUND : NOTHING;
};

/** Prints the tables at the end. */
const showSummary = (counts: SimulationCounts, options: SimulateOptions): number => {
  writeAll(isForPrograms(givenFormat(options)) ? 2 : 1, `\n${summarise(counts)}`);
  return FOUND;
};

/** What a file would have done over the time of a history. @throws UsageError */
const replay = async (history: string, options: SimulateOptions): Promise<number> => {
  const { with: file, diff: other } = options;
  if (file === undefined) throw new UsageError('--replay: expected --with FILE, which says what would have run');
  const replayed = openReplay(history);
  const { range: known } = replayed;
  if (known === undefined) throw new UsageError(`--replay: ${history}: nothing is in it`);
  if (known.to <= known.from)
    throw new UsageError(
      `--replay: ${history} has lines of one instant only, ${formatInstant(known.from)}: expected a history with a beginning and an end`,
    );
  const range = rangeOf(options, known.from, Math.max(1, known.to - known.from));
  const instances = replayed.within(range);
  if (instances.length === 0)
    throw new UsageError(
      `--replay: no instance ran then: the history is from ${formatInstant(known.from)} to ${formatInstant(known.to)}`,
    );
  const assumptions = async (path: string) => {
    const config = await loadConfigFile(path);
    const unknown = replayed.unknown(assumable(registry, [config]));
    if (unknown.length > 0)
      printMessage(`${path}: not in the history, and assumed to succeed at once: ${unknown.join(', ')}`);
    return replayed.assumptions(config);
  };
  const given: Given = { instances, quiet: other !== undefined, assumptions };
  const simulated = (path: string) => simulateFile(path, options, given);
  const counts = await simulated(file);
  if (other === undefined) return showSummary(counts, options);
  if (other !== true)
    return showDifference(
      showFiles(printed(other), printed(file)),
      differences((await simulated(other)).fired, counts.fired),
    );
  const ran = replayed.fired.filter(({ at }) => at >= range.from && at <= range.to);
  return showDifference(showHistory(printed(file)), differences(ran, counts.fired, replayed.tickMs + 1000));
};

export const simulateCommand: Subcommand<SimulateOptions> = {
  name: 'simulate',
  help: 'run the scheduler over a range of time on a virtual clock; nothing real is started',
  takes: [{ form: '[CONFIG]', help: 'the configuration file', path: true, itemsOf: 'configuration' }],
  options: [
    ...rangeOptions('1d'),
    {
      flags: '--assume <FILE>',
      help: 'what commands, scripts and events are assumed to do; default: success, at once',
      path: true,
    },
    { flags: '--seed <N>', help: 'fixes everything random', fallback: '1', parse: wholeNumber(0) },
    {
      flags: '--journal <FILE>',
      help: 'record all facts, as the daemon does: story, explain, show and verify read it',
      conflicts: ['diff', 'replay'],
      path: true,
    },
    {
      flags: '--replay <HISTORY>',
      help: 'the time of a history again, with its outcomes, durations and events: its directory, a file, or its configuration',
      conflicts: ['assume'],
      path: true,
    },
    { flags: '--with <FILE>', help: 'with --replay: the configuration file', path: true, itemsOf: 'configuration' },
    {
      flags: '--diff [OTHER]',
      help: 'compare with another configuration, or with --replay with what has run: what fires more, less, or at other times',
      path: true,
    },
    ...LOG_OPTIONS,
  ],
  page: 'setup',
  exitStatus: 'Status 0: done; 1: with --diff something differs; 2: wrong usage or configuration.',
  examples: [
    'whenever simulate my.toml --to 7d --assume assumed.toml -L error',
    'whenever simulate --replay my.toml --with new.toml --diff',
  ],
  run: async ({ args: [file], options, now }) => {
    const { diff: other, replay: history } = options;
    if (history !== undefined) {
      if (file !== undefined) throw new UsageError(`--replay: expected --with ${file}, which says what would have run`);
      return replay(history, options);
    }
    if (options.with !== undefined) throw new UsageError('--with: expected --replay HISTORY with it');
    if (file === undefined) throw new UsageError('expected a configuration file, or --replay HISTORY --with FILE');
    if (other === true) throw new UsageError('--diff: expected another configuration file');
    const range = rangeOf(options, now, DAY_MS);
    const assumptions = await assumptionsFor(other === undefined ? [file] : [file, other], options, range);
    const given: Given = { instances: [range], quiet: other !== undefined, assumptions: () => assumptions };
    const counts = await simulateFile(file, options, given);
    if (other === undefined) return showSummary(counts, options);
    const { fired } = await simulateFile(other, options, given);
    return showDifference(showFiles(printed(file), printed(other)), differences(counts.fired, fired));
  },
};
