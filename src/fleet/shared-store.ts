/** An entry of the store that all nodes share. */
export interface SharedEntry {
  readonly key: string;
  readonly value: string;
  /** Greater than that of everything that was written before. */
  readonly revision: number;
  /** When the server took it, by the clock of the server, wall-clock ms. */
  readonly at: number;
}

/** No server answers. It is not known whether what was asked for was done. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** The result of a question, or undefined when no server has answered. */
export const unlessUnreachable = async <R>(question: Promise<R>): Promise<R | undefined> => {
  try {
    return await question;
  } catch (error) {
    if (error instanceof UnreachableError) return undefined;
    throw error;
  }
};

/** Ends a subscription. */
type Unsubscribe = () => void;

/**
 * The store that all nodes share: keys with values, each change with a revision. Every promise rejects with `UnreachableError` when it is
 * not known whether the change was made.
 */
export interface SharedStore {
  /** Adds a key. Resolves with its revision; undefined: it is there already. */
  create(key: string, value: string): Promise<number | undefined>;
  /** Changes a key if its revision is still this one (0: it was never there). Resolves with the new revision; undefined: it is another one. */
  update(key: string, value: string, revision: number): Promise<number | undefined>;
  get(key: string): Promise<SharedEntry | undefined>;
  /**
   * The last value of each key that begins with `prefix` (which ends in "."), in the order in which they were written.
   * @param from the least revision; absent: all
   */
  list(prefix: string, from?: number): Promise<readonly SharedEntry[]>;
  /**
   * Calls `listener` with the last value of each key that begins with `prefix` (which ends in "."), then with each change, in their
   * order. After an interruption values can come again.
   */
  watch(prefix: string, listener: (entry: SharedEntry) => void): Unsubscribe;
  readonly connected: boolean;
  /** Calls `listener` when the connection is lost and when it is there again. */
  onConnection(listener: (connected: boolean) => void): Unsubscribe;
}

/** What is waited for, in words. @param message what is known of the servers */
export const aServer = (message: string): string => `a server of the fleet (${message})`;
