import { type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import { connect, type NatsConnection, type Status } from '@nats-io/transport-node';
import { messageOf } from '../../error-message.ts';
import { type SharedEntry, type SharedStore, UnreachableError } from '../../fleet/shared-store.ts';
import { isAborted } from '../../is-aborted.ts';
import { idleFor } from './idle-for.ts';
import { connectionOptions, hostsOf, type NatsServers, RECONNECT_MS } from './nats-connection.ts';
import { isRemoved, isSilence, isUnreachable, isWrongRevision, refusalText } from './nats-errors.ts';
import { lastOf } from './nats-last.ts';
import { endOfLog } from './nats-log-stream.ts';
import { readUntil, startAt } from './nats-read.ts';
import { raiseReplicas } from './nats-replicas.ts';
import { versionFault } from './nats-version.ts';
import { entryOf, NatsWatch } from './nats-watch.ts';

/** How long an answer is waited for, ms. */
const TIMEOUT_MS = 2000;
/** A server that has not answered for a while may have lost what it had confirmed: so long other machines can write that again, ms. */
const SETTLE_MS = 4000;
/** A key that is written to learn whether a server answers. */
const PROBE = 'probe.answer';
/** For how long firings are remembered, ms: an instant that is older is not made up for. */
export const KEPT_MS = 40 * 86_400_000;
/** What is kept is called so on the server. */
export const BUCKET = 'whenever';
const STREAM = `KV_${BUCKET}`;
/** What the subjects of keys begin with. */
const SUBJECT = `$KV.${BUCKET}.`;

const entryIn = (message: JsMsg): SharedEntry => ({
  ...{ key: message.subject.slice(SUBJECT.length), value: message.string(), revision: message.seq },
  at: message.time.getTime(),
});

/** The store of a fleet on NATS JetStream: a bucket of its key-value store. */
export class NatsStore implements SharedStore {
  readonly #options: NatsServers;
  readonly #onProblem: (message: string) => void;
  readonly #listeners = new Set<(connected: boolean) => void>();
  readonly #watches = new Set<NatsWatch>();
  #connection: NatsConnection | undefined;
  #kv: KV | undefined;
  #newsFrom: number | undefined;
  /** When a server answered last, monotonic ms. */
  #answered = 0;
  /** How often an answer was waited for: a later wait takes the place of an earlier one. */
  #waits = 0;
  /** The greatest revision of a change that a server has confirmed. */
  #confirmed = 0;
  /** Looks whether the bucket is there. */
  #looking: Promise<void> | undefined;
  readonly #end = new AbortController();
  readonly #opened: Promise<void>;
  /** Notes what the servers refuse, once for each text. */
  readonly note: (text: string) => void;

  /**
   * Begins to connect.
   * @param onProblem called with what keeps it from that, once for each text, and with "" when it works again
   * @param onNote called with what else the servers refuse
   */
  constructor(options: NatsServers, onProblem: (message: string) => void, onNote: (text: string) => void = () => {}) {
    this.#options = options;
    const noted = new Set<string>();
    this.note = (text) => {
      if (!noted.has(text)) onNote(text);
      noted.add(text);
    };
    const problems = new Set<string>();
    this.#onProblem = (message) => {
      if (message === '' ? problems.size > 0 : !problems.has(message)) onProblem(message);
      if (message === '') problems.clear();
      else problems.add(message);
    };
    this.#opened = this.#open();
  }

  get connected(): boolean {
    return this.#kv !== undefined;
  }

  /** Undefined: no server answers. */
  get connection(): NatsConnection | undefined {
    return this.#kv && this.#connection;
  }
  /** The place after the last entry of the log when a server answered first: what comes from there on is new. Undefined: none has yet. */
  get newsFrom(): number | undefined {
    return this.#newsFrom;
  }
  /** How many servers keep a copy. */
  get replicas(): number {
    return this.#options.servers.length >= 3 ? 3 : 1;
  }

  onConnection(listener: (connected: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  create(key: string, value: string): Promise<number | undefined> {
    return this.#change((kv) => kv.create(key, value));
  }
  update(key: string, value: string, revision: number): Promise<number | undefined> {
    return this.#change((kv) => kv.put(key, value, { previousSeq: revision }));
  }
  async get(key: string): Promise<SharedEntry | undefined> {
    const entry = await this.#ask((kv) => kv.get(key));
    return entry === null ? undefined : entryOf(entry);
  }
  list(prefix: string, from = 0): Promise<readonly SharedEntry[]> {
    return this.#ask(async () => {
      const subject = `${SUBJECT}${prefix}>`;
      const client = jetstream(this.#connection!, { timeout: TIMEOUT_MS });
      // The server that leads says what there is: a consumer can be at another one, which lags behind.
      const last = await lastOf(await client.jetstreamManager(false), STREAM, subject);
      if (last === undefined || last.seq < from) return [];
      const found: SharedEntry[] = [];
      // A key that was removed has no value.
      const take = (message: JsMsg): void => void (message.data.length > 0 && found.push(entryIn(message)));
      const consumer = await client.consumers.get(STREAM, { filter_subjects: subject, ...startAt(from) });
      await readUntil(consumer, take, ({ seq }) => seq >= last.seq);
      return found;
    });
  }

  watch(prefix: string, listener: (entry: SharedEntry) => void): () => void {
    const watch = new NatsWatch(prefix, listener, (message, error) => {
      this.#onProblem(message);
      this.#missing(error);
    });
    this.#watches.add(watch);
    if (this.#kv) watch.start(this.#kv);
    return () => {
      this.#watches.delete(watch);
      watch.stop();
    };
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    this.#end.abort('closed');
    for (const one of this.#watches) one.stop();
    this.#kv = undefined;
    const connection = this.#connection;
    if (connection === undefined) return;
    await connection.close().catch(() => {});
    await this.#opened;
  }

  async #change(act: (kv: KV) => Promise<number>): Promise<number | undefined> {
    const confirmed = this.#confirmed;
    try {
      const revision = await this.#ask(act);
      // It was asked for after that had been confirmed.
      if (revision <= confirmed && confirmed <= this.#confirmed) this.#onLoss();
      this.#confirmed = Math.max(this.#confirmed, revision);
      return revision;
    } catch (error) {
      if (isWrongRevision((error as Error).cause)) return undefined;
      throw error;
    }
  }

  async #ask<R>(act: (kv: KV) => Promise<R>): Promise<R> {
    const kv = this.#kv;
    if (kv === undefined) throw new UnreachableError('no server answers');
    const asked = performance.now();
    try {
      const answer = await act(kv);
      this.#answered = performance.now();
      return answer;
    } catch (error) {
      this.#missing(error);
      if (isSilence(error) && this.#answered < asked && kv === this.#kv) this.#wait(kv);
      throw new UnreachableError(messageOf(error), { cause: error });
    }
  }

  async #open(): Promise<void> {
    // What makes the store has it before it hears of a problem.
    await Promise.resolve();
    while (!isAborted(this.#end.signal)) {
      try {
        const connection = await connect(connectionOptions(this.#options));
        this.#connection = connection;
        if (isAborted(this.#end.signal)) return void (await connection.close());
        await this.#follow(connection);
      } catch (error) {
        const where = hostsOf(this.#options.servers);
        if (!isUnreachable(error)) this.#onProblem(`cannot connect to ${where}: ${refusalText(error, this.#options)}`);
      }
      if (!isAborted(this.#end.signal)) await idleFor(RECONNECT_MS);
    }
  }

  /** Nothing answers, though there is a connection: waits until a change is confirmed again. */
  #wait(kv: KV): void {
    this.#lose();
    this.#waits += 1;
    void this.#reach(kv, this.#waits);
  }

  async #reach(kv: KV, wait: number): Promise<void> {
    const connection = this.#connection;
    // A new connection, or the end of this one, comes to the same.
    const isOver = (): boolean =>
      isAborted(this.#end.signal) || this.#kv !== undefined || this.#waits !== wait || connection !== this.#connection;
    while (!isOver()) {
      const answers = await kv.put(PROBE, '').then(
        () => true,
        () => false,
      );
      await idleFor(answers ? SETTLE_MS : RECONNECT_MS);
      if (answers && !isOver() && !connection?.isClosed()) return this.#enter(kv);
    }
  }

  /** The servers have lost changes that they had confirmed, without an interruption, as some do in a cluster: begins anew, as after one. */
  #onLoss(): void {
    const kv = this.#kv;
    if (kv === undefined) return;
    this.note('the servers of the fleet have lost what they had confirmed; what this machine knows is written again');
    this.#lose();
    this.#enter(kv);
  }

  /** Makes the bucket again when it was removed. */
  #missing(error: unknown): void {
    if (isRemoved(error)) this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
  }

  async #look(): Promise<void> {
    const connection = this.#connection;
    try {
      await (await jetstreamManager(connection!, { timeout: TIMEOUT_MS })).streams.info(STREAM);
    } catch (error) {
      const kv = this.#kv;
      if (kv === undefined) return;
      if (!isRemoved(error)) return this.#wait(kv);
      this.note(`the bucket ${BUCKET} was removed from the servers of the fleet; it is made again`);
      this.#lose();
      await this.#use(connection!);
    } finally {
      await idleFor(RECONNECT_MS);
    }
  }

  /** Uses a connection until it is closed. */
  async #follow(connection: NatsConnection): Promise<void> {
    const isUsable = await this.#use(connection);
    if (!isUsable) return;
    for await (const status of connection.status() as AsyncIterable<Status>) {
      if (status.type === 'disconnect' || status.type === 'close') this.#lose();
      if (status.type === 'reconnect') await this.#use(connection);
      if (status.type === 'error') this.#onProblem(refusalText(status.error, this.#options));
    }
    this.#lose();
  }

  /** Returns whether the server will do. */
  async #use(connection: NatsConnection): Promise<boolean> {
    const tooOld = versionFault(connection);
    if (tooOld !== undefined) {
      this.#onProblem(tooOld);
      await connection.close();
      return false;
    }
    while (!isAborted(this.#end.signal) && !connection.isClosed()) {
      try {
        const client = jetstream(connection, { timeout: TIMEOUT_MS });
        const { replicas } = this;
        const kv = await new Kvm(client).create(BUCKET, { history: 1, ttl: KEPT_MS, replicas, allow_direct: false });
        const manager = await client.jetstreamManager();
        this.#newsFrom ??= await endOfLog(manager);
        await raiseReplicas(manager, STREAM, { connection, replicas, note: this.note });
        this.#onProblem('');
        this.#enter(kv);
        return true;
      } catch (error) {
        this.#onProblem(`${connection.getServer()} answers, but JetStream cannot be used: ${messageOf(error)}`);
        await idleFor(RECONNECT_MS);
      }
    }
    return false;
  }

  #enter(kv: KV): void {
    this.#kv = kv;
    this.#confirmed = 0;
    for (const one of this.#watches) one.start(kv);
    for (const listener of this.#listeners) listener(true);
  }
  #lose(): void {
    if (this.#kv === undefined) return;
    this.#kv = undefined;
    for (const one of this.#watches) one.stop();
    for (const listener of this.#listeners) listener(false);
  }
}
