import type { ItemStatistics } from '../history/run-statistics.ts';
import { shortPastInstants, showTook } from './instant.ts';
import { sparkline } from './sparkline.ts';
import { type Column, table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** The statistics of one item, by its name. */
export type NamedStatistics = readonly [item: string, of: ItemStatistics];

/** The part of the runs that succeeded: it is 100 % only if all did, and 0 % only if none did. */
export const successRate = ({ runs, failures }: Pick<ItemStatistics, 'runs' | 'failures'>): string => {
  const percent = (100 * (runs - failures)) / runs;
  if (failures === 0 || failures === runs) return `${percent} %`;
  return `${Math.min(99.9, Math.max(0.1, percent)).toFixed(percent > 99 || percent < 1 ? 1 : 0)} %`;
};

const streakOf = ({ streak: { failed, count } }: ItemStatistics): string => `${count} ${failed ? 'failed' : 'ok'}`;

const showQuantile = ({ durations }: ItemStatistics, part: number): string => {
  const seconds = durations.quantile(part);
  return seconds === undefined ? '-' : showTook(seconds);
};

/** Columns that the table needs to have the last instants and the sparkline beside the numbers. */
const WIDE = 110;

const NUMBERS: readonly Column[] = [
  { heading: 'ITEM' },
  { heading: 'RUNS', numeric: true },
  { heading: 'OK', numeric: true },
  { heading: 'MEDIAN', numeric: true },
  { heading: 'P95', numeric: true },
  { heading: 'STREAK', style: (cell) => (cell.endsWith('failed') ? 'red' : undefined) },
];

/** One row an item: its runs, how many succeeded, how long they took, the last ones, the oldest first. */
export const formatStatistics = (items: readonly NamedStatistics[], now: number, terminal: Terminal): string => {
  const when = shortPastInstants(now);
  const { width, unicode = false } = terminal;
  const at = (ms: number | null): string => (ms === null ? 'never' : when(ms));
  const numbers = items.map(([item, of]) => [
    ...[item, String(of.runs), successRate(of)],
    ...[showQuantile(of, 0.5), showQuantile(of, 0.95), streakOf(of)],
  ]);
  if (width === undefined || width >= WIDE) {
    const more = items.map(([, of]) => [at(of.lastSuccess), at(of.lastFailure), sparkline(of.recent, unicode)]);
    return table(
      [...NUMBERS, { heading: 'LAST OK' }, { heading: 'LAST FAILURE' }, { heading: 'LAST RUNS' }],
      numbers.map((cells, i) => [...cells, ...more[i]!]),
      { ...terminal, clipped: true },
    );
  }
  const [head = '', ...lines] = table(NUMBERS, numbers, { ...terminal, clipped: true })
    .trimEnd()
    .split('\n');
  const body = items.flatMap(([, of], i) => [
    lines[i]!,
    `  ${terminal.paint('dim', `last ok ${at(of.lastSuccess)}, last failure ${at(of.lastFailure)}`)}`,
    `  ${sparkline(of.recent, unicode)}`,
  ]);
  return `${[head, ...body].join('\n')}\n`;
};
