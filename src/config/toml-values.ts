import type { Path, Problem } from './problem.ts';

/** Days that some months do not have, and months that no year has: files without them are not parsed again. */
const SUSPECT = /\d{4}-\d\d-(?:00|29|[3-9]\d)|\d{4}-(?:00|1[3-9]|[2-9]\d)-\d\d/;
/** The most dates that are reported: for each one the file is parsed again. */
const MOST_REPORTED = 20;
/** A date of the same length that exists. */
const SOME_DATE = '2000-01-01';

/** Where the first of these dates begins in the text. */
const firstMissing = (text: string, parse: (text: string) => void): number | undefined => {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    const { message, index } = error as { message: string; index?: number };
    if (!message.includes('invalid date') || index === undefined) return undefined;
    return [...text.slice(0, index + 1).matchAll(/\d{4}-\d{2}-\d{2}/g)].at(-1)?.index;
  }
};

/** Dates that are not in the calendar, which the parser takes for ones of the next month, or refuses at the first one. */
export const missingDates = async (text: string): Promise<Problem[]> => {
  if (!SUSPECT.test(text)) return [];
  const { parseTOML } = await import('toml-eslint-parser');
  const problems: Problem[] = [];
  // The parser stops at the first one: each is searched for with those before it corrected.
  for (let mended = text; problems.length < MOST_REPORTED; ) {
    const at = firstMissing(mended, (one) => void parseTOML(one, { tomlVersion: '1.1' }));
    if (at === undefined) break;
    const end = at + SOME_DATE.length;
    const lines = text.slice(0, at).split('\n');
    problems.push({
      path: [],
      at: 'value',
      id: 'syntax',
      position: { line: lines.length, column: lines.at(-1)!.length + 1 },
      text: `not valid TOML: the calendar does not have the date ${text.slice(at, end)}`,
    });
    mended = `${mended.slice(0, at)}${SOME_DATE}${mended.slice(end)}`;
  }
  return problems;
};

/** Integers that are long enough to be too wide, and some others: most files have none, and are not searched. */
const LONG = /[\da-f_]{16,}/i;

const fits = (n: bigint): boolean => BigInt.asIntN(64, n) === n;

/** Integers beyond 64 bits, which TOML does not have and the parser takes. */
export const wideIntegers = (text: string, root: object): Problem[] => {
  const problems: Problem[] = [];
  const visit = (value: unknown, path: Path): void => {
    if (typeof value === 'bigint' && !fits(value))
      problems.push({
        path,
        at: 'value',
        id: 'syntax',
        text: `not valid TOML: the integer ${value} does not fit in 64 bits`,
      });
    else if (Array.isArray(value)) for (const [i, entry] of value.entries()) visit(entry, [...path, i]);
    else if (typeof value === 'object' && value !== null)
      for (const [key, entry] of Object.entries(value)) visit(entry, [...path, key]);
  };
  if (LONG.test(text)) visit(root, []);
  return problems;
};
