import { expectOptions, expectType, TYPES } from '../check-arguments.ts';
import type { Fact } from '../journal/fact.ts';
import { type FetchedLogs, factsOfLogs, isFetchedLogs } from './logs.ts';
import { beginRendering, formatOf } from './renderers.ts';
import { type Rendering, RenderingError, type RenderingOptions, type Selection } from './rendering.ts';
import { replay } from './replay.ts';
import { SpanBuilder } from './span-builder.ts';
import type { SpanData } from './span-data.ts';
import { SpanFilter } from './span-filter.ts';

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
  if (typeof logs !== 'object' || logs === null)
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
