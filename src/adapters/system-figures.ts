import { freemem, loadavg, totalmem } from 'node:os';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { SystemFigures } from '../timespans/system-metrics.ts';

/** How long a figure of the system is taken for new: asking costs some microseconds. */
const FRESH_MS = 100;
/** How often the event loop is sampled while its delay is measured. */
const RESOLUTION_MS = 20;
/** For how long a delay counts as the latest. */
const WINDOW_MS = 1000;

/** Reads a figure again only when it is old. One that cannot be read keeps its last value. */
const now = (ask: () => number): (() => number) => {
  let asked = Number.NEGATIVE_INFINITY;
  let answer = 0;
  return () => {
    const time = performance.now();
    if (time - asked >= FRESH_MS) {
      asked = time;
      try {
        answer = ask();
      } catch {
        // Such as with too few descriptors.
      }
    }
    return answer;
  };
};

/** Runs one measurement as long as one user of it is left. */
const shared = (begin: () => () => void): (() => () => void) => {
  let wanted = 0;
  let end: (() => void) | undefined;
  return () => {
    if (++wanted === 1) end = begin();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      if (--wanted === 0) end?.();
    };
  };
};

/** Figures of this machine and this process. Nothing is measured all the time without a user of it. */
export const createSystemFigures = (): SystemFigures => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  // A reset costs the histogram a sample, so it is read in windows: the last one and the one that is running.
  let before = 0;
  let since = 0;
  const collected = { count: 0, ms: 0 };
  return {
    loadAverage: now(() => loadavg()[0]!),
    freeMemory: now(() => freemem() / totalmem()),
    heapBytes: () => getHeapStatistics().used_heap_size,
    collections: () => ({ ...collected }),
    eventLoopDelayMs: () => {
      // The histogram holds the time between two samples.
      const delay = histogram.count === 0 ? 0 : Math.max(0, histogram.max / 1e6 - RESOLUTION_MS);
      const latest = Math.max(before, delay);
      if (performance.now() - since >= WINDOW_MS) {
        before = delay;
        since = performance.now();
        histogram.reset();
      }
      return latest;
    },
    watchEventLoop: shared(() => {
      before = 0;
      since = performance.now();
      histogram.reset();
      histogram.enable();
      return () => {
        histogram.disable();
        histogram.reset();
        before = 0;
      };
    }),
    watchCollections: shared(() => {
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) {
          collected.count += 1;
          collected.ms += duration;
        }
      });
      observer.observe({ entryTypes: ['gc'] });
      return () => observer.disconnect();
    }),
  };
};
