import { expectFunction } from '../check-arguments.ts';
import type { SpanFact, SpanId } from '../journal/fact.ts';
import type { SpanName } from '../journal/span-names.ts';
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

/** Column `timeline`: the timeline of the event, unchanged. */
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
 * Column of nulls; calls `debug` with a line for each event: `Event: task start (task => 2, tick => 1)`, in parentheses what is open
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

/**
 * Column `esat`: how many spans of each category are open, `{task: 2, tick: 1}`, only what is more than 0. A start counts itself,
 * a finish no longer; a finish without a start counts nothing, and neither does a null id.
 */
export const EventSaturation = (): Consumer<Readonly<Record<string, number>>> => {
  const open = new OpenSpans<true>();
  let now: Readonly<Record<string, number>> = {};
  return ({ category, id, edge }) => {
    if (edge === 'instant') return now;
    const before = open.size;
    if (edge === 'start') open.put(category, id, true);
    else open.take(category, id);
    if (open.size === before) return now;
    const counts: Record<string, number> = {};
    for (const [name, count] of open.counts()) if (count > 0) counts[name] = count;
    now = counts;
    return now;
  };
};

/** Column `wsat`: how many tasks are running; a start counts itself. */
export const WorkerSaturation = (): Consumer<number> => {
  const open = new OpenSpans<true>();
  return ({ category, id, edge }) => {
    if ((category as SpanName) === 'task') {
      if (edge === 'start') open.put(category, id, true);
      else if (edge === 'finish') open.take(category, id);
    }
    return open.size;
  };
};

/** What keeps a condition or a task busy. */
const BUSY: ReadonlySet<string> = new Set<SpanName>(['check', 'run', 'task']);

/**
 * Column `psat`: who is busy and how often, `[['condition/Nightly', 1], ['task/Backup', 1]]`, in the order in which they became so:
 * open checks and runs of each condition, open runs of each task. Pairs, not a mapping, as a place that is not text could be one too.
 */
export const ProcessorSaturation = (): Consumer<readonly (readonly [item: string, running: number])[]> => {
  /** By span, whose it is. */
  const open = new OpenSpans<string>();
  const busy = new Map<string, number>();
  let now: readonly (readonly [string, number])[] = [];
  return ({ category, id, edge, item }) => {
    if (edge === 'instant' || !BUSY.has(category)) return now;
    const over = open.take(category, id);
    if (over !== undefined) {
      const left = busy.get(over)! - 1;
      if (left > 0) busy.set(over, left);
      else busy.delete(over);
    }
    if (edge === 'start' && item !== null && id !== null) {
      open.put(category, id, item);
      busy.set(item, (busy.get(item) ?? 0) + 1);
    }
    now = [...busy];
    return now;
  };
};
