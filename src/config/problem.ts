import type { Position } from '../core/instance.ts';
import { oneLine } from '../log/one-line.ts';
import { counted } from '../plural.ts';

export type { Position } from '../core/instance.ts';

/** Where in the file a thing is: section, index, key, … */
export type Path = readonly (string | number)[];

/** One thing wrong with a configuration. `at` says what to point to: the key, its value, or the item's header. */
export interface Problem {
  readonly path: Path;
  readonly at: 'key' | 'value';
  /** `task "Backup"`, or `task number 3` when it has no name; undefined for the file as a whole. */
  readonly item?: string;
  readonly text: string;
  /** Known already for syntax errors, looked up otherwise. */
  readonly position?: Position;
  /** Place inside the text that stands at `path`: its first line and column are 1. */
  readonly inside?: Position;
  /** A few lines of the file with a mark, when there are any. */
  readonly codeFrame?: string;
}

/** `FILE:LINE:COLUMN: ITEM: what was expected`, on one line, whatever the file holds. */
const lineOf = (file: string, { position, item, text }: Problem): string => {
  const place = position ? `${file}:${position.line}:${position.column}` : file;
  return oneLine(`${place}: ${item ? `${item}: ` : ''}${text}`);
};

/** A configuration that cannot be used, with everything that is wrong with it, which the message tells. Positions are filled in. */
export class ConfigError extends Error {
  override readonly name: string = 'ConfigError';
  /** What was checked. */
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const shown = (picture = ''): string => (picture === '' ? '' : `\n${picture.replace(/^/gm, '    ')}`);
    const lines = problems.map((problem) => `\n  ${lineOf(file, problem)}${shown(problem.codeFrame)}`);
    super(`${file}: ${counted(problems.length, 'problem')}${lines.join('')}`);
    this.file = file;
    this.problems = problems;
  }

  /** One line a problem: `FILE:LINE:COLUMN: ITEM: what was expected`. */
  get lines(): string[] {
    return this.problems.map((problem) => lineOf(this.file, problem));
  }
}
