/** Which numbers a part of a specification can name. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** After the last number comes the first one: `22-5` is a range. */
  readonly round?: true;
  /** Words for the numbers from `min` on, in small letters. */
  readonly names?: readonly string[];
  /** Numbers below zero count from the end. */
  readonly fromEnd?: true;
  /** Numbers above the highest one are taken, and never come. */
  readonly open?: true;
}

/** What a part of a specification can be: a number, a text such as `9-17` or `*\/15`, or a list of these. */
export type NumberSet = number | string | readonly (number | string)[];

const numberOf = (word: string, { names, min }: NumberRange): number => {
  if (/^\d+$/.test(word)) return names ? Number.NaN : Number(word);
  const index = names?.findIndex((name) => word === name || word === name.slice(0, 3)) ?? -1;
  return index < 0 ? Number.NaN : min + index;
};

/** The numbers of `9-17`, `*\/15`, `8-18/2`, `5` or `mon-fri`; undefined: it is none of these. */
const piece = (text: string, range: NumberRange): number[] | undefined => {
  const [, star, first, last, step] = /^(?:(\*)|([^-/*]+)(?:-([^-/*]+))?)(?:\/(\d+))?$/.exec(text) ?? [];
  if (star === undefined && first === undefined) return undefined;
  const { min, max, round } = range;
  const by = Number(step ?? 1);
  const from = first === undefined ? min : numberOf(first, range);
  const alone = step === undefined && star === undefined ? from : max;
  const to = last === undefined ? alone : numberOf(last, range);
  const isWithin = (n: number) => n >= min && n <= max;
  if (!isWithin(from) || !isWithin(to) || by === 0 || (to < from && !round)) return undefined;
  const size = max - min + 1;
  const length = to < from ? to + size - from : to - from;
  return Array.from({ length: Math.floor(length / by) + 1 }, (_, i) => min + ((from - min + i * by) % size));
};

const isNumber = (n: number, { min, max, names, fromEnd, open }: NumberRange): boolean =>
  names === undefined &&
  ((n >= min && (open || n <= max)) || (fromEnd === true && -n >= Math.max(1, min) && -n <= max));

/** The numbers of one entry of a list. */
const entryNumbers = (entry: number | string, range: NumberRange): readonly number[] | undefined => {
  if (typeof entry === 'number') return isNumber(entry, range) ? [entry] : undefined;
  const pieces = entry
    .toLowerCase()
    .split(/ *, */)
    .map((text) => piece(text, range));
  return pieces.includes(undefined) ? undefined : (pieces as number[][]).flat();
};

/** The numbers that are named, in order; undefined: the value is none that the part can be. */
export const numbersOf = (value: NumberSet, range: NumberRange): readonly number[] | undefined => {
  const found = new Set<number>();
  for (const entry of typeof value === 'object' ? value : [value]) {
    const numbers = entryNumbers(entry, range);
    if (numbers === undefined) return undefined;
    for (const n of numbers) found.add(n);
  }
  return found.size === 0 ? undefined : [...found].sort((a, b) => a - b);
};

/** Whether a part begins with a star, and means by real time what it names. */
export const isStarred = (value: NumberSet | undefined): boolean =>
  (typeof value === 'object' ? value : [value]).some(
    (entry) => typeof entry === 'string' && entry.trim().startsWith('*'),
  );
