import { isatty } from 'node:tty';
import { hostFs, readText } from '../adapters/host-fs.ts';
import { RecordingWriter } from '../adapters/recording-writer.ts';
import { loadConfig } from '../config/load.ts';
import { registry } from '../items/registry.ts';
import { FORMATS } from '../log/format.ts';
import { printed } from '../log/one-line.ts';
import type { Level } from '../log/record.ts';
import { type Assumptions, NOTHING_ASSUMED, readAssumptions } from '../simulation/assumptions.ts';
import { SimulationCounts } from '../simulation/counts.ts';
import { differences, showChange, showFiles } from '../simulation/difference.ts';
import { assumable, simulatedRegistry } from '../simulation/simulated-kinds.ts';
import { runSimulation } from '../simulation/simulation.ts';
import { summarise } from '../simulation/summary.ts';
import { VERSION } from '../version.ts';
import { wantsColour } from './stdio.ts';
import { countOption, rangeOption, UsageError, writeAll } from './values.ts';

const DAY_MS = 86_400_000;
/** Records are written when this many characters have come together. */
const BATCH = 1 << 16;

/** Shows how far it is, on a terminal and at most five times a second. */
const progressBar = (from: number, to: number) => {
  let shown = 0;
  return {
    at: (wall: number): void => {
      if (!isatty(2) || performance.now() - shown < 200) return;
      shown = performance.now();
      writeAll(2, `\rsimulated ${Math.floor((100 * (wall - from)) / (to - from))} % `);
    },
    clear: (): void => {
      if (shown > 0) writeAll(2, `\r${' '.repeat(20)}\r`);
      shown = 0;
    },
  };
};

const formatOf = (given: Readonly<Record<string, unknown>>): keyof typeof FORMATS => {
  if (given.logJson === true) return 'json';
  if (given.logPlain === true) return 'plain';
  return given.logColor === true || wantsColour() ? 'colour' : 'plain';
};

/** Where the facts are recorded; the same bytes for the same simulation. @throws UsageError */
const record = (path: unknown, started: number, seed: number): RecordingWriter | undefined => {
  if (typeof path !== 'string') return undefined;
  try {
    return new RecordingWriter(path, { journal: 1, version: VERSION, session: `simulated-${seed}`, started, pid: 0 });
  } catch (error) {
    throw new UsageError(`--journal: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/**
 * `whenever simulate CONFIG`: the real scheduler on a virtual clock, then a summary; with `--diff`, what another file does
 * differently. With `-J` standard output holds records only. Status 0; 1 when `--diff` found differences.
 */
export const simulate = async (
  file: string,
  given: Readonly<Record<string, unknown>>,
  now: number,
): Promise<number> => {
  const { from, to } = rangeOption(given, now, DAY_MS);
  const seed = countOption('seed', given.seed, 0);
  if (given.journal !== undefined && given.diff !== undefined)
    throw new UsageError('--journal and --diff cannot be given together');
  const plain = await loadConfig(file, readText(file), registry, hostFs);
  const other = typeof given.diff === 'string' ? given.diff : undefined;
  const configs = [plain];
  if (other !== undefined) configs.push(await loadConfig(other, readText(other), registry, hostFs));
  const known = assumable(registry, configs);
  const assumptions: Assumptions =
    typeof given.assume === 'string'
      ? await readAssumptions(given.assume, readText(given.assume), known, { from, to })
      : NOTHING_ASSUMED;

  const format = FORMATS[formatOf(given)];
  const run = async (path: string, quiet: boolean): Promise<SimulationCounts> => {
    const tally = new SimulationCounts(other !== undefined);
    const assumed = simulatedRegistry(registry, assumptions, tally);
    const load = (name: string) => loadConfig(name, readText(name), assumed, hostFs);
    const bar = progressBar(from, to);
    let lines = '';
    const config = await load(path);
    const recording = quiet ? undefined : record(given.journal, from, seed);
    await runSimulation(config, tally, {
      from,
      to,
      seed,
      ...(recording ? { listener: recording.write } : {}),
      level: given.logLevel as Level,
      load,
      progress: bar.at,
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
    bar.clear();
    writeAll(1, lines);
    return tally;
  };

  if (other === undefined) {
    const tally = await run(file, false);
    writeAll(given.logJson === true ? 2 : 1, `\n${summarise(tally)}`);
    return 0;
  }
  const changes = differences((await run(file, true)).fired, (await run(other, true)).fired);
  if (changes.length === 0) writeAll(1, 'No difference.\n');
  else
    writeAll(1, showFiles(printed(file), printed(other)) + changes.map((change) => `${showChange(change)}\n`).join(''));
  return changes.length === 0 ? 0 : 1;
};
