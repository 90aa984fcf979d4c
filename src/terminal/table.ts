/** One column: its heading, and whether its cells are numbers (aligned to the right). */
export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
}

/** Rows under headings, two blanks between columns; no trailing blanks. Ends with a newline. */
export const table = (columns: readonly Column[], rows: readonly (readonly string[])[]): string => {
  const widths = columns.map(({ heading }, i) =>
    rows.reduce((w, row) => Math.max(w, (row[i] ?? '').length), heading.length),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (columns[i]?.numeric ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${[columns.map((c) => c.heading), ...rows].map(line).join('\n')}\n`;
};
