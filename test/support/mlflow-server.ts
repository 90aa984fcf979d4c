import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Readonly<Record<string, unknown>>;
interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly step?: number;
  readonly timestamp?: number;
}

/** A run as the server keeps it. */
export interface KeptRun {
  readonly experiment: string;
  readonly name: string;
  status: string;
  readonly params: Record<string, unknown>;
  readonly tags: Record<string, unknown>;
  readonly metrics: Entry[];
}

/** An answer in the place of the right one; `hang`: none. */
export type Fault =
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'hang';

class Refused extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const wrong = (message: string): Refused => new Refused('INVALID_PARAMETER_VALUE', message);

/** The rules for names: their characters, and no path that means another one. */
const checkName = (key: unknown): void => {
  if (typeof key !== 'string' || !/^[\p{L}\p{N}_./\- ]{1,250}$/u.test(key))
    throw wrong(`Invalid name: '${String(key)}'`);
  if (key.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw wrong(`Invalid name: '${key}'. This name would resolve to another one`);
};

interface Batch {
  readonly metrics: readonly Entry[];
  readonly params: readonly Entry[];
  readonly tags: readonly Entry[];
}

const checkLimits = ({ metrics, params, tags }: Batch): void => {
  if (metrics.length > 1000 || params.length > 100 || tags.length > 100)
    throw wrong('A batch logging request can contain at most 1000 metrics, 100 params and 100 tags');
  if (metrics.length + params.length + tags.length > 1000) throw wrong('at most 1000 metrics, params, and tags');
  if (new Set(params.map(({ key }) => key)).size < params.length) throw wrong('Duplicate parameter keys');
  for (const { key } of [...metrics, ...params, ...tags]) checkName(key);
};

const checkMetric = ({ key, value, step, timestamp }: Entry): void => {
  if (typeof value !== 'number' && !['NaN', 'Infinity', '-Infinity'].includes(String(value)))
    throw wrong(`Got invalid value for metric '${key}'`);
  if (!Number.isSafeInteger(step) || !Number.isSafeInteger(timestamp)) throw wrong(`step of '${key}'`);
};

/** A tracking server as the documentation of its REST API (2.0) describes it: its limits and errors too. */
export class MlflowServer {
  readonly experiments = new Map<string, string>([['Default', '0']]);
  readonly runs = new Map<string, KeptRun>();
  /** `POST runs/create`, in order, with what proves who asks. */
  readonly requests: { readonly what: string; readonly authorization: string | undefined; readonly body: Json }[] = [];
  /** Answers that come first. */
  readonly faults: Fault[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<MlflowServer> {
    const made = new MlflowServer();
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve));
    made.uri = `http://127.0.0.1:${(made.#server.address() as AddressInfo).port}`;
    return made;
  }
  /** Where it listens, also when it does so no more. */
  uri = '';
  /** The only run there is. */
  get run(): KeptRun {
    const [run, ...others] = this.runs.values();
    if (run === undefined || others.length > 0) throw new Error(`${this.runs.size} runs`);
    return run;
  }
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    request.setEncoding('utf8');
    for await (const chunk of request) text += String(chunk);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = url.pathname.replace('/api/2.0/mlflow/', '');
    const body = request.method === 'GET' ? Object.fromEntries(url.searchParams) : (JSON.parse(text) as Json);
    this.requests.push({ what: `${request.method} ${path}`, authorization: request.headers.authorization, body });
    const fault = this.faults.shift();
    if (fault === 'hang') return;
    if (fault !== undefined) {
      response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
      return;
    }
    try {
      if (Buffer.byteLength(text) > 1e6) throw wrong('Batched logging API requests must be at most 1000000 bytes');
      const answer = this.#do(`${request.method} ${path}`, body);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
    } catch (error) {
      const { code = 'INTERNAL_ERROR', status = 500, message } = error as Partial<Refused>;
      response.writeHead(status).end(JSON.stringify({ error_code: code, message }));
    }
  }

  #do(what: string, body: Json): object {
    switch (what) {
      case 'GET experiments/get-by-name': {
        const name = String(body.experiment_name);
        const id = this.experiments.get(name);
        if (id === undefined)
          throw new Refused('RESOURCE_DOES_NOT_EXIST', `Could not find experiment with name '${name}'`, 404);
        return { experiment: { experiment_id: id, name, lifecycle_stage: 'active' } };
      }
      case 'POST experiments/create': {
        const id = String(this.experiments.size);
        this.experiments.set(String(body.name), id);
        return { experiment_id: id };
      }
      case 'POST runs/create': {
        const id = `run${this.runs.size}`;
        const tags = Object.fromEntries((body.tags as Entry[]).map(({ key, value }) => [key, value]));
        const made = { experiment: String(body.experiment_id), name: String(body.run_name), status: 'RUNNING' };
        this.runs.set(id, { ...made, tags, params: {}, metrics: [] });
        return { run: { info: { run_id: id, status: 'RUNNING' }, data: {} } };
      }
      case 'POST runs/update':
        this.#run(body).status = String(body.status);
        return { run_info: {} };
      case 'POST runs/log-batch':
        this.#batch(this.#run(body), body);
        return {};
      default:
        throw new Refused('ENDPOINT_NOT_FOUND', `no ${what}`, 404);
    }
  }

  #run({ run_id }: Json): KeptRun {
    const run = this.runs.get(String(run_id));
    if (run === undefined) throw new Refused('RESOURCE_DOES_NOT_EXIST', `Run with id=${String(run_id)} not found`, 404);
    return run;
  }

  #batch(run: KeptRun, body: Json): void {
    const batch = body as unknown as Batch;
    checkLimits(batch);
    for (const { key, value } of batch.params) {
      if (typeof value !== 'string' || value.length > 6000) throw wrong(`Param value of '${key}'`);
      if ((run.params[key] ?? value) !== value) throw wrong(`Changing param values is not allowed: '${key}'`);
    }
    for (const metric of batch.metrics) checkMetric(metric);
    run.metrics.push(...batch.metrics);
    for (const { key, value } of batch.params) run.params[key] = value;
    for (const { key, value } of batch.tags) run.tags[key] = value;
  }
}
