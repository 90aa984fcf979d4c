import type { PortSubscription, Wmi, WmiListener, WmiResult, WmiRow } from '../../core/ports.ts';
import { type Backoff, backoffMs } from '../backoff.ts';
import { Bridge, type BridgeProgram, type BridgeReply, POWERSHELL } from './bridge.ts';

/** How long a subscription or a question about the session may take, in ms. */
const ASK_MS = 25_000;

/** The waits between attempts to subscribe. */
const BACKOFF: Backoff = { firstMs: 1000, mostMs: 60_000 };

interface Sub {
  readonly target: { readonly namespace?: string; readonly query: string };
  readonly listener: WmiListener;
  /** Its number at the bridge; undefined while it is not in force. */
  id: number | undefined;
  /** The listener knows that it does not work. */
  failed: boolean;
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

/** WMI over a bridge that is started when it is first needed, and again when it has ended. */
interface BridgedWmi extends Wmi {
  /** Milliseconds since the last input of the session. @throws Error */
  idle(): Promise<number>;
  /** Ends the bridge, for good. */
  close(): void;
}

const asRow = (row: unknown): WmiRow =>
  Object.fromEntries(Object.entries(row as WmiRow).map(([name, value]) => [name.toLowerCase(), value]));

/** @param program the other end of the bridge; PowerShell, or a stand-in. */
export const createWmi = (program: BridgeProgram = POWERSHELL, backoff = BACKOFF): BridgedWmi => {
  const subs = new Set<Sub>();
  let bridge: Bridge | undefined;
  let closed = false;

  const opened = (): Bridge => {
    if (bridge) return bridge;
    if (closed) throw new Error('it was closed');
    const made: Bridge = new Bridge(program, {
      notified: (id) => {
        for (const sub of subs) if (sub.id === id) sub.listener.notified();
      },
      failed: (id, reason) => {
        fail(
          [...subs].filter((sub) => sub.id === id),
          reason,
        );
      },
      ended: (reason) => {
        if (bridge === made) bridge = undefined;
        fail(
          [...subs].filter((sub) => sub.id !== undefined),
          reason,
        );
      },
    });
    bridge = made;
    return made;
  };

  /** Plans the next attempt; returns whether the listener does not know of the failure. */
  const again = (sub: Sub): boolean => {
    sub.id = undefined;
    if (!subs.has(sub)) return false;
    const delay = backoffMs(backoff, sub.failures);
    sub.failures += 1;
    clearTimeout(sub.timer);
    sub.timer = setTimeout(() => void install(sub), delay);
    const known = sub.failed;
    sub.failed = true;
    return !known;
  };

  const fail = (failing: readonly Sub[], reason: string): void => {
    // First of all the next attempts: they come whatever a listener does.
    const news = failing.filter(again);
    for (const sub of news) sub.listener.failed(reason);
  };

  const install = async (sub: Sub): Promise<void> => {
    if (closed) return;
    try {
      const { id, said } = opened().ask({ op: 'subscribe', ...sub.target }, ASK_MS);
      await said;
      if (!subs.has(sub)) return;
      sub.id = id;
    } catch (error) {
      fail([sub], (error as Error).message);
      return;
    }
    sub.failed = false;
    sub.failures = 0;
    sub.listener.subscribed();
  };

  const targetOf = (namespace: string | undefined, query: string) =>
    namespace === undefined ? { query } : { namespace: namespace.replaceAll('/', '\\'), query };

  return {
    query: async (namespace, query, timeoutMs): Promise<WmiResult> => {
      let said: BridgeReply;
      try {
        said = await opened().ask({ op: 'query', ...targetOf(namespace, query) }, timeoutMs).said;
      } catch (error) {
        return { how: 'error', reason: (error as Error).message };
      }
      return { how: 'rows', rows: Array.isArray(said.rows) ? said.rows.map(asRow) : [] };
    },
    subscribe: (namespace, query, listener): PortSubscription => {
      const target = targetOf(namespace, query);
      const sub: Sub = { target, listener, id: undefined, failed: false, failures: 0, timer: undefined };
      subs.add(sub);
      return {
        ready: install(sub),
        close: () => {
          subs.delete(sub);
          clearTimeout(sub.timer);
          if (sub.id !== undefined)
            bridge?.ask({ op: 'unsubscribe', subscription: sub.id }, ASK_MS).said.catch(() => {});
        },
      };
    },
    idle: async () => {
      const { ms } = await opened().ask({ op: 'idle' }, ASK_MS).said;
      if (typeof ms !== 'bigint') throw new Error('the answer is not an integer');
      return Number(ms);
    },
    close: () => {
      closed = true;
      subs.clear();
      bridge?.close();
    },
  };
};
