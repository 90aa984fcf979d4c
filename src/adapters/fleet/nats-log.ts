import {
  type Consumer,
  type ConsumerMessages,
  type ConsumerNotification,
  DeliverPolicy,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { type LogBatch, type LogKind, type LogSource, readBatch, type SharedLog } from '../../fleet/shared-log.ts';
import { UnreachableError } from '../../fleet/shared-store.ts';
import { isAborted } from '../../is-aborted.ts';
import { idleFor } from './idle-for.ts';
import { lastOf } from './nats-last.ts';
import { LOG_STREAM } from './nats-log-stream.ts';
import { readUntil } from './nats-read.ts';
import { KEPT_MS, type NatsStore } from './nats-store.ts';
import { NatsStream } from './nats-stream.ts';

const STREAM = LOG_STREAM;
/** What its subjects begin with: after it come the machine, the session, and what the entries are. */
const PREFIX = 'whenever.log';
const WITH_EVENTS = 'events';
const WITHOUT = 'rest';
/** The same entries that are sent again so soon are added once, ms. */
const DUPLICATE_MS = 120_000;
/** Bytes that the server keeps of it; of more it drops the oldest. */
const MOST_BYTES = 256 * 1024 ** 2;
/** Bytes of a message that are left for its headers. */
const HEADERS = 512;
/** Between two tries of a server that refuses, ms. */
const RETRY_MS = 500;
/** So many places before the last one are read again after an interruption: a server that was killed gives those that it has lost to others. */
const READ_AGAIN = 1000;

const batchOf = (message: JsMsg): LogBatch => {
  const [, , node = '', session = ''] = message.subject.split('.');
  return { node, session, text: message.string(), place: message.seq };
};

/** The log of a fleet on NATS JetStream: a stream with a subject for each run of the program on each machine. */
export class NatsLog implements SharedLog {
  readonly #stream: NatsStream;
  readonly #store: NatsStore;
  #lost = new AbortController();

  constructor(store: NatsStore) {
    this.#store = store;
    this.#stream = new NatsStream(store, {
      ...{ name: STREAM, subjects: [`${PREFIX}.>`] },
      ...{ max_age: nanos(KEPT_MS), max_bytes: MOST_BYTES, duplicate_window: nanos(DUPLICATE_MS) },
    });
    store.onConnection(() => {
      this.#lost.abort('lost');
      this.#lost = new AbortController();
    });
  }

  /** Bytes of the longest text that the server takes; undefined: no server answers. */
  get longest(): number | undefined {
    const most = this.#store.connection?.info?.max_payload;
    return most === undefined ? undefined : most - HEADERS;
  }

  last(source: LogSource): Promise<number> {
    return this.#stream.ask(async ({ manager }) => {
      const found = await lastOf(manager, STREAM, `${subjectOf(source)}.*`);
      return found === undefined ? 0 : (readBatch({ text: found.string() }).at(-1)?.n ?? 0);
    });
  }

  async add(source: LogSource, first: number, text: string, kinds: ReadonlySet<LogKind>): Promise<void> {
    const subject = `${subjectOf(source)}.${kinds.has('event') ? WITH_EVENTS : WITHOUT}`;
    const msgID = `${source.session}-${first}`;
    const { duplicate } = await this.#stream.ask(({ client }) => client.publish(subject, text, { msgID }));
    // What was added then can have ended earlier.
    if (duplicate) throw new UnreachableError(`entries from ${first} on were added before`);
  }

  read(since: number, listener: (batch: LogBatch) => void): Promise<void> {
    return this.#stream.ask(async ({ client, manager }) => {
      const { state } = await manager.streams.info(STREAM);
      if (state.messages === 0 || Date.parse(state.last_ts) < since) return;
      const from = Number.isFinite(since)
        ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(since).toISOString() }
        : { deliver_policy: DeliverPolicy.All };
      const consumer = await client.consumers.get(STREAM, from);
      await readUntil(
        consumer,
        (message) => listener(batchOf(message)),
        ({ seq }) => seq >= state.last_seq,
      );
    });
  }

  follow(events: boolean, listener: (batch: LogBatch) => void): () => void {
    const end = new AbortController();
    void this.#follow(events, listener, end.signal);
    return () => end.abort('ended');
  }

  async #follow(events: boolean, listener: (batch: LogBatch) => void, signal: AbortSignal): Promise<void> {
    const subject = events ? `${PREFIX}.*.*.${WITH_EVENTS}` : `${PREFIX}.>`;
    /** Where it began, and the next place; undefined: it has not yet. */
    let first: number | undefined;
    let next: number | undefined;
    let made: string | undefined;
    while (!signal.aborted) {
      const lost = AbortSignal.any([signal, this.#lost.signal]);
      try {
        await this.#stream.try(async ({ client, manager }) => {
          const { state, created } = await manager.streams.info(STREAM);
          const end = state.last_seq + 1;
          // In one that was made again everything is new.
          first =
            created === (made ?? created)
              ? Math.min(first ?? (events ? this.#store.newsFrom : undefined) ?? end, end)
              : 1;
          made = created;
          // What comes twice is known by its number.
          const begin = next === undefined ? first : Math.max(first, Math.min(next, end) - READ_AGAIN);
          const from = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: begin };
          const consumer = await client.consumers.get(STREAM, { filter_subjects: subject, ...from });
          await takeAll(consumer, lost, (message) => {
            // It can be another server, whose places begin anew.
            next = message.seq + 1;
            if (!isAborted(signal)) listener(batchOf(message));
          });
        });
      } catch {
        // Tried again: the connection is lost, or the server refuses.
      }
      if (!isAborted(signal)) await idleFor(RETRY_MS);
    }
  }
}

const subjectOf = ({ node, session }: LogSource): string => `${PREFIX}.${node}.${session}`;

/** What says that the server goes on with another consumer, or has none: the places can begin anew, as in a stream that was removed. */
const GONE: ReadonlySet<string> = new Set([
  'consumer_deleted',
  'consumer_not_found',
  'heartbeats_missed',
  'no_responders',
  'ordered_consumer_recreated',
  'stream_not_found',
] satisfies ConsumerNotification['type'][]);

const stopWhenGone = async (messages: ConsumerMessages): Promise<void> => {
  for await (const { type } of messages.status()) {
    if (GONE.has(type)) messages.stop();
  }
};

/** Takes messages until the signal, or until the server has no such consumer any more. */
const takeAll = async (consumer: Consumer, lost: AbortSignal, take: (message: JsMsg) => void): Promise<void> => {
  const messages = await consumer.consume();
  const stop = (): void => messages.stop();
  void stopWhenGone(messages);
  lost.addEventListener('abort', stop);
  if (lost.aborted) stop();
  for await (const message of messages) take(message);
  lost.removeEventListener('abort', stop);
};
