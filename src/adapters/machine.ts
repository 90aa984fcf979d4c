import { readFileSync, statSync } from 'node:fs';
import type { Machine } from '../items/kind.ts';

const is = (path: string, what: 'isDirectory' | 'isFile'): boolean => {
  try {
    return statSync(path)[what]();
  } catch {
    return false;
  }
};

/** The file system and platform as a configuration may ask about them while it is checked. */
export const machine: Machine = {
  isDirectory: (path) => is(path, 'isDirectory'),
  isFile: (path) => is(path, 'isFile'),
  read: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  platform: process.platform,
};

/** Why a configuration file cannot be read, for a person. */
export class UnreadableFile extends Error {
  readonly lines: readonly string[];
  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.lines = [this.message];
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a directory',
};

/** Why a file cannot be read, of the error that the system gave. */
export const unreadable = (path: string, error: unknown): UnreadableFile => {
  const { code, message } = error as NodeJS.ErrnoException;
  return new UnreadableFile(path, REASONS[code ?? ''] ?? message);
};

/**
 * The text of a configuration file.
 * @throws UnreadableFile when there is none, it cannot be read, or is not UTF-8.
 */
export const readText = (path: string): string => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableFile(path, 'it is not valid UTF-8');
  }
};
