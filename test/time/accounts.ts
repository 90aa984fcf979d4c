import fc from 'fast-check';
import { expect } from 'vitest';
import { MISSED } from '../../src/items/common/watch.ts';
import { type Daemon, daemon } from '../support/daemon.ts';
import { frequent, type Specification, specification } from './instants.property.ts';
import { slowInstants, WallClock } from './oracle.ts';

const HOUR = 3600;

/** What happens to a daemon: it runs, is stopped, finds the clock set, is paused, loads its file again. Seconds. */
type Event = { readonly kind: 'run' | 'stall' | 'set' | 'pause' | 'reload'; readonly seconds: number };

/** One life of a daemon with one time condition. */
export interface Life {
  readonly zone: string;
  readonly start: number;
  readonly tick: number;
  readonly level: 'info' | 'trace';
  /** How long the task of the condition takes. */
  readonly work: number;
  readonly lateness: readonly number[];
  readonly specifications: readonly Specification[];
  readonly events: readonly Event[];
}

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('run' as const), seconds: fc.integer({ min: 1, max: 2 * HOUR }) }),
  fc.record({
    kind: fc.constantFrom('stall' as const, 'pause' as const),
    seconds: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 3 * HOUR })),
  }),
  fc.record({
    kind: fc.constant('set' as const),
    seconds: fc.oneof(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -HOUR, max: 2 * HOUR })),
  }),
  fc.record({ kind: fc.constant('reload' as const), seconds: fc.constant(0) }),
);

/** Lives near to the moments given (ms), at which clocks are set. */
export const lives = (zones: readonly (readonly [string, string])[]): fc.Arbitrary<Life> =>
  fc.constantFrom(...zones).chain(([zone, moment]) => {
    const clock = new WallClock(zone);
    return fc.integer({ min: -5 * HOUR, max: HOUR }).chain((by) => {
      const start = Date.parse(moment) / 1000 + by;
      return fc.record<Life>({
        zone: fc.constant(zone),
        start: fc.constant(start),
        tick: fc.constantFrom(1, 2, 5, 7, 60, 100, 3600),
        level: fc.constantFrom('info', 'trace'),
        work: fc.constantFrom(0, 0, 0.5, 30, 400),
        lateness: fc.array(fc.constantFrom(0, 0, 1, 30, 700), { minLength: 1, maxLength: 5 }),
        specifications: fc.oneof(
          fc.array(specification(clock.read(start + HOUR)), { minLength: 1, maxLength: 3 }),
          fc.tuple(frequent),
        ),
        events: fc.array(event, { minLength: 1, maxLength: 6 }),
      });
    });
  });

const inToml = (fields: object): string =>
  `{ ${Object.entries(fields)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
    .join(', ')} }`;

/** From, to, and the latest the clock had shown before. Wall-clock ms. */
type Pause = readonly [from: number, to: number, seen: number];

/** Lets the life pass. Answers the daemon, the latest wall-clock second it can have looked at, and its pauses. */
const live = async (life: Life): Promise<{ d: Daemon; latest: number; pauses: Pause[] }> => {
  const toml = `scheduler_tick_seconds = ${life.tick}
    task = [{ name = "T", type = "command", command = "t", command_arguments = [], startup_path = "/" }]
    [[condition]]
    name = "C"
    type = "time"
    recurring = true
    tasks = ["T"]
    timezone = "${life.zone}"
    time_specifications = [${life.specifications.map(({ fields }) => inToml(fields)).join(', ')}]`;
  let n = 0;
  const d = await daemon(toml, {
    start: life.start * 1000,
    level: life.level,
    files: { same: toml },
    lateness: () => life.lateness[n++ % life.lateness.length]!,
    processes: { t: [{ end: { how: 'exit', code: 0 }, seconds: life.work }] },
  });
  const pauses: Pause[] = [];
  let latest = d.clock.wall();
  const passed = () => {
    latest = Math.max(latest, d.clock.wall());
  };
  for (const { kind, seconds } of life.events) {
    if (kind === 'run') await d.advance(seconds);
    else if (kind === 'stall') d.clock.freeze(seconds * 1000);
    else if (kind === 'set') d.clock.stepWall(seconds * 1000);
    else if (kind === 'reload') await d.submit('configure same');
    else {
      await d.submit('pause');
      const from = d.clock.wall();
      await d.advance(seconds);
      pauses.push([from, d.clock.wall(), latest]);
      await d.submit('resume');
    }
    passed();
    await d.advance(1);
    passed();
  }
  // Until nothing can be open: past everything the clock has shown, and past the work.
  await d.advance((latest - d.clock.wall()) / 1000 + 2 * life.tick + 2 * life.work + 10);
  await d.advance(life.tick);
  return { d, latest, pauses };
};

/** Each instant is accounted for exactly once: by a run, by the record of a miss, or by a pause. */
export const isAccountedFor = async (life: Life): Promise<void> => {
  const { d, latest, pauses } = await live(life);
  // More misses than are listed one by one after one gap have a story of their own.
  fc.pre(!d.records.all.some(({ message }) => message.includes('not listed')));
  const clock = new WallClock(life.zone);
  const instants = [
    ...new Set(
      life.specifications.flatMap(({ wanted }) =>
        slowInstants(wanted, clock, life.start, Math.ceil(d.clock.wall() / 1000)),
      ),
    ),
  ]
    .sort((a, b) => a - b)
    .map((at) => at * 1000);
  const tickMs = life.tick * 1000;
  const look = (time: number) => Math.floor(time / tickMs) * tickMs;
  const runs = d.records.all.filter(({ message }) => message.startsWith('running tasks')).map(({ time }) => look(time));
  const told = d.records.all.filter(({ level, message }) => level === 'warn' && message.startsWith(MISSED));
  const grace = Math.max(2 * tickMs, 60_000);
  const missed = new Set<number>();
  for (const { time, message } of told) {
    const [, seconds] = / (\d+) s ago$/.exec(message) ?? [];
    const at = look(time) - Number(seconds) * 1000;
    expect(instants).toContain(at);
    expect(missed.has(at)).toBe(false);
    expect(look(time) - at).toBeGreaterThan(grace);
    missed.add(at);
  }
  const paused = (at: number) => pauses.some(([from, to]) => from < at && at <= to);
  // What the clock had shown before it was set back and the pause began may have fired then.
  const fired = (at: number) => pauses.some(([from, to, seen]) => from < at && at <= Math.min(to, seen));
  let open = instants.filter((at) => !missed.has(at) && (!paused(at) || fired(at)));
  for (const run of runs) {
    const covered = open.filter((at) => at <= run);
    // A run without an instant of its own would be the second one for some.
    expect(covered.length).toBeGreaterThan(0);
    for (const at of covered) if (!paused(at)) expect(run - at).toBeLessThanOrEqual(grace);
    open = open.filter((at) => at > run);
  }
  expect(open.filter((at) => at <= latest && !paused(at))).toEqual([]);
};
