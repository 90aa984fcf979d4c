/** An `AbortSignal`, of whatever runtime: `new AbortController().signal`. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** What everything that goes on until it is ended can be given. */
export interface SignalOptions {
  /** Ends it when it is aborted. */
  readonly signal?: CancelSignal | undefined;
}

/** Ends a subscription: called, or at the end of the block of `using`. Calling it twice does no harm. */
export interface Unsubscribe {
  (): void;
  [Symbol.dispose](): void;
}

/** Calls `act` when the signal is aborted, at once if it is already. Returns how to forget that. */
export const onAbort = (signal: CancelSignal | undefined, act: () => void): (() => void) => {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    act();
    return () => {};
  }
  signal.addEventListener('abort', act, { once: true });
  return () => signal.removeEventListener('abort', act);
};

/** What ends with a signal rejects with: the reason of the signal, where it has one. */
export const abortReason = (signal: CancelSignal & { readonly reason?: unknown }): unknown =>
  signal.reason ?? Object.assign(new Error('it was aborted'), { name: 'AbortError' });

/** Waits for a promise, or until the signal is aborted. @throws the reason of the signal */
export const unlessAborted = <T>(promise: Promise<T>, signal: CancelSignal | undefined): Promise<T> =>
  signal === undefined
    ? promise
    : new Promise((resolve, reject) => {
        const forget = onAbort(signal, () => reject(abortReason(signal) as Error));
        promise.then(resolve, reject).finally(forget);
      });

/** A subscription that `end` ends, once: when it is called, disposed of, or its signal aborted. */
export const unsubscriber = (end: () => unknown, signal?: CancelSignal): Unsubscribe => {
  let ended = false;
  let forget = (): void => {};
  const leave = (): void => {
    if (ended) return;
    ended = true;
    forget();
    end();
  };
  forget = onAbort(signal, leave);
  return Object.assign(leave, { [Symbol.dispose]: leave });
};
