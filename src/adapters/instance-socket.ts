import { chmodSync, lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeDirectory } from './mkdir.ts';
import { inRuntimeDirectory, unsafeSocketDirectory } from './socket-path.ts';
import { identityOf } from './watch/file-identity.ts';

/** Connections that may wait for a daemon that is still starting. */
const MOST_WAITING = 200;
/** How often a start looks again while another one is going on, and how long it waits for that, ms. */
const LOOK_AGAIN_MS = 4;
const PATIENCE_MS = 10_000;

/** What the system says when no process listens at a path, or nothing is there that could. */
const NOT_LISTENING: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOENT', 'ENOTDIR', 'ENOTSOCK', 'EPROTOTYPE'];

/**
 * True when a process listens at the path: nothing is taken by asking. One whose queue is full listens as well.
 * @throws Error when the system does not say, for lack of descriptors or permission.
 */
export const isRunning = (path: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    // Most starts find nothing there, which is quicker to see than to connect to.
    if (process.platform !== 'win32' && !lstatSync(path, { throwIfNoEntry: false })) return resolve(false);
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EAGAIN') resolve(true);
      // It died while it was asked.
      else if (error.code === 'ECONNRESET') resolve(isRunning(path));
      else if (NOT_LISTENING.includes(error.code)) resolve(false);
      else reject(error);
    });
  });

/** A server that keeps connections until they are received. */
class QueueingServer {
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

const listen = (path: string): Promise<QueueingServer> =>
  new Promise((resolve, reject) => {
    const porch = new QueueingServer();
    const { server } = porch;
    server.once('error', reject);
    // The name is there from this call on: no other user may connect, not even before its mode is set.
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

const remove = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {}
};

/** What follows the name of the socket in the name of a start that is going on; eight characters of its own come after it. */
const START = '.start-';

/** A start that others can see: it listens under a name of its own, which is used once. */
interface StartMarker {
  readonly name: string;
  readonly porch: QueueingServer;
}

/** @param first it goes before all that do not. */
const show = async (path: string, first: boolean): Promise<StartMarker> => {
  const name = Math.random().toString(36).slice(2, 10).padEnd(8, '0');
  const shown = `${path}${START}${first ? `!${name.slice(1)}` : name}`;
  return { name: shown, porch: await listen(shown) };
};

/** What is at a path, whatever it is called; undefined: nothing. */
const identityAt = (path: string): string | undefined => {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && identityOf(stat);
};

/** A socket of this process that is at its place. */
export class InstanceSocket {
  readonly path: string;
  readonly #porch: QueueingServer;
  #identity: string | undefined;

  constructor(path: string, porch: QueueingServer, identity?: string) {
    this.path = path;
    this.#porch = porch;
    this.#identity = identity;
  }
  /** False when it was removed, or something else is there. Where there is only a name, the system keeps it. */
  get isThere(): boolean {
    try {
      return this.#identity === undefined || identityAt(this.path) === this.#identity;
    } catch {
      return false;
    }
  }
  /** What is there is this socket, whatever it looks like. */
  recognise(): void {
    this.#identity = identityAt(this.path);
  }
  receive(visitor: (socket: Socket) => void): void {
    this.#porch.receive(visitor);
  }
  /** Gives the place free. Who is connected stays so. */
  leave(): void {
    try {
      if (this.#identity !== undefined && this.isThere) unlinkSync(this.path);
    } catch {}
    this.#porch.server.close();
  }
}

/** The names of other starts, in order. Those that no process listens at are removed. @throws Error */
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
 * Makes a socket of this process the one at the path, or finds that another process has the place. There is no lock that the
 * system frees, so each start shows itself under a name of its own and then looks for the others. Of two starts at least one sees
 * the other, as each looks after it has shown itself: the one with the later name withdraws, the other one waits for that. One that
 * is alone, and then still finds no process at the path, moves its own name there, over what a dead one has left. Only a name
 * that is there can be moved: a start that was taken for dead, because it did not listen yet, begins again.
 * @param first it goes before those who start: it had the place. @returns undefined when another instance is running. @throws Error
 */
const claimPath = async (path: string, first: boolean): Promise<InstanceSocket | undefined> => {
  const end = performance.now() + PATIENCE_MS;
  let own: StartMarker | undefined;
  const withdraw = (): void => {
    if (own) remove(own.name);
    own?.porch.server.close();
    own = undefined;
  };
  try {
    while (!(await isRunning(path))) {
      const [other] = await otherStarts(path, own?.name);
      if (other !== undefined && performance.now() > end)
        throw new Error(`another start (${other}) has not come to an end for ${PATIENCE_MS / 1000} s`);
      if (other !== undefined) {
        if (own && other < own.name) withdraw();
      } else if (!own) {
        own = await show(path, first);
        continue;
      } else {
        if (await isRunning(path)) return undefined;
        try {
          const identity = identityAt(own.name);
          renameSync(own.name, path);
          const { porch } = own;
          own = undefined;
          return new InstanceSocket(path, porch, identity);
        } catch (error) {
          if (!exists('ENOENT')(error)) throw error;
          withdraw();
        }
      }
      await pause(LOOK_AGAIN_MS);
    }
    return undefined;
  } finally {
    withdraw();
  }
};

/** Takes a place, in a directory of ours if need be. @returns undefined when another instance has it. @throws Error */
export const bindInstanceSocket = async (path: string, first = false): Promise<InstanceSocket | undefined> => {
  if (process.platform === 'win32') {
    try {
      return new InstanceSocket(path, await listen(path));
    } catch (error) {
      if (exists('EADDRINUSE')(error)) return undefined;
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
  return claimPath(path, first);
};
