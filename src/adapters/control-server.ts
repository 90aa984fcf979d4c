import type { Socket } from 'node:net';
import {
  encodeMessage,
  InvalidRequestError,
  MAX_REQUEST_BYTES,
  parseRequest,
  type Reply,
  type Request,
  type ResponseStream,
  takesTime,
} from '../control/request.ts';
import { messageOf } from '../error-message.ts';
import type { Instance } from './instance.ts';
import { lazy } from './lazy.ts';

/** Answers one request. What it throws is the answer. */
export type AnswerRequest = (request: Request, stream: ResponseStream) => Promise<unknown>;

/** Connections at once; more are refused. */
const MOST_CONNECTIONS = 256;
/** Requests of one connection that may wait for their answers. */
const MOST_WAITING = 8;
/** Characters that may wait for a client that does not read. */
const MOST_BUFFERED = 1 << 20;
/** Characters of answers that may wait for all clients that do not read, beyond what each may have. */
const MOST_UNREAD = 64 << 20;
/** A connection without a request for so long is closed, in ms. */
const SILENCE_MS = 60_000;
const TOO_LONG = `a request has at most ${MAX_REQUEST_BYTES} bytes`;
/** How long answers may take to leave at the end, in ms. */
const CLOSE_MS = 1000;

/** Long answers that are not read. Together they are limited: an answer may have many MiB, and there may be many clients. */
class UnreadAnswers {
  readonly #most: number;
  readonly #sockets = new Set<Socket>();

  /** @param most characters */
  constructor(most: number) {
    this.#most = most;
  }

  /** Waits until it is read. What has waited longest is given up, with its connection, when there is too much. */
  async wait(socket: Socket, read: () => Promise<void>): Promise<void> {
    this.#sockets.add(socket);
    let total = 0;
    for (const { writableLength } of this.#sockets) total += writableLength;
    for (const oldest of this.#sockets) {
      if (total <= this.#most || oldest === socket) break;
      total -= oldest.writableLength;
      oldest.destroy();
    }
    await read();
    this.#sockets.delete(socket);
  }
}

/** One connection: requests are answered one after the other. */
class Connection {
  readonly #socket: Socket;
  readonly #answer: AnswerRequest;
  readonly #unread: UnreadAnswers;
  readonly #closed = new AbortController();
  #rest: Buffer[] = [];
  #size = 0;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(socket: Socket, answer: AnswerRequest, unread: UnreadAnswers, onClose: () => void) {
    this.#socket = socket;
    this.#answer = answer;
    this.#unread = unread;
    socket.setTimeout(SILENCE_MS, () => this.#waiting === 0 && socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.once('end', () => this.#readEnd());
    socket.once('close', () => {
      this.#closed.abort();
      onClose();
    });
  }
  /** Lets the answers under way go out, and ends the connection. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#queue.catch(() => {});
    await new Promise<void>((resolve) => {
      if (this.#socket.destroyed) resolve();
      else {
        this.#socket.once('close', () => resolve());
        this.#socket.end(() => this.#socket.destroy());
      }
    });
  }
  /** No more requests: those that came are answered, the last one with or without a line end. What is followed ends. */
  #readEnd(): void {
    const last = Buffer.concat(this.#rest).toString('utf8').trim();
    this.#rest = [];
    if (last !== '') this.#enqueue(last);
    this.#closed.abort();
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
      if (text !== '') this.#enqueue(text);
    }
    this.#size += data.length;
    if (this.#size > MAX_REQUEST_BYTES) this.#refuse(TOO_LONG);
    else if (data.length > 0) this.#rest.push(data);
  }
  #enqueue(text: string): void {
    let request: Request;
    try {
      request = parseRequest(text);
    } catch (error) {
      this.#refuse(error instanceof InvalidRequestError ? error.message : String(error));
      return;
    }
    this.#waiting += 1;
    // Back-pressure: stop reading after eight unanswered requests.
    if (this.#waiting > MOST_WAITING) this.#socket.pause();
    this.#queue = this.#queue.then(async () => {
      if (!this.#socket.destroyed) await this.#reply(request);
      this.#waiting -= 1;
      this.#socket.resume();
    });
  }
  async #reply(request: Request): Promise<void> {
    const stream: ResponseStream = {
      closed: this.#closed.signal,
      send: (part) => this.#socket.writableLength <= MOST_BUFFERED && this.#send({ part }),
      drained: () => this.#drained(),
    };
    if (takesTime(request) && !this.#socket.writableEnded) this.#socket.write(' ');
    let end: Reply;
    try {
      end = { done: await this.#answer(request, stream) };
    } catch (error) {
      end = { error: messageOf(error) };
    }
    this.#send(end);
    if (this.#socket.writableLength > MOST_BUFFERED) await this.#unread.wait(this.#socket, () => this.#drained());
  }
  #send(reply: Reply): boolean {
    if (this.#socket.destroyed || this.#socket.writableEnded) return false;
    this.#socket.write(encodeMessage(reply));
    return true;
  }
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed.signal.aborted || !this.#socket.writableNeedDrain) return resolve();
      const done = () => {
        this.#socket.off('drain', done);
        this.#closed.signal.removeEventListener('abort', done);
        resolve();
      };
      this.#socket.once('drain', done);
      this.#closed.signal.addEventListener('abort', done, { once: true });
    });
  }
  /** Ignores everything after a line that is not a request. What came before it is answered first. */
  #refuse(error: string): void {
    this.#socket.removeAllListeners('data');
    this.#rest = [];
    // What still comes is discarded, so that the client reads the refusal; a client that never stops writing is cut off.
    this.#socket.resume();
    this.#closed.abort();
    this.#queue = this.#queue.then(() => {
      if (!this.#socket.destroyed && !this.#socket.writableEnded) this.#socket.end(encodeMessage({ error }));
      setTimeout(() => this.#socket.destroy(), CLOSE_MS).unref();
    });
  }
}

/** Answers requests on the control socket. */
export class ControlServer {
  readonly #connections = new Set<Connection>();

  /**
   * Accepts connections from now on. @param open makes what answers, when the first request comes. @param mostUnread characters of answers
   * that wait for clients that do not read
   */
  constructor(instance: Pick<Instance, 'receive'>, open: () => Promise<AnswerRequest>, mostUnread = MOST_UNREAD) {
    const unread = new UnreadAnswers(mostUnread);
    const handler = lazy(open);
    const answer: AnswerRequest = async (request, stream) => (await handler())(request, stream);
    instance.receive((socket) => {
      socket.on('error', () => socket.destroy());
      if (this.#connections.size >= MOST_CONNECTIONS) {
        socket.end(encodeMessage({ error: `${MOST_CONNECTIONS} others are connected: try again` }), () =>
          socket.destroy(),
        );
        return;
      }
      const connection: Connection = new Connection(socket, answer, unread, () => this.#connections.delete(connection));
      this.#connections.add(connection);
    });
  }
  /** Closes every connection after the answers under way; does not wait for clients that do not read. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([Promise.all([...this.#connections].map((connection) => connection.close())), late]);
    clearTimeout(timer);
  }
}
