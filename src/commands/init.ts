import { closeSync, openSync, realpathSync, unlinkSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultFile, isMissing } from '../adapters/default-file.ts';
import { hostFs } from '../adapters/host-fs.ts';
import { makeDirectory } from '../adapters/mkdir.ts';
import { startingFile } from '../describe/starting-file.ts';
import { codeOf, messageOf } from '../error-message.ts';
import { SUBCOMMAND_NAMES } from './index.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { printMessage, writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

/** A path as a word for the shell. */
const shellWord = (path: string): string => {
  if (/^[\w/.,:@%+=-]+$/.test(path)) return path;
  return process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`;
};

/** The schema for editors in the package of this program; undefined: it is not there. */
const installedSchema = (): string | undefined => {
  try {
    // The program is `bin/whenever` of its package.
    const path = join(dirname(realpathSync(process.argv[1]!)), '..', 'schema', 'whenever.schema.json');
    return isMissing(path) || /\s/.test(path) ? undefined : path;
  } catch {
    return undefined;
  }
};

/** Writes a new file. Returns false when there is one of that name. @throws Error of the system */
const writeNew = (path: string, text: string): boolean => {
  makeDirectory(dirname(path), 0o700);
  let fd: number;
  try {
    // Of two that begin at the same time only one makes the file.
    fd = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    closeSync(fd);
  } catch (error) {
    // A half of it would be in the way of the next attempt.
    unlinkSync(path);
    throw error;
  }
  return true;
};

/** What can be done with the file now. A command that does not exist in this program is left out. */
const nextSteps = (path: string, isDefault: boolean): string => {
  const word = shellWord(path);
  const steps: readonly (readonly [subcommand: string | undefined, line: string, does: string])[] = [
    ['check', isDefault ? 'whenever check' : `whenever check ${word}`, 'find mistakes, after each change'],
    ['describe', isDefault ? 'whenever describe' : `whenever describe ${word}`, 'read in sentences what it means'],
    ['next', `whenever next ${word}`, 'see what will run, and when'],
    [undefined, isDefault ? 'whenever' : `whenever ${word}`, 'run it; Ctrl-C ends it'],
    ['service', isDefault ? 'whenever service install' : `whenever service install ${word}`, 'start it at each login'],
  ];
  const known = steps.filter(([name]) => name === undefined || SUBCOMMAND_NAMES.includes(name));
  return known.map(([, line, does]) => `  ${line}\n      ${does}\n`).join('');
};

export const initCommand: Subcommand = {
  name: 'init',
  help: 'write a commented file to begin with; a file that is there is never overwritten',
  takes: [
    {
      form: '[PATH]',
      help: 'where to write it; default: the file that is read when none is named',
      path: true,
    },
  ],
  options: [],
  more: 'The default is `$XDG_CONFIG_HOME/whenever/whenever.toml`; without XDG_CONFIG_HOME it is in `~/.config`, on Windows in `%APPDATA%`. Directories are made. The file has mode 600.',
  page: 'setup',
  exitStatus: 'Status 0: it was written; 1: there is a file of that name; 2: it could not be written.',
  examples: ['whenever init', 'whenever init my.toml'],
  run: ({ args: [given] }) => {
    const path = given ?? defaultFile();
    if (hostFs.isDirectory(path))
      throw new UsageError(
        `${path} is a directory; to write a file in it: whenever init ${shellWord(join(path, 'whenever.toml'))}`,
      );
    const schema = installedSchema();
    const text = startingFile({ platform: process.platform, home: homedir(), ...(schema ? { schema } : {}) });
    let written: boolean;
    try {
      written = writeNew(path, text);
    } catch (error) {
      throw new UsageError(`cannot write ${path}: ${messageOf(error)}`);
    }
    const isDefault = given === undefined;
    if (!written) {
      printMessage(`${path} exists, and is left as it is`);
      const other = isDefault ? 'my.toml' : 'other.toml';
      printMessage(`edit it, or write another file: whenever init ${other}`);
      return NOTHING;
    }
    writeAll(
      1,
      `Wrote ${path}: once a minute it writes the time to ${join(homedir(), 'whenever-hello.txt')}.\nEdit it to your needs. Then:\n${nextSteps(path, isDefault)}`,
    );
    return FOUND;
  },
};
