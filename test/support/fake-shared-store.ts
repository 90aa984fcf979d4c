import type { Clock } from '../../src/core/ports.ts';
import { type SharedEntry, type SharedStore, UnreachableError } from '../../src/fleet/shared-store.ts';

/** What happens to the messages between a node and the server. */
export interface Line {
  /** What the node sends does not arrive. */
  noRequests: boolean;
  /** What the server answers and reports does not arrive. */
  noAnswers: boolean;
  /** Ms of each direction. */
  delay(): number;
  /** Each change arrives twice. */
  twice: boolean;
  /** Ms by which a change arrives later still: long after its node has given it up, if it was kept on its way. */
  late(): number;
}

/** How long a node waits for an answer, ms. */
const TIMEOUT_MS = 2000;

/** A server in memory, with a clock of its own. */
export class FakeServer {
  readonly entries = new Map<string, SharedEntry>();
  readonly #watches = new Set<{ readonly prefix: string; readonly take: (entry: SharedEntry) => void }>();
  readonly #wall: () => number;
  #revision = 0;
  /** It answers nothing. */
  down = false;

  constructor(wall: () => number) {
    this.#wall = wall;
  }

  /** Writes a key if its revision is this one (0: it is not there). Returns the new revision. */
  put(key: string, value: string, expected: number): number | undefined {
    if ((this.entries.get(key)?.revision ?? 0) !== expected) return undefined;
    this.#revision += 1;
    const entry = { key, value, revision: this.#revision, at: this.#wall() };
    this.entries.set(key, entry);
    for (const { prefix, take } of this.#watches) if (key.startsWith(prefix)) take(entry);
    return entry.revision;
  }

  /** The entries whose keys begin so, in the order in which they were written. */
  list(prefix: string, from = 0): readonly SharedEntry[] {
    return [...this.entries.values()]
      .filter(({ key, revision }) => key.startsWith(prefix) && revision >= from)
      .sort((a, b) => a.revision - b.revision);
  }

  watch(prefix: string, take: (entry: SharedEntry) => void): () => void {
    const one = { prefix, take };
    this.#watches.add(one);
    return () => this.#watches.delete(one);
  }
}

/** The connection of one node to a server in memory. */
export class FakeSharedStore implements SharedStore {
  readonly line: Line = { noRequests: false, noAnswers: false, delay: () => 0, twice: false, late: () => 0 };
  readonly #server: FakeServer;
  readonly #clock: Clock;
  readonly #listeners = new Set<(connected: boolean) => void>();
  readonly #refreshes = new Set<() => void>();
  connected = true;
  /** Changes that were asked for, for tests that count them. */
  asked = 0;

  constructor(server: FakeServer, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
  }

  /** The connection is lost, or there again, and both sides know it. */
  setConnected(connected: boolean): void {
    if (connected === this.connected) return;
    this.connected = connected;
    if (connected) for (const refresh of this.#refreshes) refresh();
    for (const listener of this.#listeners) listener(connected);
  }

  onConnection(listener: (connected: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  create(key: string, value: string): Promise<number | undefined> {
    return this.#change(() => this.#server.put(key, value, 0));
  }
  update(key: string, value: string, revision: number): Promise<number | undefined> {
    return this.#change(() => this.#server.put(key, value, revision));
  }
  get(key: string): Promise<SharedEntry | undefined> {
    return this.#ask(() => this.#server.entries.get(key));
  }

  list(prefix: string, from?: number): Promise<readonly SharedEntry[]> {
    return this.#ask(() => this.#server.list(prefix, from));
  }

  watch(prefix: string, listener: (entry: SharedEntry) => void): () => void {
    let over = false;
    let last = Promise.resolve();
    // They arrive in their order, each after its delay.
    const take = (entry: SharedEntry): void => {
      const travel = this.#travel();
      last = Promise.all([last, travel]).then(() => {
        if (!over && this.connected && !this.line.noAnswers && !this.#server.down) listener(entry);
      });
    };
    const refresh = (): void => {
      for (const entry of this.#server.list(prefix)) take(entry);
    };
    this.#refreshes.add(refresh);
    const end = this.#server.watch(prefix, take);
    refresh();
    return () => {
      over = true;
      this.#refreshes.delete(refresh);
      end();
    };
  }

  #change<R>(act: () => R): Promise<R> {
    this.asked += 1;
    // What comes twice has no effect the second time: the revision is another one.
    const again = (): void => {
      if (this.line.twice) act();
    };
    return this.#ask(act, this.line.late(), again);
  }

  #isHeard(): boolean {
    return !this.line.noAnswers && this.connected;
  }

  async #travel(more = 0): Promise<void> {
    const ms = this.line.delay() + more;
    if (ms > 0) await this.#clock.sleep(ms);
  }

  async #ask<R>(act: () => R, late = 0, again: () => void = () => {}): Promise<R> {
    if (!this.connected) throw new UnreachableError('not connected');
    const timeout = new AbortController();
    const answer = this.#send(act, late, again, timeout.signal);
    const silence = this.#clock.sleep(TIMEOUT_MS, timeout.signal);
    const heard = await Promise.race([answer, silence.then(() => undefined)]);
    timeout.abort('answered');
    if (heard === undefined) throw new UnreachableError('no answer');
    return heard.answer;
  }

  /** Resolves with the answer that arrives; never if none does. */
  async #send<R>(act: () => R, late: number, again: () => void, given: AbortSignal): Promise<{ readonly answer: R }> {
    await this.#travel(late);
    if (this.line.noRequests || this.#server.down) return new Promise(() => {});
    const answer = act();
    again();
    await this.#travel();
    return this.#isHeard() && !given.aborted ? { answer } : new Promise(() => {});
  }
}
