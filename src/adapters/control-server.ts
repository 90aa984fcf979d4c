import type { Socket } from 'node:net';
import {
  encodeMessage,
  InvalidRequestError,
  MAX_REQUEST_BYTES,
  parseRequest,
  type Reply,
  type Request,
} from '../control/request.ts';
import type { Instance } from './instance.ts';
import { lazy } from './lazy.ts';

/** Somebody who has asked something and is being answered. */
export interface ResponseStream {
  /** Gives a part of the answer; false: the visitor does not read, and the part is not sent. */
  part(part: unknown): boolean;
  /** Aborted when the visitor has gone, or has to go. */
  readonly gone: AbortSignal;
  /** Resolves when parts can be sent again, or the visitor has gone. */
  ready(): Promise<void>;
}

/** Answers one request. What it throws is told to the visitor. */
export type RequestHandler = (request: Request, visitor: ResponseStream) => Promise<unknown>;

/** Visitors at once; more are told to come again. */
const MOST_VISITORS = 256;
/** Characters that may wait for a visitor who does not read. */
const BACKLOG = 1 << 20;
/** A visitor who says nothing for so long, and is told nothing, is sent away; in ms. */
const SILENCE_MS = 60_000;
const TOO_LONG = `a request has at most ${MAX_REQUEST_BYTES} bytes`;
/** How long answers may take to leave at the end, in ms. */
const FAREWELL_MS = 1000;

/** One connection: requests are answered one after the other. */
class Connection {
  readonly #socket: Socket;
  readonly #answer: RequestHandler;
  readonly #gone = new AbortController();
  #rest: Buffer[] = [];
  #size = 0;
  #queue: Promise<void> = Promise.resolve();
  #asked = 0;

  constructor(socket: Socket, answer: RequestHandler, left: () => void) {
    this.#socket = socket;
    this.#answer = answer;
    socket.setTimeout(SILENCE_MS, () => this.#asked === 0 && socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.once('end', () => this.#hearOut());
    socket.once('close', () => {
      this.#gone.abort();
      left();
    });
  }
  /** Lets what is being answered go out, and ends the connection. */
  async close(): Promise<void> {
    this.#gone.abort();
    await this.#queue.catch(() => {});
    await new Promise<void>((resolve) => {
      if (this.#socket.destroyed) resolve();
      else {
        this.#socket.once('close', () => resolve());
        this.#socket.end(() => this.#socket.destroy());
      }
    });
  }
  /** No more questions: those that were asked are answered, the last one with or without a line end; what is followed ends. */
  #hearOut(): void {
    const last = Buffer.concat(this.#rest).toString('utf8').trim();
    this.#rest = [];
    if (last !== '') this.#ask(last);
    this.#gone.abort();
    void this.#queue.catch(() => {}).then(() => this.#socket.end());
  }
  #read(chunk: Buffer): void {
    let data = chunk;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
      this.#rest.push(data.subarray(0, end));
      const line = Buffer.concat(this.#rest);
      this.#rest = [];
      this.#size = 0;
      data = data.subarray(end + 1);
      if (line.length > MAX_REQUEST_BYTES) {
        this.#refuse(TOO_LONG);
        return;
      }
      const text = line.toString('utf8').trim();
      if (text !== '') this.#ask(text);
    }
    this.#size += data.length;
    if (this.#size > MAX_REQUEST_BYTES) this.#refuse(TOO_LONG);
    else if (data.length > 0) this.#rest.push(data);
  }
  #ask(text: string): void {
    let request: Request;
    try {
      request = parseRequest(text);
    } catch (error) {
      this.#refuse(error instanceof InvalidRequestError ? error.message : String(error));
      return;
    }
    this.#asked += 1;
    // Whoever asks without end does not get ahead of the answers.
    if (this.#asked > 8) this.#socket.pause();
    this.#queue = this.#queue.then(async () => {
      if (!this.#socket.destroyed) await this.#reply(request);
      this.#asked -= 1;
      this.#socket.resume();
    });
  }
  async #reply(request: Request): Promise<void> {
    const visitor: ResponseStream = {
      gone: this.#gone.signal,
      part: (part) => this.#socket.writableLength <= BACKLOG && this.#send({ part }),
      ready: () => this.#drained(),
    };
    // What is followed may be quiet for long: a space before the JSON says that it has begun.
    if ('follow' in request && !this.#socket.writableEnded) this.#socket.write(' ');
    let end: Reply;
    try {
      end = { done: await this.#answer(request, visitor) };
    } catch (error) {
      end = { error: error instanceof Error ? error.message : String(error) };
    }
    this.#send(end);
    if (this.#socket.writableLength > BACKLOG) await this.#drained();
  }
  #send(reply: Reply): boolean {
    if (this.#socket.destroyed || this.#socket.writableEnded) return false;
    this.#socket.write(encodeMessage(reply));
    return true;
  }
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#gone.signal.aborted || !this.#socket.writableNeedDrain) return resolve();
      const done = () => {
        this.#socket.off('drain', done);
        this.#gone.signal.removeEventListener('abort', done);
        resolve();
      };
      this.#socket.once('drain', done);
      this.#gone.signal.addEventListener('abort', done, { once: true });
    });
  }
  /** Whatever comes after a line that is no request is not looked at; what was asked before it is answered first. */
  #refuse(error: string): void {
    this.#socket.removeAllListeners('data');
    this.#rest = [];
    // What still comes is thrown away, so that the refusal is read; one who goes on writing for ever is not waited for.
    this.#socket.resume();
    this.#gone.abort();
    this.#queue = this.#queue.then(() => {
      if (!this.#socket.destroyed && !this.#socket.writableEnded) this.#socket.end(encodeMessage({ error }));
      setTimeout(() => this.#socket.destroy(), FAREWELL_MS).unref();
    });
  }
}

/** Everybody who is connected to the control socket. */
export class ControlServer {
  readonly #guests = new Set<Connection>();

  /** Lets in who connects from now on. `open` makes what answers, when the first request is there. */
  constructor(instance: Pick<Instance, 'receive'>, open: () => Promise<RequestHandler>) {
    const answerer = lazy(open);
    const answer: RequestHandler = async (request, visitor) => (await answerer())(request, visitor);
    instance.receive((socket) => {
      socket.on('error', () => socket.destroy());
      if (this.#guests.size >= MOST_VISITORS) {
        socket.end(encodeMessage({ error: `${MOST_VISITORS} others are connected: try again` }), () =>
          socket.destroy(),
        );
        return;
      }
      const guest: Connection = new Connection(socket, answer, () => this.#guests.delete(guest));
      this.#guests.add(guest);
    });
  }
  /** Sends everybody away, with what they are still to be told; does not wait for those who do not read. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FAREWELL_MS);
    });
    await Promise.race([Promise.all([...this.#guests].map((guest) => guest.close())), late]);
    clearTimeout(timer);
  }
}
