import type { Position } from './problem.ts';

const AROUND = 2;

/** A few lines of a text with a mark under the place. */
export const pictureOf = (text: string, at: Position): string => {
  const lines = text.split(/\r?\n/);
  const from = Math.max(1, at.line - AROUND);
  const to = Math.min(lines.length, at.line + AROUND);
  const width = String(to).length;
  const out: string[] = [];
  for (let n = from; n <= to; n++) {
    out.push(`${String(n).padStart(width)}:  ${lines[n - 1]}`);
    if (n === at.line) out.push(`${' '.repeat(width + 2 + at.column)}^`);
  }
  return out.join('\n');
};
