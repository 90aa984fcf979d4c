import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import { LineSplitter } from '../adapters/stdin.ts';

/** Errors of JSON-RPC. */
const [NOT_JSON, NOT_A_MESSAGE] = [-32_700, -32_600] as const;

/**
 * How long what was asked before the end of input may still be answered, in ms. Each question is a process of its own, which takes seconds on
 * a busy machine; a client that has gone ends it at once.
 */
const LAST_ANSWERS_MS = 10_000;

/** Where lines come from and go to. */
export interface LineStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * One message of JSON-RPC a line. A line that is not one is answered with an error, and the next ones are read. At the end of input what was
 * asked is still answered, for a short time.
 */
export class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #streams: LineStreams;
  #closed = false;
  /** Requests that are not answered yet. */
  readonly #open = new Set<string | number>();
  #ending = false;

  constructor(streams: LineStreams) {
    this.#streams = streams;
  }

  async start(): Promise<void> {
    const { input, output } = this.#streams;
    const lines = new LineSplitter(
      {
        line: (text) => this.#take(text),
        bad: (reason) => this.#refuse(NOT_JSON, reason),
        end: () => this.#end(),
      },
      'a message',
    );
    input.on('data', (chunk: Buffer) => lines.add(chunk));
    input.once('end', () => lines.end());
    input.once('error', () => lines.end());
    // The client has gone.
    output.once('error', () => void this.close());
  }

  async send(message: JSONRPCMessage): Promise<void> {
    await this.#write(message);
    if (!('method' in message) && message.id !== undefined) this.#open.delete(message.id);
    if (this.#ending && this.#open.size === 0) await this.close();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.onclose?.();
  }

  #take(text: string): void {
    if (text.trim() === '') return;
    let found: unknown;
    try {
      found = JSON.parse(text);
    } catch {
      this.#refuse(NOT_JSON, 'a message is one JSON object on one line');
      return;
    }
    const message = JSONRPCMessageSchema.safeParse(found);
    if (message.success) this.#hand(message.data);
    else this.#refuse(NOT_A_MESSAGE, 'expected a message of JSON-RPC 2.0');
  }

  #hand(message: JSONRPCMessage): void {
    if ('method' in message && 'id' in message) this.#open.add(message.id);
    // It gets no answer any more.
    if ('method' in message && message.method === 'notifications/cancelled')
      this.#open.delete((message.params as { readonly requestId?: string | number } | undefined)?.requestId ?? '');
    this.onmessage?.(message);
  }

  #end(): void {
    this.#ending = true;
    if (this.#open.size === 0) void this.close();
    else setTimeout(() => void this.close(), LAST_ANSWERS_MS);
  }

  #refuse(code: number, message: string): void {
    void this.#write({ jsonrpc: '2.0', id: null, error: { code, message } });
  }

  #write(message: object): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#streams.output.write(`${JSON.stringify(message)}\n`, () => resolve());
    });
  }
}
