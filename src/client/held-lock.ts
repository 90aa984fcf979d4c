import { expectOptions, expectType, TYPES } from '../check-arguments.ts';
import type { LockAnswer, LockPart } from '../control/locks.ts';
import { SIGNAL } from '../host/options.ts';
import type { CancelSignal, SignalOptions } from '../subscription.ts';
import type { Connection } from './connection.ts';

/** How a lock is taken. The signal ends the waiting, and afterwards the lock. */
export interface LockOptions extends SignalOptions {
  /** How many seconds to wait for it; 0: not at all; default: as long as it takes. */
  readonly waitSeconds?: number | undefined;
  /** What takes it, in words, for others who wait; default: the process. */
  readonly by?: string | undefined;
}

/** A lock of Lua scripts that this program holds: `await using lock = await client.lock('disk')`. */
export interface Lock {
  readonly name: string;
  /** Aborted when the lock is lost: the instance or the client has ended, or the signal was aborted. */
  readonly lost: CancelSignal;
  /** Resolves when it is released. Calling it twice does no harm. */
  release(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Thrown when a lock was not granted in time; `holder` has it, in words, if that is known. */
export class LockNotGrantedError extends Error {
  override readonly name: string = 'LockNotGrantedError';
  readonly holder: string | null;

  constructor({ name, holder }: Omit<LockAnswer, 'granted'>) {
    super(`the lock "${name}" was not granted${holder === null ? '' : `: ${holder} has it`}`);
    this.holder = holder;
  }
}

/** Takes a lock of Lua scripts; a connection holds it. */
export const takeLock = async (connection: Connection, name: string, options: LockOptions): Promise<Lock> => {
  expectType('lock', 'name', name, TYPES.name);
  expectOptions('lock', options, { waitSeconds: TYPES.amount, by: TYPES.text, signal: SIGNAL });
  const { waitSeconds, by = `process ${process.pid}`, signal } = options;
  const wait = waitSeconds === undefined || waitSeconds > 1e9 ? {} : { wait: waitSeconds * 1000 };
  return new Promise((resolve, reject) => {
    const lost = new AbortController();
    let released = false;
    let finish = (): void => {};
    const answer = connection.request({ request: 'lock', name, by, ...wait }, signal, {
      onBegin: (end) => {
        finish = end;
      },
      onPart: (part) => {
        if ((part as LockPart).state === 'granted') resolve(lock);
      },
    });
    const over = answer
      .then((end) => reject(new LockNotGrantedError(end as LockAnswer)), reject)
      .then(() => {
        if (!released) lost.abort();
      });
    const release = async (): Promise<void> => {
      released = true;
      finish();
      await over;
    };
    const lock: Lock = { name, lost: lost.signal, release, [Symbol.asyncDispose]: release };
  });
};
