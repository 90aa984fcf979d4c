import type { Rendering } from './rendering.ts';
import type { Span, SpanData } from './span-data.ts';

/** Tells a rendering what a chronicle holds, in order of time. */
export const replay = (chronicle: SpanData, rendering: Rendering): void => {
  const { spans, instants, records, items: plan, from, to, time } = chronicle;
  if (plan) rendering.plan?.(plan);
  for (const record of records) rendering.record?.(record);
  const starts = spans.map((span, i) => ({ span, i })).sort((a, b) => a.span.start - b.span.start || a.i - b.i);
  const marks = instants.toSorted((a, b) => a.at - b.at);
  const until = (span: Span) => span.finish ?? Math.max(to, span.start);
  // What began last ends first where both end at once.
  const ends = starts.toSorted((a, b) => until(a.span) - until(b.span) || b.span.start - a.span.start || b.i - a.i);
  const begun = new Set<Span>();
  let [mark, end] = [0, 0];
  const reach = (at: number): void => {
    for (; end < ends.length && until(ends[end]!.span) <= at && begun.has(ends[end]!.span); end++)
      rendering.ended?.(ends[end]!.span, until(ends[end]!.span));
    for (; mark < marks.length && marks[mark]!.at <= at; mark++) rendering.instant?.(marks[mark]!);
  };
  for (const { span } of starts) {
    reach(span.start);
    begun.add(span);
    rendering.begun?.(span);
  }
  reach(Number.POSITIVE_INFINITY);
  rendering.end({ from, to, time: time === 0 ? undefined : time, lost: 0 });
};
