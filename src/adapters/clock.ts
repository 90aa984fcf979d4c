import { uptime } from 'node:os';
import type { Clock } from '../core/ports.ts';

/** Node's timers fire at once above this many ms: longer sleeps are cut. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Timers of Node end up to this many ms late on a machine at rest: they count whole ms of a clock that is itself read late. */
const TIMER_LATENESS = 2;

const uptimeMs = (): number => {
  try {
    return uptime() * 1000;
  } catch {
    // Some sandboxes do not allow it.
    return performance.now();
  }
};

/** The clocks of the system. Whether a sleep counts the time the machine was suspended is the kernel's choice (on Linux: no). */
export const systemClock: Clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
  elapsed: uptimeMs,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = performance.now() + ms;
      let timer: NodeJS.Timeout;
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const wait = () => {
        const left = end - performance.now();
        if (left <= 0) return wake();
        timer = setTimeout(wait, Math.min(Math.ceil(left), LONGEST_TIMER));
      };
      signal?.addEventListener('abort', wake, { once: true });
      wait();
    }),
  leadMs: TIMER_LATENESS,
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};
