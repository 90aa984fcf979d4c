import type { Backoff } from '../adapters/backoff.ts';
import { expectOptions, expectType, TYPES } from '../check-arguments.ts';
import { SIGNAL } from '../host/options.ts';
import type { SignalOptions } from '../subscription.ts';
import { Client } from './client.ts';
import { Connection } from './connection.ts';

/** How long a stream waits before it is tried again: doubled each time. */
export interface ReconnectOptions {
  /** The first wait, in ms; 100 if not set. */
  readonly firstMs?: number | undefined;
  /** The longest one, in ms; 5 000 if not set. */
  readonly mostMs?: number | undefined;
}

/** How a client is made. */
export interface ConnectOptions extends SignalOptions {
  /** The path of the control socket; default: that of this user's instance, looked for at each request. */
  readonly socket?: string | undefined;
  /**
   * True, or how: streams go on when the instance comes back, and no instance has to run yet. Requests are not repeated: each is asked
   * of the instance that runs then. Default: false.
   */
  readonly reconnect?: boolean | ReconnectOptions | undefined;
}

const DEFAULTS: Backoff = { firstMs: 100, mostMs: 5000 };

const backoffOf = (reconnect: ConnectOptions['reconnect']): Backoff | undefined => {
  if (reconnect === undefined || reconnect === false) return undefined;
  if (reconnect === true) return DEFAULTS;
  expectOptions('connect', reconnect, { firstMs: TYPES.positive, mostMs: TYPES.positive });
  const { firstMs = DEFAULTS.firstMs, mostMs = DEFAULTS.mostMs } = reconnect;
  return { firstMs, mostMs: Math.max(firstMs, mostMs) };
};

/**
 * Connects with the instance that runs for this user. The signal closes the client.
 * @throws NotRunningError when none is running; RequestRefusedError when the socket is not safe, or not one of whenever; NoAnswerError when
 * it is silent; TypeError for an option that does not fit
 */
export const connect = async (options: ConnectOptions = {}): Promise<Client> => {
  expectOptions('connect', options, { socket: TYPES.path, signal: SIGNAL });
  const { socket, signal, reconnect } = options;
  if (reconnect !== undefined && typeof reconnect !== 'boolean')
    expectType('connect', 'reconnect', reconnect, ['true, false or an object with firstMs or mostMs', TYPES.table[1]]);
  const backoff = backoffOf(reconnect);
  const connection = new Connection(socket, backoff);
  if (!backoff) await connection.request({ request: 'status', conditions: [''] }, signal);
  return new Client(connection, signal);
};
