import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { ActionName, LiveMessage, QuestionName } from '../../../src/web/api.ts';
import type { Place, Program } from '../../support/program.ts';

/** One answer of the server. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What a request is made of. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A page's side of the live connection. */
export class Live {
  readonly socket: WebSocket;
  readonly messages: LiveMessage[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data as Buffer)) as LiveMessage);
      for (const look of [...this.#watchers]) look();
    });
  }
  /** Resolves with the first message from `from` on that fits. */
  message<T extends LiveMessage['type']>(
    type: T,
    fits: (message: LiveMessage & { type: T }) => boolean = () => true,
    from = 0,
  ): Promise<LiveMessage & { type: T }> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#watchers.delete(look);
        const got = this.messages.map((one) => JSON.stringify(one).slice(0, 300));
        reject(new Error(`no message ${type} among\n${got.join('\n')}`));
      }, 15_000);
      const look = () => {
        const found = this.messages
          .slice(from)
          .find((one): one is LiveMessage & { type: T } => one.type === type && fits(one as LiveMessage & { type: T }));
        if (found === undefined) return;
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(found);
      };
      this.#watchers.add(look);
      look();
    });
  }
}

/** `whenever web`, with a browser that has no interface. */
export class WebClient {
  readonly program: Program;
  readonly port: number;
  cookie = '';

  constructor(program: Program, port: number) {
    this.program = program;
    this.port = port;
  }
  /** Starts it, and uses its address unless `known` is false. */
  static async start(place: Place, args: readonly string[] = [], known = true): Promise<WebClient> {
    const program = place.start(['web', ...args]);
    await program.until(() => program.stdout.includes('\n'), 'the address');
    const client = new WebClient(program, Number(/:(\d+)\/\?token=/.exec(program.stdout)![1]));
    if (known) await client.enter();
    return client;
  }
  /** The token of the address that was printed last. */
  get token(): string {
    return [...this.program.stdout.matchAll(/token=(\S+)/g)].at(-1)![1]!;
  }
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }
  get origin(): string {
    return `http://${this.host}`;
  }
  async enter(): Promise<Answer> {
    const used = this.token;
    const answer = await this.send(`/?token=${used}`);
    this.cookie = String(answer.headers['set-cookie']).split(';')[0]!;
    await this.program.until(() => this.token !== used, 'the next address');
    return answer;
  }
  /** Sends a request as it is given: without a cookie unless it has one. */
  send(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.port, path, method, headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
        response.on('error', reject);
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }
  /** Sends the text of a request, and resolves with what comes until the server closes the connection. */
  raw(text: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write(text));
      let found = '';
      socket.setEncoding('latin1');
      socket.on('data', (chunk: string) => {
        found += chunk;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(found));
    });
  }
  async question<T>(name: QuestionName, query = ''): Promise<T> {
    const { status, text } = await this.send(`/api/${name}${query}`, { headers: { cookie: this.cookie } });
    if (status !== 200) throw new Error(`${status} ${text}`);
    return JSON.parse(text) as T;
  }
  action(name: ActionName, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send(`/api/${name}`, {
      method: 'POST',
      headers: { cookie: this.cookie, origin: this.origin, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }
  /** Opens the live connection; rejects with the status of a refusal. */
  live(headers: Readonly<Record<string, string>> = {}, path = '/live'): Promise<Live> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://${this.host}${path}`, {
        perMessageDeflate: false,
        headers: { cookie: this.cookie, origin: this.origin, ...headers },
      });
      const live = new Live(socket);
      socket.once('open', () => resolve(live));
      socket.once('unexpected-response', (_, response) => reject(new Error(`status ${response.statusCode}`)));
      socket.on('error', reject);
    });
  }
}
