import type { StoryAnswer } from '../control/archive.ts';
import type { Chapter } from '../journal/fact.ts';
import { oneLine } from '../log/one-line.ts';
import { showInstant } from './instant.ts';
import { PAPER, type Screen } from './screen.ts';
import { table } from './table.ts';

const timeOnly = (ms: number): string => showInstant(ms).slice(11, 19);

/** `(12 times, last at 04:15:02)`; the day is told when it is another one. */
export const timesOf = ({ count, time, lastTime }: Chapter): string => {
  if (count === 1) return '';
  const sameDay = showInstant(time).slice(0, 10) === showInstant(lastTime).slice(0, 10);
  return ` (${count} times, last at ${sameDay ? timeOnly(lastTime) : showInstant(lastTime)})`;
};

const changeOf = ({ start, finish }: Chapter): string => (start === finish ? start : `${start} → ${finish}`);

/** A story as a table, oldest first. */
export const showStory = ({ chapters, dropped }: StoryAnswer, screen: Screen = PAPER): string => {
  const rows = chapters.map((one) => [
    showInstant(one.time),
    one.key,
    changeOf(one),
    [one.cause, one.run].filter((id) => id !== null).join(' '),
    `${oneLine(one.why)}${timesOf(one)}`,
  ]);
  const columns = ['WHEN', 'ITEM', 'STATE', 'CAUSE', 'WHY'].map((heading) => ({ heading }));
  const lost = dropped > 0 ? `(${dropped} older chapters of all items are no longer kept)\n` : '';
  return `${table(columns, rows, screen)}${lost}`;
};
