import type { Clock } from '../core/ports.ts';
import type { LogKind, LogSource, SharedLog } from './shared-log.ts';
import { UnreachableError } from './shared-store.ts';

/** Between two tries when a server refuses, and between two looks at what is not needed any more, ms. */
const RETRY_MS = 1000;
const TIDY_MS = 600_000;
/** What fails so often in a row is not an answer that was lost. */
const REFUSED = 3;

/** Entries that wait on this machine. */
export interface WaitingEntries {
  readonly first: number;
  readonly last: number;
  /** A line for each. */
  readonly text: string;
  readonly kinds: ReadonlySet<LogKind>;
}

/** What this machine keeps until it is in the log of the fleet. */
export interface LogSpool {
  /** The sessions of which something is kept, the oldest first; this one is the last. */
  sessions(): readonly string[];
  /**
   * Entries from a number on, as many as go into one message; undefined: there are none. They can begin later, where some were lost.
   * @param longest so many bytes go into a message at most. An entry that is longer is replaced by how long it was
   */
  read(session: string, from: number, longest?: number): WaitingEntries | undefined;
  /** Everything up to this number is in the log. */
  sent(session: string, last: number): void;
  /** Removes what has been in the log for so long that the server does not lose it any more. */
  tidy(): void;
  /** Called when there is something new. */
  onAdded(listener: () => void): void;
}

interface LogShipperDeps {
  readonly node: string;
  readonly log: SharedLog;
  readonly spool: LogSpool;
  readonly clock: Clock;
  /** Calls the listener when the connection is lost, and when it is there again. */
  onConnection(listener: (connected: boolean) => void): () => void;
  /** How many bytes the server takes in one message; undefined: it is not known. */
  longest?(): number | undefined;
  /** Called with what the server refuses, once for each text until it takes something again. */
  onProblem?(text: string): void;
}

/** Takes what waits on this machine to the log of the fleet, in order, and each entry once. */
export class LogShipper {
  readonly #deps: LogShipperDeps;
  readonly #end = new AbortController();
  readonly #endListening: () => void;
  #change = new AbortController();
  /** The last number of each session that is in the log, as far as it need not be asked for. */
  readonly #last = new Map<string, number>();
  #working: Promise<void> | undefined;
  /** Something is being sent, or could be. */
  #busy = true;
  #onIdle: () => void = () => {};
  #failures = 0;
  readonly #problems = new Set<string>();

  constructor(deps: LogShipperDeps) {
    this.#deps = deps;
    deps.spool.onAdded(() => this.#wake());
    this.#endListening = deps.onConnection(() => {
      // A server that was killed can have lost its last entries.
      this.#last.clear();
      this.#failures = 0;
      this.#wake();
    });
  }

  begin(): void {
    this.#working = this.#work();
  }

  /** Resolves when everything is sent, or a server does not answer, or after so many ms. */
  async end(ms: number): Promise<void> {
    const { clock } = this.#deps;
    const patience = new AbortController();
    if (this.#busy) {
      this.#onIdle = () => patience.abort('sent');
      await clock.sleep(ms, patience.signal);
    }
    this.#endListening();
    this.#end.abort('ended');
    this.#change.abort('ended');
    await Promise.race([this.#working, clock.sleep(RETRY_MS / 2)]);
  }

  #wake(): void {
    this.#busy = true;
    this.#change.abort('changed');
  }

  async #work(): Promise<void> {
    const { clock, spool } = this.#deps;
    let tidied = clock.mono();
    while (!this.#end.signal.aborted) {
      this.#change = new AbortController();
      const change = this.#change.signal;
      const done = await this.#sendAll();
      if (clock.mono() - tidied >= TIDY_MS) {
        spool.tidy();
        tidied = clock.mono();
      }
      if (change.aborted) continue;
      this.#busy = false;
      this.#onIdle();
      await clock.sleep(done ? TIDY_MS : RETRY_MS, AbortSignal.any([change, this.#end.signal]));
    }
  }

  /** Resolves with whether everything is in the log. */
  async #sendAll(): Promise<boolean> {
    const { spool, node } = this.#deps;
    try {
      for (const session of spool.sessions()) await this.#send({ node, session });
      this.#works();
      return true;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      this.#fails(error);
      return false;
    }
  }

  #works(): void {
    this.#failures = 0;
    this.#problems.clear();
  }

  /** Without a cause no server answers: the connection reports that. */
  #fails({ message, cause }: UnreachableError): void {
    this.#failures = cause === undefined ? 0 : this.#failures + 1;
    if (this.#failures < REFUSED || this.#problems.has(message)) return;
    this.#problems.add(message);
    this.#deps.onProblem?.(`entries for the log of the fleet wait, as the server does not take them: ${message}`);
  }

  async #send(source: LogSource): Promise<void> {
    const { log, spool } = this.#deps;
    const { session } = source;
    let last = this.#last.get(session) ?? (await log.last(source));
    for (;;) {
      const waiting = spool.read(session, last + 1, this.#deps.longest?.());
      if (waiting === undefined) break;
      // Until the answer has come it is not known.
      this.#last.delete(session);
      await log.add(source, waiting.first, waiting.text, waiting.kinds);
      this.#works();
      last = waiting.last;
    }
    this.#last.set(session, last);
    spool.sent(session, last);
  }
}
