import { startWords } from '../adapters/this-program.ts';

/** What the files that start the program are made of. All paths are absolute. */
export interface Setting {
  /** Node, or the one executable. */
  readonly node: string;
  /** The launcher, `bin/whenever`, or the one executable. */
  readonly program: string;
  /** The configuration file. */
  readonly file: string;
  /** The home directory of the user, in which the program runs. */
  readonly home: string;
  /** The log, where the service manager does not keep one. */
  readonly log: string;
  /** The user, as Windows names users. */
  readonly user: string;
}

/** What a written file says of itself. */
export type Marked = Pick<Setting, 'node' | 'program' | 'file'>;

/** Every written file has it: a file without it belongs to someone else. */
const MARK = 'Written by "whenever service install", which replaces this file.';

/**
 * Returns two lines of a comment that say what wrote the file, and of what: JSON in ASCII, without two dashes in a row, which would
 * end a comment of XML.
 */
export const markLines = ({ node, program, file }: Marked): readonly [string, string] => {
  const ascii = JSON.stringify({ node, program, file })
    .replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/-(?=-)/g, '\\u002d');
  return [MARK, ascii];
};

/** Returns what a file was made of; undefined: this program has not written it. */
export const readMark = (text: string): Marked | undefined => {
  const [, json] = text.split(MARK)[1]?.match(/^[^{]*(\{[^\n]*\})/) ?? [];
  if (json === undefined) return undefined;
  try {
    const { node, program, file } = JSON.parse(json) as Partial<Record<keyof Marked, unknown>>;
    if (typeof node !== 'string' || typeof program !== 'string' || typeof file !== 'string') return undefined;
    return { node, program, file };
  } catch {
    return undefined;
  }
};

/** A command line by a shell, which becomes the program: for paths that a service manager does not take as a program. */
export const throughShell = (words: readonly string[]): readonly string[] => [
  '/bin/sh',
  '-c',
  'exec "$@"',
  'sh',
  ...words,
];

/** The arguments for a log file, where there is no journal. */
export const withLog = ({ node, program, file, log }: Setting): readonly string[] => [
  ...startWords({ node, program }),
  ...['-q', '-L', 'info', '-l', log, '-a', file],
];
