import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so, as long as a busy machine may need, and answers it. @throws Error with `what` when it does not come about in time. */
export const eventually = async <T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  what: string | (() => string),
  seconds = 20,
): Promise<T> => {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > end)
      throw new Error(`not within ${seconds} s: ${typeof what === 'string' ? what : what()}`);
    await sleep(5);
  }
};
