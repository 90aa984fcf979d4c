import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { messageOf } from '../../error-message.ts';
import { UnreachableError } from '../../fleet/shared-store.ts';
import type { NatsStore } from './nats-store.ts';

/** How long an answer is waited for, ms. */
const TIMEOUT_MS = 2000;

/** A connection, with a stream on its server. */
export interface ReadyStream {
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
}

/** A stream of the servers of a fleet, which is made with the first question of each connection if it is not there. */
export class NatsStream {
  readonly #store: NatsStore;
  readonly #config: Partial<StreamConfig> & { readonly name: string };
  #ready: Promise<ReadyStream> | undefined;

  constructor(store: NatsStore, config: Partial<StreamConfig> & { readonly name: string }) {
    this.#store = store;
    this.#config = config;
    store.onConnection(() => {
      this.#ready = undefined;
    });
  }

  /** Rejects when no server answers, or it refuses. */
  use(): Promise<ReadyStream> {
    this.#ready ??= this.#open().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  /** Asks the server. Rejects with `UnreachableError`. */
  async ask<R>(act: (ready: ReadyStream) => Promise<R>): Promise<R> {
    try {
      return await act(await this.use());
    } catch (error) {
      throw error instanceof UnreachableError ? error : new UnreachableError(messageOf(error), { cause: error });
    }
  }

  async #open(): Promise<ReadyStream> {
    const { connection, replicas } = this.#store;
    if (connection === undefined) throw new UnreachableError('no server answers');
    const manager = await jetstreamManager(connection, { timeout: TIMEOUT_MS });
    await manager.streams.add({ ...this.#config, storage: StorageType.File, num_replicas: replicas });
    return { client: jetstream(connection, { timeout: TIMEOUT_MS }), manager };
  }
}
