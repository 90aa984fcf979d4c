import type { FindingId } from '../check/findings.ts';
import type { Position } from '../core/instance.ts';
import type { IncludedPaths } from '../core/spec.ts';
import { oneLine } from '../log/one-line.ts';
import { counted } from '../plural.ts';

export type { Position } from '../core/instance.ts';

/** A place in the file: section, index, key, … */
export type Path = readonly (string | number)[];

/** One problem of a configuration. `at`: what the position points to, the key (or the item's header) or its value. */
export interface Problem {
  readonly path: Path;
  readonly at: 'key' | 'value';
  /** The file that it is in, and that `path` is a place of; not set: the main file, and before positions are looked up any. */
  readonly file?: string;
  /** `task "Backup"`, or `task number 3` when it has no name; undefined for the file as a whole. */
  readonly item?: string;
  readonly text: string;
  /** What it is about; not set: a value that is not accepted. */
  readonly id?: FindingId;
  /** What to write instead, as a sentence or as lines of the file. */
  readonly help?: string;
  /** Known already for syntax errors, looked up otherwise. */
  readonly position?: Position;
  /** Place inside the text that stands at `path`: its first line and column are 1. */
  readonly inside?: Position;
  /** A few lines of the file with a mark, when there are any. */
  readonly codeFrame?: string;
}

/** `FILE:LINE:COLUMN: ITEM: what was expected`, on one line, whatever the file holds. */
export const lineOf = (main: string, { file = main, position, item, text }: Problem): string => {
  const place = position ? `${file}:${position.line}:${position.column}` : file;
  return oneLine(`${place}: ${item ? `${item}: ` : ''}${text}`);
};

/** Thrown for an invalid configuration, with all its problems and their positions, which the message lists. */
export class ConfigError extends Error {
  override readonly name: string = 'ConfigError';
  /** The file that was checked. */
  readonly file: string;
  readonly problems: readonly Problem[];
  /** The files that it includes, as far as they are known. */
  readonly included?: IncludedPaths;

  constructor(file: string, problems: readonly Problem[], included?: IncludedPaths) {
    const shown = (text = ''): string => (text === '' ? '' : `\n${text.replace(/^/gm, '    ')}`);
    const lines = problems.map(
      (problem) =>
        `\n  ${lineOf(file, problem)}${shown(problem.codeFrame)}${shown(problem.help && `write: ${problem.help}`)}`,
    );
    super(`${file}: ${counted(problems.length, 'problem')}${lines.join('')}`);
    this.file = file;
    this.problems = problems;
    if (included) this.included = included;
  }

  /** One line a problem: `FILE:LINE:COLUMN: ITEM: what was expected`. */
  get lines(): string[] {
    return this.problems.map((problem) => lineOf(this.file, problem));
  }
}

/** Collects the problems of a file. */
export class ProblemList {
  readonly problems: Problem[] = [];

  add(problem: Problem): void {
    this.problems.push(problem);
  }
}
