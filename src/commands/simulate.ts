import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readText } from '../adapters/host-fs.ts';
import { RecordingWriter } from '../adapters/recording-writer.ts';
import { registry } from '../items/registry.ts';
import { FORMATS } from '../log/format.ts';
import { printed } from '../log/one-line.ts';
import type { Level } from '../log/record.ts';
import { type Assumptions, NOTHING_ASSUMED, readAssumptions } from '../simulation/assumptions.ts';
import { SimulationCounts, summarise } from '../simulation/counts.ts';
import { differences, showChange, showFiles } from '../simulation/difference.ts';
import { assumable, simulatedRegistry } from '../simulation/simulated-kinds.ts';
import { runSimulation } from '../simulation/simulation.ts';
import { countText } from '../terminal/progress.ts';
import { VERSION } from '../version.ts';
import { loadConfigFile } from './load-config.ts';
import { type RangeOptions, rangeOf, rangeOptions } from './option-values.ts';
import { onSignals } from './output-file.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { showProgress, wantsColour, writeAll } from './stdio.ts';
import { LOG_OPTIONS, type Subcommand, UsageError, wholeNumber } from './subcommand.ts';

type SimulateOptions = RangeOptions & {
  readonly assume?: string;
  readonly seed: number;
  readonly journal?: string;
  readonly diff?: string;
  readonly logLevel: Level;
  readonly logPlain?: true;
  readonly logColor?: true;
  readonly logJson?: true;
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

const formatOf = ({ logJson, logPlain, logColor }: SimulateOptions): keyof typeof FORMATS => {
  if (logJson) return 'json';
  if (logPlain) return 'plain';
  return logColor || wantsColour() ? 'colour' : 'plain';
};

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

/** Runs one file through the range. @param quiet neither records nor a recording are written. */
const simulateFile = async (
  file: string,
  options: SimulateOptions,
  { from, to }: Range,
  assumptions: Assumptions,
  quiet: boolean,
): Promise<SimulationCounts> => {
  const { seed, journal, logLevel: level } = options;
  const format = FORMATS[formatOf(options)];
  const counts = new SimulationCounts(quiet);
  const simulated = simulatedRegistry(registry, assumptions, counts);
  const load = (name: string) => loadConfigFile(name, simulated);
  const bar = daysOf(file, from, to);
  const config = await load(file);
  const started = Date.now();
  const recording = quiet || journal === undefined ? undefined : openRecording(journal, from, seed);
  // What a signal interrupts would look like the recording of a shorter simulation.
  const release = recording ? onSignals(() => removeRecording(journal!, started)) : () => {};
  let lines = '';
  await runSimulation(config, counts, {
    ...{ from, to, seed, level, load, progress: bar.at },
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

export const simulateCommand: Subcommand<SimulateOptions> = {
  name: 'simulate',
  help: 'run the scheduler over a range of time on a virtual clock; nothing real is started',
  takes: [{ form: '<CONFIG>', help: 'the configuration file', path: true, itemsOf: 'configuration' }],
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
      conflicts: ['diff'],
      path: true,
    },
    {
      flags: '--diff <OTHER>',
      help: 'compare with another configuration: what fires more, less, or at other times',
      path: true,
    },
    ...LOG_OPTIONS,
  ],
  page: 'setup',
  exitStatus: 'Status 0: done; 1: with --diff something differs; 2: wrong usage or configuration.',
  examples: ['whenever simulate my.toml --to 7d --assume assumed.toml -L error'],
  run: async ({ args: [file = ''], options, now }) => {
    const range = rangeOf(options, now, DAY_MS);
    const { diff: other } = options;
    const assumptions = await assumptionsFor(other === undefined ? [file] : [file, other], options, range);
    const simulated = (path: string) => simulateFile(path, options, range, assumptions, other !== undefined);
    if (other === undefined) {
      const counts = await simulated(file);
      writeAll(options.logJson ? 2 : 1, `\n${summarise(counts)}`);
      return FOUND;
    }
    const changes = differences((await simulated(file)).fired, (await simulated(other)).fired);
    const lines = changes.map((change) => `${showChange(change)}\n`).join('');
    writeAll(1, changes.length === 0 ? 'No difference.\n' : `${showFiles(printed(file), printed(other))}${lines}`);
    return changes.length === 0 ? FOUND : NOTHING;
  },
};
