import type { CalendarCell } from '../api.ts';

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000] as const;

/** A day of a calendar: its hours in the order of happening. Where clocks are set, a day has 23 or 25 of them. */
export interface Day {
  /** `2026-11-28` */
  readonly date: string;
  /** Beginnings of its hours, wall-clock ms. */
  readonly hours: readonly number[];
}

/** Reads instants in a time zone. */
export const zoneReader = (
  zone: string,
): { date(ms: number): string; hour(ms: number): number; weekday(ms: number): number } => {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' } as const;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  } catch {
    format = new Intl.DateTimeFormat('en-GB', options);
  }
  const read = (ms: number): Readonly<Record<string, string>> =>
    Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const date = (ms: number): string => {
    const { year, month, day } = read(ms);
    return `${year}-${month}-${day}`;
  };
  return {
    date,
    hour: (ms) => Number(read(ms).hour),
    /** 0: Monday. */
    weekday: (ms) => (new Date(`${date(ms)}T00:00:00Z`).getUTCDay() + 6) % 7,
  };
};

/** The first instant of the day that an instant is in. */
const beginOfDay = (ms: number, { date }: ReturnType<typeof zoneReader>): number => {
  const own = date(ms);
  // Offsets are multiples of a quarter of an hour, and so are the beginnings of days.
  let at = Math.floor(ms / 900_000) * 900_000;
  for (let back = HOUR_MS; back >= 900_000; back /= 2) while (date(at - back) === own) at -= back;
  return at;
};

/** The week of an instant, from Monday, in a time zone. @param shift weeks before (negative) or after it */
export const weekOf = (ms: number, zone: string, shift = 0): readonly Day[] => {
  const read = zoneReader(zone);
  const noon = beginOfDay(ms, read) + DAY_MS / 2;
  const monday = noon - read.weekday(noon) * DAY_MS + shift * 7 * DAY_MS;
  return Array.from({ length: 7 }, (_, i) => {
    const begin = beginOfDay(monday + i * DAY_MS, read);
    const end = beginOfDay(begin + DAY_MS + DAY_MS / 2, read);
    const hours = Array.from({ length: Math.round((end - begin) / HOUR_MS) }, (_, hour) => begin + hour * HOUR_MS);
    return { date: read.date(begin), hours };
  });
};

/** One row of a week: an hour of the clock, and its beginning on each day; undefined: the day does not have it. */
export interface HourRow {
  readonly hour: number;
  readonly beginnings: readonly (number | undefined)[];
}

/** The rows of a week. An hour that one day has twice has two rows, and one that a day does not have stays empty there. */
export const hourRows = (days: readonly Day[], zone: string): readonly HourRow[] => {
  const read = zoneReader(zone);
  const rows = new Map<number, (number | undefined)[]>();
  days.forEach(({ hours }, day) => {
    const seen = new Set<number>();
    for (const beginning of hours) {
      const hour = read.hour(beginning);
      // The second time comes after the first and before the next hour.
      const place = seen.has(hour) ? hour + 0.5 : hour;
      seen.add(hour);
      const row = rows.get(place) ?? days.map(() => undefined);
      row[day] = beginning;
      rows.set(place, row);
    }
  });
  return [...rows].sort(([a], [b]) => a - b).map(([place, beginnings]) => ({ hour: Math.floor(place), beginnings }));
};

/** What one hour had, of all conditions that are shown. */
export interface HourSum {
  readonly succeeded: number;
  readonly failed: number;
  readonly missed: number;
  readonly coming: number;
  /** The worst of it. */
  readonly kind: 'failed' | 'missed' | 'succeeded' | 'coming' | 'empty';
}

const EMPTY: HourSum = { succeeded: 0, failed: 0, missed: 0, coming: 0, kind: 'empty' };

const kindOf = ({ failed, missed, succeeded, coming }: Omit<HourSum, 'kind'>): HourSum['kind'] => {
  if (failed > 0) return 'failed';
  if (missed > 0) return 'missed';
  if (succeeded > 0) return 'succeeded';
  return coming > 0 ? 'coming' : 'empty';
};

/** The sums of hours, by the beginning of the hour. `condition`: only of this one; '': of all. */
export const sumHours = (cells: readonly CalendarCell[], condition: string): ReadonlyMap<number, HourSum> => {
  const sums = new Map<number, HourSum>();
  for (const cell of cells) {
    if (condition !== '' && cell.condition !== condition) continue;
    const before = sums.get(cell.hour) ?? EMPTY;
    const sum = {
      succeeded: before.succeeded + cell.succeeded,
      failed: before.failed + cell.failed,
      missed: before.missed + cell.missed,
      coming: before.coming + cell.coming,
    };
    sums.set(cell.hour, { ...sum, kind: kindOf(sum) });
  }
  return sums;
};

const SIGNS = { failed: '✗', missed: '!', succeeded: '✓', coming: '·' } as const;
const PARTS = ['failed', 'missed', 'succeeded', 'coming'] as const;

/** The signs of an hour: `✗1 ✓3`. */
export const signsOf = (sum: HourSum): string =>
  PARTS.filter((part) => sum[part] > 0)
    .map((part) => `${SIGNS[part]}${sum[part] > 1 ? sum[part] : ''}`)
    .join(' ');

/** An hour in words: `1 failed, 3 succeeded`. */
export const hourWords = (sum: HourSum | undefined): string =>
  sum === undefined
    ? 'nothing'
    : PARTS.filter((part) => sum[part] > 0)
        .map((part) => `${sum[part]} ${part}`)
        .join(', ') || 'nothing';
