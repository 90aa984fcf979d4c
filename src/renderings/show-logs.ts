import { expectOptions, expectType, TYPES } from '../check-arguments.ts';
import type { Fact, SpanFact, SpanId } from '../journal/fact.ts';
import { beginRendering, formatOf } from './renderers.ts';
import { type Rendering, RenderingError, type RenderingOptions, type Selection } from './rendering.ts';
import { SpanBuilder } from './span-builder.ts';
import type { Span, SpanData } from './span-data.ts';
import { SpanFilter } from './span-filter.ts';

/**
 * Columns as `fetchLogs` returns them; each row is one event. `core` and `id` are required. With `timeline` and `envelope`, or
 * with `full`, a rendering has items, outcomes, causes and times of day as well.
 */
export type FetchedLogs = Readonly<Record<string, readonly unknown[]>>;

interface Core {
  readonly timestamp: number;
  readonly category: string;
  readonly kind: SpanFact['edge'];
}

type Envelope = Pick<SpanFact, 'item' | 'run' | 'cause' | 'time'>;

/** For columns without `envelope`. The time of day is not known. */
const NO_ENVELOPE: Envelope = { item: null, run: null, cause: null, time: Number.NaN };

/** Whether this can be a result of `fetchLogs`. */
const isFetchedLogs = (value: unknown): value is FetchedLogs =>
  typeof value === 'object' && value !== null && 'core' in value && Array.isArray(value.core) && 'id' in value;

/** The events of columns, in their order. Rows without an event are left out. */
export const factsOfLogs = (logs: FetchedLogs): SpanFact[] => {
  const { core = [], id = [], timeline = [], envelope = [], full = [] } = logs;
  return core.flatMap((value, row): SpanFact[] => {
    if (full[row]) return [full[row] as SpanFact];
    if (value === null || value === undefined) return [];
    const { timestamp, category, kind } = value as Core;
    const { item, run, cause, time } = (envelope[row] as Envelope | null | undefined) ?? NO_ENVELOPE;
    return [
      {
        ...{ kind: 'span', seq: row + 1, time, mono: timestamp / 1e6, item, run, cause },
        ...{ edge: kind, category, id: (id[row] ?? null) as SpanId, timeline: timeline[row], timestamp },
      },
    ];
  });
};

/** Passes recorded data to a rendering, in order of time. */
const replaySpanData = (data: SpanData, rendering: Rendering): void => {
  const { spans, items, from, to, time, version } = data;
  if (items) rendering.items?.(items);
  if (version !== undefined) rendering.writtenBy?.(version);
  for (const record of data.records) rendering.record?.(record);
  const starts = spans.map((span, i) => ({ span, i })).sort((a, b) => a.span.start - b.span.start || a.i - b.i);
  const instants = data.instants.toSorted((a, b) => a.at - b.at);
  const until = (span: Span) => span.finish ?? Math.max(to, span.start);
  // Of spans that end at the same time, the last one to start ends first.
  const ends = starts.toSorted((a, b) => until(a.span) - until(b.span) || b.span.start - a.span.start || b.i - a.i);
  const begun = new Set<Span>();
  let [instant, end] = [0, 0];
  const reach = (at: number): void => {
    for (; end < ends.length && until(ends[end]!.span) <= at && begun.has(ends[end]!.span); end++)
      rendering.ended?.(ends[end]!.span, until(ends[end]!.span));
    for (; instant < instants.length && instants[instant]!.at <= at; instant++) rendering.instant?.(instants[instant]!);
  };
  for (const { span } of starts) {
    reach(span.start);
    begun.add(span);
    rendering.begun?.(span);
  }
  reach(Number.POSITIVE_INFINITY);
  rendering.end({ from, to, time: time === 0 ? undefined : time, lost: 0 });
};

/** What can be shown: facts in their order, collected data, or a result of `fetchLogs`. */
export type Shown = Iterable<Fact> | SpanData | FetchedLogs;

/** How it is shown, and which part of it. */
export interface ShowOptions extends RenderingOptions, Selection {}

const isFacts = (logs: Shown): logs is Iterable<Fact> => Symbol.iterator in logs;
const isSpanData = (logs: Shown): logs is SpanData => 'spans' in logs && 'instants' in logs && 'leftOut' in logs;

const SELECTION_KEYS: readonly string[] = ['items', 'categories', 'from', 'to'];

const feed = (logs: Shown, rendering: Rendering): void => {
  if (isFacts(logs) || isFetchedLogs(logs)) {
    const builder = new SpanBuilder(rendering);
    const facts = isFacts(logs) ? (Array.isArray(logs) ? logs : [...logs]) : factsOfLogs(logs);
    for (const fact of facts) builder.readAnnotation(fact);
    for (const fact of facts) builder.take(fact);
    builder.end();
  } else if (isSpanData(logs)) replaySpanData(logs, rendering);
  else
    throw new RenderingError('expected facts, recorded data, or columns "core" and "id" as fetchLogs() hands them out');
};

/**
 * Shows what was recorded as text; as `summary` if no format is given.
 * @throws RenderingError for an unknown format or option, and for logs that cannot be shown
 */
export const showLogs = (logs: Shown, format = 'summary', options: ShowOptions = {}): string => {
  const shown: unknown = logs;
  if (typeof shown !== 'object' || shown === null)
    throw new RenderingError('there are no logs to show: nothing was enabled');
  expectType('showLogs', 'format', format, TYPES.text);
  expectOptions('showLogs', options, {});
  const given = Object.entries(options).filter(([key]) => !SELECTION_KEYS.includes(key));
  let text = '';
  const rendering = beginRendering(
    format,
    (more) => {
      text += more;
    },
    Object.fromEntries(given),
  );
  feed(logs, given.length === Object.keys(options).length ? rendering : new SpanFilter(rendering, options));
  return text;
};

/**
 * Shows what was recorded as what a program can display: SVG for `gantt`, a page for `html`, the language of Graphviz, JSON for
 * a trace viewer. Formats without such a form are text.
 * @throws RenderingError as `showLogs` does
 */
export const renderLogs = (logs: Shown, format: string, options: ShowOptions = {}): string => {
  const { display = format } = formatOf(format);
  return showLogs(logs, display, options);
};
