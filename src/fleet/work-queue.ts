/** A piece of work that is silent for so long is given to another machine, ms. */
export const WORK_SILENCE_MS = 10_000;

/** A piece of work that this machine was given. None of these fails: what does not arrive is as if the machine were silent. */
export interface QueuedWork {
  readonly value: string;
  /** It is over: no machine is given it again. */
  done(): void;
  /** It goes on: no other machine is given it for the time being. */
  working(): void;
  /** A machine is given it again, after so many ms. */
  release(ms: number): void;
}

/** The queue of the work that machines ask each other for. What is given to one is given to another one when it is silent. */
export interface WorkQueue {
  /** Adds work, once for each id. Rejects with `UnreachableError` when it is not known whether it was added. */
  offer(subject: string, id: string, value: string): Promise<void>;
  /**
   * Takes the work of a subject, one piece after the other: the next one when the promise of the last one has resolved. It goes on over
   * interruptions. Returns how to end it.
   */
  take(subject: string, listener: (work: QueuedWork) => Promise<void>): () => void;
}
