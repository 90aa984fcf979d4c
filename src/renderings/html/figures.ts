import type { Span } from '../span-data.ts';
import { CATEGORIES, SpanCounter, type Stats } from '../statistics.ts';

/** The figures of some spans. */
export const statsOf = (spans: readonly Span[]): Stats => {
  const counter = new SpanCounter();
  for (const span of spans) counter.add(span);
  return counter;
};

/** 95 of 100 took no longer, ns; undefined: none has ended. */
export const p95Of = (spans: readonly Span[]): number | undefined => {
  const lengths = spans.flatMap(({ start, finish }) => (finish === undefined ? [] : [finish - start]));
  return lengths.sort((a, b) => a - b)[Math.ceil(lengths.length * 0.95) - 1];
};

/** Spans by a key, in the order in which the keys appear. */
export const grouped = <K>(spans: readonly Span[], keyOf: (span: Span) => K): ReadonlyMap<K, readonly Span[]> => {
  const groups = new Map<K, Span[]>();
  for (const span of spans) {
    const group = groups.get(keyOf(span));
    if (group) group.push(span);
    else groups.set(keyOf(span), [span]);
  }
  return groups;
};

/** Compares categories: the known ones as one leads to the other, then by name. */
export const byCategory = (a: string, b: string): number => {
  const place = (category: string) =>
    CATEGORIES.includes(category) ? CATEGORIES.indexOf(category) : CATEGORIES.length;
  return place(a) - place(b) || a.localeCompare(b);
};
