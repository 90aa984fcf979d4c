/** A file that is made for a run. */
export interface RunFile {
  readonly path: string;
  /** Removes it, if it is still there. */
  remove(): void;
}

/** Makes files for runs, which only this user can read. */
export interface RunFiles {
  /** @param name the end of its name. Rejects when it cannot be written: there is none then. */
  write(name: string, content: string | Uint8Array): Promise<RunFile>;
}
