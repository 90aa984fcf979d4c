import type { Consumer } from './multi-event-log.ts';
import { OpenSpans } from './open-spans.ts';

/** Figures of the machine and of this process. They are passed in, because each costs a call to the system. */
export interface SystemFigures {
  /** The load average of the last minute; 0 where the system has none (Windows). */
  loadAverage(): number;
  /** Memory that programs can have, as a fraction of all: 0 to 1. */
  freeMemory(): number;
  /** Bytes used in the heap of this process. */
  heapBytes(): number;
  /** Collections of garbage since {@link watchCollections}, and how long they took in all, in ms. */
  collections(): { readonly count: number; readonly ms: number };
  /** The longest delay of the event loop since the last call, at least in the last second, in ms; 0 when it is not measured. */
  eventLoopDelayMs(): number;
  /** Measures the event loop. Returns how to end that. */
  watchEventLoop(): () => void;
  /** Counts collections. Returns how to end that. */
  watchCollections(): () => void;
}

/** A consumer that runs something while events come, until it is closed. */
export type ClosableConsumer<T> = Consumer<T> & { close(): void; [Symbol.dispose](): void };

/** Column `loadavg`: the load average of the last minute. */
export const CPULoadAverages =
  (system: Pick<SystemFigures, 'loadAverage'>): Consumer<number> =>
  () =>
    system.loadAverage();

/** Column `mem`: the memory that is free, as a fraction of all: 0 to 1, not per cent. */
export const MemoryFree =
  (system: Pick<SystemFigures, 'freeMemory'>): Consumer<number> =>
  () =>
    system.freeMemory();

/**
 * Column `event_loop_delay`: the longest time that the event loop was held up, in ms: in the last one or two seconds, or since the event
 * before if that is longer ago.
 */
export const EventLoopDelay = (
  system: Pick<SystemFigures, 'eventLoopDelayMs' | 'watchEventLoop'>,
): ClosableConsumer<number> => {
  let stop: (() => void) | undefined;
  const consumer = (): number => {
    stop ??= system.watchEventLoop();
    return system.eventLoopDelayMs();
  };
  const close = (): void => {
    stop?.();
    stop = undefined;
  };
  return Object.assign(consumer, { close, [Symbol.dispose]: close });
};

/** What happened to the memory of this process between the start and the finish of a span. */
export interface GCDifference {
  /** Bytes by which the heap grew; below 0 when a collection came between. */
  readonly heap_bytes: number;
  /** Collections, and how long they took in all. Node reports them a moment later: one at the very end counts for the next. */
  readonly collections: number;
  readonly pause_ms: number;
}

/** Column `gc_stats`: {@link GCDifference} on a finish whose start was seen, else null. */
export const GCStats = (
  system: Pick<SystemFigures, 'heapBytes' | 'collections' | 'watchCollections'>,
): ClosableConsumer<GCDifference | null> => {
  const open = new OpenSpans<GCDifference>();
  let stop: (() => void) | undefined;
  const consumer: Consumer<GCDifference | null> = ({ category, id, edge }) => {
    if (edge === 'instant') return null;
    stop ??= system.watchCollections();
    const before = open.take(category, id);
    if (edge === 'finish' && !before) return null;
    const { count, ms } = system.collections();
    const now = { heap_bytes: system.heapBytes(), collections: count, pause_ms: ms };
    if (edge === 'start') open.put(category, id, now);
    if (edge === 'start' || !before) return null;
    return {
      heap_bytes: now.heap_bytes - before.heap_bytes,
      collections: now.collections - before.collections,
      pause_ms: now.pause_ms - before.pause_ms,
    };
  };
  const close = (): void => {
    stop?.();
    stop = undefined;
  };
  return Object.assign(consumer, { close, [Symbol.dispose]: close });
};
