import fc from 'fast-check';
import { expect } from 'vitest';
import { instantsOf, type TimeFields } from '../../src/items/common/instants.ts';
import type { NumberSet } from '../../src/items/common/number-set.ts';
import { slowInstants, type WallClock, type Wanted } from './oracle.ts';

const HOUR = 3600;
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** A specification in both languages: the program's and the oracle's. */
export interface Specification {
  readonly fields: TimeFields;
  readonly wanted: Wanted;
}

/** Whole numbers that are mostly what the clock shows then, or next to it: random ones would mostly never come. */
const near = (n: number, min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(n) },
    { weight: 2, arbitrary: fc.integer({ min: -1, max: 1 }).map((by) => Math.min(max, Math.max(min, n + by))) },
    { weight: 1, arbitrary: fc.integer({ min, max }) },
  );

const one = (n: number | undefined) => (n === undefined ? undefined : [n]);

/** The keys of a time specification, about what the clock shows (seconds, as if UTC). */
const byFields = (shown: number): fc.Arbitrary<Specification> => {
  const d = new Date(shown * 1000);
  return fc
    .record(
      {
        year: fc.constantFrom(d.getUTCFullYear(), d.getUTCFullYear(), d.getUTCFullYear() + 1),
        month: near(d.getUTCMonth() + 1, 1, 12),
        day: near(d.getUTCDate(), 1, 31),
        hour: near(d.getUTCHours(), 0, 23),
        minute: fc.oneof(fc.constantFrom(0, 15, 30, 59), near(d.getUTCMinutes(), 0, 59)),
        second: near(d.getUTCSeconds(), 0, 59),
        weekday: near(d.getUTCDay(), 0, 6).map((day) => NAMES[day]!),
      },
      { requiredKeys: [] },
    )
    .map((fields) => ({
      fields,
      wanted: {
        years: one(fields.year),
        months: one(fields.month),
        days: one(fields.day),
        weekdays: one(fields.weekday === undefined ? undefined : NAMES.indexOf(fields.weekday)),
        hours: one(fields.hour),
        minutes: [fields.minute ?? 0],
        seconds: [fields.second ?? 0],
        realTime: fields.hour === undefined,
        eitherDay: false,
      },
    }));
};

interface Part {
  readonly text: string;
  readonly list: readonly number[] | undefined;
}
const every: Part = { text: '*', list: undefined };

/** One part of a cron pattern: a star, numbers, a range, every n-th. */
const part = (n: number, min: number, max: number): fc.Arbitrary<Part> =>
  fc.oneof(
    fc.constant(every),
    fc.array(near(n, min, max), { minLength: 1, maxLength: 3 }).map((list): Part => ({ text: list.join(','), list })),
    fc.tuple(near(n, min, max), fc.integer({ min: 0, max: 6 })).map(([from, length]): Part => {
      const to = Math.min(max, from + length);
      return { text: `${from}-${to}`, list: Array.from({ length: to - from + 1 }, (_, i) => from + i) };
    }),
    fc
      .tuple(
        fc.constantFrom(...[2, 5, 7, 20].filter((step) => step <= max - min)),
        fc.constantFrom('*', `${min}-${max}`),
      )
      .map(([step, range]): Part => {
        const list = Array.from({ length: Math.ceil((max - min + 1) / step) }, (_, i) => min + i * step);
        return { text: `${range}/${step}`, list };
      }),
  );

/** A cron pattern of five, six or seven parts. */
const byCron = (shown: number): fc.Arbitrary<Specification> => {
  const d = new Date(shown * 1000);
  const year = d.getUTCFullYear();
  return fc
    .record({
      second: fc.option(part(0, 0, 59), { nil: undefined }),
      minute: part(d.getUTCMinutes(), 0, 59),
      hour: part(d.getUTCHours(), 0, 23),
      day: fc.oneof(fc.constant(every), part(d.getUTCDate(), 1, 31)),
      month: fc.oneof(
        { weight: 3, arbitrary: fc.constant(every) },
        { weight: 1, arbitrary: part(d.getUTCMonth() + 1, 1, 12) },
      ),
      weekday: fc.oneof(fc.constant(every), part(d.getUTCDay(), 0, 6)),
      year: fc.option(fc.constantFrom<Part>({ text: String(year), list: [year] }, every), { nil: undefined }),
    })
    .map(({ second, minute, hour, day, month, weekday, year: years }) => {
      const seconds = second ?? (years ? { text: '0', list: [0] } : undefined);
      const parts = [seconds, minute, hour, day, month, weekday, years].filter((p) => p !== undefined);
      const all = Array.from({ length: 60 }, (_, i) => i);
      return {
        fields: { cron: parts.map(({ text }) => text).join(' ') },
        wanted: {
          years: years?.list,
          months: month.list,
          days: day.list,
          weekdays: weekday.list,
          hours: hour.list,
          minutes: minute.list ?? all,
          seconds: seconds ? (seconds.list ?? all) : [0],
          realTime: minute.text.startsWith('*') || hour.text.startsWith('*'),
          eitherDay: !day.text.startsWith('*') && !weekday.text.startsWith('*'),
        },
      };
    });
};

/** A number, a list, a range, also over the end, or every n-th number from one on, in the words of a specification. */
const numbers = (n: number, min: number, max: number): fc.Arbitrary<{ value: NumberSet; list: readonly number[] }> => {
  const size = max - min + 1;
  const series = (from: number, length: number, step: number) =>
    Array.from({ length: Math.floor(length / step) + 1 }, (_, i) => min + ((from - min + i * step) % size));
  return fc.oneof(
    fc.array(near(n, min, max), { minLength: 1, maxLength: 3 }).map((list) => ({ value: list, list })),
    fc
      .tuple(near(n, min, max), fc.integer({ min: 0, max: size - 1 }), fc.integer({ min: 1, max: 5 }))
      .map(([from, length, step]) => {
        const range = `${from}-${min + ((from - min + length) % size)}`;
        return { value: step === 1 ? range : `${range}/${step}`, list: series(from, length, step) };
      }),
    fc.constantFrom(2, 7, 15).map((step) => ({ value: `*/${step}`, list: series(min, size - 1, step) })),
  );
};

const lastDay = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

/** Lists, ranges, steps, days from the end of the month and nth days of the week, about what the clock shows. */
const byForms = (shown: number): fc.Arbitrary<Specification> => {
  const d = new Date(shown * 1000);
  const [day, left] = [d.getUTCDate(), lastDay(d) - d.getUTCDate()];
  const isDay = fc.constantFrom<readonly [keys: TimeFields, is: ((date: Date) => boolean) | undefined]>(
    [{}, undefined],
    [{ day: -1 - left }, (date) => lastDay(date) - date.getUTCDate() === left],
    [{ day: [day, -1] }, (date) => date.getUTCDate() === day || date.getUTCDate() === lastDay(date)],
    [
      { weekday: NAMES[d.getUTCDay()]!, nth: Math.ceil(day / 7) },
      (date) =>
        date.getUTCDay() === d.getUTCDay() && Math.floor((date.getUTCDate() - 1) / 7) === Math.ceil(day / 7) - 1,
    ],
    [
      { weekday: 'fri-mon', nth: [-1, 2] },
      (date) => {
        const [of, to] = [date.getUTCDate(), lastDay(date)];
        return [5, 6, 0, 1].includes(date.getUTCDay()) && (to - of < 7 || (of > 7 && of < 15));
      },
    ],
    [
      { every: '3 days', since: new Date(shown * 1000 - 30 * 86_400_000).toISOString().slice(0, 10) },
      (date) => Math.round(date.getTime() / 86_400_000 - Math.floor(shown / 86_400)) % 3 === 0,
    ],
  );
  return fc
    .record({
      hour: fc.option(numbers(d.getUTCHours(), 0, 23), { nil: undefined }),
      minute: numbers(d.getUTCMinutes(), 0, 59),
      second: fc.option(numbers(d.getUTCSeconds(), 0, 59), { nil: undefined }),
      month: fc.option(numbers(d.getUTCMonth() + 1, 1, 12), { nil: undefined }),
      isDay,
    })
    .map(({ hour, minute, second, month, isDay: [keys, dayIs] }) => {
      const isStarred = (value: NumberSet | undefined) => typeof value === 'string' && value.startsWith('*');
      const given = { hour: hour?.value, second: second?.value, month: month?.value };
      const hours = hour?.list ?? (keys.every === undefined ? undefined : [0]);
      return {
        fields: { ...given, minute: minute.value, ...keys },
        wanted: {
          ...{ months: month?.list, hours, minutes: minute.list, seconds: second?.list ?? [0], dayIs },
          realTime: hours === undefined || isStarred(hour?.value) || isStarred(minute.value),
          eitherDay: false,
        },
      };
    });
};

/** A specification of numbers, or a cron pattern, about what the clock shows at some instant. */
export const specification = (shown: number): fc.Arbitrary<Specification> =>
  fc.oneof({ weight: 2, arbitrary: byFields(shown) }, { weight: 1, arbitrary: byCron(shown) });

/** The same, of any form. */
const anySpecification = (shown: number): fc.Arbitrary<Specification> =>
  fc.oneof({ weight: 3, arbitrary: specification(shown) }, { weight: 2, arbitrary: byForms(shown) });

/** A specification that comes every few minutes, whatever the hour. */
export const frequent: fc.Arbitrary<Specification> = fc.constantFrom(1, 2, 3, 7, 20).chain((step) =>
  fc.integer({ min: 0, max: 59 }).map((second) => ({
    fields: { cron: `${second} */${step} * * * *` },
    wanted: {
      minutes: Array.from({ length: Math.ceil(60 / step) }, (_, i) => i * step),
      seconds: [second],
      realTime: true,
      eitherDay: false,
    },
  })),
);

/** A piece of time, where there is one around a setting of the clock, and a specification about what it shows then. */
export const cases = (
  clock: WallClock,
  settings: readonly number[],
): fc.Arbitrary<readonly [number, number, Specification]> => {
  const anywhere = fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2037, 0, 1) / 1000 });
  const [hours, day] = [fc.integer({ min: 1, max: 5 * HOUR }), fc.integer({ min: 1, max: 26 * HOUR })];
  const moment = fc.oneof(
    { weight: settings.length > 0 ? 6 : 0, arbitrary: fc.constantFrom(...settings, 0) },
    { weight: 1, arbitrary: anywhere },
  );
  return fc
    .tuple(moment, fc.oneof(hours, day), fc.oneof(hours, day), fc.nat(1000))
    .chain(([at, before, after, part]) => {
      // About what is skipped or repeated, and a little around it.
      const [left, right] = [clock.read(at - 1) + 1, clock.read(at)];
      const [low, high] = [Math.min(left, right) - 600, Math.max(left, right) + 600];
      const shown = low + Math.floor(((high - low) * part) / 1000);
      return anySpecification(shown).map((spec) => [at - before, at + after, spec] as const);
    });
};

/** The program finds what the oracle finds, one instant after the other, and from anywhere in between. */
export const agrees = (
  zone: string,
  clock: WallClock,
  [from, to, { fields, wanted }]: readonly [number, number, Specification],
): void => {
  const slow = slowInstants(wanted, clock, from, to);
  const instants = instantsOf(fields, zone);
  const found: number[] = [];
  // A specification of every second would take long: the first ones, and from some inside.
  const some = slow.length > 400 ? slow.slice(0, 400) : slow;
  const end = some.length < slow.length ? some[some.length - 1]! : to;
  for (let at = instants.next(from * 1000); at !== undefined && at <= end * 1000; at = instants.next(at))
    found.push(at / 1000);
  expect(found).toEqual(some);
  for (const inside of [(from + to) / 2, Math.max(from, to - 60.25)]) {
    const next = slow.find((at) => at > inside);
    const given = instantsOf(fields, zone).next(inside * 1000);
    if (next !== undefined) expect(given).toBe(next * 1000);
    else if (given !== undefined) expect(given).toBeGreaterThan(to * 1000);
  }
};
