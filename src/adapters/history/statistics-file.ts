import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredRunStatistics } from '../../history/run-statistics.ts';
import { STATISTICS } from './segments.ts';
import { checkedSnapshot, HISTORY_FORMAT, type HistorySnapshot } from './snapshot.ts';

/** What is kept beside a segment that is finished, so that its lines need not be read. */
export interface SegmentStatistics {
  readonly items: StoredRunStatistics;
  /** How it was when the next segment began, if this instance was there: for a start without a snapshot. */
  readonly snapshot?: HistorySnapshot;
}

/** What is beside the segment; undefined: nothing that can be read, so its lines have to be. @param segment its name: `2026-11-001` */
export const readStatistics = (
  directory: string,
  { name }: { readonly name: string },
): SegmentStatistics | undefined => {
  try {
    const text = readFileSync(join(directory, `${name}${STATISTICS}`), 'utf8');
    const { format, items, snapshot } = JSON.parse(text) as Partial<SegmentStatistics> & { readonly format?: unknown };
    if (format !== HISTORY_FORMAT || typeof items !== 'object') return undefined;
    return { items, ...(snapshot ? { snapshot: checkedSnapshot(snapshot) } : {}) };
  } catch {
    return undefined;
  }
};

/** The text of the file. */
export const statisticsText = (statistics: SegmentStatistics): string =>
  `${JSON.stringify({ format: HISTORY_FORMAT, ...statistics })}\n`;
