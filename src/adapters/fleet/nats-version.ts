import type { NatsConnection } from '@nats-io/transport-node';

/** The first version that has everything that is used. */
const OLDEST = [2, 9, 0] as const;

const isOld = (version: string): boolean => {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  for (const [i, least] of OLDEST.entries()) if (parts[i] !== least) return (parts[i] ?? 0) < least;
  return false;
};

/** What is wrong with the version of a server; undefined: nothing. */
export const versionFault = (connection: NatsConnection): string | undefined => {
  const { version = '0', host, port } = connection.info ?? {};
  if (!isOld(version)) return undefined;
  const expected = OLDEST.slice(0, 2).join('.');
  return `the server ${connection.getServer()} (${host}:${port}) has version ${version}, expected ${expected} or later`;
};
