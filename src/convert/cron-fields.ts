/** One of the five fields. */
interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');
const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 0, max: 7, names: DAYS },
];

/** A field that is not understood. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  /** Which field, and where in it, from 0. */
  readonly field: number;
  readonly offset: number;
  constructor(field: number, offset: number, message: string) {
    super(message);
    this.field = field;
    this.offset = offset;
  }
}

/** What was read of the five fields. */
export interface CronFields {
  /** A pattern of the key `cron`. */
  readonly pattern: string;
  readonly notes: readonly string[];
  readonly differs: readonly string[];
  /** A random minute was asked for: up to so many seconds after the pattern. */
  readonly jitterSeconds?: number;
}

/** A field in the form that `cron` takes. */
interface Read {
  text: string;
  /** Begins with a star in the source: then both days have to fit. */
  readonly star: boolean;
  jitterSeconds?: number;
}

const PART = /^(?:(?<star>\*)|(?<from>[A-Za-z]+|\d+)?(?:(?<sign>[-~])(?<to>[A-Za-z]+|\d+)?)?)(?:\/(?<step>\d+))?$/;

/** One part of a list, as it was written and what it means. */
interface Part {
  readonly text: string;
  readonly kind: 'star' | 'single' | 'range' | 'random';
  readonly low: number;
  readonly high: number;
  /** Undefined: none was written. */
  readonly step: number | undefined;
}

/** What a word of a field means; not a number: nothing. */
const valueOfWord = ({ min, max, names = [] }: Field, word: string): number => {
  const known = names.indexOf(word.toLowerCase());
  const n = /^\d+$/.test(word) ? Number(word) : known < 0 ? Number.NaN : known + min;
  return n >= min && n <= max ? n : Number.NaN;
};

/** Where in a part the first mistake is; undefined: nowhere. */
const mistakeIn = (field: Field, text: string, groups: Record<string, string | undefined>): number | undefined => {
  const { star, from, sign, to, step } = groups;
  if (step !== undefined && Number(step) === 0) return text.indexOf('/') + 1;
  const wrong = [from, to].find((word) => word !== undefined && Number.isNaN(valueOfWord(field, word)));
  if (wrong !== undefined) return text.indexOf(wrong);
  const isComplete =
    star !== undefined || sign === '~' || (from !== undefined && (sign === undefined) === (to === undefined));
  return isComplete ? undefined : 0;
};

/** The lowest and the highest value of a part that has no mistake. */
const boundsOf = (
  field: Field,
  { star, from, sign, to, step }: Record<string, string | undefined>,
): [number, number] => {
  const low = from === undefined ? field.min : valueOfWord(field, from);
  const isOpen = star !== undefined || sign !== undefined || step !== undefined;
  const end = to === undefined ? (isOpen ? field.max : low) : valueOfWord(field, to);
  // A range up to Sunday, which is 0 as well as 7.
  return [low, field.max === 7 && end === 0 && low > 0 ? 7 : end];
};

const kindOf = ({ star, sign }: Record<string, string | undefined>): Part['kind'] => {
  if (star !== undefined) return 'star';
  if (sign === undefined) return 'single';
  return sign === '~' ? 'random' : 'range';
};

/** Reads a part of a list. @returns where the mistake is, if there is one */
const readPart = (field: Field, text: string): Part | number => {
  const groups = PART.exec(text)?.groups as Record<string, string | undefined> | undefined;
  if (text === '' || groups === undefined) return 0;
  const mistake = mistakeIn(field, text, groups);
  if (mistake !== undefined) return mistake;
  const [low, high] = boundsOf(field, groups);
  if (low > high) return 0;
  return { text, kind: kindOf(groups), low, high, step: groups.step === undefined ? undefined : Number(groups.step) };
};

class FieldReader {
  readonly notes: string[] = [];
  readonly differs: string[] = [];

  read(text: string, index: number): Read {
    const field = FIELDS[index]!;
    const read: Read = { text, star: text.startsWith('*') };
    const said = this.differs.length;
    let offset = 0;
    const parts = text.split(',').map((part) => {
      const found = readPart(field, part);
      if (typeof found === 'number') throw this.#error(field, index, offset + found, part);
      offset += part.length + 1;
      return this.#write(found, field, read);
    });
    read.text = parts.join(',');
    // What differs is said already.
    if (read.text !== text.toUpperCase() && this.differs.length === said)
      this.notes.push(`the ${field.name} "${text}" is written as "${read.text}"`);
    return read;
  }

  #error({ name, min, max, names }: Field, index: number, offset: number, part: string): FieldError {
    const range = names ? `${min} to ${max} or ${names.join(', ')}` : `${min} to ${max}`;
    const expected = `expected the ${name} as *, numbers from ${range}, ranges (1-5), steps (*/2, 8-18/2) or lists with commas`;
    return new FieldError(index, offset, `${expected}, found "${part}"`);
  }

  /** A part in the form that `cron` takes. */
  #write(part: Part, field: Field, read: Read): string {
    const { text, kind, low, high, step } = part;
    const last = field.max === 7 ? 6 : field.max;
    if (kind === 'star') return step === undefined || step <= last - field.min ? text : String(field.min);
    if (kind === 'random') return this.#writeRandom(part, field, read);
    if (kind === 'single') return step === undefined ? text.toUpperCase() : this.#writeOpenStep(text, low, last, step);
    // Also because SUN at the end of a range of the key is 7, and in cron 0-sun is Sunday alone.
    if (low === high) return String(low);
    if (high === 7 && !text.includes('7')) {
      this.differs.push(`"${text}" goes up to Sunday, which is 7; some crons refuse it`);
      return stepped(`${low}-7`, low, high, step);
    }
    return stepped(text.replace(/\/.*/, '').toUpperCase(), low, high, step);
  }

  /** A number with a step and no end. */
  #writeOpenStep(text: string, low: number, last: number, step: number): string {
    const newer = `${low}-${last}/${step}`;
    this.differs.push(`"${text}" is ${newer} in newer crons, which is written here, and only ${low} in older ones`);
    return stepped(`${low}-${last}`, low, last, step);
  }

  /** A random value: of the minute by a jitter, of other fields there is no equivalent. */
  #writeRandom({ text, low, high, step }: Part, { name }: Field, read: Read): string {
    const choice = `cron chooses a random ${name} from "${text}" once, when it reads the crontab`;
    if (name === 'minute' && step === undefined && text === read.text) {
      read.jitterSeconds = (high - low) * 60;
      this.differs.push(`${choice}; jitter_seconds chooses one each time`);
    } else this.differs.push(`${choice}; here it is always ${low}`);
    return String(low);
  }
}

/** A range with a step; a step that is longer than the range leaves the first value. */
const stepped = (range: string, low: number, high: number, every: number | undefined): string => {
  if (every === undefined) return range;
  return every > high - low ? String(low) : `${range}/${every}`;
};

/**
 * Reads five fields as cron does, and writes them as the key `cron` has them.
 * @throws FieldError for one that is not understood.
 */
export const readCronFields = (fields: readonly string[]): CronFields => {
  const reader = new FieldReader();
  const [minute, hour, day, month, weekday] = fields.map((field, i) => reader.read(field, i)) as [
    Read,
    Read,
    Read,
    Read,
    Read,
  ];
  // In cron both days have to fit when one of them begins with a star. What was written in another way needs the + for that.
  const both = day.star || weekday.star;
  const loses = both && !day.text.startsWith('*') && !weekday.text.startsWith('*');
  if (loses) weekday.text = `+${weekday.text}`;
  const parts = [minute, hour, day, month, weekday];
  return {
    pattern: parts.map(({ text }) => text).join(' '),
    notes: reader.notes,
    differs: reader.differs,
    ...(minute.jitterSeconds === undefined ? {} : { jitterSeconds: minute.jitterSeconds }),
  };
};
