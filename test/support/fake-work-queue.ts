import type { Clock } from '../../src/core/ports.ts';
import { UnreachableError } from '../../src/fleet/shared-store.ts';
import { type QueuedWork, WORK_SILENCE_MS, type WorkQueue } from '../../src/fleet/work-queue.ts';

interface Piece {
  readonly subject: string;
  readonly value: string;
  /** Until when it is with a machine, monotonic ms. */
  until: number;
  over: boolean;
  /** How often a machine was given it. */
  given: number;
}

/** A queue in memory, which all machines of a test share. */
export class FakeQueueServer {
  readonly pieces = new Map<string, Piece>();
  readonly #clock: Clock;
  #change = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  offer(subject: string, id: string, value: string): void {
    if (this.pieces.has(id)) return;
    this.pieces.set(id, { subject, value, until: 0, over: false, given: 0 });
    this.#wake();
  }

  /** Resolves with a piece that no machine has, or undefined when it is ended. */
  async next(subject: string, signal: AbortSignal): Promise<Piece | undefined> {
    while (!signal.aborted) {
      const now = this.#clock.mono();
      const all = [...this.pieces.values()].filter((one) => one.subject === subject && !one.over);
      const piece = all.find(({ until }) => until <= now);
      if (piece !== undefined) {
        piece.until = now + WORK_SILENCE_MS;
        piece.given += 1;
        return piece;
      }
      const wait = Math.min(...all.map(({ until }) => until - now), 60_000);
      await this.#clock.sleep(wait, AbortSignal.any([signal, this.#change.signal]));
    }
    return undefined;
  }

  again(piece: Piece, ms: number): void {
    piece.until = this.#clock.mono() + ms;
    this.#wake();
  }

  #wake(): void {
    this.#change.abort('changed');
    this.#change = new AbortController();
  }
}

/** The connection of one machine to a queue in memory. */
export class FakeWorkQueue implements WorkQueue {
  readonly #server: FakeQueueServer;
  /** What it sends does not arrive. */
  cut = false;

  constructor(server: FakeQueueServer) {
    this.#server = server;
  }

  async offer(subject: string, id: string, value: string): Promise<void> {
    if (this.cut) throw new UnreachableError('not connected');
    this.#server.offer(subject, id, value);
  }

  take(subject: string, listener: (work: QueuedWork) => Promise<void>): () => void {
    const end = new AbortController();
    const unlessCut = (act: () => void): void => {
      if (!this.cut) act();
    };
    void (async () => {
      for (;;) {
        const piece = await this.#server.next(subject, end.signal);
        if (piece === undefined) return;
        await listener({
          value: piece.value,
          done: () =>
            unlessCut(() => {
              piece.over = true;
            }),
          working: () => unlessCut(() => this.#server.again(piece, WORK_SILENCE_MS)),
          release: (ms) => unlessCut(() => this.#server.again(piece, ms)),
        });
      }
    })();
    return () => end.abort('ended');
  }
}
