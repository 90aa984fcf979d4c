import { linkSync, lstatSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder } from './folder.ts';

/** The place of the one instance of a user. */
export interface Instance {
  /** Gives the place free. */
  release(): void;
  /** Hands over everybody who connects, and those who have already. */
  receive(visitor: (socket: Socket) => void): void;
}

/** Connections that may wait for a daemon that is still starting. */
const MOST_WAITING = 200;

/** Longest path of a Unix socket on the systems we know, with room for the ending of a temporary name. */
const LONGEST_SOCKET_PATH = 90;

/** True for a directory of this user: in another one somebody else could take the name, or lose it to us. */
const isOurs = (path: string): boolean => {
  try {
    const stat = statSync(path);
    return stat.isDirectory() && (process.getuid === undefined || stat.uid === process.getuid());
  } catch {
    return false;
  }
};

/** Why XDG_RUNTIME_DIR is not used although it is set; undefined: it is, or it is not set. */
export const runtimeNote = (environment: NodeJS.ProcessEnv = process.env): string | undefined => {
  const { XDG_RUNTIME_DIR: runtime } = environment;
  if (!runtime || process.platform === 'win32' || isOurs(runtime)) return undefined;
  return `XDG_RUNTIME_DIR ${runtime} is no directory of this user: the socket is ${instancePath(environment)}`;
};

/** 16 hexadecimal digits that stand for a text. Cryptography is loaded when it is needed: hardly ever. */
const digest = (text: string): string => {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
};

/**
 * Where the instance of this user is found: a socket in the runtime directory, or in a directory of our own when there is none.
 * On Windows a named pipe, which the system frees.
 */
export const instancePath = (environment: NodeJS.ProcessEnv = process.env): string => {
  if (process.platform === 'win32') return `\\\\.\\pipe\\whenever-${userInfo().username}`;
  const runtime = environment.XDG_RUNTIME_DIR;
  const inRuntime = runtime ? join(runtime, 'whenever.sock') : undefined;
  if (runtime && inRuntime && inRuntime.length <= LONGEST_SOCKET_PATH && isOurs(runtime)) return inRuntime;
  const tag = runtime ? `-${digest(runtime)}` : '';
  return join(tmpdir().length < 60 ? tmpdir() : '/tmp', `whenever-${process.getuid?.()}`, `whenever${tag}.sock`);
};

/** Our own directory must be ours: others could have made it first. @throws Error when it is not. */
const ownDirectory = (path: string): void => {
  makeFolder(path, 0o700);
  const stat = lstatSync(path);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.())
    throw new Error(`${path} is not a directory of this user`);
};

/** True when somebody listens at the path: nothing is taken by asking. */
export const isRunning = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    const answer = (running: boolean) => () => {
      socket.destroy();
      resolve(running);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });

/** A server that keeps who connects until somebody receives them. */
class Porch {
  /** Who has asked all questions may close its side and read on. */
  readonly server = createServer({ allowHalfOpen: true }, (socket) => this.#arrive(socket));
  #waiting: Socket[] = [];
  #visitor: ((socket: Socket) => void) | undefined;

  receive(visitor: (socket: Socket) => void): void {
    this.#visitor = visitor;
    for (const socket of this.#waiting) visitor(socket);
    this.#waiting = [];
  }
  #arrive(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.#visitor) this.#visitor(socket);
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(socket);
    else socket.destroy();
  }
}

const listen = (path: string): Promise<Porch> =>
  new Promise((resolve, reject) => {
    const porch = new Porch();
    const { server } = porch;
    server.once('error', reject);
    // The name is there from this call on: nobody else may connect for a moment, not even before its mode is set.
    const mask = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.unref();
        resolve(porch);
      });
    } finally {
      process.umask(mask);
    }
  });

const exists = (code: string) => (error: unknown) => (error as NodeJS.ErrnoException).code === code;
const taken = exists('EEXIST');

/** What a dead instance left is moved away; if it turns out to be alive after all, it is put back. @throws Error */
const clearStale = async (path: string): Promise<void> => {
  const aside = `${path}.${process.pid}.old`;
  try {
    if (lstatSync(path).isDirectory()) throw new Error(`${path} is a directory`);
  } catch (error) {
    if (!exists('ENOENT')(error)) throw error;
  }
  try {
    renameSync(path, aside);
  } catch {
    return; // Somebody else was faster.
  }
  if (await isRunning(aside)) {
    try {
      linkSync(aside, path);
    } catch {}
  }
  unlinkSync(aside);
};

/**
 * Takes the place of the one instance. The socket is made under another name and linked to its own, which succeeds for one
 * process only; a name that is there always has somebody listening, or belongs to a process that has died.
 * @returns undefined when another instance is running. @throws Error when the place cannot be used at all.
 */
export const takeInstance = async (path: string): Promise<Instance | undefined> => {
  if (process.platform === 'win32') {
    try {
      const porch = await listen(path);
      return { release: () => porch.server.close(), receive: (visitor) => porch.receive(visitor) };
    } catch (error) {
      if (exists('EADDRINUSE')(error)) return undefined;
      throw error;
    }
  }
  if (dirname(path) !== process.env.XDG_RUNTIME_DIR) ownDirectory(dirname(path));
  const temporary = `${path}.${process.pid}`;
  try {
    unlinkSync(temporary);
  } catch {}
  const porch = await listen(temporary);
  const { server } = porch;
  try {
    for (;;) {
      try {
        linkSync(temporary, path);
        const { ino } = lstatSync(path);
        const release = () => {
          try {
            if (lstatSync(path).ino === ino) unlinkSync(path);
          } catch {}
          server.close();
        };
        return { release, receive: (visitor) => porch.receive(visitor) };
      } catch (error) {
        if (!taken(error)) throw error;
      }
      if (await isRunning(path)) {
        server.close();
        return undefined;
      }
      await clearStale(path);
    }
  } finally {
    try {
      unlinkSync(temporary);
    } catch {}
  }
};
