import { expectFunction } from '../check-arguments.ts';
import type { SpanFact, SpanId } from '../journal/fact.ts';
import type { CoreRow } from './columns.ts';
import type { Consumer } from './multi-event-log.ts';
import { OpenSpans } from './open-spans.ts';

/** Column `core`: `{timestamp (monotonic ns), category, kind: start, finish or instant}`. Most readers need it. */
export const CoreMetrics = (): Consumer<CoreRow> => (event) => ({
  timestamp: event.timestamp,
  category: event.category,
  kind: event.edge,
});

/** Column `id`: the id of the event. Needed to find the two edges of a span. */
export const IDMetrics = (): Consumer<SpanId> => (event) => event.id;

/** Column `timeline`: what was told about the event, as it is. */
export const TimelineMetrics = (): Consumer => (event) => event.timeline;

/** The whole event. */
export const FullMetrics = (): Consumer<SpanFact> => (event) => event;

/** What {@link EnvelopeMetrics} makes of an event. */
export interface EnvelopeRow {
  /** `task/Backup`; null: the scheduler itself, or a program of one's own. */
  readonly item: string | null;
  readonly run: string | null;
  readonly cause: string | null;
  /** Wall clock, ms since 1970. */
  readonly time: number;
}

/** Column `envelope`: `{item, run, cause, time (ms since 1970)}`: whose event it is, and where it comes from. */
export const EnvelopeMetrics = (): Consumer<EnvelopeRow> => (event) => ({
  item: event.item,
  run: event.run,
  cause: event.cause,
  time: event.time,
});

/**
 * Column of nulls; tells `debug` a line for each event: `Event: task start (task => 2, tick => 1)`, in parentheses what is open
 * afterwards.
 */
export const DebugMetrics = (debug: (line: string) => void): Consumer<null> => {
  expectFunction('DebugMetrics', 'debug', debug);
  const open = new OpenSpans<true>();
  return ({ category, id, edge }) => {
    if (edge === 'start') open.put(category, id, true);
    else if (edge === 'finish') open.take(category, id);
    const counts = [...open.counts()].filter(([, count]) => count > 0).map(([name, count]) => `${name} => ${count}`);
    debug(`Event: ${category} ${edge} (${counts.join(', ')})`);
    return null;
  };
};
