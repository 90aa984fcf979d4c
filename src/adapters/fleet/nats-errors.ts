import { JetStreamApiError } from '@nats-io/jetstream';
import {
  AuthorizationError,
  ClosedConnectionError,
  ConnectionError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from '@nats-io/transport-node';
import { codeOf, messageOf } from '../../error-message.ts';
import type { NatsServers } from './nats-connection.ts';

/** The server has no stream of this name; it has one with another configuration. */
export const NOT_FOUND = 10_059;
export const ALREADY_THERE = 10_058;
/** Too few servers of a cluster reach each other. */
const NOT_AVAILABLE = 10_008;

export const hasCode = (error: unknown, code: number): boolean =>
  error instanceof JetStreamApiError && error.code === code;

/** What a refusal can be about. */
type Asking = Pick<NatsServers, 'servers' | 'credentialsFile' | 'tls'>;

/** Which keys of `[fleet]` say who asks. */
const proofOf = ({ servers, credentialsFile }: Asking): string => {
  if (credentialsFile !== undefined) return `the credentials in ${credentialsFile}, which credentials_file names`;
  const url = servers.map((server) => new URL(server)).find(({ username }) => username !== '');
  if (url === undefined)
    return 'a connection without a token: servers has none, expected nats://TOKEN@HOST, nats://USER:PASSWORD@HOST, or credentials_file';
  return `the ${url.password === '' ? 'token' : 'user and the password'} that servers has`;
};

const NO_TLS = "server does not support 'tls'";
const NO_ADDRESS = ['ENOTFOUND', 'EAI_AGAIN'];
/** Codes of errors about a certificate, and about what two programs say before one is shown. */
const CERTIFICATE = /CERT|^(?:UNABLE_TO|INVALID_CA|HOSTNAME_MISMATCH)/;

/** What is wrong with an encrypted connection; undefined: something else. */
const tlsText = (error: unknown, { tls }: Asking): string | undefined => {
  const said = messageOf(error);
  if (said === NO_TLS) {
    const key = tls ? 'tls is set in the file' : 'an address in servers begins with tls://';
    return `the server does not encrypt connections, but ${key}`;
  }
  if (!CERTIFICATE.test(codeOf(error))) return undefined;
  const file =
    typeof tls === 'string'
      ? `checked with the file ${tls}, which tls names`
      : 'tls can name a file with the certificate of its authority';
  return `the certificate of the server is not accepted (${said}): ${file}`;
};

/** What keeps a program from the servers, in words of the file. */
export const refusalText = (error: unknown, servers: Asking): string => {
  const said = messageOf(error);
  if (error instanceof UserAuthenticationExpiredError)
    return `the server does not accept ${proofOf(servers)} any more (${said})`;
  if (error instanceof AuthorizationError) return `the server refuses ${proofOf(servers)} (${said})`;
  if (said === 'unable to parse credentials') return `there are none in ${proofOf(servers)}, as nsc writes them`;
  if (NO_ADDRESS.includes(codeOf(error)))
    return `no address is known for ${(error as { hostname?: string }).hostname} (${said})`;
  return tlsText(error, servers) ?? said;
};

/** What the system says of a server that is not up, or cannot be reached now. */
const AWAY = new Set('ECONNREFUSED ECONNRESET EHOSTDOWN EHOSTUNREACH ENETDOWN ENETUNREACH EPIPE ETIMEDOUT'.split(' '));

/** Whether a server is only not there now, which is waited for, and not said of each attempt. */
export const isUnreachable = (error: unknown): boolean => {
  const { cause = error } = error as { cause?: unknown };
  if (AWAY.has(codeOf(cause))) return true;
  const isLost = [ClosedConnectionError, ConnectionError, TimeoutError].some((one) => error instanceof one);
  return isLost && cause === error && messageOf(error) !== NO_TLS;
};

/** Whether an answer says that a stream is not there, or that nothing is there which could take what was sent. */
export const isRemoved = (error: unknown): boolean =>
  hasCode(error, NOT_FOUND) ||
  ['JetStreamNotEnabled', 'NoRespondersError'].includes((error as Error | null)?.name ?? '');

/** Whether nothing has answered, or a server that cannot decide alone. */
export const isSilence = (error: unknown): boolean => error instanceof TimeoutError || hasCode(error, NOT_AVAILABLE);

/** What the server says when a key has another revision than expected. */
const WRONG_REVISION = new Set([10071, 10164]);
export const isWrongRevision = (error: unknown): boolean =>
  WRONG_REVISION.has((error as { code?: number } | undefined)?.code ?? 0);
