import { existsSync, type FSWatcher, mkdirSync, watch } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { messageOf } from '../error-message.ts';
import { ownFiles } from './files/own-files.ts';
import { bindInstanceSocket, type InstanceSocket } from './instance-socket.ts';
import { socketPath } from './socket-path.ts';

export { isRunning } from './instance-socket.ts';

/** How long a running instance may take to identify itself, ms. */
const IDENTIFY_MS = 1000;
/** How often the socket is checked where the system does not notify of its removal, ms. */
const CHECK_MS = 2000;
/** The same where it does: it does not notify when a directory is moved away with the socket, or another one is mounted over it. */
const WATCHED_MS = 10_000;
/** From a notification to the check, ms: what removes the socket may remove its directory next. */
const SETTLE_MS = 200;

/** The instance that listens at a path. */
interface RunningInstance {
  readonly pid: number;
  /** For messages: `process 123 with FILE`. */
  readonly description: string;
}

/** Returns the instance that answers at a path; undefined when none does in time. */
export const findRunningInstance = async (path: string): Promise<RunningInstance | undefined> => {
  try {
    const { callInstance: sendRequest } = await import('./control-client.ts');
    const request = { request: 'status', conditions: [''] } as const;
    const answer = await sendRequest(path, request, undefined, AbortSignal.timeout(IDENTIFY_MS));
    const { pid, config } = answer as { pid: unknown; config: unknown };
    if (typeof pid !== 'number' || typeof config !== 'string') return undefined;
    return { pid, description: `process ${pid} with ${config}` };
  } catch {
    return undefined;
  }
};

/** Receives what happens to the socket of an instance. */
interface InstanceLogger {
  warn(text: string): void;
  /** Called when another instance has taken the path: this one has to end. */
  lost(text: string): void;
}

/**
 * The one instance of a user, as long as it holds its socket. A program that clears away old files can remove the socket, also with
 * its directory, and then another start would find nothing. So it is made again where a start looks for it.
 */
export class Instance {
  #socket: InstanceSocket;
  #onConnection: ((socket: Socket) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Notifies when the socket is removed. */
  #watcher: FSWatcher | undefined;
  #released = false;
  /** Why the socket cannot be made again. Logged once. */
  #problem: string | undefined;

  constructor(socket: InstanceSocket) {
    this.#socket = socket;
  }

  /** Frees the path for another instance. */
  release(): void {
    this.#released = true;
    clearTimeout(this.#timer);
    this.#unwatch();
    this.#socket.release();
  }

  /** Hands over every connection, and those that came before this call. */
  receive(onConnection: (socket: Socket) => void): void {
    this.#onConnection = onConnection;
    this.#socket.receive(onConnection);
  }

  /** Checks from now on that the socket is still there, and makes it again if the path is free. */
  keep(log: InstanceLogger): void {
    if (process.platform === 'win32' || this.#released) return;
    const check = (ms: number): void => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#checkAgain(log), ms).unref();
    };
    try {
      this.#watcher ??= watch(this.#socket.path, { persistent: false }, () => {
        this.#unwatch();
        check(SETTLE_MS);
      }).on('error', () => this.#unwatch());
    } catch {
      // There is nothing to watch, or the system cannot.
    }
    check(this.#watcher && this.#problem === undefined ? WATCHED_MS : CHECK_MS);
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  async #checkAgain(log: InstanceLogger): Promise<void> {
    try {
      if (await this.#check(log)) return;
      this.#problem = undefined;
    } catch (error) {
      this.#report(messageOf(error), log);
    }
    this.keep(log);
  }

  /** Makes the socket again if it is lost. Returns true when another instance has the path. @throws Error */
  async #check(log: InstanceLogger): Promise<boolean> {
    const before = this.#socket.path;
    // Without its directory a start would look elsewhere.
    if (!existsSync(dirname(before)))
      try {
        mkdirSync(dirname(before), 0o700);
      } catch {}
    const path = socketPath();
    if (path === before && this.#socket.isThere) return false;
    this.#unwatch();
    const socket = await bindInstanceSocket(path, true);
    if (this.#released) {
      socket?.release();
      return false;
    }
    if (!socket) return this.#isTaken(path, log);
    this.#socket.release();
    this.#socket = socket;
    ownFiles.claim(path);
    if (this.#onConnection) socket.receive(this.#onConnection);
    log.warn(
      path === before
        ? `the socket of this instance, ${path}, was removed or replaced by another program: it is there again`
        : `the socket of this instance is ${path} now, and no longer ${before}: the runtime directory is gone, or is there again`,
    );
    return false;
  }

  async #isTaken(path: string, log: InstanceLogger): Promise<boolean> {
    const other = await findRunningInstance(path);
    if (other?.pid === process.pid) this.#socket.recognise();
    else if (!other) throw new Error(`another process listens at ${path}, and does not answer as an instance does`);
    else if (!this.#released) {
      log.lost(
        `the socket of this instance was removed, and another instance, ${other.description}, has its place ${path} now: this one ends`,
      );
      return true;
    }
    return false;
  }

  #report(problem: string, { warn }: InstanceLogger): void {
    if (problem !== this.#problem)
      warn(
        `the socket of this instance is gone and cannot be made again: ${problem}; another instance could start. It is tried again every ${CHECK_MS / 1000} s`,
      );
    this.#problem = problem;
  }
}

/**
 * Makes this process the one instance of the user.
 * @returns undefined when another instance is running. @throws Error when the socket cannot be used at all.
 */
export const takeInstance = async (path: string): Promise<Instance | undefined> => {
  const socket = await bindInstanceSocket(path);
  return socket && new Instance(socket);
};
