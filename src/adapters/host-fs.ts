import { closeSync, constants, openSync, promises, readSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf } from '../error-message.ts';
import type { ConfigFiles, HostFs } from '../items/kind.ts';
import { decode } from './decode.ts';
import { findExecutable, isExecutable } from './executable.ts';

/** Reads the next bytes into a buffer from `at` on, waiting for them; 0: there are no more. @throws Error of the system */
export const readNext = (fd: number, buffer: Uint8Array, at: number): number => {
  for (;;) {
    try {
      return readSync(fd, buffer, at, buffer.length - at, null);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
};

const is = (path: string, what: 'isDirectory' | 'isFile'): boolean => {
  try {
    return statSync(path)[what]();
  } catch {
    return false;
  }
};

/** Bytes of a configuration file at the most. */
const LARGEST = 16 * 2 ** 20;
const CHUNK = 1 << 16;
/** A file that changes while it is read is read again, so many times, after so many ms. */
const MOST_ATTEMPTS = 5;
const AGAIN_MS = 100;

/** Thrown when a configuration file cannot be read. */
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
  EAGAIN: 'there is nothing to read now',
};

/** Why a file cannot be read, of the error that the system gave. */
export const unreadable = (path: string, error: unknown): UnreadableFile => {
  if (error instanceof UnreadableFile) return error;
  return new UnreadableFile(path, REASONS[codeOf(error)] ?? messageOf(error));
};

const tooLarge = (path: string): UnreadableFile =>
  new UnreadableFile(path, `it is larger than ${LARGEST / 2 ** 20} MiB, which a configuration file may not be`);

const textOf = (path: string, bytes: Buffer): string => {
  const text = decode(bytes);
  if (typeof text === 'string') return text;
  const { position, reason } = text;
  throw new UnreadableFile(position ? `${path}:${position.line}:${position.column}` : path, reason);
};

/**
 * The text of a configuration file, or of a pipe. Waits for what does not come at once: for the start.
 * @throws UnreadableFile when there is none, it cannot be read, is too large, or is not UTF-8.
 */
export const readText = (path: string): string => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const fd = openSync(path, 'r');
    try {
      for (;;) {
        const chunk = Buffer.allocUnsafe(CHUNK);
        const read = readNext(fd, chunk, 0);
        if (read === 0) break;
        chunks.push(chunk.subarray(0, read));
        size += read;
        if (size > LARGEST) throw tooLarge(path);
      }
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  return textOf(path, Buffer.concat(chunks));
};

/** What is at a path that is not a regular file. */
const special = (found: Stats): string => {
  if (found.isDirectory()) return 'it is a directory';
  const what = found.isFIFO() ? 'a named pipe' : found.isSocket() ? 'a socket' : 'a device';
  return `it is ${what}, and after the start only regular files are read`;
};

/** A directory in which files come and go that are not files of this configuration: what is read there belongs to the working directory. */
const NOT_OF_FILES = /^\/(?:dev|proc)\//;

/** The files that a configuration includes. @param directory where relative paths of the program begin */
export const configFilesAt = (directory = ''): ConfigFiles => {
  const at = (path: string): string => (directory === '' ? path : resolve(directory, path));
  return {
    beside: (file, path) => (isAbsolute(path) || NOT_OF_FILES.test(file) ? path : join(dirname(file), path)),
    join,
    identity: (path) => promises.realpath(at(path)).catch(() => resolve(at(path))),
    list: async (path) => {
      try {
        return await promises.readdir(at(path));
      } catch (error) {
        const code = codeOf(error);
        if (code === 'ENOENT' || code === 'ENOTDIR') return [];
        throw new Error(code === 'EACCES' ? `no permission to read the directory ${path}` : messageOf(error));
      }
    },
    read: (path) => readRegularText(at(path)),
  };
};

/** The file system and platform as a configuration may ask about them while it is checked. */
export const hostFs: HostFs = {
  isDirectory: (path) => is(path, 'isDirectory'),
  isFile: (path) => is(path, 'isFile'),
  isReadableByOthers: (path) => {
    try {
      return process.platform !== 'win32' && statSync(path).isFile() && (statSync(path).mode & 0o044) !== 0;
    } catch {
      return false;
    }
  },
  hasProgram: (name) => {
    const found = findExecutable(name, '/');
    return found !== undefined && isExecutable(found);
  },
  platform: process.platform,
  files: configFilesAt(),
};

/** Reads a regular file without blocking. Undefined: it was changed meanwhile. */
const readOnce = async (path: string): Promise<Buffer | undefined> => {
  // To open a device may do something to it.
  const found = await promises.stat(path);
  if (!found.isFile()) throw new UnreadableFile(path, special(found));
  const file = await promises.open(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
  try {
    const before = await file.stat();
    if (!before.isFile()) throw new UnreadableFile(path, special(before));
    if (before.size > LARGEST) throw tooLarge(path);
    const chunks: Buffer[] = [];
    for (let size = 0; size <= LARGEST; ) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, null);
      size += bytesRead;
      chunks.push(buffer.subarray(0, bytesRead));
      if (bytesRead > 0) continue;
      const after = await file.stat();
      return after.size === before.size && after.mtimeMs === before.mtimeMs ? Buffer.concat(chunks) : undefined;
    }
    throw tooLarge(path);
  } finally {
    await file.close();
  }
};

/**
 * The text of a configuration file that is read while the scheduler runs: regular files only, and nothing waits for them.
 * @throws UnreadableFile as `readText` does, and for what is not a regular file, or does not stay the same while it is read.
 */
export const readRegularText = async (path: string): Promise<string> => {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const bytes = await readOnce(path).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (bytes) return textOf(path, bytes);
    await sleep(AGAIN_MS);
  }
  throw new UnreadableFile(path, 'it changes while it is read');
};
