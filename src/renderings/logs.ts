import type { SpanFact, SpanId } from '../journal/fact.ts';

/**
 * Columns as `fetchLogs` hands them out, row by row one event. `core` and `id` have to be there; with `timeline` and `envelope`, or
 * with `full`, a rendering can tell items, outcomes, causes and times of day.
 */
export type FetchedLogs = Readonly<Record<string, readonly unknown[]>>;

interface Core {
  readonly timestamp: number;
  readonly category: string;
  readonly kind: SpanFact['edge'];
}

type Envelope = Pick<SpanFact, 'item' | 'run' | 'cause' | 'time'>;

/** Without a column `envelope`. The time of day is not known. */
const NOBODY: Envelope = { item: null, run: null, cause: null, time: Number.NaN };

/** Whether this can be what `fetchLogs` handed out. */
export const isFetchedLogs = (value: unknown): value is FetchedLogs =>
  typeof value === 'object' && value !== null && 'core' in value && Array.isArray(value.core) && 'id' in value;

/** The events of columns, in their order. Rows that no consumer could make are left out. */
export const factsOfLogs = (logs: FetchedLogs): SpanFact[] => {
  const facts: SpanFact[] = [];
  const { core = [], id = [], timeline = [], envelope = [], full = [] } = logs;
  core.forEach((value, row) => {
    if (full[row]) {
      facts.push(full[row] as SpanFact);
      return;
    }
    if (value === null || value === undefined) return;
    const { timestamp, category, kind } = value as Core;
    const { item, run, cause, time } = (envelope[row] as Envelope | null | undefined) ?? NOBODY;
    facts.push({
      ...{ kind: 'span', seq: row + 1, time, mono: timestamp / 1e6, item, run, cause },
      ...{ edge: kind, category, id: (id[row] ?? null) as SpanId, timeline: timeline[row], timestamp },
    });
  });
  return facts;
};
