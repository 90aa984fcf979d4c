import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Vitals } from '../../metrics/meter.ts';

/** How often the event loop is looked at, in ms: seldom, as it wakes a daemon that has nothing to do. Longer delays are always seen. */
const RESOLUTION_MS = 250;

/** Figures of this process for several askers: each is told the longest delay since its own last question. */
export class ProcessVitals {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #delays: number[] = [];

  constructor() {
    this.#histogram.enable();
  }
  /** A new asker. */
  asker(): () => Vitals {
    const at = this.#delays.push(0) - 1;
    return () => {
      this.#gather();
      const eventLoopDelayMs = this.#delays[at]!;
      this.#delays[at] = 0;
      const { rss, heapUsed } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      return { eventLoopDelayMs, rssBytes: rss, heapBytes: heapUsed, cpuSeconds: (user + system) / 1e6 };
    };
  }
  close(): void {
    this.#histogram.disable();
  }

  #gather(): void {
    // It counts the time between two looks.
    const delay = this.#histogram.count === 0 ? 0 : Math.max(0, this.#histogram.max / 1e6 - RESOLUTION_MS);
    this.#histogram.reset();
    for (const [i, known] of this.#delays.entries()) this.#delays[i] = Math.max(known, delay);
  }
}
