const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** A duration as people read it: `45 s`, `12 min`, `3 h 05 min`, `2 d 4 h`. */
export const showDuration = (ms: number): string => {
  const s = Math.round(ms / 1000);
  if (s < 60) return ms < 9950 && ms % 1000 !== 0 ? `${(ms / 1000).toFixed(1)} s` : `${s} s`;
  if (s < 3600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
};

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** How durations are written, in words. */
export const DURATION = '30s, 10m, 2h, 1d, 1w';

/** ms of a duration as written; undefined: it is not a duration. */
export const parseDuration = (text: string): number | undefined => {
  const [, amount, unit] = /^(\d{1,12})([smhdw])$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * UNITS[unit as keyof typeof UNITS];
};

/** How instants are written, in words. */
export const INSTANT = 'a local time such as 2026-03-29T00:00:00 or 2026-03-29, or one with a zone (…Z, …+02:00)';

const FORM = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:\d{2})?$/;

/** The problem of an instant with an impossible date; undefined: the date is possible, or the text is not an instant. */
export const invalidDate = (text: string): string | undefined => {
  const [, date] = FORM.exec(text) ?? [];
  if (date === undefined) return undefined;
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const last = month < 1 || month > 12 ? 0 : new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return day >= 1 && day <= last ? undefined : `the calendar does not have the date ${date}`;
};

/** Parses an instant to wall-clock ms; without a zone it is local time. Undefined: it is not an instant. */
export const parseInstant = (text: string): number | undefined => {
  const [, date, time = '00:00', seconds = ':00', zone = ''] = FORM.exec(text) ?? [];
  // `Date` would move an impossible date to a possible one.
  if (date === undefined || invalidDate(text) !== undefined) return undefined;
  const at = new Date(`${date}T${time}${seconds}${zone}`);
  return Number.isNaN(at.getTime()) ? undefined : at.getTime();
};

/** `2026-03-29 02:30:00`, local time. */
export const showInstant = (ms: number): string =>
  new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ');
