import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { decode } from '../adapters/decode.ts';
import { hostFs, readNext, readText, UnreadableFile, unreadable } from '../adapters/host-fs.ts';
import type { ConvertHost } from '../convert/host.ts';
import type { UnitDirectory } from '../convert/unit-file.ts';

/** The home directories of the users of this machine, as far as its file of users has them. */
const readUsers = (): ReadonlyMap<string, string> => {
  try {
    const rows = readFileSync('/etc/passwd', 'utf8').split('\n');
    return new Map(rows.map((row) => row.split(':')).map((parts) => [parts[0]!, parts[5] ?? '/']));
  } catch {
    return new Map();
  }
};

/** What a conversion has to know of this machine. @param progress called as it goes on */
export const convertHost = (progress: NonNullable<ConvertHost['progress']>): ConvertHost => {
  const users = readUsers();
  const { username } = userInfo();
  return {
    user: username,
    home: homedir(),
    hostname: hostname(),
    runtimeDirectory: process.env.XDG_RUNTIME_DIR,
    isDirectory: hostFs.isDirectory,
    homeOf: (user) => users.get(user),
    progress,
  };
};

const CHUNK = 1 << 16;

/** All of standard input. @throws UnreadableFile when it is not UTF-8 */
const readStandardInput = (): string => {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const read = readNext(0, chunk, 0);
    if (read === 0) break;
    chunks.push(chunk.subarray(0, read));
  }
  const text = decode(Buffer.concat(chunks));
  if (typeof text === 'string') return text;
  throw new UnreadableFile('standard input', text.reason);
};

/** The text of a file, of standard input for `-`. @throws UnreadableFile */
export const readSource = (path: string): string => (path === '-' ? readStandardInput() : readText(path));

/** Puts a file in its place, unless something is there. @throws Error of the system, EEXIST when something is there */
const putInPlace = (draft: string, path: string): void => {
  try {
    linkSync(draft, path);
    unlinkSync(draft);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Some file systems have no hard links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EMLINK') throw error;
    if (existsSync(path)) throw Object.assign(new Error('it exists'), { code: 'EEXIST' });
    renameSync(draft, path);
  }
};

/** Why a file cannot be written, of the error that the system gave. */
const unwritable = (path: string, error: unknown): UnreadableFile => {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: `there is no directory ${dirname(path)}`,
    ENOTDIR: `${dirname(path)} is not a directory`,
    EACCES: `no permission to write into ${dirname(path)}`,
  };
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
  return reason === undefined ? unreadable(path, error) : new UnreadableFile(path, reason);
};

/**
 * Writes a file that was not there, whole or not at all. Only its owner may read it: commands can hold secrets.
 * @returns false when something is there already
 * @throws UnreadableFile when it cannot be written
 */
export const writeNew = (path: string, text: string): boolean => {
  const draft = `${path}.${process.pid}.draft`;
  let made = false;
  try {
    const fd = openSync(draft, 'wx', 0o600);
    made = true;
    try {
      writeFileSync(fd, text);
    } finally {
      closeSync(fd);
    }
    putInPlace(draft, path);
    return true;
  } catch (error) {
    if (made && existsSync(draft)) unlinkSync(draft);
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unwritable(path, error);
  }
};

/** The names in a directory; undefined: there is no such directory. @throws UnreadableFile */
const namesIn = (path: string): string[] | undefined => {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') throw new UnreadableFile(path, 'it is not a directory');
    throw unreadable(path, error);
  }
};

/** Reads the timers and services of a directory with their drop-ins. @throws UnreadableFile */
export const readUnits = (path: string): UnitDirectory => {
  const names = namesIn(path);
  if (names === undefined) throw new UnreadableFile(path, 'no such directory');
  const isUnit = (name: string) => /\.(?:timer|service)$/.test(name);
  const units = new Map(names.filter(isUnit).map((name) => [name, readText(join(path, name))]));
  const dropIns = new Map<string, { file: string; text: string }[]>();
  for (const name of names.filter((name) => /\.(?:timer|service)\.d$/.test(name))) {
    const files = (namesIn(join(path, name)) ?? [])
      .filter((file) => file.endsWith('.conf'))
      .map((file) => join(path, name, file));
    dropIns.set(
      name.slice(0, -2),
      files.map((file) => ({ file, text: readText(file) })),
    );
  }
  const enabled = namesIn(join(path, 'timers.target.wants'));
  return { path, units, dropIns, enabled: enabled && new Set(enabled.filter((name) => name.endsWith('.timer'))) };
};
