import { AckPolicy, type Consumer, type JsMsg, RetentionPolicy } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { type QueuedWork, WORK_SILENCE_MS, type WorkQueue } from '../../fleet/work-queue.ts';
import { idleFor } from './idle-for.ts';
import type { NatsStore } from './nats-store.ts';
import { NatsStream, type ReadyStream } from './nats-stream.ts';

/** The stream of the work, and what its subjects begin with. */
const STREAM = 'whenever_work';
const PREFIX = 'whenever.work.';
/** For how long work waits for a machine, ms. */
const KEPT_MS = 7 * 86_400_000;
/** The same work that is offered again so soon is added once, ms. */
const DUPLICATE_MS = 120_000;
/** After so many ms without a question the server removes a consumer: its task has left all files. */
const FORGOTTEN_MS = 86_400_000;
/** For how long one question for work stands, ms. */
const ASK_MS = 30_000;
/** Between two questions to a server that refuses, ms. */
const RETRY_MS = 500;

const queuedWork = (message: JsMsg): QueuedWork => {
  const say = (act: () => void): void => {
    try {
      act();
    } catch {
      // The connection is closed.
    }
  };
  return {
    value: message.string(),
    done: () => say(() => message.ack()),
    working: () => say(() => message.working()),
    release: (ms) => say(() => message.nak(ms)),
  };
};

/** Takes the work of one subject. */
class Taking {
  readonly #subject: string;
  readonly #listener: (work: QueuedWork) => Promise<void>;
  readonly #stream: NatsStream;
  readonly #end = new AbortController();
  #lost = new AbortController();

  constructor(subject: string, listener: (work: QueuedWork) => Promise<void>, stream: NatsStream) {
    this.#subject = subject;
    this.#listener = listener;
    this.#stream = stream;
    void this.#follow();
  }

  /** The connection is lost, or there again: a question that was asked gets no answer. */
  again(): void {
    this.#lost.abort('lost');
    this.#lost = new AbortController();
  }
  end(): void {
    this.#end.abort('ended');
  }

  async #follow(): Promise<void> {
    while (!this.#end.signal.aborted) {
      const signal = AbortSignal.any([this.#end.signal, this.#lost.signal]);
      try {
        await this.#stream.try(async (ready) => {
          const consumer = await this.#consumer(ready);
          while (!signal.aborted) await this.#takeOne(consumer, signal);
        });
      } catch {
        await idleFor(RETRY_MS);
      }
    }
  }

  async #consumer({ client, manager }: ReadyStream): Promise<Consumer> {
    const durable_name = this.#subject.replaceAll('.', '-');
    await manager.consumers.add(STREAM, {
      ...{ durable_name, filter_subject: PREFIX + this.#subject, ack_policy: AckPolicy.Explicit },
      ...{ ack_wait: nanos(WORK_SILENCE_MS), inactive_threshold: nanos(FORGOTTEN_MS) },
    });
    return client.consumers.get(STREAM, durable_name);
  }

  async #takeOne(consumer: Consumer, signal: AbortSignal): Promise<void> {
    const messages = await consumer.fetch({ max_messages: 1, expires: ASK_MS });
    const stop = (): void => messages.stop();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    for await (const message of messages) await this.#listener(queuedWork(message));
    signal.removeEventListener('abort', stop);
  }
}

/** The queue of a fleet on NATS JetStream: a stream from which is removed what was acknowledged. */
export class NatsWorkQueue implements WorkQueue {
  readonly #stream: NatsStream;
  readonly #takings = new Set<Taking>();

  constructor(store: NatsStore) {
    this.#stream = new NatsStream(store, {
      ...{ name: STREAM, subjects: [`${PREFIX}>`], retention: RetentionPolicy.Workqueue },
      ...{ max_age: nanos(KEPT_MS), duplicate_window: nanos(DUPLICATE_MS) },
    });
    store.onConnection(() => {
      for (const taking of this.#takings) taking.again();
    });
  }

  async offer(subject: string, id: string, value: string): Promise<void> {
    await this.#stream.ask(({ client }) => client.publish(PREFIX + subject, value, { msgID: id }));
  }

  take(subject: string, listener: (work: QueuedWork) => Promise<void>): () => void {
    const taking = new Taking(subject, listener, this.#stream);
    this.#takings.add(taking);
    return () => {
      this.#takings.delete(taking);
      taking.end();
    };
  }
}
