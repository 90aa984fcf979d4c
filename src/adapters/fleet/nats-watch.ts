import type { KV, KvEntry } from '@nats-io/kv';
import { messageOf } from '../../error-message.ts';
import type { SharedEntry } from '../../fleet/shared-store.ts';
import { isAborted } from '../../is-aborted.ts';
import { idleFor } from './idle-for.ts';

/** Between two tries of a server that refuses, ms. */
const RETRY_MS = 500;

/** An entry of the bucket; undefined: it says that the key was removed. */
export const entryOf = (entry: KvEntry): SharedEntry | undefined =>
  entry.operation === 'PUT'
    ? { key: entry.key, value: entry.string(), revision: entry.revision, at: entry.created.getTime() }
    : undefined;

/** A watch over the keys that begin alike, which goes on over interruptions. */
export class NatsWatch {
  readonly #prefix: string;
  readonly #listener: (entry: SharedEntry) => void;
  readonly #onProblem: (message: string, error: unknown) => void;
  #end = new AbortController();

  constructor(
    prefix: string,
    listener: (entry: SharedEntry) => void,
    onProblem: (message: string, error: unknown) => void,
  ) {
    this.#prefix = prefix;
    this.#listener = listener;
    this.#onProblem = onProblem;
  }

  /** Begins, or begins anew with another connection. */
  start(kv: KV): void {
    this.stop();
    this.#end = new AbortController();
    void this.#follow(kv, this.#end.signal);
  }
  stop(): void {
    this.#end.abort('stopped');
  }

  async #follow(kv: KV, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#read(kv, signal);
      } catch (error) {
        if (!isAborted(signal)) this.#onProblem(`cannot watch ${this.#prefix}: ${messageOf(error)}`, error);
      }
      if (!isAborted(signal)) await idleFor(RETRY_MS);
    }
  }

  /** Reads what is there, then what comes. */
  async #read(kv: KV, signal: AbortSignal): Promise<void> {
    const changes = await kv.watch({ key: `${this.#prefix}>` });
    signal.addEventListener('abort', () => changes.stop());
    if (isAborted(signal)) changes.stop();
    for await (const entry of changes) {
      if (isAborted(signal)) return;
      const found = entryOf(entry);
      if (found) this.#listener(found);
    }
  }
}
