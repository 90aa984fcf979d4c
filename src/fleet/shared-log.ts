/** One run of the program on one machine: it numbers what it adds to the log of the fleet from 1, without a gap. */
export interface LogSource {
  readonly node: string;
  readonly session: string;
}

/** What an entry is: a line of the history of runs, a log record, or an event of a topic that all machines share. */
export type LogKind = 'history' | 'record' | 'event';

/** One entry of the log of the fleet. */
export interface LogEntry {
  /** Its number within its source. */
  readonly n: number;
  readonly kind: LogKind;
  readonly value: unknown;
}

/** Entries of one source that were added together: a line of JSON for each, in the order of their numbers. */
export interface LogBatch extends LogSource {
  readonly text: string;
  /** Its place in the log: greater than that of all that were added before. */
  readonly place: number;
}

/** The log that all machines write. Every promise rejects with `UnreachableError` when it is not known what came of it. */
export interface SharedLog {
  /** The number of the last entry of a source that is in the log; 0: there is none. */
  last(source: LogSource): Promise<number>;
  /** Adds entries. Rejects if some were added with the same first number: `last` says which. @param kinds what is among them */
  add(source: LogSource, first: number, text: string, kinds: ReadonlySet<LogKind>): Promise<void>;
  /** Calls `listener` with each batch that was added since an instant of the clock of the server, wall-clock ms, in the order of their places. */
  read(since: number, listener: (batch: LogBatch) => void): Promise<void>;
  /**
   * Calls `listener` with each batch that is added from now on, and goes on over interruptions: what was added meanwhile comes then, and
   * some of what came before comes again.
   * @param events only batches with events of topics, and those since a server answered first. Returns how to end it.
   */
  follow(events: boolean, listener: (batch: LogBatch) => void): () => void;
}

/** An entry of a line; undefined: it is not one of this version. */
const readLine = (line: string): LogEntry | undefined => {
  try {
    const entry = JSON.parse(line) as LogEntry | null;
    return Number.isSafeInteger(entry?.n) && typeof entry?.kind === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
};

/** The entries of a batch. */
export const readBatch = ({ text }: Pick<LogBatch, 'text'>): readonly LogEntry[] =>
  text.split('\n').flatMap((line) => readLine(line) ?? []);

/** Numbers that are missing in the log of a source. */
export interface LogGap extends LogSource {
  readonly from: number;
  readonly to: number;
}

/** Takes each entry once, and finds what is missing. */
export class LogReader {
  /** The last number of each source, by node and session. */
  readonly #last = new Map<string, number>();
  readonly gaps: LogGap[] = [];
  readonly #whole: boolean;

  /** @param whole all of the log is read: the first number of each source is 1 */
  constructor(whole = false) {
    this.#whole = whole;
  }

  /** The entries of a batch that have not come before. */
  take({ node, session, text }: LogBatch): readonly LogEntry[] {
    const key = `${node} ${session}`;
    let last = this.#last.get(key) ?? (this.#whole ? 0 : undefined);
    const fresh: LogEntry[] = [];
    for (const entry of readBatch({ text })) {
      // What was added before the instant from which is read is not missing.
      if (last !== undefined && entry.n <= last) continue;
      if (last !== undefined && entry.n > last + 1) this.gaps.push({ node, session, from: last + 1, to: entry.n - 1 });
      last = entry.n;
      fresh.push(entry);
    }
    if (last !== undefined) this.#last.set(key, last);
    return fresh;
  }
}
