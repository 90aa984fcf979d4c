import { showDuration } from '../core/duration.ts';

export { INSTANT, invalidDate, parseInstant } from '../core/duration.ts';
export { showDuration };

/** How long something took; below a second in milliseconds. */
export const showTook = (seconds: number): string =>
  seconds < 0.9995 ? `${Math.round(seconds * 1000)} ms` : showDuration(seconds * 1000);

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** The last instant of `Date`, in ms. */
const LAST_INSTANT = 8.64e15;

/** An instant as text for JSON; null: `Date` cannot hold it. */
export const isoInstant = (ms: number): string | null =>
  Math.abs(ms) <= LAST_INSTANT ? new Date(ms).toISOString() : null;

/** Clocks are set back by less than this at the end of summer time, in ms. */
const FAR_MS = 3 * 3_600_000;

/** The offset of local time, as in `+02:00`. */
const offsetOf = (ms: number): string => {
  const east = -new Date(ms).getTimezoneOffset();
  const minutes = Math.abs(east);
  return `${east < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
};

/** An instant in local time with its offset, as text for JSON: `2026-03-29T03:00:00+02:00`. */
export const isoLocal = (ms: number): string => `${formatInstant(ms).slice(0, 19).replace(' ', 'T')}${offsetOf(ms)}`;

/** The offset, as in ` +02:00`, if the same local time occurs twice because the clock is set back. */
const offsetWhereTwice = (ms: number): string => {
  const own = new Date(ms).getTimezoneOffset();
  const twice = [ms - FAR_MS, ms + FAR_MS].some((near) => {
    const other = new Date(near).getTimezoneOffset();
    return other !== own && new Date(ms + (other - own) * 60_000).getTimezoneOffset() === other;
  });
  return twice ? ` ${offsetOf(ms)}` : '';
};

/** `2026-03-29 02:30:00 Sun` in local time; with its offset if that is ambiguous: `2026-10-25 02:30:00 Sun +02:00`. */
export const formatInstant = (ms: number): string => {
  if (!(Math.abs(ms) <= LAST_INSTANT)) return 'after year 275760';
  const d = new Date(ms);
  const day = DAYS[d.getDay()];
  return `${String(d.getFullYear()).padStart(4, '0')}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())} ${day}${offsetWhereTwice(ms)}`;
};

const timeOnly = (ms: number): string => `${formatInstant(ms).slice(11, 19)}${formatInstant(ms).slice(23)}`;

/** `(12 times since 03:15:02)`, or nothing for what happened once. The date is left out if it is that of the last time. */
export const repeatedSince = (one: { readonly count: number; readonly time: number; readonly lastTime: number }) => {
  if (one.count === 1) return '';
  const sameDay = formatInstant(one.time).slice(0, 10) === formatInstant(one.lastTime).slice(0, 10);
  return ` (${one.count} times since ${sameDay ? timeOnly(one.time) : formatInstant(one.time)})`;
};

/** Within this time the name of a day is unambiguous, in ms. */
const WEEK_MS = 6 * 86_400_000;

/** Makes a formatter of short instants: no date on the day of `now`, the name of the day in the next week. */
export const shortInstants = (now: number): ((ms: number) => string) => {
  const today = formatInstant(now).slice(0, 10);
  // Many items share an instant.
  const shown = new Map<number, string>();
  return (ms) => {
    let text = shown.get(ms);
    if (text === undefined) {
      const at = formatInstant(ms);
      const soon = ms > now && ms - now < WEEK_MS;
      text = at.startsWith(today)
        ? `${at.slice(11, 19)}${at.slice(23)}`
        : soon
          ? `${at.slice(20, 23)} ${at.slice(11, 19)}${at.slice(23)}`
          : at;
      shown.set(ms, text);
    }
    return text;
  };
};

/** Makes a formatter of short instants of the past: no date on the day of `now`, the name of the day in the week before. */
export const shortPastInstants = (now: number): ((ms: number) => string) => {
  const today = formatInstant(now).slice(0, 10);
  return (ms) => {
    const at = formatInstant(ms);
    const time = `${at.slice(11, 19)}${at.slice(23)}`;
    if (at.startsWith(today)) return time;
    return ms < now && now - ms < WEEK_MS ? `${at.slice(20, 23)} ${time}` : `${at.slice(0, 10)} ${time}`;
  };
};
