import { counted as numbered } from '../plural.ts';
import { formatInstant, showDuration } from '../terminal/instant.ts';
import { type Column, table } from '../terminal/table.ts';
import { PLAIN, type Terminal } from '../terminal/terminal.ts';
import { paragraph } from '../terminal/wrap.ts';
import { showNs } from './duration.ts';
import {
  type Out,
  type Rendering,
  type RenderingOptions,
  SIMULATION_NOTE,
  type Window,
  withSimulationFlag,
} from './rendering.ts';
import { type CategoryStats, Statistics, type Stats, type Summary } from './statistics.ts';

/** What is shown where nothing happened. */
export const NO_EVENTS = '(no events recorded)\n';

const FAILED = /(failure|error)(,|$)/;
/** Between a number and its word while lines are broken: they stay together. */
const TIE = '\u00a0';

const COLUMNS: readonly Column[] = [
  { heading: 'CATEGORY', style: (cell) => (cell.startsWith(' ') ? undefined : 'bold') },
  ...['COUNT', 'MEAN', 'MIN', 'MAX', 'TOTAL'].map((heading) => ({ heading, numeric: true })),
  { heading: 'OUTCOMES', style: (cell) => (FAILED.test(cell) ? (cell.includes(',') ? 'yellow' : 'red') : undefined) },
];

/** `28 success, 2 failure`, the most frequent first. */
const counted = (counts: ReadonlyMap<string, number>, ...more: readonly string[]): string =>
  [...[...counts].sort(([, a], [, b]) => b - a).map(([word, count]) => `${count}${TIE}${word}`), ...more].join(', ');

const rowOf = (name: string, { count, open, mean, min, max, total, outcomes }: Stats): string[] => {
  const times = count === open ? ['-', '-', '-', '-'] : [mean, min, max, total].map(showNs);
  return [name, String(count), ...times, counted(outcomes, ...(open > 0 ? [`${open}${TIE}open`] : []))];
};

const sectionOf = (item: string): string => item.slice(0, item.indexOf('/') + 1);

/** A category and its items by their names; with their section where two sections are in it. */
const rowsOf = (of: CategoryStats): string[][] => {
  const mixed = new Set(of.items.map(({ item }) => sectionOf(item))).size > 1;
  const items = of.items.map((one) => rowOf(`  ${mixed ? sectionOf(one.item) : ''}${one.name}`, one));
  return [rowOf(of.category, of), ...items];
};

const rangeOf = ({ from, to, time }: Window): string => {
  const ms = (to - from) / 1e6;
  return time === undefined
    ? showNs(to - from)
    : `${formatInstant(time)} to ${formatInstant(time + ms)}, ${showDuration(ms)}`;
};

/** A summary as a table. */
export const showSummary = ({ categories, instants, window }: Summary, screen: Terminal = PLAIN): string => {
  if (categories.length === 0 && instants.length === 0) return NO_EVENTS;
  const spans = categories.length === 0 ? '' : `\n${table(COLUMNS, categories.flatMap(rowsOf), screen)}`;
  const words = instants.map(({ category, count, reasons }) =>
    reasons.size === 0 ? `${count}${TIE}${category}` : `${count}${TIE}${category} (${counted(reasons)})`,
  );
  const decisions = words.length === 0 ? '' : `\n${paragraph(`Decisions: ${words.join(', ')}`, screen.width, 11)}`;
  const { lost } = window;
  const missing = lost === 0 ? '' : `\n${numbered(lost, 'span')} left out, because only one end is recorded\n`;
  return `${rangeOf(window)}\n${spans}${decisions}${missing}`.replaceAll(TIE, ' ');
};

/** How often, how long, and with which outcome, by category and by item. */
export const summary = (out: Out, { width, paint = PLAIN.paint }: RenderingOptions): Rendering =>
  withSimulationFlag(
    (simulated) =>
      new Statistics((found) => {
        const note = simulated() ? `${paragraph(SIMULATION_NOTE, width)}\n` : '';
        out(`${note}${showSummary(found, { paint, ...(width === undefined ? {} : { width }) })}`);
      }),
  );
