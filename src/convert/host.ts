/** What a conversion has to know of this machine and its user. */
export interface ConvertHost {
  readonly user: string;
  readonly home: string;
  readonly hostname: string;
  /** `$XDG_RUNTIME_DIR`. */
  readonly runtimeDirectory: string | undefined;
  isDirectory(path: string): boolean;
  /** The home directory of a user of this machine; undefined: there is no such user. */
  homeOf(user: string): string | undefined;
  /** Called as often as a part of the source has been converted. */
  progress?(done: number, total: number): void;
}

/** A place in a source that is not understood. Line and column begin with 1. */
export interface SourceProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What was expected, and what was found. */
  readonly text: string;
  /** The text of the file, for a picture. */
  readonly source: string;
}

/** Thrown for a source that cannot be read as what it should be, with all places. */
export class UnreadableSource extends Error {
  override readonly name = 'UnreadableSource';
  readonly problems: readonly SourceProblem[];

  constructor(problems: readonly SourceProblem[]) {
    super(problems.map(({ file, line, column, text }) => `${file}:${line}:${column}: ${text}`).join('\n'));
    this.problems = problems;
  }
}
