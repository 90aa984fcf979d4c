import type { Socket } from 'node:net';

/**
 * Connections at once of those that have shown no cookie yet. More of them take the place of the oldest, so that other programs of this
 * machine cannot keep the browser out: its request follows its connection at once. It is more than the system accepts in one go.
 */
const MOST_STRANGERS = 512;
/** Connections at once of browsers that are known; more are closed. */
const MOST_KNOWN = 256;

/** The open connections of a server. */
export class Connections {
  readonly #strangers = new Set<Socket>();
  readonly #known = new Set<Socket>();
  readonly #silenceMs: number;

  /** @param silenceMs a connection on which nothing comes for so long is not a request yet, and is closed */
  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }
  add(socket: Socket): void {
    const timer = setTimeout(() => socket.bytesRead === 0 && socket.destroy(), this.#silenceMs).unref();
    this.#strangers.add(socket);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#strangers.delete(socket);
      this.#known.delete(socket);
    });
    if (this.#strangers.size <= MOST_STRANGERS) return;
    const [oldest] = this.#strangers;
    this.#strangers.delete(oldest!);
    oldest!.destroy();
  }
  /** Called when a request has the cookie. */
  admit(socket: Socket): void {
    this.#strangers.delete(socket);
    this.#known.add(socket);
    if (this.#known.size > MOST_KNOWN) socket.destroy();
  }
}
