import { monitorEventLoopDelay } from 'node:perf_hooks';
import { messageOf } from '../../error-message.ts';
import type { ProcessFigures } from '../../metrics/meter.ts';
import type { OnMetricsError } from './error-reporter.ts';

/** How often the event loop is sampled, in ms: seldom, as it wakes a daemon that has nothing to do. Longer delays are always seen. */
const RESOLUTION_MS = 250;

/** Figures of this process for several readers: each gets the longest delay since its own last reading. */
export class ProcessMeter {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #delays: number[] = [];
  readonly #onError: OnMetricsError;
  #last = { rssBytes: 0, heapBytes: 0, cpuSeconds: 0 };
  #failing = false;

  /** @param onError gets what cannot be measured, once until it can be again. */
  constructor(onError: OnMetricsError = () => {}) {
    this.#onError = onError;
    this.#histogram.enable();
  }
  /** Returns a new reader. */
  reader(): () => ProcessFigures {
    const at = this.#delays.push(0) - 1;
    return () => {
      this.#gather();
      const eventLoopDelayMs = this.#delays[at]!;
      this.#delays[at] = 0;
      return { eventLoopDelayMs, ...this.#measured() };
    };
  }
  close(): void {
    this.#histogram.disable();
  }

  /** The memory is read from a file of the system, for which there may be no descriptor: the last figures count on. */
  #measured() {
    try {
      const { rss, heapUsed } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      this.#last = { rssBytes: rss, heapBytes: heapUsed, cpuSeconds: (user + system) / 1e6 };
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#onError(`memory and processor time of the process cannot be read: ${messageOf(error)}`);
      this.#failing = true;
    }
    return this.#last;
  }

  #gather(): void {
    // It counts the time between two samples.
    const delay = this.#histogram.count === 0 ? 0 : Math.max(0, this.#histogram.max / 1e6 - RESOLUTION_MS);
    this.#histogram.reset();
    for (const [i, known] of this.#delays.entries()) this.#delays[i] = Math.max(known, delay);
  }
}
