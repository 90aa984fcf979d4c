import { counted as numbered } from '../plural.ts';
import { showDuration } from '../terminal/instant.ts';
import { type Column, table } from '../terminal/table.ts';
import { PLAIN, type Style, type Terminal } from '../terminal/terminal.ts';
import { paragraph } from '../terminal/wrap.ts';
import { showNs } from './duration.ts';
import { gradeOf } from './outcomes.ts';
import {
  type Out,
  type Rendering,
  type RenderingOptions,
  rangeText,
  SIMULATION_NOTE,
  type Window,
  withSimulationFlag,
} from './rendering.ts';
import { type CategoryStats, Statistics, type Stats, type Summary } from './statistics.ts';

/** Shown if there is nothing to show. */
export const NO_EVENTS = '(no events recorded)\n';

/** Between a number and its word: keeps both on one line. */
const TIE = '\u00a0';

/** `28 success, 2 failure`, the most frequent first. */
const counted = (counts: ReadonlyMap<string, number>, ...more: readonly string[]): string =>
  [...[...counts].sort(([, a], [, b]) => b - a).map(([word, count]) => `${count}${TIE}${word}`), ...more].join(', ');

/** Red if there are only failures, yellow if there are other outcomes as well. */
const outcomesStyle = ({ outcomes, open }: Stats): Style | undefined => {
  if (![...outcomes.keys()].some((outcome) => gradeOf(outcome) === 'bad')) return undefined;
  return outcomes.size > 1 || open > 0 ? 'yellow' : 'red';
};

/** Makes a row of the table; sets the style of its outcomes in `styles`. */
const rowOf = (name: string, stats: Stats, styles: Map<string, Style | undefined>): string[] => {
  const { count, open, mean, min, max, total, outcomes } = stats;
  const times = count === open ? ['-', '-', '-', '-'] : [mean, min, max, total].map(showNs);
  const shown = counted(outcomes, ...(open > 0 ? [`${open}${TIE}open`] : []));
  styles.set(shown, outcomesStyle(stats));
  return [name, String(count), ...times, shown];
};

const sectionOf = (item: string): string => item.slice(0, item.indexOf('/') + 1);

/** A category and its items by name, with their section if there is more than one section. */
const rowsOf = (of: CategoryStats, styles: Map<string, Style | undefined>): string[][] => {
  const mixed = new Set(of.items.map(({ item }) => sectionOf(item))).size > 1;
  const items = of.items.map((one) => rowOf(`  ${mixed ? sectionOf(one.item) : ''}${one.name}`, one, styles));
  return [rowOf(of.category, of, styles), ...items];
};

const rangeOf = (window: Window): string => {
  const { from, to, time } = window;
  return time === undefined ? rangeText(window) : `${rangeText(window)}, ${showDuration((to - from) / 1e6)}`;
};

/** A summary as a table. */
const showSummary = ({ categories, instants, window }: Summary, screen: Terminal = PLAIN): string => {
  if (categories.length === 0 && instants.length === 0) return NO_EVENTS;
  const styles = new Map<string, Style | undefined>();
  const columns: readonly Column[] = [
    { heading: 'CATEGORY', style: (cell) => (cell.startsWith(' ') ? undefined : 'bold') },
    ...['COUNT', 'MEAN', 'MIN', 'MAX', 'TOTAL'].map((heading) => ({ heading, numeric: true })),
    { heading: 'OUTCOMES', style: (cell) => styles.get(cell) },
  ];
  const rows = categories.flatMap((one) => rowsOf(one, styles));
  const spans = rows.length === 0 ? '' : `\n${table(columns, rows, screen)}`;
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
