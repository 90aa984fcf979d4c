/** One way to learn how long the session has been idle. */
export interface IdleSource {
  /** For the person who reads what was tried. */
  readonly name: string;
  /** Milliseconds without input. @throws Error that says why it cannot tell. */
  read(): Promise<number>;
  /** Lets go of what it holds open, for good. */
  close?(): void;
}

/** How long a source may take to answer, in ms. */
export const SOURCE_MS = 5000;
