import { type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** How often the event loop is sampled while its delay is measured, ms. */
const RESOLUTION_MS = 50;
/** The event loop is not sampled any more when no figures were asked for during this time, ms. */
const UNASKED_MS = 15_000;

/** Memory in bytes; the longest delay of the event loop, in ms, and how busy it was, from 0 to 1, since the call before. */
interface ProcessFigures {
  readonly rss: number;
  readonly heapUsed: number;
  readonly loopDelay: number;
  readonly utilization: number;
}

/** Figures of this process. The event loop is sampled from the first call on, until the calls cease. */
export const createProcessFigures = (): (() => ProcessFigures) => {
  let before: ReturnType<typeof performance.eventLoopUtilization> | undefined;
  let sampling: { readonly histogram: IntervalHistogram; readonly end: NodeJS.Timeout } | undefined;
  const delay = (): number => {
    if (sampling === undefined) {
      const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      histogram.enable();
      const end = setTimeout(() => {
        histogram.disable();
        sampling = undefined;
      }, UNASKED_MS).unref();
      sampling = { histogram, end };
      return 0;
    }
    const { histogram, end } = sampling;
    end.refresh();
    // The histogram holds the time between two samples.
    const longest = histogram.count === 0 ? 0 : Math.max(0, histogram.max / 1e6 - RESOLUTION_MS);
    histogram.reset();
    return longest;
  };
  return () => {
    const { rss, heapUsed } = process.memoryUsage();
    const now = performance.eventLoopUtilization();
    const { utilization } = before === undefined ? now : performance.eventLoopUtilization(now, before);
    before = now;
    return { rss, heapUsed, loopDelay: delay(), utilization };
  };
};
