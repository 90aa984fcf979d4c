import { stripVTControlCharacters } from 'node:util';
import { truncateToWidth, widthOf } from '../terminal/wrap.ts';
import type { TopState } from './model.ts';

/** A text cut to a width, with a mark where something is left out. */
export const cut = (text: string, width: number, unicode = true): string =>
  widthOf(text) <= width ? text : `${truncateToWidth(text, Math.max(1, width - 1)).trimEnd()}${unicode ? '…' : '~'}`;

/** The columns that a text with colours takes. */
export const shownWidth = (painted: string): number => widthOf(stripVTControlCharacters(painted));

/** Two texts at both ends of a line; the second one only if there is room. */
export const ends = (left: string, right: string, { width, unicode }: TopState['terminal']): string => {
  const room = width - widthOf(right) - 2;
  if (right === '' || room < 30) return cut(left, width, unicode);
  const text = cut(left, room, unicode);
  return `${text}${' '.repeat(width - widthOf(text) - widthOf(right))}${right}`;
};

/** A line that is marked from end to end. */
export const selectedLine = (line: string, { width, paint }: TopState['terminal']): string =>
  paint('inverse', `${line}${' '.repeat(Math.max(0, width - shownWidth(line)))}`);
