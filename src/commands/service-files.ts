import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { configHome } from '../adapters/default-file.ts';
import { historiesDirectory } from '../adapters/history/directory.ts';
import { makeDirectory } from '../adapters/mkdir.ts';
import { thisProgram } from '../adapters/this-program.ts';
import { lastLine } from '../last-line.ts';
import {
  type CommandWords,
  type Places,
  SERVICE_FORMATS,
  type ServiceFormat,
  serviceFormatOf,
} from '../service/formats.ts';
import { type Marked, readMark, type Setting } from '../service/setting.ts';
import { UsageError } from './subcommand.ts';

/** How long one command of a service manager may take, ms. */
const COMMAND_MS = 30_000;

/** The way that this machine has to start the program at login, and why. */
export const ownFormat = (): ReturnType<typeof serviceFormatOf> =>
  serviceFormatOf({ platform: process.platform, systemd: existsSync('/run/systemd/system') });

/** The format of a name. */
export const formatNamed = (name: string): ServiceFormat => SERVICE_FORMATS.find((format) => format.name === name)!;

const places = (): Places => {
  const home = homedir();
  return { home, config: configHome(), local: process.env.LOCALAPPDATA || join(home, 'AppData', 'Local') };
};

/** Where the file of a format is. */
export const pathOf = (format: ServiceFormat): string => join(...format.path(places()));

/** @throws UsageError for paths that no file of this kind can hold. */
const checkPaths = (paths: readonly string[], format: ServiceFormat): void => {
  for (const path of paths) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\x00-\x1f\x7f]/.test(path))
      throw new UsageError(`${path}: a path with a control character cannot be started at login`);
    if (format.name === 'windows' && /%[^%]+%/.test(path))
      throw new UsageError(`${path}: the Task Scheduler would replace what is between percent signs`);
  }
};

/** What the file is made of here and now. @throws UsageError for paths that cannot be written. */
export const settingFor = (format: ServiceFormat, file: string): Setting => {
  const { home } = places();
  const log = format.name === 'launchd' ? join(home, 'Library', 'Logs', 'whenever.log') : `${historiesDirectory()}.log`;
  const { USERDOMAIN: domain } = process.env;
  const { username } = userInfo();
  const { node, program } = thisProgram.paths();
  const setting = { node, program: resolve(program), file: resolve(file), home, log };
  checkPaths(Object.values(setting), format);
  return { ...setting, user: domain ? `${domain}\\${username}` : username };
};

/** A file that starts the program, as it is on the disk. */
export interface InstalledFile {
  readonly text: string;
  /** What it was made of; undefined: this program has not written it. */
  readonly made: Marked | undefined;
}

const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** Whether there is a regular file at a path, or a link to one. */
const isRegular = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** Whether a path is that of a pipe, a device or an open file, which another process does not find there. */
export const isPassing = (path: string): boolean => {
  const found = statSync(path, { throwIfNoEntry: false });
  return /^\/(?:dev|proc)\//.test(path) || (found !== undefined && !found.isFile() && !found.isDirectory());
};

/** The file at a path; undefined: there is none. A link that leads nowhere, a directory or a pipe is of someone else. */
export const readInstalled = (path: string): InstalledFile | undefined => {
  if (!isRegular(path)) return existsSync(path) || isLink(path) ? { text: '', made: undefined } : undefined;
  const text = readFileSync(path, 'utf8');
  return { text, made: readMark(text) };
};

/** Writes a file beside its place and puts it there. A link is followed. @throws Error of the system */
export const writeFileAt = (path: string, text: string): void => {
  const target = existsSync(path) ? realpathSync(path) : path;
  makeDirectory(dirname(target));
  const temporary = `${target}.${process.pid}.new`;
  try {
    writeFileSync(temporary, text, { mode: 0o644 });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
};

/** Removes the file, and what `systemctl enable` has made for it where the manager could not be asked to do that. */
export const removeFile = (path: string): void => {
  rmSync(path);
  const wanted = join(dirname(path), 'default.target.wants', 'whenever.service');
  if (path.endsWith('.service') && isLink(wanted)) {
    const target = readlinkSync(wanted);
    if ((isAbsolute(target) ? target : resolve(dirname(wanted), target)) === path) rmSync(wanted);
  }
};

/** The lines that only one of two texts has, as in `- old` and `+ new`; without what the file says of itself, which is said again below. */
export const changedLines = (before: string, after: string): readonly string[] => {
  const linesOf = (text: string) => text.split('\n').filter((line) => !line.includes('{"node":'));
  const [old, now] = [linesOf(before), linesOf(after)];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
};

/** Runs a command of a service manager. Returns why it failed; undefined: it did what it was asked. */
export const runManager = ([command = '', ...args]: CommandWords): string | undefined => {
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: COMMAND_MS });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return `there is no command ${command} here`;
  if (error) return error.message;
  return status === 0 ? undefined : (lastLine(stderr) ?? `${command} ended with status ${status}`);
};

/** Whether the manager starts the program at login, in words, by a command that ends with 0 if so. */
export const isEnabled = ([command = '', ...args]: CommandWords): string => {
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: COMMAND_MS });
  if (status === 0) return 'yes';
  const problem = error ? `there is no command ${command} here` : lastLine(stderr);
  return problem === undefined ? 'no' : `not known: ${problem}`;
};
