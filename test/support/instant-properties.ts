import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firings, instantsOf, type TimeFields } from '../../src/items/common/instants.ts';
import { daemon } from './daemon.ts';
import { slowInstants } from './instant-oracle.ts';
import { settings } from './property.ts';

const HOUR = 3_600_000;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sunday', 'Monday', 'WEDNESDAY'];

/** All instants of a specification in `(from, to]`, as the program finds them. */
const found = (spec: TimeFields, from: number, to: number): number[] => {
  const instants = instantsOf(spec);
  const list: number[] = [];
  for (let at = instants.next(from); at !== undefined && at <= to; at = instants.next(at)) list.push(at);
  return list;
};

/**
 * Specifications made of what the clock shows at some moment of the five hours after `from`, so that most of them come, with
 * parts left out, and one part in some of them changed.
 */
const near = (from: number): fc.Arbitrary<TimeFields> =>
  fc
    .record({
      offset: fc.integer({ min: 0, max: (5 * HOUR) / 1000 }),
      keep: fc.subarray(['year', 'month', 'day', 'hour', 'minute', 'second', 'weekday'] as const),
      changed: fc.option(
        fc.oneof(
          fc.record({ hour: fc.integer({ min: 0, max: 23 }) }),
          fc.record({ day: fc.constantFrom(1, 28, 29, 30, 31) }),
          fc.record({ month: fc.integer({ min: 1, max: 12 }) }),
          fc.record({ year: fc.constantFrom(2000, 2026, 2027, 2028) }),
          fc.record({ weekday: fc.constantFrom(...WEEKDAYS) }),
          fc.record({ minute: fc.constantFrom(0, 30, 59), second: fc.constantFrom(0, 58, 59) }),
        ),
        { nil: {}, freq: 3 },
      ),
    })
    .map(({ offset, keep, changed }) => {
      const d = new Date(from + offset * 1000);
      const shown = {
        year: d.getFullYear(),
        month: d.getMonth() + 1,
        day: d.getDate(),
        hour: d.getHours(),
        minute: d.getMinutes(),
        second: d.getSeconds(),
        weekday: WEEKDAYS[d.getDay()]!,
      };
      return { ...Object.fromEntries(keep.map((key) => [key, shown[key]])), ...changed };
    });

/** Ends of months, leap days, ends of years, and the hours in which a clock is set, with what comes near to them. */
const moments = (remarkable: readonly string[]): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 366 * 24 * 3600 }).map((s) => Date.UTC(2026, 0, 1) + s * 1000) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...remarkable), fc.integer({ min: -4 * 3600, max: 3600 }))
        .map(([text, by]) => Date.parse(text) + by * 1000),
    },
  );

/** The properties of time specifications, in the local time of the test file that calls this. */
export const instantProperties = (remarkable: readonly string[]): void => {
  test('the instants of a specification are those a clock shows, second by second', () => {
    const cases = moments(remarkable).chain((from) => fc.tuple(fc.constant(from), near(from)));
    fc.assert(
      fc.property(cases, ([from, spec]) => {
        const to = from + 5 * HOUR;
        expect(found(spec, from, to)).toEqual(slowInstants(spec, from, to));
      }),
      settings(300),
    );
  });

  test('weekday, day, month and year must all fit, over years', () => {
    const spec = fc.record(
      {
        year: fc.constantFrom(2026, 2027, 2028),
        month: fc.integer({ min: 1, max: 12 }),
        day: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constantFrom(29, 30, 31)),
        hour: fc.integer({ min: 0, max: 23 }),
        weekday: fc.constantFrom(...WEEKDAYS),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(spec, fc.integer({ min: 0, max: 366 * 24 }), (fields, hours) => {
        const from = Date.UTC(2027, 0, 1) + hours * HOUR;
        const to = from + 500 * 24 * HOUR;
        expect(found(fields, from, to)).toEqual(slowInstants(fields, from, to, HOUR));
      }),
      settings(60),
    );
  });

  test('asking from between two seconds gives the next whole second that fits', () => {
    fc.assert(
      fc.property(moments(remarkable), fc.integer({ min: 1, max: 999 }), (from, ms) => {
        const spec = { minute: new Date(from + 1000).getMinutes(), second: new Date(from + 1000).getSeconds() };
        expect(instantsOf(spec).next(from + ms)).toBe(from + 1000);
        expect(instantsOf(spec).next(from + 1000)).toBeGreaterThan(from + 1000);
      }),
      settings(100),
    );
  });

  test('the firings of several specifications are their instants in order, each once', () => {
    const cases = moments(remarkable).chain((from) =>
      fc.tuple(fc.constant(from), fc.array(near(from), { minLength: 1, maxLength: 3 })),
    );
    fc.assert(
      fc.property(cases, ([from, specs]) => {
        const to = from + 3 * HOUR;
        const expected = [...new Set(specs.flatMap((spec) => slowInstants(spec, from, to)))].sort((a, b) => a - b);
        const all: number[] = [];
        for (const { at } of firings(
          specs.map((spec) => instantsOf(spec)),
          from,
        )) {
          if (at > to) break;
          all.push(at);
        }
        expect(all).toEqual(expected);
      }),
      settings(40),
    );
  });

  test('a time condition runs at the first tick at or after each of its instants, once a tick', async () => {
    const cases = moments(remarkable).chain((from) =>
      fc.tuple(fc.constant(from), fc.array(near(from), { minLength: 1, maxLength: 3 }), fc.constantFrom(1, 7, 60, 600)),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([from, specs, tick]) => {
        const seconds = 2 * 3600;
        const tables = specs.map(
          (spec) =>
            `{ ${Object.entries(spec)
              .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
              .join(', ')} }`,
        );
        const d = await daemon(
          `scheduler_tick_seconds = ${tick}
           task = [{ name = "T", type = "command", command = "t", command_arguments = [], startup_path = "/" }]
           condition = [{ name = "C", type = "time", recurring = true, tasks = ["T"], time_specifications = [${tables.join(', ')}] }]`,
          { start: from, level: 'warn' },
        );
        const began = d.clock.mono();
        await d.advance(seconds);
        const tickMs = tick * 1000;
        const to = Math.floor((from + seconds * 1000) / tickMs) * tickMs;
        const instants = specs.flatMap((spec) => slowInstants(spec, from, to));
        const ticks = [...new Set(instants.map((at) => Math.ceil(at / tickMs) * tickMs))].sort((a, b) => a - b);
        expect(d.processes.runs.map((run) => run.began - began + from)).toEqual(ticks);
      }),
      settings(40),
    );
  });
};
