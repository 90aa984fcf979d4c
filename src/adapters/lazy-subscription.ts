import type { Subscription } from '../core/ports.ts';
import type { LazyValue } from './lazy.ts';

/** Between two attempts to load a port: doubled each time, within these bounds, in ms. */
export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
}

const BACK_OFF: BackOff = { firstMs: 1000, mostMs: 60_000 };

/** What to do with a port that is still to be loaded. */
export interface Subscribing<Port> {
  subscribe(port: Port): Subscription;
  /** It could not be loaded, or not used; called once. It is tried again. */
  failed(reason: string): void;
  /** It works after a failure: what happened in between is not known. */
  late?(): void;
}

/** A subscription to a port that is loaded when it is first used. What cannot be loaded is tried again until it works or is closed. */
export const subscribeLazily = <Port>(
  loaded: LazyValue<Port>,
  { subscribe, failed, late }: Subscribing<Port>,
  { firstMs, mostMs }: BackOff = BACK_OFF,
): Subscription => {
  let subscription: Subscription | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  const attempt = async (): Promise<void> => {
    try {
      const port = await loaded();
      if (closed) return;
      subscription = subscribe(port);
      await subscription.ready;
      if (failures > 0 && !closed) late?.();
    } catch (error) {
      if (closed) return;
      if (failures === 0) failed((error as Error).message);
      timer = setTimeout(() => void attempt(), Math.min(mostMs, firstMs * 2 ** Math.min(failures, 20)));
      failures += 1;
    }
  };
  return {
    ready: attempt(),
    close: () => {
      closed = true;
      clearTimeout(timer);
      subscription?.close();
    },
  };
};
