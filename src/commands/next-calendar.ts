import type { Config } from '../core/spec.ts';
import { countFirings } from '../forecast/firing-counts.ts';
import type { Stops } from '../forecast/stops.ts';
import { type ForecastRange, upcomingFirings } from '../forecast/upcoming-firings.ts';
import { counted } from '../plural.ts';
import { formatInstant } from '../terminal/instant.ts';
import { countText } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { list, notesText, zoneText } from './next-text.ts';
import { showProgress } from './stdio.ts';
import { UsageError } from './subcommand.ts';

/** A month: `2026-12`. Its number is 1 to 12. */
export interface Month {
  readonly year: number;
  readonly month: number;
}

/** @throws UsageError */
export const parseMonth = (text: string): Month => {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  if (month !== undefined) return { year: Number(year), month: Number(month) };
  const hint = /^[\d-]*$/.test(text) ? '' : '; for this month, write --calendar after the other arguments';
  throw new UsageError(`expected a month such as 2026-12, found "${text}"${hint}`);
};

/** The month of an instant, in local time. */
export const monthOf = (at: number): Month => {
  const date = new Date(at);
  return { year: date.getFullYear(), month: date.getMonth() + 1 };
};

const nameOf = ({ month }: Month): string =>
  new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2000, month - 1));
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** Columns of a day; a week has 56. */
const CELL = 8;

/** When a day of a month begins, wall-clock ms. @param day from 1; one more than the month has is the first of the next one */
const beginning = ({ year, month }: Month, day: number): number => {
  const date = new Date(0);
  date.setFullYear(year, month - 1, day);
  return date.setHours(0, 0, 0, 0);
};

const lengthOf = ({ year, month }: Month): number => {
  const last = new Date(0);
  last.setFullYear(year, month, 0);
  return last.getDate();
};

/** When a month begins, and when the one after it does, wall-clock ms. */
export const monthBounds = (month: Month) => ({
  begins: beginning(month, 1),
  ends: beginning(month, lengthOf(month) + 1),
});

/** How far ahead firings are searched without `--to`. */
export const HORIZON_YEARS = 10;

/** The time from an instant to the same date ten years later, in ms. */
export const horizonMs = (from: number): number => {
  const date = new Date(from);
  return date.setFullYear(date.getFullYear() + HORIZON_YEARS) - from;
};

/** The month of `--calendar`, and from when on it is counted: as long as it is not over, from now. @throws UsageError */
export const calendarRange = (
  { calendar, from: start }: { readonly calendar?: true | Month; readonly from?: number },
  now: number,
) => {
  const month = calendar === undefined || calendar === true ? monthOf(start ?? now) : calendar;
  const { begins, ends } = monthBounds(month);
  const since = start ?? (ends <= now ? begins : now);
  // What comes at the midnight that a month begins with is in it.
  const from = since === begins ? begins - 1 : since;
  if (ends <= from) throw new UsageError('--calendar: expected a month that is not over at --from');
  if (begins > from + horizonMs(from))
    throw new UsageError(`--calendar: expected a month of the next ${HORIZON_YEARS} years`);
  return { month, from };
};

/** At most five characters: `86400`, `1200k`. */
const short = (count: number): string => (count < 100_000 ? String(count) : `${Math.floor(count / 1000)}k`);

/** Days in order, as `1-4, 7`. */
export const dayRanges = (days: readonly number[]): string => {
  const parts: [first: number, last: number][] = [];
  for (const day of days) {
    const part = parts.at(-1);
    if (part?.[1] === day - 1) part[1] = day;
    else parts.push([day, day]);
  }
  return parts.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(', ');
};

/** The weeks of a month: a line of days, and under it how often something fires. */
const weeks = (month: Month, counts: ReadonlyMap<number, number>, { paint, unicode = true }: Terminal): string => {
  const first = (new Date(beginning(month, 1)).getDay() + 6) % 7;
  const lines = [WEEKDAYS.map((name) => name.padStart(CELL)).join('')];
  for (let monday = 1 - first; monday <= lengthOf(month); monday += 7) {
    const days = WEEKDAYS.map((_, i) => monday + i).map((day) => (day < 1 || day > lengthOf(month) ? 0 : day));
    const line = (cell: (day: number) => string) =>
      days.map((day) => (day === 0 ? ' '.repeat(CELL) : cell(day))).join('');
    const dated = line((day) => paint(counts.has(day) ? 'bold' : 'dim', String(day).padStart(CELL)));
    const times = line((day) => {
      const count = counts.get(day);
      return (count === undefined ? '' : `${unicode ? '×' : 'x'}${short(count)}`).padStart(CELL);
    });
    lines.push(dated.trimEnd(), ...(days.some((day) => counts.has(day)) ? [times.trimEnd()] : []));
  }
  return `${lines.join('\n')}\n`;
};

/** What the calendar is of: the program begins at `from`, or goes on; the instants of the range are wall-clock ms. */
export interface CalendarQuery extends Pick<ForecastRange, 'from' | 'conditions'> {
  readonly month: Month;
  readonly stops: Stops;
  readonly notBefore: (condition: string) => number;
}

/** How often each condition fires on each day of a month, by name and day. */
const countDays = async (config: Config, { from, month, notBefore, conditions }: CalendarQuery) => {
  const { ends } = monthBounds(month);
  const days = Array.from({ length: lengthOf(month) }, (_, i) => beginning(month, i + 1));
  const counts = new Map<string, Map<number, number>>();
  const chosen = config.conditions.filter(({ name }) => conditions.length === 0 || conditions.includes(name));
  const work = showProgress('counting', countText('firings'));
  // What fires before the month is counted too: a condition that does not recur fires once.
  const parts = from < days[0]! ? [from, ...days] : days;
  const range = { from, to: ends, parts, starts: true, notBefore, budgetMs: Number.POSITIVE_INFINITY } as const;
  let total = 0;
  await countFirings({ ...config, conditions: chosen }, range, (name, part, count) => {
    total += count;
    work.at(total, (part - from) / (ends - from));
    const day = days.indexOf(part) + 1;
    if (day === 0) return;
    const of = counts.get(name) ?? new Map<number, number>();
    counts.set(name, of.set(day, count));
  });
  work.clear();
  return counts;
};

const sumOf = (counts: Iterable<number>): number => [...counts].reduce((sum, count) => sum + count, 0);

const COLUMNS = [{ heading: 'CONDITION' }, { heading: 'TIMES', numeric: true }, { heading: 'DAYS' }];

/** A month with the days on which something fires, how often, and what. `fires`: whether something does. */
export const calendarText = async (config: Config, query: CalendarQuery, terminal: Terminal) => {
  const { from, month, stops, conditions, notBefore } = query;
  const { begins, ends } = monthBounds(month);
  const counts = await countDays(config, query);
  const sums = new Map<number, number>();
  for (const days of counts.values()) for (const [day, count] of days) sums.set(day, (sums.get(day) ?? 0) + count);
  const rows = config.conditions.flatMap(({ name }) => {
    const days = counts.get(name);
    return days ? [[name, String(sumOf(days.values())), dayRanges([...days.keys()])]] : [];
  });
  const range = { from, to: ends - 1, count: config.conditions.length, all: false, conditions, notBefore };
  const forecast = upcomingFirings(config, range);
  const coming = forecast.coming.map(({ condition }) => condition);
  // How long runs take is not known: what is counted from their ends is known once.
  const once = config.conditions.filter(({ values, traits }) => values.after_end === true && traits.recurring);
  const known = once.map(({ name }) => name).filter((name) => coming.includes(name));
  const later = [...coming.filter((name) => !counts.has(name) && !known.includes(name)), ...forecast.later];
  const text = [
    `${nameOf(month)} ${month.year}: ${counted(sumOf(sums.values()), 'firing')}\n`,
    from > begins ? `(from ${formatInstant(from)} on)\n` : '',
    `\n${weeks(month, sums, terminal)}`,
    rows.length > 0 ? `\n${table(COLUMNS, rows, terminal)}` : '',
    list('Counted once, as how long runs take is not known:', known),
    notesText({ ...forecast, later }, stops, 'Not in this month:'),
    `\n${zoneText('Days')}`,
  ].join('');
  return { fires: counts.size > 0, text };
};
