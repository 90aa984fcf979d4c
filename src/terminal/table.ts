import { oneLine } from '../log/one-line.ts';
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

/**
 * Rows under headings, two blanks between columns, no trailing blanks. On a terminal cells are broken to fit its width, and
 * columns that matter less are left out. Ends with a newline.
 */
export const table = (
  all: readonly Column[],
  given: readonly (readonly string[])[],
  { width, paint, clipped = false, unicode = true }: Terminal = PLAIN,
): string => {
  const whole = given.map((row) => row.map(oneLine));
  const widest = all.map(({ heading }, i) =>
    width === undefined ? 0 : whole.reduce((w, row) => Math.max(w, widthOf(row[i]!)), heading.length),
  );
  const shown = kept(all, widest, width);
  const columns = shown.map((i) => all[i]!);
  const rows = shown.length === all.length ? whole : whole.map((row) => shown.map((i) => row[i]!));
  const narrow = width !== undefined;
  // Without a width to fit, the width of the last column is not needed.
  const open = (i: number) => !narrow && i === columns.length - 1 && !columns[i]!.numeric;
  const natural = columns.map(({ heading }, i) =>
    open(i) ? 0 : rows.reduce((w, row) => Math.max(w, widthOf(row[i]!)), heading.length),
  );
  const words = columns.map(({ heading }, i) =>
    narrow ? rows.reduce((w, row) => Math.max(w, Math.min(LONGEST_WORD, longestWord(row[i]!))), heading.length) : 0,
  );
  // Where some columns may be broken, the others are not while that is enough.
  const first = columns.some(({ least }) => least !== undefined)
    ? columns.map(({ least }, i) => (least === undefined ? natural[i]! : Math.min(least, natural[i]!)))
    : words;
  const widths = fitted(natural, [first, words, words.map(() => LEAST)], width);
  const mark = unicode ? '…' : '~';
  const broken = (cell: string, room: number): string[] =>
    clipped ? [room > 1 ? `${truncateToWidth(cell, room - 1).trimEnd()}${mark}` : mark] : wrap(cell, room);
  const pad = (text: string, i: number, style: Style | undefined, end: boolean): string => {
    const painted = text === '' || style === undefined ? text : paint(style, text);
    const { numeric } = columns[i]!;
    if (end && !numeric) return painted;
    const blanks = ' '.repeat(Math.max(0, widths[i]! - widthOf(text)));
    return numeric ? `${blanks}${painted}` : `${painted}${blanks}`;
  };
  const line = (cells: readonly string[], style: (column: Column, cell: string) => Style | undefined): string => {
    if (!narrow || cells.every((cell, i) => widthOf(cell) <= widths[i]!)) {
      const last = cells.findLastIndex((cell) => cell !== '');
      let whole = '';
      for (let i = 0; i <= last; i++)
        whole += `${i === 0 ? '' : GAP}${pad(cells[i]!, i, style(columns[i]!, cells[i]!), i === last)}`;
      return whole;
    }
    const parts = cells.map((cell, i) => (widthOf(cell) > widths[i]! ? broken(cell, widths[i]!) : [cell]));
    const height = Math.max(...parts.map(({ length }) => length));
    const lines = Array.from({ length: height }, (_, at) => {
      const last = parts.findLastIndex((part) => (part[at] ?? '') !== '');
      return parts
        .slice(0, last + 1)
        .map((part, i) => pad(part[at] ?? '', i, style(columns[i]!, cells[i]!), i === last))
        .join(GAP);
    });
    return lines.join('\n');
  };
  const head = line(
    columns.map(({ heading }) => heading),
    () => 'bold',
  );
  return `${[head, ...rows.map((row) => line(row, ({ style }, cell) => style?.(cell)))].join('\n')}\n`;
};
