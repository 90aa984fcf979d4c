import type { Environment } from '../../metrics/filters.ts';

/** How long a request may take, seconds, unless MLFLOW_HTTP_REQUEST_TIMEOUT says so. */
const REQUEST_SECONDS = 20;
/** The longest time of a timer of Node, ms: a longer one is over at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** The longest time that a server is obeyed which asks to wait, ms. */
const LONGEST_WAIT_MS = 300_000;

/** A request that has failed; the message says what to do about it, without secrets. */
export class MlflowError extends Error {
  override readonly name: string = 'MlflowError';
  /** The code of MLflow: `RESOURCE_DOES_NOT_EXIST`. */
  readonly code: string;
  /** It may succeed later. */
  readonly again: boolean;
  /** The server asks to wait so long, ms. */
  readonly waitMs: number;

  constructor(message: string, again: boolean, code = '', waitMs = 0) {
    super(message);
    this.again = again;
    this.code = code;
    this.waitMs = waitMs;
  }
}

const NEEDED = 'the metrics back end "mlflow" needs the address of a tracking server in MLFLOW_TRACKING_URI';

/** A part of an address; as it is where it is not encoded. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** What no header can have; the error for it would show the whole header. */
const NOT_IN_HEADERS = /[^\t\x20-\x7e\x80-\xff]/;

/** The address of the server without what is secret, and the header that proves who asks. @throws Error */
const addressOf = (uri: string | undefined, environment: Environment): { base: string; authorization?: string } => {
  if (!uri) throw new Error(`${NEEDED}, such as http://127.0.0.1:5000`);
  if (!/^https?:\/\//i.test(uri)) {
    const [scheme = ''] = uri.split(':', 1);
    const found = uri.includes(':') ? `it begins with "${scheme}:"` : 'it is a path';
    throw new Error(`${NEEDED}: expected http:// or https://, ${found}; start a server for it with: mlflow server`);
  }
  if (!URL.canParse(uri)) throw new Error(`${NEEDED}: expected a URL such as http://127.0.0.1:5000`);
  const url = new URL(uri);
  const user = environment.MLFLOW_TRACKING_USERNAME || decoded(url.username);
  const password = environment.MLFLOW_TRACKING_PASSWORD || decoded(url.password);
  // Programs that read it from a file leave a line end behind it.
  const token = environment.MLFLOW_TRACKING_TOKEN?.trim();
  if (token !== undefined && NOT_IN_HEADERS.test(token))
    throw new Error(
      'MLFLOW_TRACKING_TOKEN: expected what a header can have, found a line end or another such character',
    );
  [url.username, url.password, url.search, url.hash] = ['', '', '', ''];
  const base = url.href.replace(/\/+$/, '');
  if (user && password)
    return { base, authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  return token ? { base, authorization: `Bearer ${token}` } : { base };
};

/** Retry-After in ms: seconds or a date. */
const waitOf = (header: string | null): number => {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), LONGEST_WAIT_MS) : 0;
};

const HINTS: Readonly<Record<number, string>> = {
  401: ': set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
  403: ': the account may not do this',
};

/** What a request failed with: a status of HTTP, and the words of the server. */
const refusal = (what: string, response: Response, answer: unknown): MlflowError => {
  const { status, headers } = response;
  const { error_code: code, message } = (answer ?? {}) as { error_code?: unknown; message?: unknown };
  const words = typeof message === 'string' ? `: ${message.split('\n', 1)[0]!.slice(0, 300)}` : (HINTS[status] ?? '');
  // Without an account, or at its limits, a server may answer otherwise later.
  const again = status >= 500 || [401, 403, 407, 408, 425, 429].includes(status);
  const text = `${what}: the server answered ${status}${words}`;
  return new MlflowError(text, again, typeof code === 'string' ? code : '', waitOf(headers.get('retry-after')));
};

/** The text at a path in an answer. @throws MlflowError */
const textAt = (answer: unknown, ...path: readonly string[]): string => {
  let at: unknown = answer;
  for (const key of path)
    at = typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined;
  if (typeof at !== 'string') throw new MlflowError(`the answer of the server has no ${path.join('.')}`, true);
  return at;
};

/** The part of the REST API of MLflow (2.0) that a run needs. */
export class MlflowClient {
  /** The address, without an account. */
  readonly base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #ending: AbortSignal;

  /** @param ending ends all requests. @throws Error when the address is missing, or is not one of HTTP */
  constructor(uri: string | undefined, environment: Environment, ending: AbortSignal) {
    const { base, authorization } = addressOf(uri, environment);
    this.base = base;
    this.#headers = {
      'Content-Type': 'application/json',
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    };
    const seconds = Number(environment.MLFLOW_HTTP_REQUEST_TIMEOUT);
    this.#timeoutMs = Math.min(LONGEST_TIMER_MS, (seconds > 0 ? seconds : REQUEST_SECONDS) * 1000);
    this.#ending = ending;
  }

  /** The id of an experiment, which is made if there is none of that name. @throws MlflowError */
  async experiment(name: string): Promise<string> {
    try {
      const query = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
      const answer = await this.#ask('GET', query);
      if (textAt(answer, 'experiment', 'lifecycle_stage') === 'deleted')
        throw new MlflowError(`the experiment "${name}" is deleted: restore it or take another one`, true);
      return textAt(answer, 'experiment', 'experiment_id');
    } catch (error) {
      if (!(error instanceof MlflowError) || error.code !== 'RESOURCE_DOES_NOT_EXIST') throw error;
      return textAt(await this.post('experiments/create', JSON.stringify({ name })), 'experiment_id');
    }
  }

  /** Begins a run. Returns its id. @throws MlflowError */
  async begin(experimentId: string, runName: string): Promise<string> {
    const tags = [
      { key: 'mlflow.runName', value: runName },
      { key: 'mlflow.source.name', value: 'whenever' },
    ];
    const body = { experiment_id: experimentId, run_name: runName, start_time: Date.now(), tags };
    return textAt(await this.post('runs/create', JSON.stringify(body)), 'run', 'info', 'run_id');
  }

  /** @throws MlflowError */
  post(path: string, body: string): Promise<unknown> {
    return this.#ask('POST', path, body);
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: string): Promise<unknown> {
    const what = `${this.base}, ${path.split('?', 1)[0]}`;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.base}/api/2.0/mlflow/${path}`, {
        ...{ method, headers: this.#headers, redirect: 'error' },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.any([this.#ending, AbortSignal.timeout(this.#timeoutMs)]),
      });
      text = await response.text();
    } catch (error) {
      const { message, cause } = error as { message: string; cause?: NodeJS.ErrnoException };
      // An address with two numbers has a cause without words.
      throw new MlflowError(`${what}: ${cause?.message || cause?.code || message}`, true);
    }
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch {
      // A page of a proxy, as a rule.
      if (response.ok) throw new MlflowError(`${what}: the answer is not JSON: is it an MLflow server?`, true);
    }
    if (!response.ok) throw refusal(what, response, answer);
    return answer;
  }
}
