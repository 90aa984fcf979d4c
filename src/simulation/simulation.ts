import type { Ports, Random } from '../core/ports.ts';
import type { Config } from '../core/spec.ts';
import { createEngine, type EngineOptions } from '../engine.ts';
import { NO_WRITER } from '../history/history-line.ts';
import { HistoryState } from '../history/history-state.ts';
import type { Fact } from '../journal/fact.ts';
import { Journal, type JournalOptions } from '../journal/journal.ts';
import { createLog, type WriteRecord } from '../log/log.ts';
import { type Level, SEVERITY } from '../log/record.ts';
import { VERSION } from '../version.ts';
import type { SimulationCounts } from './counts.ts';
import type { Happening } from './happenings.ts';
import { VirtualClock } from './virtual-clock.ts';

/** How long an instance runs, wall-clock ms. */
export interface InstanceRange {
  readonly from: number;
  readonly to: number;
  /** It is paused at its start. */
  readonly paused?: boolean;
  /** What comes from outside, in order. */
  readonly happenings?: readonly Happening[];
}

/** What is simulated. */
export interface SimulationOptions {
  /** One instance after the other: each goes on with what those before have left. */
  readonly instances: readonly InstanceRange[];
  readonly seed: number;
  readonly level: Level;
  readonly sink: WriteRecord;
  /** Receives every fact. */
  readonly listener?: (fact: Fact) => void;
  /** Called from time to time with the simulated time, in wall-clock ms. */
  progress(at: number): void;
  /** Loads what `configure` names. */
  load(path: string): Promise<Config>;
}

/** The virtual time between two reports of the progress. */
const STRIDE_MS = 3_600_000;

/** Nothing reads stories, topics and records in a simulation, so that hardly any are kept. A listener gets all of them. */
const FORGETFUL: JournalOptions = { storyLength: 1, topicLength: 1, recordsLength: 1 };

const notHere = (): never => {
  throw new Error('nothing real is started in a simulation');
};

/** The machine sleeps, or the clock is set. `wake`: lets the scheduler look at the clocks. */
const moveClock = async (clock: VirtualClock, to: number, asleep: boolean, wake: () => void): Promise<void> => {
  clock.steady = false;
  if (asleep) clock.suspend(to - clock.wall());
  else clock.stepWall(to - clock.wall());
  wake();
  await clock.advance(1);
  clock.steady = true;
};

/** Runs one instance. What it leaves running at its end never goes on: its clock stands still. */
const runInstance = async (
  config: Config,
  counts: SimulationCounts,
  options: SimulationOptions,
  { from, to, paused = false, happenings = [] }: InstanceRange,
  random: Random,
  history: NonNullable<EngineOptions['history']>,
): Promise<void> => {
  const clock = new VirtualClock(from, () => 0, true);
  const shows = SEVERITY[options.level];
  const log = createLog(
    shows > SEVERITY.warn ? 'warn' : options.level,
    () => clock.wall(),
    (record) => {
      if (SEVERITY[record.level] >= shows) options.sink(record);
    },
  );
  const journal = new Journal(clock, FORGETFUL);
  if (options.listener) journal.subscribe(options.listener);
  log.numberWith(journal);
  // Other ports are absent: kinds that need one are simulated, and the type of `create` keeps the others from using one.
  const ports = {
    clock,
    random,
    log,
    processes: { run: notHere, killAll: async () => {} },
    lua: { run: notHere, endRun: () => {}, forget: () => {}, killAll: async () => {}, close: async () => {} },
  } satisfies Partial<Ports> as Partial<Ports> as Ports;
  log.for('MAIN', 'starting').info('START/MSG', `whenever ${VERSION}, simulated`);
  const { scheduler } = createEngine(ports, journal, config, {
    paused,
    history,
    observers: [
      {
        'run.started': ({ condition, result }) =>
          counts.runs(condition.name, clock.wall(), result.reason?.code === 'held'),
        'firing.expired': ({ condition, held }) => counts.missed(condition.name, 1 + held.joined),
      },
    ],
    load: (path) => clock.waitFor(options.load(path)),
  });
  const outcome = { ended: false };
  const run = scheduler.run().finally(() => {
    outcome.ended = true;
  });
  run.catch(() => {});
  const reach = async (instant: number): Promise<void> => {
    while (!outcome.ended && clock.wall() < instant) {
      await clock.advance(Math.min(STRIDE_MS, instant - clock.wall()));
      options.progress(clock.wall());
    }
  };
  const known = new Set(config.conditions.map(({ name }) => name));
  for (const one of happenings) {
    await reach(one.at);
    if (outcome.ended) break;
    if ('to' in one) await moveClock(clock, one.to, one.asleep, () => scheduler.wake());
    else if (one.condition === undefined || known.has(one.condition)) await scheduler.submit(one.command);
  }
  await reach(to);
  journal.settle();
  counts.end(clock.wall());
  if (outcome.ended) await run;
};

/** Runs the real scheduler over ranges of time. Only the clock and the ports are simulated. */
export const runSimulation = async (
  config: Config,
  counts: SimulationCounts,
  options: SimulationOptions,
): Promise<void> => {
  const random = seeded(options.seed);
  const state = new HistoryState();
  let aliveUntil = 0;
  for (const instance of options.instances) {
    await runInstance(config, counts, options, instance, random, { state, writer: NO_WRITER, aliveUntil });
    aliveUntil = instance.to;
  }
};

/** Numbers in [0, 1) that a seed fixes: mulberry32, good enough to spread jobs and the same on every machine. */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};
