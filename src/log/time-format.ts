import { type CalendarTime, CONVERSIONS, calendarTime, formatPart } from './strftime.ts';

/** A conversion that `time_format` does not have, and where it stands in the text. */
export interface WrongConversion {
  readonly index: number;
  readonly wrong: string;
}

/** What `time_format` has beyond `strftime`: microseconds, as `datetime` of Python. */
const FRACTION = '%f';

/** All conversions of `time_format`. */
export const TIME_CONVERSIONS: readonly string[] = [
  ...Object.keys(CONVERSIONS).map((letter) => `%${letter}`),
  FRACTION,
];

/** Texts between the microseconds; UTC after a `!` at the beginning, as in `os.date` of Lua. */
interface TimeFormat {
  readonly utc: boolean;
  readonly pieces: readonly string[];
}

const parse = (source: string): TimeFormat | WrongConversion => {
  const utc = source.startsWith('!');
  const sample = calendarTime(0, true);
  const pieces = [''];
  let index = utc ? 1 : 0;
  for (const [token] of source.slice(index).matchAll(/%[EO]?[\s\S]|[^%]+|%/g)) {
    const { wrong } = token === FRACTION ? {} : formatPart(token, sample, 0, token.length);
    if (wrong !== undefined) return { index, wrong };
    if (token === FRACTION) pieces.push('');
    else pieces[pieces.length - 1] += token;
    index += token.length;
  }
  return { utc, pieces };
};

/** What is wrong with a time format; undefined: nothing. */
export const wrongConversion = (source: string): WrongConversion | undefined => {
  const parsed = parse(source);
  return 'wrong' in parsed ? parsed : undefined;
};

/** Makes a function that formats wall-clock ms. It keeps the texts of the last second. @throws Error for a wrong format */
export const timeFormatter = (source: string): ((time: number) => string) => {
  const parsed = parse(source);
  if ('wrong' in parsed) throw new Error(`the conversion ${parsed.wrong} is unknown`);
  let second = Number.NaN;
  let texts: readonly string[] = [];
  const formatAll = (at: CalendarTime): readonly string[] =>
    parsed.pieces.map((piece) => formatPart(piece, at, 0, piece.length).text);
  return (time) => {
    const whole = Math.floor(time / 1000);
    if (whole !== second) {
      texts = formatAll(calendarTime(whole, parsed.utc));
      second = whole;
    }
    if (texts.length === 1) return texts[0]!;
    return texts.join(String(Math.floor((time - whole * 1000) * 1000)).padStart(6, '0'));
  };
};
