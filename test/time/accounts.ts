import fc from 'fast-check';
import { expect } from 'vitest';
import { type Daemon, daemon } from '../support/daemon.ts';
import { frequent, type Specification, specification } from './instants.property.ts';
import { slowInstants, WallClock } from './oracle.ts';

const HOUR = 3600;

/** What happens to a daemon: it runs, is stopped, finds the clock set, is paused, loads its file again. Seconds. */
type Event = { readonly kind: 'run' | 'stall' | 'set' | 'pause' | 'timed pause' | 'reload'; readonly seconds: number };

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
    kind: fc.constantFrom('stall' as const, 'pause' as const, 'timed pause' as const),
    seconds: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 3 * HOUR })),
  }),
  fc.record({
    kind: fc.constant('set' as const),
    seconds: fc.oneof(
      fc.integer({ min: -200, max: 200 }),
      fc.integer({ min: -HOUR, max: 2 * HOUR }),
      fc.integer({ min: -6 * HOUR, max: 3 * HOUR }),
    ),
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

/** A pause, or the clock being set back. Wall-clock ms, but for `mono`. */
interface Interruption {
  readonly kind: 'pause' | 'back';
  readonly from: number;
  readonly to: number;
  /** When it began, since the start. */
  readonly mono: number;
  /** Up to here the daemon has had the time to look, at the latest. */
  readonly settled: number;
}

/** Beyond this a clock that is set back was wrong. */
const CORRECTION = 3 * HOUR * 1000;
/** How late a daemon can be to notice that the clock was set back, in ms. */
const NOTICE = 61_000;

const noticedAfter = (life: Life, kind: string, seconds: number): number =>
  kind === 'set' && seconds < 0 ? Math.min(life.tick, 60) + 2 : 1;

/** Pauses the daemon for a time. Returns up to when instants do not count. */
const pauseFor = async (d: Daemon, seconds: number, timed: boolean): Promise<number> => {
  await d.submit(timed ? `pause ${seconds}s` : 'pause');
  await d.advance(seconds);
  if (!timed) await d.submit('resume');
  // An instant at the end of a timed one counts.
  return d.clock.wall() - (timed ? 1 : 0);
};

/** Lets the life pass. Answers the daemon, and what came between. */
const live = async (life: Life): Promise<{ d: Daemon; interruptions: Interruption[]; end: number }> => {
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
  const interruptions: Interruption[] = [];
  const begun = d.clock.mono();
  /** What the clocks have shown since the last interruption. */
  let readings: { mono: number; wall: number }[] = [];
  const slack = 2000 * (life.tick + life.work) + NOTICE;
  for (const { kind, seconds } of life.events) {
    const [from, mono] = [d.clock.wall(), d.clock.mono() - begun];
    readings.push({ mono, wall: from });
    const settled = readings.findLast((reading) => reading.mono <= mono - slack)?.wall ?? Number.NEGATIVE_INFINITY;
    const interrupted = (how: Interruption['kind'], to = d.clock.wall()): void => {
      interruptions.push({ kind: how, from, to, mono, settled });
      readings = [];
    };
    if (kind === 'run') await d.advance(seconds);
    else if (kind === 'stall') d.clock.freeze(seconds * 1000);
    else if (kind === 'set') {
      d.clock.stepWall(seconds * 1000);
      if (seconds < 0) interrupted('back');
    } else if (kind === 'reload') await d.submit('configure same');
    else interrupted('pause', await pauseFor(d, seconds, kind === 'timed pause'));
    // Until it has been noticed: two changes between two looks are one.
    await d.advance(noticedAfter(life, kind, seconds));
    readings.push({ mono: d.clock.mono() - begun, wall: d.clock.wall() });
  }
  const end = d.clock.wall();
  // Until nothing can be open.
  await d.advance(2 * life.tick + 2 * life.work + 10);
  await d.advance(life.tick);
  return { d, interruptions, end };
};

/**
 * Each instant that the clock passes is accounted for exactly once: by a run, by the record of a miss, by a pause, or, after the
 * clock was set back, by the run it had before.
 */
export const isAccountedFor = async (life: Life): Promise<void> => {
  const { d, interruptions, end } = await live(life);
  const tickMs = life.tick * 1000;
  const grace = Math.max(2 * tickMs, 60_000);
  const start = life.start * 1000;
  const clock = new WallClock(life.zone);
  const [least, most] = d.records.all.reduce(
    ([a, b], { time }) => [Math.min(a, time), Math.max(b, time)],
    [start, d.clock.wall()],
  );
  const reach = [...interruptions.map(({ from }) => from), most];
  const instants = [
    ...new Set(
      life.specifications.flatMap(({ wanted }) =>
        slowInstants(wanted, clock, Math.floor(least / 1000) - 62, Math.ceil(Math.max(...reach) / 1000)),
      ),
    ),
  ]
    .sort((a, b) => a - b)
    .map((at) => at * 1000);

  /** What has fired. */
  let fired = new Set<number>();
  /** What was told of as missed, as far as the clock has not been set back before it. */
  let missed = new Set<number>();
  /** What came just before the instant to which the clock was set back: it may count, or count again. */
  const maybe = new Set<number>();
  /** All up to here is accounted for. */
  let since = start;
  /** From here on the clock may or may not have been looked at when it was set back. */
  let sure = start;
  let pauses: Interruption[] = [];
  const paused = (at: number) => pauses.some(({ from, to }) => from < at && at <= to);
  const open = (until: number) =>
    instants.filter((at) => since < at && at <= until && !fired.has(at) && !missed.has(at) && !paused(at));
  /** Those that nothing can excuse. */
  const required = (until: number) => open(until).filter((at) => at > sure && !maybe.has(at));

  const setBack = ({ from, to, mono, settled }: Interruption) => {
    // Whatever it had passed for long is accounted for.
    expect(required(settled)).toEqual([]);
    const limit = start + mono;
    fired = from - to > CORRECTION ? new Set() : new Set([...fired].filter((at) => at <= limit));
    for (const at of missed) if (at > to - NOTICE && at <= to) maybe.add(at);
    missed = new Set([...missed].filter((at) => at <= to - NOTICE));
    const by = from - to;
    pauses = pauses.map((pause) => ({ ...pause, from: pause.from - by, to: pause.to - by }));
    sure = to;
    since = Math.min(since, to - NOTICE);
  };
  const miss = (look: number, message: string) => {
    const ago = [...message.matchAll(/ (\d+) s ago/g)].map(([, seconds]) => look - Number(seconds) * 1000);
    const [, count = '1'] = /missed (\d+) instants/.exec(message) ?? [];
    const late = open(look).filter((at) => look - at > grace);
    const told = late.filter((at) => at >= ago[0]! && at <= ago.at(-1)!);
    expect([told[0], told.at(-1)]).toEqual([ago[0], ago.at(-1)]);
    expect(told.length).toBeGreaterThanOrEqual(Number(count));
    expect(told.filter((at) => !maybe.has(at)).length).toBeLessThanOrEqual(Number(count));
    expect(required(look).filter((at) => look - at > grace && !told.includes(at))).toEqual([]);
    for (const at of told) missed.add(at);
  };
  const run = (look: number) => {
    const covered = open(look);
    // A run without an instant of its own would be the second one for some.
    expect(covered.length).toBeGreaterThan(0);
    expect(required(look).filter((at) => look - at > grace)).toEqual([]);
    for (const at of covered) (at > sure ? fired : maybe).add(at);
    since = look;
    sure = look;
  };

  const queue = [...interruptions];
  const happen = (until: number) => {
    for (let next = queue[0]; next !== undefined && next.mono < until; next = queue[0]) {
      if (next.kind === 'back') setBack(next);
      else pauses.push(next);
      queue.shift();
    }
  };
  for (const { time, at, level, message } of d.records.all) {
    happen(at);
    const look = Math.floor(time / tickMs) * tickMs;
    if (message.startsWith('running tasks')) run(look);
    else if (level === 'warn' && message.startsWith('time: missed')) miss(look, message);
  }
  happen(Number.POSITIVE_INFINITY);
  expect(required(end)).toEqual([]);
};
