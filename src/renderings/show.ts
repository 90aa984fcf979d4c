import { expectOptions, expectType, TYPES } from '../check-arguments.ts';
import type { Fact, SpanFact, SpanId } from '../journal/fact.ts';
import { beginRendering, formatOf } from './renderers.ts';
import { type Rendering, RenderingError, type RenderingOptions, type Selection } from './rendering.ts';
import { SpanBuilder } from './span-builder.ts';
import type { Span, SpanData } from './span-data.ts';
import { SpanFilter } from './span-filter.ts';

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

/** Tells a rendering what a chronicle holds, in order of time. */
export const replay = (chronicle: SpanData, rendering: Rendering): void => {
  const { spans, instants, records, items, from, to, time } = chronicle;
  if (items) rendering.items?.(items);
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

/** What can be shown: facts in their order, a chronicle, or what `fetchLogs` handed out. */
export type Shown = Iterable<Fact> | SpanData | FetchedLogs;

/** How, and which part of it. */
export interface ShowOptions extends RenderingOptions, Selection {}

const isFacts = (logs: Shown): logs is Iterable<Fact> => Symbol.iterator in logs;
const isChronicle = (logs: Shown): logs is SpanData => 'spans' in logs && 'instants' in logs && 'leftOut' in logs;

const SELECTING: readonly string[] = ['items', 'categories', 'from', 'to'];

/** Tells a rendering all there is. */
const feed = (logs: Shown, rendering: Rendering): void => {
  if (isFacts(logs) || isFetchedLogs(logs)) {
    const gatherer = new SpanBuilder(rendering);
    const facts = isFacts(logs) ? (Array.isArray(logs) ? logs : [...logs]) : factsOfLogs(logs);
    for (const fact of facts) gatherer.foresee(fact);
    for (const fact of facts) gatherer.take(fact);
    gatherer.end();
  } else if (isChronicle(logs)) replay(logs, rendering);
  else
    throw new RenderingError('expected facts, a chronicle, or columns "core" and "id" as fetchLogs() hands them out');
};

/**
 * What was recorded, as text: `summary` if no mode is given.
 * @throws RenderingError for a mode or option that is not known, and for what cannot be shown
 */
export const showLogs = (logs: Shown, mode = 'summary', options: ShowOptions = {}): string => {
  const shown: unknown = logs;
  if (typeof shown !== 'object' || shown === null)
    throw new RenderingError('there are no logs to show: nothing was enabled');
  expectType('showLogs', 'mode', mode, TYPES.text);
  expectOptions('showLogs', options, {});
  const given = Object.entries(options).filter(([key]) => !SELECTING.includes(key));
  let text = '';
  const rendering = beginRendering(
    mode,
    (more) => {
      text += more;
    },
    Object.fromEntries(given),
  );
  feed(logs, given.length === Object.keys(options).length ? rendering : new SpanFilter(rendering, options));
  return text;
};

/**
 * What was recorded, as what a program can display: SVG for `gantt`, a page for `html`, a graph in the language of Graphviz, JSON for
 * a trace viewer; text for modes that are nothing else.
 * @throws RenderingError as `showLogs` does
 */
export const renderLogs = (logs: Shown, mode: string, options: ShowOptions = {}): string => {
  const { display = mode } = formatOf(mode);
  return showLogs(logs, display, options);
};
