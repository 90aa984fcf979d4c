import type { SharedWithScripts } from '../core/ports.ts';
import { runSecrets } from '../run-secrets.ts';
import type { RequestOf, ResponseStream } from './request.ts';

/** Locks that programs have or wait for at once; more are refused, so that other requests have connections left. */
export const MOST_LOCKS = 128;
/** Characters of what takes a lock, in words. */
const LONGEST_BY = 200;
/** How long a lock that is not to be waited for may take: the thread of the scripts may be busy. In ms. */
const TRY_MS = 1000;

/** A part of the answer to `lock`. */
export interface LockPart {
  readonly name: string;
  /** `waiting` comes at most a few times, `granted` once. */
  readonly state: 'waiting' | 'granted';
  /** What has it, while it waits. */
  readonly holder?: string;
}

/** The end of the answer to `lock`: it was not granted in time, or it is released. */
export interface LockAnswer {
  readonly name: string;
  readonly granted: boolean;
  /** What had it when it was not granted; null: not known. */
  readonly holder: string | null;
  /** The instance ended while it was waited for; absent: it did not. */
  readonly ended?: true;
}

/** Resolves when the client is gone. */
export const disconnected = ({ closed }: Pick<ResponseStream, 'closed'>): Promise<void> =>
  new Promise((resolve) => {
    if (closed.aborted) resolve();
    else closed.addEventListener('abort', () => resolve(), { once: true });
  });

/** The locks that programs have through the control socket. */
export class LockRequests {
  readonly #shared: SharedWithScripts;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  #open = 0;

  /** @param sleep resolves after so many ms, or when the signal is aborted */
  constructor(shared: SharedWithScripts, sleep: (ms: number, signal: AbortSignal) => Promise<void>) {
    this.#shared = shared;
    this.#sleep = sleep;
  }

  /** Holds a lock until the client is gone. @throws Error for a name that is not one, and when there are too many */
  async hold(request: RequestOf<'lock'>, stream: ResponseStream): Promise<LockAnswer> {
    if (this.#open >= MOST_LOCKS) throw new Error(`programs have or wait for ${MOST_LOCKS} locks already: try again`);
    this.#open += 1;
    try {
      return await this.#hold(request, stream);
    } finally {
      this.#open -= 1;
    }
  }

  async #hold({ name, wait, by = 'a program' }: RequestOf<'lock'>, stream: ResponseStream): Promise<LockAnswer> {
    let holder: string | null = null;
    const over = new AbortController();
    let grant: (taken: true) => void = () => {};
    const granted = new Promise<true>((resolve) => {
      grant = resolve;
    });
    const release = await this.#shared.lock(name, by.slice(0, LONGEST_BY), {
      granted: () => grant(true),
      waiting: (found) => {
        holder = runSecrets.mask(found);
        stream.send({ name, state: 'waiting', holder } satisfies LockPart);
        if (wait === 0) over.abort();
      },
    });
    const limit = wait === undefined ? [] : [this.#sleep(wait === 0 ? TRY_MS : wait, over.signal)];
    try {
      const got = await Promise.race([granted, disconnected(stream), ...limit]);
      if (got !== true) return { name, granted: false, holder, ...(stream.closed.aborted ? { ended: true } : {}) };
      stream.send({ name, state: 'granted' } satisfies LockPart);
      await disconnected(stream);
      return { name, granted: true, holder: null };
    } finally {
      over.abort();
      release();
    }
  }
}
