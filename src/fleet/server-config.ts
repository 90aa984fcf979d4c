/** What a local server is started with. */
export interface ServerSettings {
  /** Where it listens. */
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Where its data are kept. */
  readonly directory: string;
}

/** Where a server listens if nothing else is said: only programs of this machine reach it. */
export const DEFAULT_LISTEN = '127.0.0.1:4222';
/** The form of an address. */
export const LISTEN = 'ADDRESS:PORT such as 127.0.0.1:4222, 0.0.0.0:4222 or [::1]:4222';

/** Reads `ADDRESS:PORT`; undefined: it is none. */
export const parseListen = (text: string): Pick<ServerSettings, 'host' | 'port'> | undefined => {
  const [, v6, name, digits] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
};

/** A text in a configuration file of nats-server. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/** The configuration file of a local nats-server, of version 2.9 or later. */
export const serverConfig = ({ host, port, token, directory }: ServerSettings): string => `\
# Written by "whenever fleet serve" each time it starts.
server_name: whenever
host: ${quoted(host)}
port: ${port}
authorization {
  token: ${quoted(token)}
}
jetstream {
  store_dir: ${quoted(directory)}
}
`;

const isLoopback = (host: string): boolean => /^(?:127\.[\d.]+|localhost|::1)$/.test(host);
const isAnyAddress = (host: string): boolean => /^(?:0\.0\.0\.0|::)$/.test(host);

/** What to put into the configuration of each machine. @param machine the name of this machine in the network */
export const fleetTable = ({ host, port, token }: Omit<ServerSettings, 'directory'>, machine: string): string => {
  const reached = isAnyAddress(host) ? machine : host;
  const address = `nats://${token}@${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
  const notes = isLoopback(host)
    ? ['# Only programs of this machine reach this server; --listen 0.0.0.0:4222 lets others in.']
    : ['# Connections are not encrypted, and neither is the token.'];
  return [
    '# For the file of each machine. The token is a secret: chmod 600 FILE',
    ...notes,
    '[fleet]',
    `servers = ["${address}"]`,
    '',
  ].join('\n');
};
