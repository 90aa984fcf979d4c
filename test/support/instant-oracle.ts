import type { TimeFields } from '../../src/items/common/instants.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Local time as a person reads it from a clock: comparable, and blind to what the clock did before. */
const read = (at: number) => {
  const d = new Date(at);
  return {
    year: d.getFullYear(),
    month: d.getMonth() + 1,
    day: d.getDate(),
    hour: d.getHours(),
    minute: d.getMinutes(),
    second: d.getSeconds(),
    weekday: DAYS[d.getDay()]!,
  };
};
type Reading = ReturnType<typeof read>;

/** What the clock on the wall would show had it never been set: only its differences mean something. */
const asNumber = (r: Reading): number => Date.UTC(r.year, r.month - 1, r.day, r.hour, r.minute, r.second);
const asReading = (n: number): Reading => {
  const d = new Date(n);
  return {
    year: d.getUTCFullYear(),
    month: d.getUTCMonth() + 1,
    day: d.getUTCDate(),
    hour: d.getUTCHours(),
    minute: d.getUTCMinutes(),
    second: d.getUTCSeconds(),
    weekday: DAYS[d.getUTCDay()]!,
  };
};

const fits = (spec: TimeFields, r: Reading): boolean =>
  (spec.year === undefined || spec.year === r.year) &&
  (spec.month === undefined || spec.month === r.month) &&
  (spec.day === undefined || spec.day === r.day) &&
  (spec.hour === undefined || spec.hour === r.hour) &&
  (spec.minute ?? 0) === r.minute &&
  (spec.second ?? 0) === r.second &&
  (spec.weekday === undefined || (spec.weekday as string).slice(0, 3).toLowerCase() === r.weekday);

/**
 * The instants of a specification after `from` and up to `to` (whole seconds, ms), found by looking at a clock each
 * `stepMs`. Without an hour, what the clock shows counts: nothing for what it leaves out, and what it shows again. With an hour
 * what it leaves out counts when it goes on, and what it shows again does not.
 */
export const slowInstants = (spec: TimeFields, from: number, to: number, stepMs = 1000): number[] => {
  const found: number[] = [];
  // A look back, to know whether the clock shows something for the second time.
  let latest = asNumber(read(from - 3 * 3_600_000));
  for (let at = from - 3 * 3_600_000 + stepMs; at <= to; at += stepMs) {
    const reading = read(at);
    const shown = asNumber(reading);
    const realTime = spec.hour === undefined;
    let hit = fits(spec, reading) && (shown > latest || realTime);
    for (let left = latest + stepMs; left < shown && !realTime; left += stepMs) hit ||= fits(spec, asReading(left));
    latest = Math.max(latest, shown);
    if (hit && at > from) found.push(at);
  }
  return found;
};
