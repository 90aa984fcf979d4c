import { dayPattern, type Holidays } from './day-pattern.ts';
import { isStarred, type NumberSet, numbersOf } from './number-set.ts';
import { PART_RANGES, type TimeFields } from './specification.ts';

const SECOND = 1000;
const DAY = 86_400;

/** The local times that a specification names, whatever the zone. Local times in ms, as if UTC. */
export interface LocalTimes {
  /** The first local time after one; Infinity: there is none. */
  next(local: number): number;
  /** By real time when the clocks change; else by the wall clock. */
  readonly realTime: boolean;
}

/** The first number of an ordered list that is at least `least`; undefined: none. */
const firstFrom = (numbers: readonly number[], least: number): number | undefined => {
  // Most lists have one number.
  for (const n of numbers) if (n >= least) return n;
  return undefined;
};

const EVERY_HOUR: readonly number[] = Array.from({ length: 24 }, (_, i) => i);
const ZERO: readonly number[] = [0];

const listOf = (value: NumberSet | undefined, key: 'hour' | 'minute' | 'second', missing: readonly number[]) =>
  value === undefined ? missing : typeof value === 'number' ? [value] : numbersOf(value, PART_RANGES[key])!;

/** The hours of a specification; missing: every hour, or the beginning of the day where days are counted. */
const hoursOf = ({ hour, every }: TimeFields): readonly number[] =>
  listOf(hour, 'hour', every === undefined ? EVERY_HOUR : ZERO);

/** The seconds of the day that are named: the first one from `least` on; {@link DAY}: none. */
const timeOfDay = (fields: TimeFields): ((least: number) => number) => {
  const hours = hoursOf(fields);
  const minutes = listOf(fields.minute, 'minute', ZERO);
  const seconds = listOf(fields.second, 'second', ZERO);
  const [firstMinute, firstSecond] = [minutes[0]!, seconds[0]!];
  return (least) => {
    const hour = Math.floor(least / 3600);
    const minute = Math.floor(least / 60) % 60;
    const sameHour = firstFrom(hours, hour);
    if (sameHour === hour) {
      const sameMinute = firstFrom(minutes, minute);
      const second = sameMinute === minute ? firstFrom(seconds, least % 60) : undefined;
      if (second !== undefined) return hour * 3600 + minute * 60 + second;
      const later = firstFrom(minutes, minute + 1);
      if (later !== undefined) return hour * 3600 + later * 60 + firstSecond;
    }
    const later = firstFrom(hours, hour + 1);
    return later === undefined ? DAY : later * 3600 + firstMinute * 60 + firstSecond;
  };
};

/** The local times of a specification without `at`, `sun` and `cron`. */
export const localTimes = (fields: TimeFields, holidays?: Holidays): LocalTimes => {
  const days = dayPattern(fields, holidays);
  const time = timeOfDay(fields);
  const first = time(0);
  const { hour, minute, every } = fields;
  return {
    realTime: (hour === undefined && every === undefined) || isStarred(hour) || isStarred(minute),
    next: (local) => {
      const at = Math.floor(local / SECOND) + 1;
      const today = Math.floor(at / DAY);
      const second = time(at - today * DAY);
      if (second < DAY && days.has(today)) return (today * DAY + second) * SECOND;
      return (days.from(today + 1) * DAY + first) * SECOND;
    },
  };
};
