import type { ResponseStream } from './request.ts';

/** Sends parts to a client that may be slow. Parts that are not sent are counted, and the count is sent when it reads again. */
export class LossyStream {
  readonly #stream: ResponseStream;
  #dropped = 0;
  #waiting = false;

  constructor(stream: ResponseStream) {
    this.#stream = stream;
  }
  send(part: unknown): void {
    if (!this.#waiting && this.#stream.send(part)) return;
    this.#dropped += 1;
    if (this.#waiting) return;
    this.#waiting = true;
    void this.#stream.drained().then(() => {
      this.#waiting = false;
      const dropped = this.#dropped;
      this.#dropped = 0;
      if (!this.#stream.closed.aborted && !this.#stream.send({ dropped })) this.#dropped = dropped;
    });
  }
}
