import { oneLine } from '../log/one-line.ts';
import { remembered } from './remembered.ts';
import { PLAIN, type Style, type Terminal } from './terminal.ts';
import { truncateToWidth, widthOf, wrap } from './wrap.ts';

/** One column: its heading, and whether its cells are numbers (aligned to the right). */
export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
  /** Cells are broken or cut to this width before a column is left out; absent: they are whole as long as they can be. */
  readonly least?: number;
  /** Left out on a terminal that is too narrow, the lowest first; absent: never. */
  readonly rank?: number;
  /** How a cell is painted. */
  readonly style?: (cell: string) => Style | undefined;
}

const GAP = '  ';
/** The smallest width of a column on a narrow terminal. */
const LEAST = 9;
/** Words up to this length are broken only if nothing else fits. */
const LONGEST_WORD = 24;

/** Widths that fit the terminal: the widest columns shrink first, to the first of the floors, then to the next. */
const fitted = (
  natural: readonly number[],
  all: readonly (readonly number[])[],
  width: number | undefined,
): number[] => {
  const widths = [...natural];
  if (width === undefined) return widths;
  let over = widths.reduce((sum, w) => sum + w, GAP.length * (widths.length - 1)) - width;
  for (const floors of all)
    for (; over > 0; over--) {
      const free = widths.map((w, i) => (w > floors[i]! ? w : 0));
      const widest = Math.max(...free);
      if (widest === 0) break;
      widths[free.lastIndexOf(widest)] = widest - 1;
    }
  return widths;
};

/** Which columns fit the terminal, by their natural widths. */
const kept = (columns: readonly Column[], natural: readonly number[], width: number | undefined): readonly number[] => {
  const all = columns.map((_, i) => i);
  if (width === undefined) return all;
  const needed = (i: number) => Math.min(natural[i]!, columns[i]!.least ?? Number.POSITIVE_INFINITY) + GAP.length;
  let over = all.reduce((sum, i) => sum + needed(i), -GAP.length) - width;
  const out = new Set<number>();
  const leaving = all
    .filter((i) => columns[i]!.rank !== undefined)
    .sort((a, b) => columns[a]!.rank! - columns[b]!.rank!);
  for (const i of leaving) {
    if (over <= 0) break;
    out.add(i);
    over -= needed(i);
  }
  return all.filter((i) => !out.has(i));
};

const longestWord = (cell: string): number => Math.max(...cell.split(' ').map(widthOf));

/** The greatest width of the cells of a column, or of the heading; `measure`: by this. */
const widest = (
  rows: readonly (readonly string[])[],
  at: number,
  heading: string,
  measure: (cell: string) => number,
): number => {
  const width = remembered(measure);
  let most = heading.length;
  for (const row of rows) most = Math.max(most, width(row[at]!));
  return most;
};

/** The same rows, each cell on one line. */
const safeRows = (
  columns: readonly Column[],
  given: readonly (readonly string[])[],
): readonly (readonly string[])[] => {
  const safe = columns.map(() => remembered(oneLine));
  return given.map((row) => row.map((cell, i) => safe[i]!(cell)));
};

/** Widths of columns that fit the terminal. */
const widthsOf = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): readonly number[] => {
  const narrow = width !== undefined;
  // Without a width to fit, the width of the last column is not needed.
  const isOpen = (i: number) => !narrow && i === columns.length - 1 && !columns[i]!.numeric;
  const natural = columns.map(({ heading }, i) => (isOpen(i) ? 0 : widest(rows, i, heading, widthOf)));
  if (!narrow) return natural;
  const word = (cell: string) => Math.min(LONGEST_WORD, longestWord(cell));
  const words = columns.map(({ heading }, i) => widest(rows, i, heading, word));
  // Where some columns may be broken, the others are not while that is enough.
  const first = columns.some(({ least }) => least !== undefined)
    ? columns.map(({ least }, i) => (least === undefined ? natural[i]! : Math.min(least, natural[i]!)))
    : words;
  return fitted(natural, [first, words, words.map(() => LEAST)], width);
};

/** A cell as it stands in its line. */
interface Shown {
  /** With blanks up to its width. */
  readonly padded: string;
  /** The same at the end of a line. */
  readonly last: string;
  /** It is wider than its column. */
  readonly isWide: boolean;
}

/**
 * Rows under headings, two blanks between columns, no trailing blanks. On a terminal cells are broken to fit its width, and
 * columns that matter less are left out. Ends with a newline.
 */
export const table = (
  all: readonly Column[],
  given: readonly (readonly string[])[],
  { width, paint, clipped = false, unicode = true }: Terminal = PLAIN,
): string => {
  const whole = safeRows(all, given);
  const narrow = width !== undefined;
  const natural = all.map(({ heading }, i) => (narrow ? widest(whole, i, heading, widthOf) : 0));
  const kinds = kept(all, natural, width);
  const columns = kinds.map((i) => all[i]!);
  const rows = kinds.length === all.length ? whole : whole.map((row) => kinds.map((i) => row[i]!));
  const widths = widthsOf(columns, rows, width);
  const mark = unicode ? '…' : '~';
  const broken = (cell: string, room: number): string[] =>
    clipped ? [room > 1 ? `${truncateToWidth(cell, room - 1).trimEnd()}${mark}` : mark] : wrap(cell, room);
  const show = (text: string, i: number, style: Style | undefined): Shown => {
    const painted = text === '' || style === undefined ? text : paint(style, text);
    const own = widthOf(text);
    const blanks = ' '.repeat(Math.max(0, widths[i]! - own));
    const isWide = narrow && own > widths[i]!;
    if (columns[i]!.numeric) return { padded: `${blanks}${painted}`, last: `${blanks}${painted}`, isWide };
    return { padded: `${painted}${blanks}`, last: painted, isWide };
  };
  /** Cells next to one another up to the last one that is not empty. */
  const joined = (cells: readonly string[], shown: (i: number) => Shown): string => {
    const last = cells.findLastIndex((cell) => cell !== '');
    let text = '';
    for (let i = 0; i < last; i++) text += `${shown(i).padded}${GAP}`;
    return last < 0 ? text : `${text}${shown(last).last}`;
  };
  /** A row whose cells take several lines. */
  const tall = (cells: readonly string[], style: (i: number) => Style | undefined): string => {
    const parts = cells.map((cell, i) => (widthOf(cell) > widths[i]! ? broken(cell, widths[i]!) : [cell]));
    const height = Math.max(...parts.map(({ length }) => length));
    return Array.from({ length: height }, (_, at) => {
      const line = parts.map((part) => part[at] ?? '');
      return joined(line, (i) => show(line[i]!, i, style(i)));
    }).join('\n');
  };
  const line = (cells: readonly string[], shown: (i: number) => Shown, style: (i: number) => Style | undefined) =>
    narrow && cells.some((_, i) => shown(i).isWide) ? tall(cells, style) : joined(cells, shown);
  const headings = columns.map(({ heading }) => heading);
  const head = line(
    headings,
    (i) => show(headings[i]!, i, 'bold'),
    () => 'bold',
  );
  const styleOf = (cell: string, i: number): Style | undefined => columns[i]!.style?.(cell);
  const cellOf = columns.map((_, i) => remembered((cell: string) => show(cell, i, styleOf(cell, i))));
  const row = (cells: readonly string[]): string =>
    line(
      cells,
      (i) => cellOf[i]!(cells[i]!),
      (i) => styleOf(cells[i]!, i),
    );
  return `${[head, ...rows.map(row)].join('\n')}\n`;
};
