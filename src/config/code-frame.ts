import type { Position } from './problem.ts';

const AROUND = 2;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/g;

/** A picture that no terminal obeys, and whose marks stand where they should: one sign for each control character. */
export const replaceControls = (picture: string): string =>
  picture.replace(CONTROL, (c) => (c === '\t' ? ' ' : '\ufffd'));

/** A few lines of a text with a mark under the place. */
export const codeFrame = (text: string, at: Position): string => {
  const lines = text.split(/\r?\n/);
  const from = Math.max(1, at.line - AROUND);
  const to = Math.min(lines.length, at.line + AROUND);
  const width = String(to).length;
  const out: string[] = [];
  for (let n = from; n <= to; n++) {
    out.push(`${String(n).padStart(width)}:  ${lines[n - 1]}`);
    if (n === at.line) out.push(`${' '.repeat(width + 2 + at.column)}^`);
  }
  return replaceControls(out.join('\n'));
};
