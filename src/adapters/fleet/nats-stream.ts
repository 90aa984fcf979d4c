import {
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { messageOf } from '../../error-message.ts';
import { UnreachableError } from '../../fleet/shared-store.ts';
import { ALREADY_THERE, hasCode, isRemoved, NOT_FOUND } from './nats-errors.ts';
import { raiseReplicas } from './nats-replicas.ts';
import type { NatsStore } from './nats-store.ts';

/** How long an answer is waited for, ms. */
const TIMEOUT_MS = 2000;
/** A connection, with a stream on its server. */
export interface ReadyStream {
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
}

/**
 * A stream of the servers of a fleet, which is made with the first question of each connection if it is not there. One that is there is
 * taken as it is.
 */
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

  #use(): Promise<ReadyStream> {
    this.#ready ??= this.#open().catch((error: unknown) => {
      this.#ready = undefined;
      if (error instanceof JetStreamApiError)
        this.#store.note(`the stream ${this.#config.name} cannot be used: ${messageOf(error)}`);
      throw error;
    });
    return this.#ready;
  }

  /** Asks the server. Rejects with its error. A stream that was removed is made again with the next question. */
  async try<R>(act: (ready: ReadyStream) => Promise<R>): Promise<R> {
    const ready = this.#use();
    try {
      return await act(await ready);
    } catch (error) {
      if (isRemoved(error) && this.#ready === ready) this.#ready = undefined;
      throw error;
    }
  }

  /** Asks the server. Rejects with `UnreachableError`. */
  async ask<R>(act: (ready: ReadyStream) => Promise<R>): Promise<R> {
    try {
      return await this.try(act);
    } catch (error) {
      throw error instanceof UnreachableError ? error : new UnreachableError(messageOf(error), { cause: error });
    }
  }

  async #open(): Promise<ReadyStream> {
    const { connection, replicas } = this.#store;
    if (connection === undefined) throw new UnreachableError('no server answers');
    const manager = await jetstreamManager(connection, { timeout: TIMEOUT_MS });
    await this.#make(manager, replicas);
    await raiseReplicas(manager, this.#config.name, this.#store);
    return { client: jetstream(connection, { timeout: TIMEOUT_MS }), manager };
  }

  async #make({ streams }: JetStreamManager, replicas: number): Promise<void> {
    try {
      await streams.info(this.#config.name);
    } catch (error) {
      if (!hasCode(error, NOT_FOUND)) throw error;
      await streams
        .add({ ...this.#config, storage: StorageType.File, num_replicas: replicas })
        .catch((refusal: unknown) => {
          // Another machine was faster.
          if (!hasCode(refusal, ALREADY_THERE)) throw refusal;
        });
    }
  }
}
