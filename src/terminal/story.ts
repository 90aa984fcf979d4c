import type { StoryAnswer } from '../control/queries.ts';
import type { Transition } from '../journal/fact.ts';
import { oneLine } from '../log/one-line.ts';
import { formatInstant } from './instant.ts';
import { table } from './table.ts';
import { PLAIN, type Terminal } from './terminal.ts';
import { paragraph } from './wrap.ts';

const timeOnly = (ms: number): string => `${formatInstant(ms).slice(11, 19)}${formatInstant(ms).slice(23)}`;

/** An instant without its day, if that is the day of another one. */
const shortInstant = (ms: number, other: number): string =>
  formatInstant(ms).slice(0, 10) === formatInstant(other).slice(0, 10) ? timeOnly(ms) : formatInstant(ms);

/** `(12 times since 03:15:02)`, where the last time is told; the day is told when it is another one. */
export const repeatedSince = ({ count, time, lastTime }: Transition): string =>
  count === 1 ? '' : ` (${count} times since ${shortInstant(time, lastTime)})`;

const changeOf = ({ start, finish }: Transition): string => (start === finish ? start : `${start} → ${finish}`);

const HEADINGS = ['WHEN', 'ITEM', 'STATE', 'CAUSE', 'WHY'] as const;
/** Columns that reasons need to be read with ease. */
const ROOM_FOR_WHY = 30;

/** A story in the order in which each row happened last: as a table, or as paragraphs where a table would have no room for reasons. */
export const formatStory = ({ chapters, dropped }: StoryAnswer, terminal: Terminal = PLAIN): string => {
  const { width, paint } = terminal;
  const rows = chapters.map((one) => [
    formatInstant(one.lastTime),
    oneLine(one.key),
    oneLine(changeOf(one)),
    oneLine([one.lastCause, one.lastRun].filter((id) => id !== null).join(' ')),
    `${oneLine(one.why)}${repeatedSince(one)}`,
  ]);
  const lost = dropped > 0 ? `(${dropped} older chapters of all items are no longer kept)\n` : '';
  const taken = [0, 1, 2, 3].reduce((sum, i) => sum + 2 + Math.max(...rows.map((row) => row[i]!.length)), 0);
  if (width === undefined || taken + ROOM_FOR_WHY <= width)
    return `${table(
      HEADINGS.map((heading) => ({ heading })),
      rows,
      terminal,
    )}${lost}`;
  const told = rows.map(([when = '', item, state, cause, why = '']) => {
    const head = paragraph(`${when} ${item} ${state}${cause === '' ? '' : ` [${cause}]`}`, width, 6);
    return `${paint('dim', when)}${head.slice(when.length)}${paragraph(`      ${why}`, width, 6)}`;
  });
  return `${told.join('')}${lost}`;
};
