import type { Idle, IdleReading, Subscription, Wmi, WmiListener, WmiResult } from '../../src/core/ports.ts';
import { FakeBus } from './fake-bus.ts';
import { FakeWatcher } from './fake-watcher.ts';

/** Somebody, or nobody, at the keyboard. */
export class FakeIdle implements Idle {
  reading: IdleReading = { how: 'unknown', tried: ['a test'] };
  reads = 0;

  async read(): Promise<IdleReading> {
    this.reads += 1;
    return this.reading;
  }
  /** Nobody has touched anything for so many seconds. */
  idleFor(seconds: number): void {
    this.reading = { how: 'idle', ms: seconds * 1000, source: 'a test' };
  }
}

/** WMI that answers as told. */
export class FakeWmi implements Wmi {
  readonly queries: { readonly namespace: string | undefined; readonly query: string }[] = [];
  readonly listeners = new Set<WmiListener>();
  result: WmiResult = { how: 'rows', rows: [] };

  async query(namespace: string | undefined, query: string): Promise<WmiResult> {
    this.queries.push({ namespace, query });
    return this.result;
  }
  subscribe(_namespace: string | undefined, _query: string, listener: WmiListener): Subscription {
    this.listeners.add(listener);
    listener.subscribed();
    return {
      ready: Promise.resolve(),
      close: () => {
        this.listeners.delete(listener);
      },
    };
  }
}

/** The ports of the desktop, all faked. */
export const fakeDesktop = (there: readonly string[] = []) => ({
  watcher: new FakeWatcher(there),
  bus: new FakeBus(),
  idle: new FakeIdle(),
  wmi: new FakeWmi(),
});
