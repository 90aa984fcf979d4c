import { chmodSync, lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from '../error-message.ts';
import { makeDirectory } from './mkdir.ts';
import { inRuntimeDirectory, unsafeSocketDirectory } from './socket-path.ts';
import { identityOf } from './watch/file-identity.ts';

/** Connections that may wait for a daemon that is still starting. */
const MOST_WAITING = 200;
/** How often a start checks again while another one is under way, and how long it waits for that, ms. */
const RETRY_MS = 4;
const WAIT_MS = 10_000;

/** Error codes when no process listens at a path, or nothing is there that could. */
const NOT_LISTENING: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOENT', 'ENOTDIR', 'ENOTSOCK', 'EPROTOTYPE'];

/**
 * Returns whether a process listens at the path, also one whose queue is full. Changes nothing.
 * @throws Error when the system does not say, for lack of descriptors or permission.
 */
export const isRunning = (path: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    // Most starts find nothing there: a look is quicker than a connection.
    if (process.platform !== 'win32' && !lstatSync(path, { throwIfNoEntry: false })) return resolve(false);
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EAGAIN') resolve(true);
      // It ended during the attempt.
      else if (error.code === 'ECONNRESET') resolve(isRunning(path));
      else if (NOT_LISTENING.includes(error.code)) resolve(false);
      else reject(error);
    });
  });

/** A server that keeps connections until they are received. */
class QueueingServer {
  /** A client that has sent its requests may close its side and read on. */
  readonly net = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  #waiting: Socket[] = [];
  #onConnection: ((socket: Socket) => void) | undefined;

  receive(onConnection: (socket: Socket) => void): void {
    this.#onConnection = onConnection;
    for (const socket of this.#waiting) onConnection(socket);
    this.#waiting = [];
  }
  #accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.#onConnection) this.#onConnection(socket);
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(socket);
    else socket.destroy();
  }
}

const listen = (path: string): Promise<QueueingServer> =>
  new Promise((resolve, reject) => {
    const server = new QueueingServer();
    server.net.once('error', reject);
    // The file exists from this call on: no other user may connect, not even before its mode is set.
    const mask = process.umask(0o177);
    try {
      server.net.listen(path, () => {
        server.net.unref();
        resolve(server);
      });
    } finally {
      process.umask(mask);
    }
  });

const hasCode = (error: unknown, code: string): boolean => codeOf(error) === code;

const remove = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {}
};

/** Follows the name of the socket in the marker of a start; eight random characters come after it. */
const START = '.start-';

/** Shows a start to others: a socket that listens under a name of its own, which is used once. */
interface StartMarker {
  readonly name: string;
  readonly server: QueueingServer;
}

/** @param first it has precedence over all that are not. */
const createMarker = async (path: string, first: boolean): Promise<StartMarker> => {
  const random = Math.random().toString(36).slice(2, 10).padEnd(8, '0');
  const name = `${path}${START}${first ? `!${random.slice(1)}` : random}`;
  return { name, server: await listen(name) };
};

/** Returns what identifies the file at a path; undefined when there is none. */
const identityAt = (path: string): string | undefined => {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && identityOf(stat);
};

/** The socket of this process at its path. */
export class InstanceSocket {
  readonly path: string;
  readonly #server: QueueingServer;
  #identity: string | undefined;

  constructor(path: string, server: QueueingServer, identity?: string) {
    this.path = path;
    this.#server = server;
    this.#identity = identity;
  }
  /** False when it was removed, or something else is there. On Windows the system keeps the name. */
  get isThere(): boolean {
    try {
      return this.#identity === undefined || identityAt(this.path) === this.#identity;
    } catch {
      return false;
    }
  }
  /** Takes what is there for this socket: it has answered as this process. */
  recognise(): void {
    this.#identity = identityAt(this.path);
  }
  receive(onConnection: (socket: Socket) => void): void {
    this.#server.receive(onConnection);
  }
  /** Frees the path. Connections stay open. */
  release(): void {
    try {
      if (this.#identity !== undefined && this.isThere) unlinkSync(this.path);
    } catch {}
    this.#server.net.close();
  }
}

/** Returns the markers of other starts, in order. Removes those at which no process listens. @throws Error */
const otherStarts = async (path: string, own?: string): Promise<string[]> => {
  const live: string[] = [];
  for (const entry of readdirSync(dirname(path)).sort()) {
    const name = join(dirname(path), entry);
    if (!name.startsWith(`${path}${START}`) || name === own) continue;
    if (await isRunning(name)) live.push(name);
    else remove(name);
  }
  return live;
};

/**
 * Puts a socket of this process at the path, unless another instance has it. There is no lock that the system frees, so each start
 * makes a marker and then looks for those of others. Of two starts at least one sees the other, as each looks after it has made its
 * marker. The one with the later name withdraws, and the other one waits for that. A start that is alone, and still finds no process
 * at the path, renames its marker to it, over what a dead instance has left. Only a marker that exists can be renamed: a start
 * that was taken for dead, because it did not listen yet, begins again.
 */
class PathClaim {
  readonly #path: string;
  readonly #first: boolean;
  readonly #end = performance.now() + WAIT_MS;
  #own: StartMarker | undefined;

  /** @param first it has precedence over new starts: it had the path. */
  constructor(path: string, first: boolean) {
    this.#path = path;
    this.#first = first;
  }
  /** Returns undefined when another instance is running. @throws Error */
  async claim(): Promise<InstanceSocket | undefined> {
    try {
      while (!(await isRunning(this.#path))) {
        const result = await this.#attempt();
        if (typeof result === 'object') return result;
        if (result === 'wait') await pause(RETRY_MS);
      }
      return undefined;
    } finally {
      this.#withdraw();
    }
  }
  /** Returns the socket, or whether to try again at once or after a while. */
  async #attempt(): Promise<InstanceSocket | 'again' | 'wait'> {
    const [other] = await otherStarts(this.#path, this.#own?.name);
    if (other !== undefined) {
      if (performance.now() > this.#end)
        throw new Error(`another start (${other}) has not come to an end for ${WAIT_MS / 1000} s`);
      if (this.#own && other < this.#own.name) this.#withdraw();
      return 'wait';
    }
    if (!this.#own) {
      this.#own = await createMarker(this.#path, this.#first);
      return 'again';
    }
    return (await isRunning(this.#path)) ? 'again' : this.#renameTo(this.#own);
  }
  #renameTo({ name, server }: StartMarker): InstanceSocket | 'wait' {
    try {
      const identity = identityAt(name);
      renameSync(name, this.#path);
      this.#own = undefined;
      return new InstanceSocket(this.#path, server, identity);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      this.#withdraw();
      return 'wait';
    }
  }
  #withdraw(): void {
    if (this.#own) remove(this.#own.name);
    this.#own?.server.net.close();
    this.#own = undefined;
  }
}

/** Binds the socket of the instance, in a directory made for it if need be. @returns undefined when another instance has it. @throws Error */
export const bindInstanceSocket = async (path: string, first = false): Promise<InstanceSocket | undefined> => {
  if (process.platform === 'win32') {
    try {
      return new InstanceSocket(path, await listen(path));
    } catch (error) {
      if (hasCode(error, 'EADDRINUSE')) return undefined;
      throw error;
    }
  }
  const unsafe = unsafeSocketDirectory(path);
  if (unsafe !== undefined) throw new Error(unsafe);
  if (!inRuntimeDirectory(path)) {
    makeDirectory(dirname(path), 0o700);
    // Earlier it may have been made with another mode; the umask may have taken too much.
    if ((lstatSync(dirname(path)).mode & 0o7777) !== 0o700) chmodSync(dirname(path), 0o700);
  }
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${path} is a directory`);
  return new PathClaim(path, first).claim();
};
