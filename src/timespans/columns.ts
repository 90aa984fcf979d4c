import type { SpanFact, SpanId } from '../journal/fact.ts';

/** What a consumer makes of each event, by the name of the consumer; all columns are equally long, row by row one event. */
export type Columns = Readonly<Record<string, readonly unknown[]>>;

/** One row: the value of each consumer for one event; null where it threw, or came later. */
export type Row = Readonly<Record<string, unknown>>;

/** What {@link CoreMetrics} makes of an event. */
export interface CoreRow {
  /** Monotonic ns. */
  readonly timestamp: number;
  readonly category: string;
  readonly kind: SpanFact['edge'];
}

/** What `fetchLogs` hands out: columns, among them always these two. One process, so there is no nesting by worker. */
export interface Logs extends Columns {
  readonly core: readonly (CoreRow | null)[];
  readonly id: readonly SpanId[];
}

/** Puts columns end to end; a column that some do not have is filled with null there. */
export const concatenate = (parts: readonly Columns[]): Columns => {
  const [only, ...more] = parts;
  if (only && more.length === 0) return only;
  const names = new Set(parts.flatMap((part) => Object.keys(part)));
  const lengths = parts.map((part) => Object.values(part)[0]?.length ?? 0);
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      parts.flatMap((part, i) => (Object.hasOwn(part, name) ? part[name]! : new Array(lengths[i]!).fill(null))),
    ]),
  );
};
