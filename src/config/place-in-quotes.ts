import type { Position } from './problem.ts';

const OPENING = /^(?:"""|''')(?:\r?\n)?|^["']/;
/** A line that goes on: the backslash, and all blanks and line ends after it. */
const CONTINUATION = /\\[ \t]*\r?\n[ \t\r\n]*/y;
const ESCAPE = /\\(?:u[\dA-Fa-f]{4}|U[\dA-Fa-f]{8}|x[\dA-Fa-f]{2}|.)/y;

/** One piece of a text in quotes: what stands in the file, and how long and what it is in the text. */
interface Piece {
  readonly source: string;
  /** UTF-16 units in the text; 0: it is not in it. */
  readonly length: number;
  readonly ends: boolean;
}

/** What an escape is in the text: most are one unit. */
const escaped = (source: string): Piece => {
  const digits = /^\\[uUx](.+)$/.exec(source)?.[1];
  const code = digits === undefined ? undefined : Number.parseInt(digits, 16);
  return { source, length: code !== undefined && code > 0xffff ? 2 : 1, ends: code === 10 || source === '\\n' };
};

const matchAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

const pieceAt = (quoted: string, at: number, isLiteral: boolean): Piece => {
  const char = quoted[at]!;
  if (isLiteral || char !== '\\') return { source: char, length: 1, ends: char === '\n' };
  const gap = matchAt(CONTINUATION, quoted, at);
  return gap === undefined ? escaped(matchAt(ESCAPE, quoted, at) ?? char) : { source: gap, length: 0, ends: false };
};

/** The position behind a part of the file. */
const behind = ({ line, column }: Position, source: string): Position => {
  const lines = source.split('\n');
  return lines.length === 1
    ? { line, column: column + source.length }
    : { line: line + lines.length - 1, column: lines.at(-1)!.length + 1 };
};

/**
 * Where a place of a text stands in the file, with escapes and lines that go on. @param quoted the text as the file has it, with its
 * quotes. @param start where its first quote stands. @param inside line and column in the text, from 1.
 */
export const placeInQuotes = (quoted: string, start: Position, inside: Position): Position => {
  const opening = OPENING.exec(quoted)![0];
  const marks = opening.trimEnd().length;
  const isLiteral = quoted.startsWith("'");
  let at = behind(start, opening);
  let line = 1;
  let column = 1;
  for (let i = opening.length; i < quoted.length - marks; ) {
    const piece = pieceAt(quoted, i, isLiteral);
    const isHere = line === inside.line && column + piece.length > inside.column;
    if (piece.length > 0 && (isHere || (piece.ends && line === inside.line))) return at;
    at = behind(at, piece.source);
    i += piece.source.length;
    if (piece.ends) [line, column] = [line + 1, 1];
    else column += piece.length;
  }
  return at;
};
