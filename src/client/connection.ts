import type { Backoff } from '../adapters/backoff.ts';
import { type AnswerListeners, callInstance } from '../adapters/control-client.ts';
import {
  ConnectionLostError,
  NoAnswerError,
  NotRunningError,
  RequestRefusedError,
} from '../adapters/control-errors.ts';
import { socketPath } from '../adapters/socket-path.ts';
import type { Request } from '../control/request.ts';
import { abortReason, type CancelSignal, onAbort } from '../subscription.ts';

export { ConnectionLostError, NoAnswerError, NotRunningError, RequestRefusedError };

/** Thrown when a client that was closed is asked, or is closed before the answer has come. */
export class ClientClosedError extends Error {
  override readonly name: string = 'ClientClosedError';
  constructor() {
    super('the client is closed');
  }
}

/** The way to an instance: a connection for each request, so that what is asked after a restart is asked of the new one. */
export class Connection {
  /** How long to wait before a stream is tried again; undefined: it ends. */
  readonly backoff: Backoff | undefined;
  readonly #socket: string | undefined;
  readonly #stops = new Set<() => void>();
  #closed = false;

  constructor(socket: string | undefined, backoff: Backoff | undefined) {
    this.#socket = socket;
    this.backoff = backoff;
  }

  /** The end of the answer. @throws what `callInstance` throws; ClientClosedError; the reason of the signal */
  async request(request: Request, signal?: CancelSignal, listeners: AnswerListeners = {}): Promise<unknown> {
    if (this.#closed) throw new ClientClosedError();
    const stop = new AbortController();
    const end = (): void => stop.abort();
    this.#stops.add(end);
    const forget = onAbort(signal, end);
    try {
      // The runtime directory can come and go.
      const answer = await callInstance(this.#socket ?? socketPath(), request, listeners, stop.signal);
      if (!stop.signal.aborted) return answer;
    } finally {
      forget();
      this.#stops.delete(end);
    }
    throw signal?.aborted ? abortReason(signal) : new ClientClosedError();
  }

  /** Ends all requests. */
  close(): void {
    this.#closed = true;
    for (const stop of [...this.#stops]) stop();
  }
}

/** Whether a request can be tried again when an instance runs: nothing was refused. */
export const isLoss = (error: unknown): boolean => error instanceof NotRunningError || error instanceof NoAnswerError;
