const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** The fields of a time, local or UTC. `month` is 0 to 11, `weekday` 0 (Sunday) to 6, `yearDay` 0 to 365. */
export interface CalendarTime {
  readonly seconds: number;
  readonly second: number;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
  readonly weekday: number;
  readonly yearDay: number;
  readonly daylightSaving: boolean;
  /** Minutes east of Greenwich. */
  readonly offset: number;
  /** Its abbreviation: made when it is asked for, because that costs more than the rest. */
  readonly zone: string;
}

const zoneName = (date: Date): string =>
  new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date).find((p) => p.type === 'timeZoneName')
    ?.value ?? '';

/** The fields of `seconds` since 1970. */
export const calendarTime = (seconds: number, utc: boolean): CalendarTime => {
  const date = new Date(seconds * 1000);
  const offset = utc ? 0 : -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000);
  const year = local.getUTCFullYear();
  const standard = utc
    ? 0
    : Math.min(-new Date(year, 0, 1).getTimezoneOffset(), -new Date(year, 6, 1).getTimezoneOffset());
  return {
    seconds,
    second: local.getUTCSeconds(),
    minute: local.getUTCMinutes(),
    hour: local.getUTCHours(),
    day: local.getUTCDate(),
    month: local.getUTCMonth(),
    year,
    weekday: local.getUTCDay(),
    yearDay: Math.floor((local.getTime() - Date.UTC(year, 0, 1)) / 86_400_000),
    daylightSaving: offset !== standard,
    offset,
    get zone() {
      return utc ? 'GMT' : zoneName(date);
    },
  };
};

const pad = (n: number, width = 2, fill = '0'): string => String(n).padStart(width, fill);
const hour12 = (m: CalendarTime): number => ((m.hour + 11) % 12) + 1;

/** Year and week of ISO 8601. */
const isoWeek = (m: CalendarTime): { year: number; week: number } => {
  const thursday = new Date(Date.UTC(m.year, m.month, m.day + 3 - ((m.weekday + 6) % 7)));
  const year = thursday.getUTCFullYear();
  return { year, week: 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / 604_800_000) };
};

const zoneOffset = (m: CalendarTime): string => {
  const n = Math.abs(m.offset);
  return `${m.offset < 0 ? '-' : '+'}${pad(Math.floor(n / 60))}${pad(n % 60)}`;
};

/** What conversions make of a time, by their letters. */
export type Conversions = Readonly<Record<string, (m: CalendarTime) => string>>;

/** The conversions of C99. */
export const CONVERSIONS: Conversions = {
  a: (m) => DAYS[m.weekday]!.slice(0, 3),
  A: (m) => DAYS[m.weekday]!,
  b: (m) => MONTHS[m.month]!.slice(0, 3),
  B: (m) => MONTHS[m.month]!,
  c: (m) => format('%a %b %e %H:%M:%S %Y', m),
  C: (m) => pad(Math.floor(m.year / 100)),
  d: (m) => pad(m.day),
  D: (m) => format('%m/%d/%y', m),
  e: (m) => pad(m.day, 2, ' '),
  F: (m) => format('%Y-%m-%d', m),
  g: (m) => pad(isoWeek(m).year % 100),
  G: (m) => String(isoWeek(m).year),
  h: (m) => MONTHS[m.month]!.slice(0, 3),
  H: (m) => pad(m.hour),
  I: (m) => pad(hour12(m)),
  j: (m) => pad(m.yearDay + 1, 3),
  m: (m) => pad(m.month + 1),
  M: (m) => pad(m.minute),
  n: () => '\n',
  p: (m) => (m.hour < 12 ? 'AM' : 'PM'),
  r: (m) => format('%I:%M:%S %p', m),
  R: (m) => format('%H:%M', m),
  s: (m) => String(Math.floor(m.seconds)),
  S: (m) => pad(m.second),
  t: () => '\t',
  T: (m) => format('%H:%M:%S', m),
  u: (m) => String(m.weekday === 0 ? 7 : m.weekday),
  U: (m) => pad(Math.floor((m.yearDay + 7 - m.weekday) / 7)),
  V: (m) => pad(isoWeek(m).week),
  w: (m) => String(m.weekday),
  W: (m) => pad(Math.floor((m.yearDay + 7 - ((m.weekday + 6) % 7)) / 7)),
  x: (m) => format('%m/%d/%y', m),
  X: (m) => format('%H:%M:%S', m),
  y: (m) => pad(((m.year % 100) + 100) % 100),
  Y: (m) => String(m.year),
  z: zoneOffset,
  Z: (m) => m.zone,
  '%': () => '%',
};

/** A formatted part of a pattern: its text, and where the next part begins; or the wrong conversion. */
interface Formatted {
  readonly text: string;
  readonly next: number;
  readonly wrong?: string;
}

/** Formats a time as `strftime` in the C locale: the part of `pattern` that begins between two positions. */
export const formatPart = (
  pattern: string,
  m: CalendarTime,
  from: number,
  to: number,
  known: Conversions = CONVERSIONS,
): Formatted => {
  let text = '';
  let i = from;
  for (; i < to; i++) {
    const c = pattern[i]!;
    if (c !== '%') {
      text += c;
      continue;
    }
    let letter = pattern[++i] ?? '';
    let shown = `%${letter}`;
    // The C locale has no alternative forms: %Ec and %Od are %c and %d.
    if ((letter === 'E' || letter === 'O') && i + 1 < pattern.length) {
      letter = pattern[++i]!;
      shown += letter;
    }
    const conversion = Object.hasOwn(known, letter) ? known[letter] : undefined;
    if (conversion === undefined) return { text, next: i, wrong: shown };
    text += conversion(m);
  }
  return { text, next: i };
};

const format = (pattern: string, m: CalendarTime): string => formatPart(pattern, m, 0, pattern.length).text;
