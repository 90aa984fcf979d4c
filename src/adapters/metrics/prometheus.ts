import { rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { expectOptions, expectType, TYPES } from '../../check-arguments.ts';
import { exposition, type Family, type Sample } from '../../metrics/exposition.ts';
import { leavesOf } from '../../metrics/flatten.ts';
import { Handler, type HandlerOptions } from '../../metrics/handler.ts';
import { formatFor } from '../../metrics/negotiation.ts';
import { isMapping, type MetricRecord } from '../../metrics/record.ts';
import { ownFiles } from '../files/own-files.ts';
import { makeDirectory } from '../mkdir.ts';
import { ErrorReporter, type OnMetricsError } from './error-reporter.ts';

/** Only programs on this machine are answered. */
const LOOPBACK = '127.0.0.1';

/** A request of a web page comes with another name: the page must not read the answer. */
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
class PrometheusServer {
  readonly #server: Server;
  readonly #families: () => readonly Family[];

  private constructor(families: () => readonly Family[]) {
    this.#families = families;
    this.#server = createServer((request, response) => this.#answer(request, response));
    // No client may hold a connection open for ever.
    this.#server.requestTimeout = 10_000;
    this.#server.maxConnections = 64;
    this.#server.unref();
  }

  /** Begins to answer; `port` 0: any that is free. @throws Error when the port is taken. */
  static async start(
    port: number,
    families: () => readonly Family[],
    onError: (problem: string) => void,
  ): Promise<PrometheusServer> {
    const made = new PrometheusServer(families);
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
    else this.#metrics(response, headers.accept);
  }

  #metrics(response: ServerResponse, accept: string | undefined): void {
    try {
      const { contentType, text } = formatFor(accept);
      answer(response, 200, text(this.#families()), { 'Content-Type': contentType, Vary: 'Accept' });
    } catch (error) {
      answer(response, 500, `${(error as Error).message}\n`);
    }
  }
}

/** Writes a whole file so that no reader ever sees half of it. @throws Error of the system; nothing is left behind then. */
const writeWhole = async (path: string, text: string): Promise<void> => {
  makeDirectory(dirname(path));
  // Collectors read files by their ending: this one has another.
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  ownFiles.claim(path, draft);
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
};

/** Between two writings of the text file, in ms. */
const EVERY_MS = 15_000;
/** Names of metrics that one handler keeps; a script that makes up names for ever must not fill the memory. */
const MOST_NAMES = 10_000;

/** How {@link PrometheusHandler} is set up. */
export interface PrometheusOptions extends HandlerOptions {
  /** The text file, for the directory that a node exporter collects (its name has to end in `.prom`); default: none. */
  readonly path?: string;
  /** Returns further families at each scrape. `ending`: the process is about to end. */
  readonly collect?: (ending: boolean) => readonly Family[];
  readonly onError?: OnMetricsError;
  /** Between two writings of the file, in ms; default 15 s. */
  readonly everyMs?: number;
}

/** The last value of a name. */
interface Gauge {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Shows the last value of each metric for Prometheus: in a text file that is written as a whole every 15 s and at the end, and on a
 * port when {@link PrometheusHandler.listen} was called, there also as OpenMetrics for a client that asks for it. A metric record becomes
 * `whenever_metric{name="a/b"}`, one for each number in it, with its item; texts and configurations are left out.
 */
export class PrometheusHandler extends Handler {
  readonly #options: PrometheusOptions;
  readonly #complaints: ErrorReporter;
  readonly #gauges = new Map<string, Gauge>();
  #timer: NodeJS.Timeout | undefined;
  #server: PrometheusServer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: PrometheusOptions = {}) {
    super(options);
    const { path, function: call, positive } = TYPES;
    expectOptions('PrometheusHandler', options, { path, collect: call, onError: call, everyMs: positive });
    this.#options = options;
    this.#complaints = new ErrorReporter('PrometheusHandler', 'prometheus', options.onError);
    if (options.path === undefined) return;
    this.#timer = setInterval(() => void this.flush(), options.everyMs ?? EVERY_MS).unref();
    void this.flush();
  }

  /** Answers `GET /metrics` and `GET /health` on a port of 127.0.0.1; 0: any. Returns the port. @throws Error when it is taken. */
  async listen(port: number): Promise<number> {
    expectType('listen', 'port', port, TYPES.port);
    this.#server = await PrometheusServer.start(
      port,
      () => this.#families(false),
      (problem) => this.#complaints.report(problem),
    );
    return this.#server.port;
  }

  emit(record: MetricRecord): void {
    if (record.measured || record.hparams === true) return;
    this.#complaints.attempt(() => {
      if (!isMapping(record.message))
        throw new TypeError(`expected a mapping, got a value of type ${typeof record.message}`);
      const item = record.item ?? '';
      const { names, values } = leavesOf(record.message);
      for (const [i, given] of names.entries()) {
        const value = values[i];
        // As it is written: two equal names would make a reader refuse all.
        const name = given.replace(/\p{Surrogate}/gu, '\ufffd');
        if (typeof value !== 'number' && typeof value !== 'boolean') continue;
        const key = `${item}\n${name}`;
        if (this.#gauges.size < MOST_NAMES || this.#gauges.has(key))
          this.#gauges.set(key, { labels: { name, item }, value: Number(value) });
        else this.#complaints.drop('names', `more than ${MOST_NAMES} names; ${name} and later ones are left out`);
      }
    });
  }

  /** Everything, as it is now, in the text format. */
  text(ending = false): string {
    return exposition(this.#families(ending));
  }

  #families(ending: boolean): readonly Family[] {
    const samples: Sample[] = [...this.#gauges.values()];
    const metrics: Family = {
      name: 'whenever_metric',
      type: 'gauge',
      help: 'Last value of each number in a metric record, by its flattened name and its item.',
      samples,
    };
    return [...(this.#options.collect?.(ending) ?? []), metrics];
  }

  /** Writes the file; one after the other. */
  override flush(): Promise<void> {
    return this.#write(false);
  }

  override async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#server?.close();
    await this.#write(true);
  }

  #write(ending: boolean): Promise<void> {
    const { path } = this.#options;
    if (path === undefined) return Promise.resolve();
    this.#writing = this.#writing
      .then(() => writeWhole(path, this.text(ending)))
      .catch((error: Error) => this.#complaints.reportOnce(error.message, `${path}: ${error.message}`));
    return this.#writing;
  }
}
