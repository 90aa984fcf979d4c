import type { Clock } from '../../src/core/ports.ts';
import { type LogBatch, type LogKind, type LogSource, readBatch, type SharedLog } from '../../src/fleet/shared-log.ts';
import { UnreachableError } from '../../src/fleet/shared-store.ts';

/** A batch with what is in it. */
type Added = LogBatch & { readonly first: number; readonly at: number; readonly events: boolean };

/** The log of a server in memory. */
export class FakeLogServer {
  readonly batches: Added[] = [];
  readonly clock: Clock;
  readonly followers = new Set<(batch: Added) => void>();
  /** It answers nothing. */
  down = false;
  /** It takes what it is sent, and the answer does not arrive. */
  deaf = false;
  /** It refuses what is sent, and says why. */
  refusal: string | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The last batches are gone, as after a power cut. */
  lose(count: number): void {
    this.batches.splice(-count);
  }

  /** All numbers of one source, in their order. */
  numbers(session: string): number[] {
    return this.batches.filter((one) => one.session === session).flatMap((one) => readBatch(one).map(({ n }) => n));
  }
}

/** The log of a fleet in memory. */
export class FakeSharedLog implements SharedLog {
  readonly #server: FakeLogServer;
  /** What each follower gets when the connection is there again. */
  readonly #missed: (() => void)[] = [];
  #connected = true;

  constructor(server: FakeLogServer) {
    this.#server = server;
  }

  async last({ node, session }: LogSource): Promise<number> {
    await this.#travel();
    const own = this.#server.batches.findLast((one) => one.node === node && one.session === session);
    return own === undefined ? 0 : (readBatch(own).at(-1)?.n ?? 0);
  }

  async add(source: LogSource, first: number, text: string, kinds: ReadonlySet<LogKind>): Promise<void> {
    await this.#travel();
    const { refusal } = this.#server;
    if (refusal !== undefined) throw new UnreachableError(refusal, { cause: new Error(refusal) });
    if (this.#server.batches.some((one) => one.session === source.session && one.first === first))
      throw new UnreachableError('added before');
    const place = (this.#server.batches.at(-1)?.place ?? 0) + 1;
    const batch = { ...source, first, text, place, at: this.#server.clock.wall(), events: kinds.has('event') };
    this.#server.batches.push(batch);
    for (const follower of this.#server.followers) follower(batch);
    if (this.#server.deaf) throw new UnreachableError('no answer');
  }

  async read(since: number, listener: (batch: LogBatch) => void): Promise<void> {
    await this.#travel();
    for (const one of this.#server.batches) if (one.at >= since) listener(one);
  }

  follow(events: boolean, listener: (batch: LogBatch) => void): () => void {
    let last: Added | undefined;
    const take = (batch: Added): void => {
      if (events && !batch.events) return;
      if (!this.#connected) {
        // With what came last, as after an answer that was lost.
        const again = last;
        this.#missed.push(() => {
          if (again) listener(again);
          listener(batch);
        });
      } else listener(batch);
      last = batch;
    };
    this.#server.followers.add(take);
    return () => this.#server.followers.delete(take);
  }

  /** The connection of this machine is lost, or there again. */
  setConnected(connected: boolean): void {
    this.#connected = connected;
    if (connected) for (const hear of this.#missed.splice(0)) hear();
  }

  async #travel(): Promise<void> {
    await Promise.resolve();
    if (this.#server.down || !this.#connected) throw new UnreachableError('no answer');
  }
}
