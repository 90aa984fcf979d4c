import { JetStreamApiError } from '@nats-io/jetstream';
import { AuthorizationError, UserAuthenticationExpiredError } from '@nats-io/transport-node';
import { messageOf } from '../../error-message.ts';
import type { NatsServers } from './nats-connection.ts';

/** The server has no stream of this name; it has one with another configuration. */
export const NOT_FOUND = 10_059;
export const ALREADY_THERE = 10_058;

export const hasCode = (error: unknown, code: number): boolean =>
  error instanceof JetStreamApiError && error.code === code;

/** Which keys of `[fleet]` say who asks. */
const proofOf = ({ servers, credentialsFile }: Pick<NatsServers, 'servers' | 'credentialsFile'>): string => {
  if (credentialsFile !== undefined) return `the credentials in ${credentialsFile}, which credentials_file names`;
  const url = servers.map((server) => new URL(server)).find(({ username }) => username !== '');
  if (url === undefined)
    return 'a connection without a token: servers has none, expected nats://TOKEN@HOST, nats://USER:PASSWORD@HOST, or credentials_file';
  return `the ${url.password === '' ? 'token' : 'user and the password'} that servers has`;
};

/** What keeps a program from the servers, in words of the file. */
export const refusalText = (error: unknown, servers: Pick<NatsServers, 'servers' | 'credentialsFile'>): string => {
  if (error instanceof UserAuthenticationExpiredError)
    return `the server does not accept ${proofOf(servers)} any more (${messageOf(error)})`;
  if (error instanceof AuthorizationError) return `the server refuses ${proofOf(servers)} (${messageOf(error)})`;
  return messageOf(error);
};

/** Whether an answer says that a stream is not there, or that nothing is there which could take what was sent. */
export const isRemoved = (error: unknown): boolean =>
  hasCode(error, NOT_FOUND) ||
  ['JetStreamNotEnabled', 'NoRespondersError'].includes((error as Error | null)?.name ?? '');
