import { redactAddresses } from '../redact.ts';
import { widthOf } from '../terminal/wrap.ts';
import type { Position } from './problem.ts';

const AROUND = 2;
/** Characters of a line that are shown at most, and those of them before the caret. */
const MOST = 200;
const BEFORE = 100;

/** Control characters, and those that change the direction of writing: terminals obey both. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A line as a terminal can show it: control characters are replaced one for one, and tokens in addresses. */
const shown = (line: string): string => redactAddresses(line).replace(CONTROL, (c) => (c === '\t' ? ' ' : '\ufffd'));

/** The part of a line that is shown, and its part before the caret. */
const partOf = (line: string, column = 1): readonly [part: string, before: string] => {
  const begin = column <= MOST - 1 ? 0 : column - 1 - BEFORE;
  const dots = begin > 0 ? '…' : '';
  const part = `${dots}${line.slice(begin, begin + MOST)}${begin + MOST < line.length ? '…' : ''}`;
  return [shown(part), shown(`${dots}${line.slice(begin, column - 1)}`)];
};

/** What makes code frames of a text: a few lines with a caret below a position. The text is divided once. */
export const codeFrames = (text: string): ((at: Position) => string) => {
  let lines: readonly string[] | undefined;
  return (at) => {
    lines ??= text.replace(/\r?\n$/, '').split(/\r?\n/);
    const from = Math.max(1, at.line - AROUND);
    const to = Math.max(at.line, Math.min(lines.length, at.line + AROUND));
    const width = String(to).length;
    const out: string[] = [];
    for (let n = from; n <= to; n++) {
      const line = lines[n - 1] ?? '';
      const [part, before] = partOf(line, n === at.line ? at.column : 1);
      out.push(`${String(n).padStart(width)}:  ${part}`);
      // A place behind the end of a line is not in the line.
      const beyond = n === at.line ? Math.max(0, at.column - 1 - line.length) : 0;
      if (n === at.line) out.push(`${' '.repeat(width + 3 + widthOf(before) + beyond)}^`);
    }
    return out.join('\n');
  };
};

/** A few lines of a text with a caret below the position. */
export const codeFrame = (text: string, at: Position): string => codeFrames(text)(at);
