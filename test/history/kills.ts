import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HistoryLine } from '../../src/history/history-line.ts';
import { daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import { seed } from '../time/every-zone.ts';
import { InstantLedger } from './instant-ledger.ts';

/** One instance of the program, and how it ends. Seconds. */
interface Instance {
  readonly runs: number;
  /** After so many lines of the history it is killed, if it is not before; undefined: at the end of its time. */
  readonly lines: number | undefined;
  readonly end: 'kill -9' | 'exit';
  /** Until the next one; negative: the clock was set back between the two. */
  readonly off: number;
  /** Commands on the way, and how many seconds after the one before they come. */
  readonly commands: readonly { readonly after: number; readonly line: string }[];
}

/** The instances of one history with one time condition, true each `period` seconds. */
export interface Restarts {
  readonly period: number;
  readonly tick: number;
  readonly level: 'info' | 'trace';
  readonly catchUp: 'skip' | 'once' | 'all';
  readonly jitter: number;
  readonly interrupted: 'report' | 'rerun';
  readonly work: number;
  readonly persistent: boolean;
  readonly instances: readonly Instance[];
}

/** @param length about how many seconds an instance runs */
export const restarts = (length: number): fc.Arbitrary<Restarts> =>
  fc.record({
    period: fc.constantFrom(1, 2, 5, 10, 30),
    tick: fc.constantFrom(1, 1, 2, 5),
    level: fc.constantFrom('info', 'trace'),
    catchUp: fc.constantFrom('skip', 'once', 'all'),
    jitter: fc.constantFrom(0, 0, 0, 7, 40),
    interrupted: fc.constantFrom('report', 'rerun'),
    work: fc.constantFrom(0, 0, 0.25, 3, 70),
    persistent: fc.boolean(),
    instances: fc.array(
      fc.record({
        runs: fc.integer({ min: 1, max: length }),
        lines: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined, freq: 2 }),
        end: fc.constantFrom('kill -9', 'kill -9', 'exit'),
        off: fc.oneof(
          { arbitrary: fc.integer({ min: 0, max: 70 }), weight: 3 },
          { arbitrary: fc.integer({ min: 0, max: 600 }), weight: 3 },
          { arbitrary: fc.integer({ min: -300, max: 0 }), weight: 1 },
          { arbitrary: fc.integer({ min: -20_000, max: -12_000 }), weight: 1 },
        ),
        commands: fc.array(
          fc.record({
            after: fc.integer({ min: 0, max: Math.ceil(length / 4) }),
            line: fc.constantFrom(
              ...['pause', 'resume', 'suspend_condition C', 'resume_condition C', 'configure same.toml'],
              ...['pause 30s', 'pause 5m', 'pause until 22:05', 'suspend_condition C 30s', 'suspend_condition C 5m'],
            ),
          }),
          { maxLength: 6 },
        ),
      }),
      { minLength: 2, maxLength: 6 },
    ),
  });

const START = Date.parse('2026-11-25T22:00:00Z');

const toml = ({ period, tick, catchUp, jitter, interrupted, persistent }: Restarts): string => `
scheduler_tick_seconds = ${tick}
task = [{ name = "T", type = "command", command = "t", command_arguments = [], startup_path = "/" }]
[[condition]]
name = "C"
type = "time"
recurring = true
tasks = ["T"]
timezone = "UTC"
catch_up = "${catchUp}"
catch_up_limit = 1000000
jitter_seconds = ${jitter}
interrupted = "${interrupted}"
persistent = ${persistent}
time_specifications = [{ cron = "*/${period} * * * * *" }]`;

/** The last instance is neither paused nor suspended. */
const GO_ON = [
  { after: 0, line: 'resume' },
  { after: 0, line: 'resume_condition C' },
];

/** What happened: the lines that were written, and after which of them a process was started. */
interface Account {
  readonly lines: readonly HistoryLine[];
  readonly started: readonly number[];
  /** Up to here nothing is open. */
  readonly end: number;
}

/** Lets all instances run, one after the other. */
const live = async (all: Restarts): Promise<Account> => {
  const history = new FakeHistory();
  const started: number[] = [];
  const act = () => {
    // What a killed program starts has not happened.
    if (!history.killed) started.push(history.texts.length);
    return { seconds: all.work };
  };
  let start = START;
  const last: Instance = {
    runs: 1000 + 3 * all.work + all.jitter + all.tick,
    lines: undefined,
    end: 'exit',
    off: 0,
    commands: GO_ON,
  };
  let end = 0;
  for (const instance of [...all.instances, last]) {
    history.budget = instance.lines ?? Number.POSITIVE_INFINITY;
    const d = await daemon(toml(all), {
      start,
      level: all.level,
      history,
      processes: { t: act },
      files: { 'same.toml': toml(all) },
    });
    // At trace every tick looks at every condition: shorter lives are as good.
    let left = instance.runs;
    for (const { after, line } of instance.commands) {
      if (after > left) break;
      await d.advance(after);
      left -= after;
      if (!history.killed) await d.submit(line);
    }
    await d.advance(left);
    end = d.clock.wall();
    if (instance.end === 'exit') {
      await d.submit('exit');
      await d.advance(all.work + 1);
    } else history.budget = 0;
    start = Math.max(d.clock.wall(), end) + instance.off * 1000;
    // Its timers end with it.
    await d.submit('kill');
    await d.advance(1);
  }
  return { lines: history.lines, started, end: end - 2 * (all.tick + all.work + all.jitter) * 1000 - 2000 };
};

/**
 * Each instant since the first start is accounted for exactly once: by the run that is claimed for it, or by the line of a miss.
 * Each claim is one start of the task, unless the program was killed between the two. Returns how many instants there were.
 */
export const isAccountedFor = async (all: Restarts): Promise<number> => {
  const { lines, started, end } = await live(all);
  const known = Date.parse(lines.find(({ kind }) => kind === 'item')?.time ?? '');
  const ledger = new InstantLedger(all.period * 1000, all.tick * 1000, known);
  for (const line of lines) ledger.apply(line);
  const { wanted, lost } = ledger.upTo(end);
  expect(lost).toEqual([]);
  const claims = lines.flatMap((line, i) => (line.kind === 'claim' ? [i] : []));
  const starts = claims.map((i, n) => started.filter((at) => at > i && at <= (claims[n + 1] ?? lines.length)).length);
  const kills = lines.filter(({ kind }) => kind === 'start').length;
  expect(starts.filter((count) => count > 1)).toEqual([]);
  expect(starts.filter((count) => count === 0).length).toBeLessThanOrEqual(kills);
  expect(started.length).toBe(starts.reduce((sum, count) => sum + count, 0));
  const missed = lines.reduce((sum, line) => sum + (line.kind === 'missed' ? line.count : 0), 0);
  const caughtUp = lines.filter((line) => line.kind === 'claim' && line.code === 'catching-up').length;
  if (all.catchUp === 'skip') expect(caughtUp).toBe(0);
  // Where instants come while it runs, these go first.
  const undisturbed = all.instances.every(({ commands, off }) => commands.length === 0 && off >= 0);
  if (undisturbed && all.catchUp === 'all' && missed < 100 && all.work + all.tick < all.period)
    expect(caughtUp).toBe(missed);
  return wanted;
};

/** One test of so many histories. */
export const killsProperty = (histories: number, length: number, least: number): void => {
  test(`every instant is accounted for exactly once over kills and restarts (${histories} histories, at least ${least} instants)`, async () => {
    let count = 0;
    try {
      await fc.assert(
        fc.asyncProperty(restarts(length), async (all) => {
          count += await isAccountedFor(all);
        }),
        { numRuns: histories, seed },
      );
    } catch (error) {
      throw new Error(`WHENEVER_SEED=${seed} repeats it: ${(error as Error).message}`, { cause: error });
    }
    expect(count).toBeGreaterThan(least);
  });
};
