import { stat } from 'node:fs';

/** Threads that have not ended when they should: a script waits for the system. */
export const stuckThreads = new Set<object>();

/** A thread of the system reads, writes or resolves an address. */
const IN_A_THREAD = /^(FSReq|GetAddrInfo|GetNameInfo)/;

/** True while the process could not end by itself: Node waits for its threads, and one may hang in the system for ever. */
export const isStuck = (): boolean =>
  stuckThreads.size > 0 || process.getActiveResourcesInfo().some((what) => IN_A_THREAD.test(what));

/** Each file that hangs in a write keeps a thread; the standard are four. */
const THREADS = '16';

/**
 * Begins the threads in which the system reads and writes files, more of them than usual: files that hang must not keep others from
 * being written. To be called before the first use of a file in the background. The environment is left as it was.
 */
export const beginThreads = (): void => {
  if (process.env.UV_THREADPOOL_SIZE !== undefined) return;
  process.env.UV_THREADPOOL_SIZE = THREADS;
  stat('.', () => {});
  delete process.env.UV_THREADPOOL_SIZE;
};
