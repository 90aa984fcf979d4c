import { createHash } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** The place of the one instance of a user. */
export interface Instance {
  /** Gives the place free. */
  release(): void;
}

/** Longest path of a Unix socket on the systems we know, with room for the ending of a temporary name. */
const LONGEST_SOCKET_PATH = 90;

/**
 * Where the instance of this user is found: a socket in the runtime directory, or in a directory of our own when there is none.
 * On Windows a named pipe, which the system frees.
 */
export const instancePath = (environment: NodeJS.ProcessEnv = process.env): string => {
  const user = userInfo();
  if (process.platform === 'win32') return `\\\\.\\pipe\\whenever-${user.username}`;
  const runtime = environment.XDG_RUNTIME_DIR;
  const inRuntime = runtime ? join(runtime, 'whenever.sock') : undefined;
  if (inRuntime && inRuntime.length <= LONGEST_SOCKET_PATH) return inRuntime;
  const tag = runtime ? `-${createHash('sha256').update(runtime).digest('hex').slice(0, 16)}` : '';
  return join(tmpdir().length < 60 ? tmpdir() : '/tmp', `whenever-${user.uid}`, `whenever${tag}.sock`);
};

/** Our own directory must be ours: others could have made it first. @throws Error when it is not. */
const ownDirectory = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 });
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

const listen = (path: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });

const exists = (code: string) => (error: unknown) => (error as NodeJS.ErrnoException).code === code;
const taken = exists('EEXIST');

/** What a dead instance left is moved away; if it turns out to be alive after all, it is put back. */
const clearStale = async (path: string): Promise<void> => {
  const aside = `${path}.${process.pid}.old`;
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
      const server = await listen(path);
      return { release: () => server.close() };
    } catch (error) {
      if (exists('EADDRINUSE')(error)) return undefined;
      throw error;
    }
  }
  if (!process.env.XDG_RUNTIME_DIR || !path.startsWith(process.env.XDG_RUNTIME_DIR)) ownDirectory(join(path, '..'));
  const temporary = `${path}.${process.pid}`;
  try {
    unlinkSync(temporary);
  } catch {}
  const server = await listen(temporary);
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
        return { release };
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
