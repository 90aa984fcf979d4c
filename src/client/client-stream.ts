import { backoffMs } from '../adapters/backoff.ts';
import { systemClock } from '../adapters/clock.ts';
import type { Request } from '../control/request.ts';
import type { StatusReport } from '../control/status.ts';
import { messageOf } from '../error-message.ts';
import { EventBuffer, type EventStream, type EventsOptions, type Gaps } from '../host/event-stream.ts';
import { type Connection, isLoss } from './connection.ts';

/**
 * Says that the connection was lost, and why, or that it is there again. It comes only with the option `reconnect`. What happened between
 * the two is missing, except what a new instance has kept since its start.
 */
export type ConnectionChange = { readonly connected: false; readonly why: string } | { readonly connected: true };

/** What the instance sends, one entry after the other, for `for await`. */
export interface ClientStream<T> extends EventStream<T> {
  /** Resolves when the instance sends what happens from now on; rejects when it refuses to, or is not there. */
  readonly opened: Promise<void>;
}

/** A request whose answer is parts that come as something happens. */
export interface FollowRequest<T> {
  readonly first: Request;
  /** After the connection was lost; absent: it is not made again. */
  readonly again?: Request;
  /** The entries that are in the end of the answer. */
  rest?(answer: unknown): readonly T[];
}

/** Which instance has answered. */
const identityOf = async (connection: Connection, signal: AbortSignal): Promise<string> => {
  const { pid, started } = (await connection.request({ request: 'status', conditions: [''] }, signal)) as StatusReport;
  return `${pid} ${started}`;
};

const seqOf = (entry: object): number | undefined =>
  'seq' in entry && typeof entry.seq === 'number' ? entry.seq : undefined;

/** The parts of an answer that goes on until it is ended, over restarts of the instance if the connection has a back-off. */
export class FollowStream<T extends object> extends EventBuffer<T | ConnectionChange> {
  readonly opened: Promise<void>;
  readonly #connection: Connection;
  readonly #stop = new AbortController();
  readonly #push: (entry: T | ConnectionChange) => void;
  #resolveOpened: () => void = () => {};
  #rejectOpened: (error: unknown) => void = () => {};
  /** The connection is lost, which an entry has said. */
  #lost = false;
  #instance: string | undefined;
  /** The last entry of this instance, and the last one before the connection was lost. */
  #lastSeq = 0;
  #knownSeq = 0;

  constructor(
    connection: Connection,
    request: FollowRequest<T>,
    options: EventsOptions,
    open: Set<EventBuffer<T | ConnectionChange>>,
    gaps?: Gaps<T | ConnectionChange>,
  ) {
    super(options, open, gaps);
    this.#connection = connection;
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    // Not every program waits for it.
    this.opened.catch(() => {});
    let push: (entry: T | ConnectionChange) => void = () => {};
    this.open((take) => {
      push = take;
      return () => this.#stop.abort();
    });
    this.#push = push;
    void this.#run(request);
  }

  async #run(request: FollowRequest<T>): Promise<void> {
    const { again } = request;
    const backoff = again && this.#connection.backoff;
    let next = request;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const began = performance.now();
      const why = await this.#once(next, backoff !== undefined);
      if (why === undefined || again === undefined || backoff === undefined) break;
      this.#lose(why);
      if (performance.now() - began > backoff.mostMs) failures = 0;
      await systemClock.sleep(backoffMs(backoff, failures), this.#stop.signal);
      failures += 1;
      next = { ...request, first: again };
    }
    this.#rejectOpened(new Error('the stream was ended before it was open'));
    this.end();
  }

  /** Asks once. Returns why it can be asked again; undefined: it is over. */
  async #once({ first, rest }: FollowRequest<T>, returns: boolean): Promise<string | undefined> {
    try {
      if (returns) await this.#identify();
      const answer = await this.#follow(first);
      for (const entry of rest?.(answer) ?? []) this.#push(entry);
      return returns ? 'the instance has ended' : undefined;
    } catch (error) {
      if (this.#stop.signal.aborted) return undefined;
      if (returns && isLoss(error)) return messageOf(error);
      this.fail(error);
      return undefined;
    }
  }

  #lose(why: string): void {
    if (!this.#lost) this.#push({ connected: false, why });
    this.#lost = true;
  }

  /** A new instance has entries of its own. */
  async #identify(): Promise<void> {
    const instance = await identityOf(this.#connection, this.#stop.signal);
    if (this.#instance !== instance) this.#lastSeq = 0;
    this.#knownSeq = this.#lastSeq;
    this.#instance = instance;
  }

  #follow(request: Request): Promise<unknown> {
    return this.#connection.request(request, this.#stop.signal, {
      onBegin: () => {
        if (this.#lost) this.#push({ connected: true });
        this.#lost = false;
        this.#resolveOpened();
      },
      onPart: (part) => this.#take(part as T),
    });
  }

  #take(entry: T): void {
    const seq = seqOf(entry);
    if (seq !== undefined) {
      if (seq <= this.#knownSeq) return;
      this.#lastSeq = Math.max(this.#lastSeq, seq);
    }
    this.#push(entry);
  }

  override fail(error: unknown): void {
    this.#rejectOpened(error);
    super.fail(error);
  }
}
