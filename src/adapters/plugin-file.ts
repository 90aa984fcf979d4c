import { realpathSync, type Stats, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codeOf, messageOf } from '../error-message.ts';
import { importModule } from './import-module.ts';
import { OTHERS_WRITE, replaceableIn, shownMode } from './private-directory.ts';

/** Others may write to a directory in which nothing else stands in their way. */
const ALL_WRITE = 0o002;

const owned = ({ uid }: Stats): boolean => process.getuid === undefined || [process.getuid(), 0].includes(uid);

/** Why others could change what a path leads to; undefined: they cannot. On Windows modes say nothing. */
const problemOf = (path: string, what: 'file' | 'directory'): string | undefined => {
  const stat = statSync(path);
  const shown = what === 'file' ? 'it' : `its directory ${path}`;
  if (!owned(stat)) return `${shown} belongs to another user (number ${stat.uid})`;
  if ((stat.mode & OTHERS_WRITE) !== 0)
    return `others may write to ${shown} (mode ${shownMode(stat.mode)}): run 'chmod go-w ${path}'`;
  const above = what === 'directory' ? replaceableIn(dirname(path), ALL_WRITE) : undefined;
  return above && `others could replace ${shown}: they may write to ${above}`;
};

/** Why a file must not become a part of the program. @param path as it was given. @param real where it leads */
const untrusted = (path: string, real: string): string | undefined => {
  if (!statSync(real).isFile()) return 'it is not a regular file';
  if (process.platform === 'win32') return undefined;
  const places = new Set([dirname(path), dirname(real)]);
  for (const place of places) {
    const problem = problemOf(place, 'directory');
    if (problem !== undefined) return problem;
  }
  return problemOf(real, 'file');
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'no permission to read it',
  ELOOP: 'its symbolic links lead in a circle',
};

const reasonOf = (error: unknown): string => REASONS[codeOf(error)] ?? messageOf(error);

/** What is wrong in a module. Node does not say where a text is not valid. */
const importProblem = (path: string, error: unknown): string =>
  error instanceof SyntaxError
    ? `${error.message}; 'node --check ${path}' says where, if it is in this file`
    : messageOf(error);

/** How often each file was loaded: Node keeps modules by their address, and there is another text at it now. */
const loaded = new Map<string, number>();

/** The place of this file as a stack names it: an executable has names of its own. */
const ownPlace = (): string =>
  /^\s+at (?:[^\n]*? \()?(.+?):\d+:\d+\)?$/m.exec(new Error().stack ?? '')?.[1] ?? __filename;

/** What the places of this program in a stack begin with. */
const PROGRAM = dirname(dirname(ownPlace())) + sep;

/** The places in the stack of an error; empty: it has none. */
const stackOf = (error: unknown): string => {
  const { stack } = error instanceof Error ? error : {};
  return typeof stack === 'string' ? stack.replace(error instanceof Error ? error.message : '', '') : '';
};

/** The files of plugins on this machine. */
export const pluginFiles = {
  /** Where a path leads, and a text that is another one when the file has changed. */
  identify: (path: string): { readonly path: string; readonly version: string } => {
    try {
      const real = realpathSync(path);
      const { mtimeMs, size, ino } = statSync(real);
      return { path: real, version: `${mtimeMs} ${size} ${ino}` };
    } catch {
      return { path, version: '' };
    }
  },
  /** What a module exports. Only a file that none but this user and root can change is loaded. @throws Error */
  load: async (path: string): Promise<unknown> => {
    let real: string;
    let problem: string | undefined;
    try {
      real = realpathSync(path);
      problem = untrusted(path, real);
    } catch (error) {
      throw new Error(reasonOf(error));
    }
    if (problem !== undefined) throw new Error(problem);
    const before = loaded.get(real) ?? 0;
    loaded.set(real, before + 1);
    const url = pathToFileURL(real);
    if (before > 0) {
      url.search = `loaded=${before + 1}`;
      delete createRequire(url).cache[real];
    }
    try {
      return await importModule(url.href);
    } catch (error) {
      throw new Error(`it cannot be loaded: ${importProblem(real, error)}`);
    }
  },
  /** Whether the code in this file is in the stack of an error: it has thrown it, or has called what has. */
  isFrom: (path: string, error: unknown): boolean => {
    const stack = stackOf(error);
    // A file that was loaded again has a query behind its address.
    return [path, pathToFileURL(path).href].some((place) => stack.includes(`${place}:`) || stack.includes(`${place}?`));
  },
  /** Whether nothing of this program is in the stack of an error: it is of a module that a plugin uses, of Node, or has no stack. */
  isForeign: (error: unknown): boolean => {
    const stack = stackOf(error);
    return !stack.includes(PROGRAM) && !stack.includes(pathToFileURL(PROGRAM).href);
  },
};
