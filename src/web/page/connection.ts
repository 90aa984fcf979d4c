import type {
  ActionAnswer,
  ActionBody,
  ActionName,
  LiveMessage,
  PageMessage,
  QuestionName,
  Questions,
} from '../api.ts';
import { Store } from './store.ts';

export const store = new Store();

/** Waits before the connection is tried again, in ms: longer and longer. */
const RETRY_MS = [200, 500, 1000, 2000, 5000] as const;

/** Thrown with what the server says. */
export class AnswerError extends Error {
  readonly status: number;
  constructor(text: string, status: number) {
    super(text);
    this.status = status;
  }
}

const answerOf = async <T>(response: Response): Promise<T> => {
  // A body that is cut off, as by an abort, is not an answer.
  if (response.ok) return (await response.json()) as T;
  const { error = `status ${response.status}` } = (await response.json().catch(() => ({}))) as { error?: string };
  throw new AnswerError(error, response.status);
};

/** Asks the server. @throws AnswerError, or TypeError when it cannot be reached */
export const ask = async <K extends QuestionName>(
  name: K,
  query: Questions[K]['query'],
  signal?: AbortSignal,
): Promise<Questions[K]['answer']> => {
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  const parameters = new URLSearchParams(Object.fromEntries(given)).toString();
  return answerOf(await fetch(`/api/${name}${parameters && `?${parameters}`}`, { ...(signal ? { signal } : {}) }));
};

/** Asks for an action. @throws as {@link ask} */
export const act = async (action: ActionName, body: ActionBody): Promise<ActionAnswer> =>
  answerOf(
    await fetch(`/api/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );

/** A stream that pages want now, by what the server has to be told. */
interface Wanted {
  readonly message: PageMessage;
  readonly take: (message: LiveMessage) => void;
}

const wanted = new Set<Wanted>();
let socket: WebSocket | undefined;
let failures = 0;

const send = (message: PageMessage): void => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
};

/** Opens the live connection, and again whenever it is lost. */
export const openLive = (): void => {
  const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`;
  socket = new WebSocket(address);
  socket.addEventListener('open', () => {
    failures = 0;
    store.set({ connection: 'open' });
    for (const { message } of wanted) send(message);
  });
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const message = JSON.parse(data) as LiveMessage;
    store.take(message);
    for (const { take } of wanted) take(message);
  });
  socket.addEventListener('close', () => {
    store.set({ connection: 'lost' });
    const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
    failures += 1;
    setTimeout(openLive, wait);
  });
};

/** Wants a stream until the function that is returned is called. `take` gets every message. */
export const want = (message: PageMessage, take: (message: LiveMessage) => void): (() => void) => {
  const one: Wanted = { message, take };
  wanted.add(one);
  send(message);
  return () => {
    wanted.delete(one);
    const isStillWanted = [...wanted].some((other) => JSON.stringify(other.message) === JSON.stringify(message));
    if (!isStillWanted) send({ ...message, on: false });
  };
};
