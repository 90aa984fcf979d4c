import { stat } from 'node:fs';

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
