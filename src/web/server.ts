import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { NotRunningError, RequestRefusedError } from '../adapters/control-errors.ts';
import { codeOf, messageOf } from '../error-message.ts';
import { Access } from './access.ts';
import { isAction, readBody } from './actions.ts';
import { Connections } from './connections.ts';
import script from './page/main.tsx?bundle';
import style from './page/style.css?bundle';
import { Peers } from './peers.ts';
import { isQuestion, readQuery } from './query.ts';
import { checkHost, checkOrigin, checkSite, RequestError, targetOf } from './request-checks.ts';
import type { WebApp } from './web-app.ts';

/** Pages that are open at once. */
const MOST_PAGES = 64;
/** Longest body of a request and longest message of a page, in bytes. */
const MOST_BODY = 64 * 1024;
/** How long a request may take to come, in ms: its head, all of it; and a connection may be idle after an answer. */
const [HEAD_MS, REQUEST_MS, IDLE_MS] = [5000, 10_000, 10_000];

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Of every answer. */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

/** The page: nothing in it is a script or a style. Its text is painted while the script is read, which replaces it. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>whenever</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<script src="/main.js" defer></script>
</head>
<body><main><p>Loading whenever …</p></main></body>
</html>
`;

/** What is served besides answers, by path. */
const FILES: Readonly<Record<string, { readonly type: string; readonly text: string }>> = {
  '/': { type: HTML, text: PAGE },
  '/main.js': { type: 'text/javascript; charset=utf-8', text: script.text },
  '/style.css': { type: 'text/css; charset=utf-8', text: style.text },
};

/** A page for a browser that is not let in. */
const refusalPage = (text: string): string =>
  `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>whenever</title>\n<h1>whenever</h1>\n<p>${text}</p>\n</html>\n`;

const NO_COOKIE =
  'This browser is not known here. Open the address that <code>whenever web</code> has printed last, in the terminal where it runs.';
const WRONG_TOKEN =
  'The token of this address is not valid: each is valid once. Open the address that <code>whenever web</code> has printed last, in the terminal where it runs.';

/** Reads the body of a request. One that is too long is read and dropped: a client that still sends gets no answer. @throws RequestError when it is too long */
const bodyOf = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST_BODY) chunks.push(chunk);
    });
    request.once('end', () => {
      if (size <= MOST_BODY) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(new RequestError(413, TOO_LONG));
    });
    request.once('error', reject);
  });
const TOO_LONG = `a request has at most ${MOST_BODY} bytes`;

/** The status and the words of an error. */
const failureOf = (error: unknown): { readonly status: number; readonly text: string } => {
  if (error instanceof RequestError) return { status: error.status, text: error.message };
  if (error instanceof NotRunningError) return { status: 503, text: messageOf(error) };
  return { status: error instanceof RequestRefusedError ? 502 : 500, text: messageOf(error) };
};

/** Called with each new address, which can be used once. */
type AddressListener = (address: string) => void;

/** The server of the page, on the loopback interface. */
export class WebServer {
  readonly #app: WebApp;
  readonly #onAddress: AddressListener;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_BODY, perMessageDeflate: false });
  readonly #connections = new Connections(HEAD_MS);
  readonly #peers = new Peers();
  #access = new Access(0);
  #port = 0;

  constructor(app: WebApp, onAddress: AddressListener) {
    this.#app = app;
    this.#onAddress = onAddress;
    const limits = {
      ...{ maxHeaderSize: 16 * 1024, headersTimeout: HEAD_MS, requestTimeout: REQUEST_MS },
      ...{ keepAliveTimeout: IDLE_MS, connectionsCheckingInterval: 1000 },
    };
    this.#server = createServer(limits, (request, response) => void this.#answer(request, response));
    this.#server.maxHeadersCount = 64;
    this.#server.on('connection', (socket: Socket) => this.#connections.add(socket));
    this.#server.on('upgrade', (request, socket: Duplex, head) => void this.#upgrade(request, socket, head));
    this.#server.on('clientError', (error: Error, socket: Duplex) => {
      const status = MALFORMED[codeOf(error)] ?? '400 Bad Request';
      if (socket.writable) refuse(socket, `${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      else socket.destroy();
    });
  }

  /** Listens. Resolves with the port. @param port 0: a free one @throws Error of the system */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : port;
    this.#access = new Access(this.#port);
    return this.#port;
  }
  /** Makes the next address, and hands it on. */
  offerAddress(): void {
    this.#onAddress(`http://127.0.0.1:${this.#port}/?token=${this.#access.newToken()}`);
  }
  async close(): Promise<void> {
    this.#app.close();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #isKnown({ headers, socket }: IncomingMessage): boolean {
    const known = this.#access.isKnown(headers.cookie);
    if (known) this.#connections.admit(socket);
    return known;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isData = request.url?.startsWith('/api/') === true;
    try {
      await this.#admit(request, response, isData);
    } catch (error) {
      this.#fail(response, isData, error);
    }
  }
  /** Lets those in who have a cookie, or the token. @throws RequestError */
  async #admit(request: IncomingMessage, response: ServerResponse, isData: boolean): Promise<void> {
    const { path, query } = targetOf(request);
    checkHost(request, this.#port);
    const token = path === '/' && request.method === 'GET' ? query.get('token') : null;
    // A link may lead to the page from elsewhere; what is in it may not be asked for.
    if (path !== '/') checkSite(request);
    // The cookie comes first: connections of others do not take the place of one that has it.
    const known = this.#isKnown(request);
    await this.#checkPeer(request, response);
    if (token !== null) this.#exchange(request, response, token, known);
    else if (known) await this.#route(request, response, path, query);
    else if (isData)
      throw new RequestError(401, 'this browser is not known: open the address that whenever web printed last');
    else this.#send(response, 401, HTML, refusalPage(NO_COOKIE));
  }
  /** @throws RequestError when the request is of another user, whatever it has */
  async #checkPeer({ socket }: IncomingMessage, response?: ServerResponse): Promise<void> {
    const refusal = await this.#peers.refusal(socket);
    if (refusal === undefined) return;
    if (response) response.shouldKeepAlive = false;
    throw new RequestError(403, refusal);
  }
  #fail(response: ServerResponse, isData: boolean, error: unknown): void {
    const { status, text } = failureOf(error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (isData) this.#send(response, status, JSON_TYPE, JSON.stringify({ error: text }));
    else this.#send(response, status, HTML, refusalPage(escaped(text)));
  }
  #send(
    response: ServerResponse,
    status: number,
    type: string,
    text: string,
    more: Readonly<Record<string, string | string[]>> = {},
  ): void {
    const own = { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) };
    response.writeHead(status, { ...HEADERS, ...more, ...own });
    response.end(text);
  }
  #exchange(request: IncomingMessage, response: ServerResponse, token: string, known: boolean): void {
    const session = this.#access.exchange(token);
    if (session === undefined && !known) {
      this.#send(response, 403, HTML, refusalPage(WRONG_TOKEN));
      return;
    }
    const cookies = session === undefined ? [] : this.#access.cookiesFor(session, request.headers.cookie);
    this.#send(response, 303, HTML, '', { Location: '/', ...(cookies.length > 0 ? { 'Set-Cookie': cookies } : {}) });
    if (session !== undefined) this.offerAddress();
  }

  async #route(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ): Promise<void> {
    const { method } = request;
    const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
    const name = path.startsWith('/api/') ? path.slice('/api/'.length) : '';
    if (file) {
      if (method !== 'GET') throw new RequestError(405, `${path} is for GET`);
      this.#send(response, 200, file.type, file.text);
    } else if (isQuestion(name)) {
      if (method !== 'GET') throw new RequestError(405, `${path} is for GET`);
      const answer = await this.#app.answer(name, readQuery(name, query));
      this.#send(response, 200, JSON_TYPE, JSON.stringify(answer));
    } else if (isAction(name)) {
      if (method !== 'POST') throw new RequestError(405, `${path} is for POST`);
      checkOrigin(request);
      if (!/^application\/json(?:;|$)/.test(request.headers['content-type'] ?? ''))
        throw new RequestError(415, 'the body has to be of type application/json');
      const answer = await this.#app.act(name, readBody(await bodyOf(request)));
      this.#send(response, 200, JSON_TYPE, JSON.stringify(answer));
    } else throw new RequestError(404, 'there is nothing at this address');
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    try {
      const { path } = targetOf(request);
      checkHost(request, this.#port);
      checkOrigin(request);
      const known = this.#isKnown(request);
      await this.#checkPeer(request);
      if (!known) throw new RequestError(401, 'this browser is not known');
      if (path !== '/live') throw new RequestError(404, 'there is nothing at this address');
      if (this.#app.pages.size >= MOST_PAGES) throw new RequestError(503, `${MOST_PAGES} pages are open: close one`);
    } catch (error) {
      const { status, text } = failureOf(error);
      const length = Buffer.byteLength(text);
      refuse(
        socket,
        `${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\n\r\n${text}`,
      );
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (page) => this.#app.pages.open(page));
  }
}

/** Answers of requests that cannot be read, by the code of Node's error. */
const MALFORMED: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers and closes: a peer that does not close its end does not keep a place. */
const refuse = (socket: Duplex, answer: string): void => {
  socket.end(`HTTP/1.1 ${answer}`, () => socket.destroy());
};

/** A text in HTML. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
