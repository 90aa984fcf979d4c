import { getTimes, type SunTimes } from 'suncalc';
import { dayPattern, type Holidays } from './day-pattern.ts';
import type { Instants } from './instants.ts';
import { OFFSET, type SunEvent, type TimeFields } from './specification.ts';
import type { Zone } from './zone.ts';

const SECOND = 1000;
const DAY = 86_400_000;
/** Days are searched for an event up to so many days ahead: at the poles the sun rises once a year. */
const MOST_DAYS = 800;
/** The event of a day is not further away from noon UTC of that day than this. */
const NEAR = 2 * DAY;

/** The events as the library has them. */
const EVENTS: Readonly<Record<SunEvent, keyof SunTimes>> = {
  sunrise: 'sunrise',
  sunset: 'sunset',
  noon: 'solarNoon',
  dawn: 'dawn',
  dusk: 'dusk',
};

const UNITS = { s: SECOND, min: 60 * SECOND, h: 3600 * SECOND } as const;

/** ms of `-30 min`. */
const offsetMs = (text: string): number => {
  const [, sign, amount, unit = 's'] = OFFSET.exec(text)!;
  return (sign === '-' ? -1 : 1) * Number(amount) * UNITS[unit as keyof typeof UNITS];
};

/** The instants of a specification with `sun`: on each of its days the event, earlier or later by its offset. The day is that of the event in the zone. */
export const sunInstants = (fields: TimeFields, zone: Zone, text: string, holidays?: Holidays): Instants => {
  const { sun = 'sunrise', place: [latitude, longitude] = [0, 0], offset = '0 s' } = fields;
  const days = dayPattern(fields, holidays);
  const later = offsetMs(offset);
  const eventOf = (day: number): number | undefined => {
    const time = getTimes(new Date(day * DAY + DAY / 2), latitude, longitude)[EVENTS[sun]];
    if (!(time instanceof Date) || Number.isNaN(time.getTime())) return undefined;
    return Math.round(time.getTime() / SECOND) * SECOND;
  };
  return {
    text,
    uneven: true,
    forget: () => {},
    next: (after) => {
      let day = Math.floor((after - later - NEAR) / DAY);
      for (let i = 0; i < MOST_DAYS; i++) {
        const event = eventOf(day);
        if (event === undefined || event + later <= after) day += 1;
        else {
          const local = Math.floor(zone.local(event) / DAY);
          if (days.has(local)) return event + later;
          const next = days.from(local + 1);
          if (next === Number.POSITIVE_INFINITY) return undefined;
          // The day of the event can be the one before or after that of the zone.
          day = Math.max(day + 1, next - 2);
        }
      }
      return undefined;
    },
  };
};
