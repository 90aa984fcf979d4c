import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Only programs on this machine are answered. */
const LOOPBACK = '127.0.0.1';
/** What the text is. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** A web page that asks this machine comes with another name: it must not read what is answered here. */
const OWN_NAME = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

const answer = (response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void => {
  const body = Buffer.from(text);
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(body.length),
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(body);
};

/** `GET /metrics` and `GET /health` on a port of this machine. */
export class PrometheusServer {
  readonly #server: Server;
  readonly #text: () => string;

  private constructor(text: () => string) {
    this.#text = text;
    this.#server = createServer((request, response) => this.#answer(request, response));
    // Nobody may hold a connection open for ever.
    this.#server.requestTimeout = 10_000;
    this.#server.maxConnections = 64;
    this.#server.unref();
  }

  /** Begins to answer; `port` 0: any that is free. @throws Error when the port is taken. */
  static async start(port: number, text: () => string, onError: (problem: string) => void): Promise<PrometheusServer> {
    const made = new PrometheusServer(text);
    await new Promise<void>((resolve, reject) => {
      made.#server.once('error', reject);
      made.#server.listen({ port, host: LOOPBACK, exclusive: true }, resolve);
    }).catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message;
      throw new Error(`cannot answer on port ${port} of ${LOOPBACK}: ${why}`);
    });
    made.#server.removeAllListeners('error');
    made.#server.on('error', (error) => onError(error.message));
    return made;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method, url = '/', headers } = request;
    request.resume();
    const path = url.split('?', 1)[0];
    if (headers.host !== undefined && !OWN_NAME.test(headers.host)) answer(response, 403, 'forbidden\n');
    else if (path !== '/metrics' && path !== '/health')
      answer(response, 404, 'not found: there are /metrics and /health\n');
    else if (method !== 'GET' && method !== 'HEAD')
      answer(response, 405, 'only GET and HEAD\n', { Allow: 'GET, HEAD' });
    else if (path === '/health') answer(response, 200, 'ok\n');
    else this.#metrics(response);
  }

  #metrics(response: ServerResponse): void {
    try {
      answer(response, 200, this.#text(), { 'Content-Type': EXPOSITION_TYPE });
    } catch (error) {
      answer(response, 500, `${(error as Error).message}\n`);
    }
  }
}
