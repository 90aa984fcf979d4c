import type {
  Idle,
  IdleReading,
  LocalZone,
  PortSubscription,
  SessionHappening,
  SessionListener,
  Sessions,
  SessionWatch,
  Wmi,
  WmiListener,
  WmiResult,
} from '../../src/core/ports.ts';
import { FakeBus } from './fake-bus.ts';
import { FakeWatcher } from './fake-watcher.ts';

/** Idle time that a test sets, and that grows with the clock. */
export class FakeIdle implements Idle {
  readonly #mono: () => number;
  /** Returns what is read. */
  #read: () => IdleReading = () => ({ how: 'unknown', tried: ['a test'] });
  reads = 0;

  /** @param mono monotonic ms; default: a clock that stands still. */
  constructor(mono: () => number = () => 0) {
    this.#mono = mono;
  }
  async read(): Promise<IdleReading> {
    this.reads += 1;
    return this.#read();
  }
  /** The last input was so many seconds ago. */
  idleFor(seconds: number): void {
    const last = this.#mono() - seconds * 1000;
    this.#read = () => ({ how: 'idle', ms: this.#mono() - last, source: 'a test' });
  }
  /** No source knows the idle time. */
  unknown(tried: string): void {
    this.#read = () => ({ how: 'unknown', tried: [tried] });
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
  /** Every subscription gets a notification. */
  notify(): void {
    for (const listener of this.listeners) listener.notified();
  }
  subscribe(_namespace: string | undefined, _query: string, listener: WmiListener): PortSubscription {
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

/** Sessions to which happens what a test says. */
export class FakeSessions implements Sessions {
  readonly watches = new Map<SessionListener, readonly SessionHappening[]>();
  /** How often a shutdown was let proceed. */
  proceeded = 0;
  /** Why they cannot be seen; undefined: they can. */
  trouble: string | undefined;

  watch(what: readonly SessionHappening[], listener: SessionListener): SessionWatch {
    this.watches.set(listener, what);
    this.#tell(listener);
    return {
      ready: Promise.resolve(),
      close: () => {
        this.watches.delete(listener);
      },
      proceed: () => {
        this.proceeded += 1;
      },
    };
  }
  happen(what: SessionHappening): void {
    for (const [listener, watched] of this.watches) if (watched.includes(what)) listener.happened(what);
  }
  /** They cannot be seen from now on, or again when there is no reason. */
  set(trouble?: string): void {
    this.trouble = trouble;
    for (const listener of this.watches.keys()) this.#tell(listener);
  }
  #tell(listener: SessionListener): void {
    if (this.trouble === undefined) listener.established();
    else listener.lost(this.trouble);
  }
}

/** A time zone of the machine that a test sets. */
export class FakeZone implements LocalZone {
  #zone: string;

  constructor(zone = 'UTC') {
    this.#zone = zone;
    process.env.TZ = zone;
  }
  /** The machine has another zone from now on; the program notices when it looks. */
  set(zone: string): void {
    this.#zone = zone;
  }
  look(): ReturnType<LocalZone['look']> {
    const from = process.env.TZ!;
    process.env.TZ = this.#zone;
    return from === this.#zone ? undefined : { from, to: this.#zone };
  }
}

/** The ports of the desktop, all faked. */
export const fakeDesktop = (there: readonly string[] = [], mono?: () => number) => ({
  watcher: new FakeWatcher(there),
  bus: new FakeBus(),
  idle: new FakeIdle(mono),
  wmi: new FakeWmi(),
  sessions: new FakeSessions(),
});
