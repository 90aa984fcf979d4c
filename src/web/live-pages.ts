import type { WebSocket } from 'ws';
import { LEVELS } from '../log/record.ts';
import type { LiveMessage, PageMessage } from './api.ts';

/** Bytes that may wait for a page that does not read; then messages are left out until it has read most of them. */
const MOST_BUFFERED = 1 << 20;
const FEW_BUFFERED = 1 << 16;
/** A page that does not read is looked at again after so long, in ms. */
const LOOK_MS = 100;
/** A page that does not answer a ping for so long is gone, in ms. */
const PING_MS = 30_000;
/** What pages want is looked at so long after a change, in ms: many changes cost the instance as much as one. */
const WANTED_MS = 50;
/** Items whose output one page can follow, and streams of records. */
const MOST_WANTED = 16;

/** What a page wants besides what every page gets: `vitals`, `logs LEVEL ITEM`, `output ITEM`. */
export type Want = string;

const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= 300;

/** Reads what a page says; undefined: it is not a message. */
const readMessage = (text: string): PageMessage | undefined => {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof found !== 'object' || found === null) return undefined;
  const { type, on, item, level } = found as Readonly<Record<string, unknown>>;
  if (typeof on !== 'boolean' || (item !== undefined && !isText(item))) return undefined;
  if (level !== undefined && !(LEVELS as readonly unknown[]).includes(level)) return undefined;
  const known = type === 'vitals' || type === 'logs' || (type === 'output' && item !== undefined);
  return known ? (found as PageMessage) : undefined;
};

/** One page that is open. */
class LivePage {
  readonly #socket: WebSocket;
  readonly #restart: () => readonly LiveMessage[];
  /** By type, what it wants; of logs the last wish counts. */
  readonly wants = new Map<string, PageMessage & { readonly on: true }>();
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #answered = true;
  /** It has got the whole state: what comes before is part of that. */
  #begun = false;

  /** @param restart the whole state, for a page that has missed messages */
  constructor(socket: WebSocket, restart: () => readonly LiveMessage[]) {
    this.#socket = socket;
    this.#restart = restart;
    socket.on('pong', () => {
      this.#answered = true;
    });
  }
  /** Sends the whole state; from then on messages are sent. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    for (const message of this.#restart()) this.send(JSON.stringify(message));
  }
  send(text: string): void {
    if (!this.#begun) return;
    if (this.#timer === undefined && this.#socket.bufferedAmount < MOST_BUFFERED) {
      this.#socket.send(text);
      return;
    }
    this.#dropped += 1;
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }
  /** Goes on when most of what waits has been read. */
  #look(): void {
    if (this.#socket.bufferedAmount > FEW_BUFFERED) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    const count = this.#dropped;
    this.#dropped = 0;
    for (const message of [{ type: 'dropped', count } as const, ...this.#restart()])
      this.#socket.send(JSON.stringify(message));
  }
  /** Ends it when it has not answered since the last call. */
  ping(): void {
    if (!this.#answered) {
      this.#socket.terminate();
      return;
    }
    this.#answered = false;
    this.#socket.ping();
  }
  close(): void {
    clearInterval(this.#timer);
  }
}

/** Called when pages come and go, and want other things. */
export interface PagesListener {
  /** Resolves when the state is known, or has to be shown as it is. */
  ready(): Promise<unknown>;
  /** The messages that a page gets first, and after messages were left out. */
  state(): readonly LiveMessage[];
  /** The first page was opened, or the last one closed. */
  opened(any: boolean): void;
  /** What the pages want has changed. */
  wanted(): void;
}

/** The pages that are open. */
export class LivePages {
  readonly #listener: PagesListener;
  readonly #pages = new Map<WebSocket, LivePage>();
  readonly #pings: NodeJS.Timeout;
  #wanted: NodeJS.Timeout | undefined;

  constructor(listener: PagesListener) {
    this.#listener = listener;
    this.#pings = setInterval(() => {
      for (const page of this.#pages.values()) page.ping();
    }, PING_MS).unref();
  }

  get size(): number {
    return this.#pages.size;
  }
  /** What pages want, each thing once. */
  get wants(): ReadonlyMap<Want, PageMessage> {
    return new Map(
      [...this.#pages.values()].flatMap(({ wants }) => [...wants.values()].map((one) => [wantOf(one), one])),
    );
  }

  open(socket: WebSocket): void {
    const page = new LivePage(socket, () => this.#listener.state());
    this.#pages.set(socket, page);
    this.#listener.opened(true);
    socket.on('message', (data, binary) => this.#heard(socket, page, binary ? '' : String(data as Buffer)));
    socket.on('error', () => socket.terminate());
    // Each ping is answered: a client that asks and does not read would fill the memory.
    socket.on('ping', () => socket.bufferedAmount > MOST_BUFFERED && socket.terminate());
    socket.once('close', () => {
      page.close();
      this.#pages.delete(socket);
      this.#listener.wanted();
      if (this.#pages.size === 0) this.#listener.opened(false);
    });
    void this.#listener.ready().then(() => page.begin());
  }
  #heard(socket: WebSocket, { wants }: LivePage, text: string): void {
    const message = readMessage(text);
    if (message === undefined) {
      socket.close(1008, 'this is not a message of the page');
      return;
    }
    const key = message.type === 'output' ? `output ${message.item}` : message.type;
    if (!message.on) wants.delete(key);
    else if (wants.has(key) || wants.size < MOST_WANTED) wants.set(key, message as PageMessage & { readonly on: true });
    this.#wanted ??= setTimeout(() => {
      this.#wanted = undefined;
      this.#listener.wanted();
    }, WANTED_MS);
  }

  /** Sends a message to all pages, or to those that want it. */
  send(message: LiveMessage, want?: Want): void {
    if (this.#pages.size === 0) return;
    const text = JSON.stringify(message);
    for (const page of this.#pages.values())
      if (want === undefined || [...page.wants.values()].some((one) => wantOf(one) === want)) page.send(text);
  }
  close(): void {
    clearInterval(this.#pings);
    clearTimeout(this.#wanted);
    for (const socket of this.#pages.keys()) socket.terminate();
  }
}

/** What a wish is known by: equal ones are asked for once. */
export const wantOf = (message: PageMessage): Want => {
  if (message.type === 'vitals') return 'vitals';
  if (message.type === 'output') return `output ${message.item}`;
  return `logs ${message.level ?? ''} ${message.item ?? ''}`;
};
