import { readFileSync } from 'node:fs';
import { credsAuthenticator, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { FleetSettings } from '../../core/spec.ts';
import { unreadable } from '../host-fs.ts';

/** Between two attempts to connect, ms. */
export const RECONNECT_MS = 500;

/** Where the servers are, and how a node proves who it is. */
export interface NatsServers {
  readonly servers: readonly string[];
  /** The name of this node, which the server shows. */
  readonly node: string;
  /** The path of a file with a JWT and a key, as `nsc` makes it. */
  readonly credentialsFile?: string | undefined;
  /** The connection has to be encrypted; a path: of a file with certificates of authorities. */
  readonly tls?: boolean | string | undefined;
}

/** The servers that a file names. @param node who asks */
export const serversOf = ({ servers, credentials_file, tls }: FleetSettings, node: string): NatsServers => ({
  ...{ servers, node, credentialsFile: credentials_file, tls },
});

/** Where servers are, without what proves who asks. */
export const hostsOf = (servers: readonly string[]): string => servers.map((server) => new URL(server).host).join(', ');

/** The token, or the user and the password, of the first address that has one. */
const secretsOf = (servers: readonly string[]): NodeConnectionOptions => {
  const url = servers.map((server) => new URL(server)).find(({ username }) => username !== '');
  if (url === undefined) return {};
  const [user, pass] = [url.username, url.password].map(decodeURIComponent) as [string, string];
  return pass === '' ? { token: user } : { user, pass };
};

/** A file that a key of `[fleet]` names. @throws Error that names both */
const readNamed = (key: string, path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${key} names a file that cannot be read: ${unreadable(path, error).message}`);
  }
};

/** What a connection is made with. @throws Error that names the file which cannot be read, and its key */
export const connectionOptions = ({
  servers,
  node,
  credentialsFile,
  tls = false,
}: NatsServers): NodeConnectionOptions => ({
  servers: servers.map((server) => new URL(server).host),
  name: `whenever ${node}`,
  ...(credentialsFile === undefined
    ? secretsOf(servers)
    : { authenticator: credsAuthenticator(readNamed('credentials_file', credentialsFile)) }),
  ...(tls !== false || servers.some((server) => server.startsWith('tls:'))
    ? { tls: typeof tls === 'string' ? { ca: readNamed('tls', tls).toString() } : {} }
    : {}),
  maxReconnectAttempts: -1,
  reconnectTimeWait: RECONNECT_MS,
  pingInterval: 5000,
  maxPingOut: 2,
  // Each question would make two errors in advance, which hold where it was asked.
  noAsyncTraces: true,
});
