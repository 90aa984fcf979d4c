/** A value, a range or a repetition of one part of a calendar expression. */
interface Component {
  readonly start: number;
  readonly stop: number | undefined;
  /** 0: it is not repeated. */
  readonly step: number;
}

/** One part; undefined: `*`. */
export type CalendarPart = readonly Component[] | undefined;

/** An expression of OnCalendar=, as systemd.time(7) describes it. */
export interface CalendarExpression {
  /** 0 is Sunday; empty: every day. */
  readonly weekdays: ReadonlySet<number>;
  readonly year: CalendarPart;
  readonly month: CalendarPart;
  readonly day: CalendarPart;
  /** Days count from the end of the month. */
  readonly fromEnd: boolean;
  readonly hour: CalendarPart;
  readonly minute: CalendarPart;
  readonly second: CalendarPart;
  readonly zone: string | undefined;
}

/** Thrown for an expression that is not understood. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
  /** Where in the expression, from 0. */
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

const SHORTHANDS: Readonly<Record<string, string>> = {
  minutely: '*-*-* *:*:00',
  hourly: '*-*-* *:00:00',
  daily: '*-*-* 00:00:00',
  weekly: 'Mon *-*-* 00:00:00',
  monthly: '*-*-01 00:00:00',
  yearly: '*-01-01 00:00:00',
  annually: '*-01-01 00:00:00',
  anually: '*-01-01 00:00:00',
  quarterly: '*-01,04,07,10-01 00:00:00',
  semiannually: '*-01,07-01 00:00:00',
  'semi-annually': '*-01,07-01 00:00:00',
  biannually: '*-01,07-01 00:00:00',
  'bi-annually': '*-01,07-01 00:00:00',
};

/** The first and the last year of systemd. */
export const YEARS = [1970, 2199] as const;

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
/** Monday is the first day of a range. */
const fromMonday = (day: number): number => (day + 6) % 7;

const weekday = (word: string, offset: number): number => {
  const name = word.toLowerCase();
  const found = WEEKDAYS.findIndex((full) => full === name || full.slice(0, 3) === name);
  if (found < 0) throw new CalendarError(offset, `expected a day of the week such as Mon or Monday, found "${word}"`);
  return found;
};

const readWeekdays = (text: string, offset: number): Set<number> => {
  const days = new Set<number>();
  for (const part of text.split(',').filter((part) => part !== '')) {
    const [first = '', last] = part.split(/\.\.|-/);
    const low = fromMonday(weekday(first, offset));
    const high = last === undefined ? low : fromMonday(weekday(last, offset));
    if (low > high) throw new CalendarError(offset, `expected a range of days from Monday to Sunday, found "${part}"`);
    for (let day = low; day <= high; day++) days.add((day + 1) % 7);
  }
  return days;
};

/** Reads parts of an expression, which stands in a text at `offset`. */
class PartReader {
  readonly #word: string;
  readonly #offset: number;
  constructor(word: string, offset: number) {
    this.#word = word;
    this.#offset = offset;
  }

  read(text: string, name: string, min: number, max: number, fractions = false): CalendarPart {
    if (text === '*') return undefined;
    return text.split(',').map((part) => this.#component(part, name, min, max, fractions));
  }

  #component(text: string, name: string, min: number, max: number, fractions: boolean): Component {
    const number = fractions ? '\\d+(?:\\.\\d+)?' : '\\d+';
    const m = new RegExp(`^(${number})(?:\\.\\.(${number}))?(?:/(${number}))?$`).exec(text);
    const year = (n: number) => (name === 'year' && n < 100 ? n + (n < 70 ? 2000 : 1900) : n);
    const [start, stop] =
      m === null ? [Number.NaN] : [year(Number(m[1])), m[2] === undefined ? undefined : year(Number(m[2]))];
    const step = m?.[3] === undefined ? 0 : Number(m[3]);
    const fits = (n: number) => n >= min && (fractions ? n < max + 1 : n <= max);
    if (!fits(start!) || (stop !== undefined && (!fits(stop) || stop < start!)) || (m?.[3] !== undefined && step <= 0))
      throw new CalendarError(
        this.#offset + Math.max(0, this.#word.indexOf(text)),
        `expected the ${name} as *, numbers from ${min} to ${max}, lists (1,15), ranges (1..5) or repetitions (0/15), found "${text}"`,
      );
    return { start: start!, stop, step };
  }
}

const readDate = (word: string, offset: number) => {
  const m = /^(?:([^-~]+)-)?([^-~]+)([-~])([^-~]+)$/.exec(word);
  if (m === null) throw new CalendarError(offset, `expected a date such as *-*-01, 12-25 or *-02~01, found "${word}"`);
  const reader = new PartReader(word, offset);
  const [, year = '*', month = '', sign, day = ''] = m;
  return {
    year: reader.read(year, 'year', ...YEARS),
    month: reader.read(month, 'month', 1, 12),
    // As systemd: from the end only days that every month has.
    day: reader.read(day, sign === '~' ? 'day from the end of the month' : 'day of month', 1, sign === '~' ? 28 : 31),
    fromEnd: sign === '~' && day !== '*',
  };
};

const readTime = (word: string, offset: number) => {
  const [hour = '', minute = '', second = '00', more] = word.split(':');
  if (more !== undefined || minute === '')
    throw new CalendarError(offset, `expected a time such as 08:30 or *:0/15, found "${word}"`);
  const reader = new PartReader(word, offset);
  return {
    hour: reader.read(hour, 'hour', 0, 23),
    minute: reader.read(minute, 'minute', 0, 59),
    second: second === '*' ? [{ start: 0, stop: undefined, step: 1 }] : reader.read(second, 'second', 0, 59, true),
  };
};

const isZone = (word: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: word });
    return true;
  } catch {
    return false;
  }
};

/** An instant since 1970, as in `@1395716396`. */
const epoch = (text: string): string => {
  const at = new Date(Number(text.slice(1)) * 1000).toISOString();
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
};

interface Word {
  readonly text: string;
  readonly offset: number;
}

/** Takes the zone from the end of the words. */
const takeZone = (words: Word[]): string | undefined => {
  const last = words.at(-1);
  if (last === undefined || words.length < 2 || !/^[A-Za-z]/.test(last.text)) return undefined;
  if (!isZone(last.text))
    throw new CalendarError(last.offset, `expected a time zone such as Europe/Rome, found "${last.text}"`);
  words.pop();
  return last.text;
};

const nothingExpected = (text: string): CalendarError =>
  new CalendarError(
    0,
    `expected days of the week, a date, a time and a time zone, such as "Mon..Fri *-*-* 08:00", or a word such as daily, found "${text}"`,
  );

/** Reads an expression. @throws CalendarError */
export const readCalendar = (expression: string): CalendarExpression => {
  // Longer ones are no instants of a Date.
  if (/^@\d{1,12}$/.test(expression)) return readCalendar(epoch(expression));
  const words: Word[] = [...expression.matchAll(/\S+/g)].map((m) => ({ text: m[0], offset: m.index }));
  const zone = takeZone(words);
  const shorthand = words.length === 1 ? SHORTHANDS[words[0]!.text.toLowerCase()] : undefined;
  if (shorthand !== undefined) return { ...readCalendar(shorthand), zone };
  const [weekdays, date, time] = [/^[A-Za-z]/, /[-~]/, /:/].map((looks) =>
    words[0] !== undefined && looks.test(words[0].text) ? words.shift() : undefined,
  );
  if (words.length > 0 || (weekdays ?? date ?? time) === undefined) throw nothingExpected(expression);
  return {
    weekdays: weekdays ? readWeekdays(weekdays.text, weekdays.offset) : new Set(),
    ...readDate(date?.text ?? '*-*-*', date?.offset ?? 0),
    ...readTime(time?.text ?? '00:00:00', time?.offset ?? 0),
    zone,
  };
};
