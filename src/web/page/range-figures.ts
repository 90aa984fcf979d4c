import { isBad } from '../../renderings/html/page/legend.ts';
import type { PageModel, PageSpan } from '../../renderings/html/page/page-model.ts';

/** What a selection over a range has, of one item or of all. */
export interface RangeFigures {
  readonly item: string;
  readonly runs: number;
  readonly failed: number;
  /** ns */
  readonly total: number;
  readonly median: number;
  readonly longest: number;
}

const figuresOf = (item: string, spans: readonly PageSpan[]): RangeFigures => {
  const lengths = spans.map(({ start, finish }) => finish - start).sort((a, b) => a - b);
  return {
    ...{ item, runs: spans.length, failed: spans.filter(({ style }) => isBad(style)).length },
    total: lengths.reduce((sum, one) => sum + one, 0),
    ...{ median: lengths[Math.floor((lengths.length - 1) / 2)] ?? 0, longest: lengths.at(-1) ?? 0 },
  };
};

/** Counts and durations of what began in a range, ns: of all conditions first, then of each item, the most failures first. */
export const figuresIn = (model: PageModel, from: number, to: number): readonly RangeFigures[] => {
  const items = new Map<string, PageSpan[]>();
  for (const span of model.spans) {
    if (span.start < from || span.start > to || span.item === null) continue;
    const list = items.get(span.item);
    if (list) list.push(span);
    else items.set(span.item, [span]);
  }
  const runs = [...items].flatMap(([item, spans]) => (item.startsWith('condition/') ? spans : []));
  const each = [...items].map(([item, spans]) => figuresOf(item, spans));
  return [figuresOf('', runs), ...each.sort((a, b) => b.failed - a.failed || b.runs - a.runs)];
};
