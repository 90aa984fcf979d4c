import { readCron } from '../../items/common/cron.ts';
import { CRON_ROUNDS, cronFields, namesBothDays, stepFields, unevenStep } from '../../items/common/cron-pattern.ts';
import { dateOfDay, dayOfText } from '../../items/common/dates.ts';
import { periodOf, SINCE } from '../../items/common/day-pattern.ts';
import { localTimes } from '../../items/common/local-times.ts';
import { numbersOf } from '../../items/common/number-set.ts';
import { meaningOfAt, PART_RANGES, type TimeFields } from '../../items/common/specification.ts';
import type { Calendar } from '../../items/common/time-condition.ts';
import { changeBetween, type OffsetChange, zoneOf } from '../../items/common/zone.ts';
import { counted } from '../../plural.ts';
import type { CheckedFile, CheckedItem, ItemWarnings, WarnAbout } from '../checked-file.ts';

const SECOND = 1000;
const WEEK = 7 * 86_400_000;
/** Before any instant, in ms since 1970. */
const BEGINNING = Date.parse('0001-01-01T00:00:00Z');

const specificationsOf = ({ values }: CheckedItem): readonly TimeFields[] =>
  (values.time_specifications ?? []) as readonly TimeFields[];

/** The place of a specification, and of its cron pattern if it has one. */
const placeOf = (i: number, { cron }: TimeFields) => [
  'time_specifications',
  i,
  ...(cron === undefined ? [] : ['cron']),
];

/** Specifications that never occur, or not any more. */
const neverOccurs: ItemWarnings = (item, warn, { now }) => {
  const { specifications } = item.compiled as Calendar;
  if (specifications.length === 0 && item.values.between === undefined)
    warn('time-never', ['time_specifications'], 'time_specifications is empty: it never fires', {
      help: 'time_specifications = [{ hour = 17, minute = 30 }]',
    });
  for (const [i, fields] of specificationsOf(item).entries()) {
    const instants = specifications[i]!;
    if (instants.next(now) !== undefined) continue;
    const over = instants.next(BEGINNING) !== undefined;
    warn(
      'time-never',
      placeOf(i, fields),
      `${instants.text}: ${over ? 'this is over' : 'there is no such date'}: it never fires`,
    );
  }
};

/** Specifications none of which ever comes within the window. */
const neverWithin: ItemWarnings = (item, warn, { now }) => {
  const { window, shared } = item as CheckedFile['condition']['items'][number];
  // As a guard it holds for a time, and does not begin at an instant. A window that does not open is a finding by itself.
  if (window === undefined || (shared.tasks as readonly string[]).length === 0 || window.opens(now) === undefined)
    return;
  const calendar = item.compiled as Calendar;
  if (calendar.specifications.every((one) => one.next(now) === undefined)) return;
  for (const _ of calendar.firings(now)) return;
  warn('window-never', ['time_specifications'], 'none of its times is within its window: it never fires');
};

/** A day of the month as a field of cron has it, if it is a single one. */
const singleDay = (field: string): number | undefined => (/^\d+$/.test(field) ? Number(field) : undefined);

/** The days that a specification names and the months it is for; undefined: every one. */
const dayAndMonth = ({
  day,
  month,
  cron,
}: TimeFields): { readonly day?: number | undefined; readonly month?: unknown } => {
  if (cron === undefined) return { day: typeof day === 'number' ? day : undefined, month };
  const [, , , days = '*', months = '*', weekdays = '*'] = cronFields(cron);
  // With a day of the week, the pattern fires in the other months, too.
  if (!/^[*?]$/.test(weekdays)) return {};
  return { day: singleDay(days), ...(/^[*?]$/.test(months) ? {} : { month: months }) };
};

const SHORT: Readonly<Record<number, string>> = {
  29: 'February, except in leap years, is skipped',
  30: 'February is skipped',
  31: 'February, April, June, September and November are skipped',
};

/** The day of `since`, where that says which one it is: with months it is one of each of them, with years of its own month. */
const daySince = ({ every, since = SINCE, day, weekday, workday }: TimeFields): TimeFields => {
  const isNamed = [day, weekday, workday].some((key) => key !== undefined);
  const { unit, count } = periodOf(every ?? '1 day');
  // Every fourth year from a leap year on is one, for long enough.
  if (isNamed || (unit !== 'month' && unit !== 'year') || (unit === 'year' && count % 4 === 0)) return {};
  const { month, day: own } = dateOfDay(dayOfText(since));
  return { day: own, ...(unit === 'year' ? { month } : {}) };
};

/** Days that not every month has. */
const skipsMonths: ItemWarnings = (item, warn) => {
  for (const [i, fields] of specificationsOf(item).entries()) {
    const { day, month } = dayAndMonth({ ...fields, ...daySince(fields) });
    if (day === undefined || day < 29 || day > 31) continue;
    if (month === undefined)
      warn('time-skips-months', placeOf(i, fields), `day ${day} of each month: ${SHORT[day]}`, {
        help: 'for the last day of each month: day = -1',
      });
    else if (day === 29 && String(month) === '2' && fields.year === undefined)
      warn('time-skips-months', placeOf(i, fields), '29 February: it fires in leap years only');
  }
};

const years = new Map<string, readonly OffsetChange[]>();

/** The changes of the clocks of a zone in two years from the week of `now` on. */
const changesOf = (timezone: string | undefined, now: number): readonly OffsetChange[] => {
  const begin = Math.floor(now / WEEK) * WEEK;
  const key = `${timezone ?? `local ${Intl.DateTimeFormat().resolvedOptions().timeZone}`} ${begin}`;
  const known = years.get(key);
  if (known) return known;
  const zone = zoneOf(timezone);
  const changes: OffsetChange[] = [];
  for (let at = begin; at < begin + 105 * WEEK; at += WEEK) {
    const change = changeBetween(zone, at, at + WEEK);
    if (change) changes.push(change);
  }
  years.set(key, changes);
  return changes;
};

/** What finds the next local time of a specification that is by the wall clock; undefined: it is by real time. */
const wallClock = (fields: TimeFields): ((local: number) => number) | undefined => {
  if (fields.cron !== undefined) {
    const { realTime, fits } = readCron(fields.cron);
    return realTime ? undefined : fits;
  }
  const meant = meaningOfAt(fields);
  if (fields.sun !== undefined || typeof meant === 'number') return undefined;
  const { realTime, next } = localTimes(meant);
  return realTime ? undefined : next;
};

/** `02:30` of a local time in ms, as if UTC. */
const clock = (local: number): string => {
  const text = new Date(local).toISOString();
  return text.slice(11, text.slice(17, 19) === '00' ? 16 : 19);
};
const date = (local: number): string => new Date(local).toISOString().slice(0, 10);

/** What a change of the clocks does to a specification, as a finding; undefined: it does not fall into it. */
const atChange = (fits: (local: number) => number, { from, to }: OffsetChange, zone: string) => {
  const forward = to > from;
  const local = fits(Math.min(from, to) - SECOND);
  if (local >= Math.max(from, to)) return undefined;
  const where = `${clock(local)} on ${date(local)}${zone}`;
  return forward
    ? ([
        'time-in-gap',
        `${where} does not exist, as the clocks go from ${clock(from)} to ${clock(to)}: it fires at ${clock(to)} then`,
      ] as const)
    : ([
        'time-in-fold',
        `${where} comes twice, as the clocks go back from ${clock(from)} to ${clock(to)}: it fires the first time only`,
      ] as const);
};

/** Local times that are skipped or repeated when the clocks change: the first of each kind. */
const clocksChange: ItemWarnings = (item, warn, { now }) => {
  // As a guard it holds for a time, and does not begin at an instant.
  if ((item.shared.tasks as readonly string[]).length === 0) return;
  const timezone = item.values.timezone as string | undefined;
  const zone = timezone === undefined ? '' : ` in ${timezone}`;
  for (const [i, fields] of specificationsOf(item).entries()) {
    const fits = wallClock(fields);
    if (fits === undefined) continue;
    const seen = new Set<string>();
    for (const change of changesOf(timezone, now)) {
      const found = atChange(fits, change, zone);
      if (found === undefined || seen.has(found[0])) continue;
      seen.add(found[0]);
      warn(found[0], placeOf(i, fields), found[1]);
    }
  }
};

const PARTS = ['second', 'minute', 'hour', 'day', 'month', 'weekday', 'year'] as const;
const ZERO = new Set([0]);

/** The numbers of each part, with its default, and what else it says. */
const normal = ({ cron, ...fields }: TimeFields) => {
  const parts = Object.fromEntries(
    PARTS.map((key) => [
      key,
      fields[key] === undefined ? undefined : new Set(numbersOf(fields[key], PART_RANGES[key])),
    ]),
  );
  const rest = Object.entries(fields).filter(([key]) => !(PARTS as readonly string[]).includes(key));
  return {
    ...{ minute: ZERO, second: ZERO },
    ...Object.fromEntries(Object.entries(parts).filter(([, numbers]) => numbers !== undefined)),
    rest: JSON.stringify(cron === undefined ? rest : cron.trim().split(/\s+/).join(' ')),
    cron: cron !== undefined,
  } as { readonly rest: string; readonly cron: boolean } & Readonly<
    Partial<Record<(typeof PARTS)[number], ReadonlySet<number>>>
  >;
};

/** Whether every instant of one specification is one of another. */
const isWithin = (one: TimeFields, other: TimeFields): boolean => {
  const [a, b] = [normal(one), normal(other)];
  if (a.rest !== b.rest || a.cron !== b.cron) return false;
  return PARTS.every((key) => {
    const [ours, theirs] = [a[key], b[key]];
    return theirs === undefined || (ours !== undefined && [...ours].every((n) => theirs.has(n)));
  });
};

/** Specifications that another one of the same condition has already. */
const hidden: ItemWarnings = (item, warn) => {
  const all = specificationsOf(item);
  const { specifications } = item.compiled as Calendar;
  for (const [i, fields] of all.entries()) {
    // Of two that are the same, the second one is too much.
    const by = all.findIndex((other, j) => j !== i && isWithin(fields, other) && (j < i || !isWithin(other, fields)));
    if (by < 0) continue;
    const text = `${specifications[i]!.text}: each of its instants is one of entry ${by + 1} (${specifications[by]!.text})`;
    warn('time-hidden', placeOf(i, fields), text);
  }
};

/** What each field of a pattern counts. */
const UNITS = ['seconds', 'minutes', 'hours', 'days', 'months', 'days of the week'] as const;

const warnOfStep = (warn: WarnAbout, place: readonly (string | number)[], field: string, index: number): void => {
  const n = unevenStep(field, index);
  if (n === undefined) return;
  const [unit, round] = [UNITS[index]!, CRON_ROUNDS[index]!];
  if (Number.isNaN(round)) {
    warn(
      'cron-uneven-step',
      place,
      `${field}: days are counted anew in each month: after day ${1 + n * Math.floor(30 / n)} or an earlier one comes day 1, not ${counted(n, 'day')} later`,
    );
    return;
  }
  const last = Math.floor((round - 1) / n) * n;
  warn(
    'cron-uneven-step',
    place,
    `${field}: ${round} ${unit} are not a multiple of ${n}: the last step of each round is ${round - last} ${unit}, not ${n}`,
    index < 3 ? { help: 'for even distances: a condition of type "interval"' } : {},
  );
};

/** Steps that do not divide what they count. */
const unevenSteps: ItemWarnings = (item, warn) => {
  for (const [i, fields] of specificationsOf(item).entries()) {
    for (const [index, field, key] of stepFields(fields as Readonly<Record<string, unknown>>))
      warnOfStep(warn, ['time_specifications', i, key], field, index);
  }
};

/** Patterns with a day of the month and one of the week: either is enough, unless one begins with a star. */
const cronDays: ItemWarnings = (item, warn) => {
  for (const [i, fields] of specificationsOf(item).entries()) {
    if (fields.cron === undefined) continue;
    const parts = cronFields(fields.cron);
    if (!namesBothDays(parts)) continue;
    const [days, weekdays] = [parts[3]!, parts[5]!];
    const both = days.startsWith('*') || weekdays.startsWith('*');
    const text = both
      ? `day of month ${days} and day of week ${weekdays}: as one begins with a star, both have to fit`
      : `day of month ${days} and day of week ${weekdays}: either is enough, as in cron`;
    warn(
      'cron-days',
      placeOf(i, fields),
      text,
      both ? {} : { help: `to ask for both, put a plus before the day of the week: +${weekdays}` },
    );
  }
};

/** What looks at a condition that waits for a time. */
export const TIME_WARNINGS: readonly ItemWarnings[] = [
  neverOccurs,
  neverWithin,
  skipsMonths,
  clocksChange,
  hidden,
  cronDays,
  unevenSteps,
];
