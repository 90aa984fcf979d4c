import { existsSync, mkdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { ownFiles } from './files/own-files.ts';
import { findRunningInstance } from './instance-owner.ts';
import { bindInstanceSocket, type InstanceSocket } from './instance-socket.ts';
import { socketPath } from './socket-path.ts';

/** How often the place is looked at, ms. */
const LOOK_MS = 2000;

/** Takes what happens to the place. */
export interface InstanceLogger {
  warn(text: string): void;
  /** Another instance has the place: this one has to end. */
  lost(text: string): void;
}

/**
 * Keeps the place of an instance. Its socket can be removed while it runs, also with the directory it is in, by a program that
 * clears away old files; another start would find nothing there. It is put back where a start looks for it now.
 */
export class InstanceKeeper {
  #held: InstanceSocket;
  #visitor: ((socket: Socket) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #released = false;
  /** What keeps the place from being taken again. It is said once. */
  #trouble: string | undefined;

  constructor(held: InstanceSocket) {
    this.#held = held;
  }

  release(): void {
    this.#released = true;
    clearTimeout(this.#timer);
    this.#held.leave();
  }
  receive(visitor: (socket: Socket) => void): void {
    this.#visitor = visitor;
    this.#held.receive(visitor);
  }
  keep(records: InstanceLogger): void {
    if (process.platform === 'win32' || this.#released) return;
    this.#timer = setTimeout(async () => {
      try {
        if (await this.#look(records)) return;
        this.#trouble = undefined;
      } catch (error) {
        this.#complain(error instanceof Error ? error.message : String(error), records);
      }
      this.keep(records);
    }, LOOK_MS).unref();
  }

  /** Takes the place again if it is lost. Returns true when another instance has it. @throws Error */
  async #look(records: InstanceLogger): Promise<boolean> {
    const before = this.#held.path;
    // Without its directory a start would look elsewhere.
    if (!existsSync(dirname(before)))
      try {
        mkdirSync(dirname(before), 0o700);
      } catch {}
    const path = socketPath();
    if (path === before && this.#held.isThere) return false;
    const held = await bindInstanceSocket(path, true);
    if (this.#released) {
      held?.leave();
      return false;
    }
    if (!held) return this.#isTaken(path, records);
    this.#held.leave();
    this.#held = held;
    ownFiles.claim(path);
    if (this.#visitor) held.receive(this.#visitor);
    records.warn(
      path === before
        ? `the socket of this instance, ${path}, was removed or replaced by another program: it is there again`
        : `the socket of this instance is ${path} now, and no longer ${before}: the runtime directory is gone, or is there again`,
    );
    return false;
  }

  async #isTaken(path: string, records: InstanceLogger): Promise<boolean> {
    const owner = await findRunningInstance(path);
    if (owner?.pid === process.pid) this.#held.recognise();
    else if (!owner) throw new Error(`another process listens at ${path}, and does not answer as an instance does`);
    else if (!this.#released) {
      records.lost(
        `the socket of this instance was removed, and another instance, ${owner.description}, has its place ${path} now: this one ends`,
      );
      return true;
    }
    return false;
  }

  #complain(trouble: string, { warn }: InstanceLogger): void {
    if (trouble !== this.#trouble)
      warn(
        `the socket of this instance is gone and cannot be made again: ${trouble}; another instance could start. It is tried again every ${LOOK_MS / 1000} s`,
      );
    this.#trouble = trouble;
  }
}
