import { accessSync, closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import type { ProcessRequest } from '../core/ports.ts';
import { codeOf } from '../error-message.ts';

/** Shortages and limits: they are not the fault of the program. */
const SHORTAGES: Readonly<Record<string, string>> = {
  EMFILE: 'the scheduler has too many open files (EMFILE): raise its limit (ulimit -n), or run fewer commands at once',
  ENFILE: 'the system has too many open files (ENFILE)',
  EAGAIN: 'the limit of processes is reached (EAGAIN): raise it (ulimit -u, or that of the service or container)',
  ENOMEM: 'the system has not enough memory (ENOMEM)',
  E2BIG: 'its arguments and its environment are too long for the system',
  ERR_INVALID_ARG_VALUE: 'its name, an argument or a variable has a NUL character, which the system cannot pass on',
};

/** The code of the error when an access is tried; undefined: it is allowed. */
const denied = (path: string, mode: number): string | undefined => {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
};

/** What is wrong with the working directory. */
const wrongDirectory = (cwd: string): string | undefined => {
  const shown = `the working directory "${cwd}"`;
  try {
    if (!statSync(cwd).isDirectory()) return `${shown} is not a directory`;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EACCES') return `no permission to reach ${shown}`;
    return code === 'ENOTDIR' ? `${shown} is not a directory` : `${shown} does not exist`;
  }
  return denied(cwd, constants.X_OK) === undefined ? undefined : `no permission to enter ${shown}`;
};

/** The interpreter of a script; undefined: it is not a script, or cannot be read. */
const interpreterOf = (file: string): string | undefined => {
  const head = readHead(file);
  return typeof head === 'object' ? shebang(head)?.interpreter : undefined;
};

/** The file is there, and something that it needs is not. */
const missingPart = (file: string, shown: string): string => {
  const interpreter = interpreterOf(file);
  return interpreter === undefined
    ? `${shown} is there, but not the loader it needs: it is for another system`
    : `the interpreter "${interpreter}" of the script ${shown} does not exist`;
};

const noPermission = (file: string, shown: string): string => {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) return `${shown} is a directory, not a program`;
    if (!stat.isFile()) return `${shown} is not a file, but a device, a pipe or a socket`;
    if (denied(file, constants.X_OK) !== undefined) return `${shown} is not executable (chmod +x)`;
  } catch {
    return `no permission to reach ${shown}`;
  }
  const interpreter = interpreterOf(file);
  if (interpreter !== undefined && denied(interpreter, constants.X_OK) !== undefined)
    return `no permission to run the interpreter "${interpreter}" of the script ${shown}`;
  return `no permission to run ${shown}: its file system may be mounted with noexec`;
};

/**
 * Returns why the system would refuse to start an executable file: its interpreter or its loader is missing. undefined: nothing
 * is missing.
 */
export const missingForStart = (file: string, shown: string): string | undefined => {
  const interpreter = interpreterOf(file);
  const needed = interpreter ?? loaderOf(file);
  if (needed === undefined || needed === '' || isExecutable(needed)) return undefined;
  return isThere(needed) ? noPermission(file, shown) : missingPart(file, shown);
};

/** True when something is at the path, whatever it is. */
const isThere = (file: string): boolean => denied(file, constants.F_OK) === undefined;

/**
 * Why a program could not be started, as a clause. @param error of the system; only its code counts.
 * @param file the program that was found; undefined: none was.
 */
export const startFailure = (
  { code, message }: Pick<NodeJS.ErrnoException, 'code' | 'message'>,
  { command, cwd }: Pick<ProcessRequest, 'command' | 'cwd'>,
  file: string | undefined,
): string => {
  const shortage = SHORTAGES[code ?? ''];
  if (shortage !== undefined) return shortage;
  const directory = wrongDirectory(cwd);
  if (directory !== undefined) return directory;
  const shown = `"${command}"`;
  const path = file === undefined ? undefined : resolve(cwd, file);
  switch (code) {
    case 'ENOENT':
      if (path === undefined && /^\.\.?$/.test(command)) return `${shown} is a directory, not a program`;
      return path !== undefined && isThere(path) ? missingPart(path, shown) : `no such program: ${shown}`;
    case 'ENOTDIR':
      return `no such program: ${shown}`;
    case 'EACCES':
      return path === undefined ? `no permission to run ${shown}` : noPermission(path, shown);
    case 'ENOEXEC':
      return `${shown} is not a program of this system (ENOEXEC)`;
    case 'ETXTBSY':
      return `${shown} is being written to (ETXTBSY)`;
    case 'ELOOP':
      return `${shown} is a link that leads to itself (ELOOP)`;
    case 'ENAMETOOLONG':
      return `the name of the program is too long (ENAMETOOLONG)`;
    default:
      return `the system did not start ${shown}: ${message || code}`;
  }
};

const isFile = (path: string): boolean => {
  try {
    // Most folders of a PATH do not have it: an exception for each would cost more than the search.
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
};

/** True for a file that may be executed. */
export const isExecutable = (file: string): boolean => {
  if (!isFile(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The files of a name in the folders of a path. */
const candidates = (command: string, cwd: string, path: string): string[] =>
  path.split(delimiter).map((directory) => {
    const base = isAbsolute(directory) ? directory : resolve(cwd, directory || '.');
    return join(base, command);
  });

/**
 * A bare command name is searched in the scheduler's own PATH, even when the child gets another one or none. Without a PATH it is
 * a file in the working directory.
 */
export const findExecutable = (command: string, cwd: string, path = process.env.PATH): string | undefined => {
  if (process.platform === 'win32' || command.includes('/')) return command;
  if (!path) return resolve(cwd, command);
  return candidates(command, cwd, path).find(isExecutable);
};

/** The first file in the PATH that has the name and may not be executed. */
export const findNonExecutable = (command: string, cwd: string, path = process.env.PATH): string | undefined =>
  command.includes('/') || !path ? undefined : candidates(command, cwd, path).find(isFile);

/** The system reads at most so many bytes of the first line of a script. */
const HEAD_BYTES = 256;

/** The beginning of a program. */
interface ProgramHead {
  readonly bytes: Buffer;
  /** Of the whole file. */
  readonly size: number;
}

/** Reads the beginning of a program, or returns why it cannot be one; undefined when it cannot be read: its start will say why. */
const readHead = (file: string, most = HEAD_BYTES): ProgramHead | 'directory' | 'special' | undefined => {
  let fd: number;
  try {
    // A named pipe is not waited for.
    fd = openSync(file, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return stat.isDirectory() ? 'directory' : 'special';
    const bytes = Buffer.alloc(most);
    return { bytes: bytes.subarray(0, readSync(fd, bytes, 0, most, 0)), size: stat.size };
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
};

/** The first line of a script: its interpreter, and what it gets as an argument. `crlf`: the line ends as on Windows. */
interface Shebang {
  readonly interpreter: string;
  readonly argument: string;
  readonly crlf: boolean;
}

/** undefined: it is not a script. */
const shebang = ({ bytes }: ProgramHead): Shebang | undefined => {
  const found = /^#![ \t]*(?<interpreter>[^ \t\n]*)[ \t]*(?<argument>[^\n]*)/.exec(bytes.toString('utf8'))?.groups;
  if (!found) return undefined;
  const { interpreter = '', argument = '' } = found;
  const clean = (text: string) => text.replace(/\r$/, '').trimEnd();
  return {
    interpreter: clean(interpreter),
    argument: clean(argument),
    crlf: /\r$/.test(argument === '' ? interpreter : argument),
  };
};

/** Interpreters that take a carriage return at the end of the first line for a part of their argument. Perl and Ruby do not. */
const KEEPS_CARRIAGE_RETURN = /^(?:env|(?:ba|da|a|k|z|fi|c|tc)?sh)$/;

const MACHINES_THAT_RUN: Readonly<Record<number, readonly number[]>> = { 62: [62, 3], 183: [183, 40] };

let ownMachine: number | undefined;
const machineOfElf = (bytes: Buffer): number => (bytes[5] === 2 ? bytes.readUInt16BE(18) : bytes.readUInt16LE(18));

/** Whether the system has been taught other formats, such as programs of Windows or of other processors. */
const knowsMoreFormats = (): boolean => {
  try {
    return readdirSync('/proc/sys/fs/binfmt_misc').some((name) => name !== 'register' && name !== 'status');
  } catch {
    return false;
  }
};

/** What a program of Linux begins with, and the bytes that one has at least. */
const ELF = '\x7fELF';
const LEAST_ELF = 52;

/** True for what Linux can load by itself. */
const loadable = ({ bytes, size }: ProgramHead): boolean => {
  if (bytes.length < 64 || bytes.toString('latin1', 0, ELF.length) !== ELF) return false;
  if (ownMachine === undefined) {
    const own = readHead('/proc/self/exe');
    if (typeof own === 'object') ownMachine = machineOfElf(own.bytes);
  }
  const machine = machineOfElf(bytes);
  if (ownMachine !== undefined && !(MACHINES_THAT_RUN[ownMachine] ?? [ownMachine]).includes(machine)) return false;
  if (bytes[5] !== 1) return true;
  const wide = bytes[4] === 2;
  const [start, entry, count] = wide
    ? [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54), bytes.readUInt16LE(56)]
    : [bytes.readUInt32LE(28), bytes.readUInt16LE(42), bytes.readUInt16LE(44)];
  return [2, 3].includes(bytes.readUInt16LE(16)) && count > 0 && start + entry * count <= size;
};

/** The kind of a segment of a program that names its loader. */
const PT_INTERP = 3;
/** The tables of a program are within its first bytes. */
const TABLE_BYTES = 4096;

/** The loader of a program of Linux with 64 bits; undefined: it has none, or it cannot be found in its first bytes. */
const loaderOf = (file: string): string | undefined => {
  const head = readHead(file, TABLE_BYTES);
  if (process.platform !== 'linux' || typeof head !== 'object' || !loadable(head)) return undefined;
  const { bytes } = head;
  if (bytes[4] !== 2 || bytes[5] !== 1) return undefined;
  const [table, size, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  for (let at = table; at < table + size * count && at + size <= bytes.length; at += size) {
    if (bytes.readUInt32LE(at) !== PT_INTERP) continue;
    const start = Number(bytes.readBigUInt64LE(at + 8));
    const end = bytes.indexOf(0, start);
    return end > start ? bytes.toString('utf8', start, end) : undefined;
  }
  return undefined;
};

/** Why a script cannot be started; undefined when its first line is in order. */
const wrongShebang = ({ interpreter, argument, crlf }: Shebang, shown: string): string | undefined => {
  if (interpreter === '') return `the first line of ${shown} has no interpreter after #!`;
  if (!crlf || (argument !== '' && !KEEPS_CARRIAGE_RETURN.test(basename(interpreter)))) return undefined;
  const taken = JSON.stringify(`${interpreter} ${argument}`.trimEnd());
  return `the first line of ${shown} ends with CRLF, as on Windows: the system takes the CR for a part of ${taken}; save the script with LF line ends`;
};

/** Why a file that is not a script cannot be started; undefined when nothing is wrong. */
const wrongBinary = (head: ProgramHead, shown: string): string | undefined => {
  const { bytes } = head;
  const start = (length: number): string => bytes.toString('latin1', 0, length);
  if (start(5) === '\xef\xbb\xbf#!')
    return `${shown} begins with a byte order mark: save the script without it, so that it begins with #!`;
  if (bytes.length === 0) return `${shown} is not a program: it is empty`;
  if (ELF.startsWith(start(ELF.length)) && bytes.length < LEAST_ELF) return `${shown} is a program that is cut off`;
  if (!bytes.includes(0)) return `${shown} is not a program: a script needs a #! line`;
  if (['\xff\xfe', '\xfe\xff'].includes(start(2))) return `${shown} is a text in UTF-16: save the script in UTF-8`;
  if (process.platform !== 'linux' || loadable(head) || knowsMoreFormats()) return undefined;
  return `${shown} is not a program of this system: its format is unknown, it is cut off, or it is for another processor (ENOEXEC)`;
};

/**
 * Returns why a file is not started, though its permissions allow it; undefined when its beginning is in order. The system would
 * refuse some of these, but the C library hands them to a shell, which finds something to run in any text.
 * @param shown its name in quotes.
 */
export const wrongFormat = (file: string, shown: string): string | undefined => {
  const head = readHead(file);
  if (head === 'directory') return `${shown} is a directory, not a program`;
  if (head === 'special') return `${shown} is not a file, but a device, a pipe or a socket`;
  if (head === undefined || process.platform === 'win32') return undefined;
  const script = shebang(head);
  return script ? wrongShebang(script, shown) : wrongBinary(head, shown);
};
