import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { findServer, LocalServer } from '../adapters/fleet/local-server.ts';
import { historiesDirectory } from '../adapters/history/directory.ts';
import { DEFAULT_LISTEN, fleetTable, parseListen, type ServerSettings } from '../fleet/server-config.ts';
import { FOUND } from './query-common.ts';
import { writeAll } from './stdio.ts';
import { UsageError } from './subcommand.ts';

/** Resolves when the process is asked to end. */
const asked = (): Promise<'asked'> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('asked'));
  });

/** Runs a nats-server until it is asked to end. Returns the exit status. @throws UsageError, Error */
export const serveFleet = async (
  listen: Pick<ServerSettings, 'host' | 'port'> = parseListen(DEFAULT_LISTEN)!,
  directory = join(historiesDirectory(), 'fleet'),
): Promise<number> => {
  const program = findServer();
  if (program === undefined)
    throw new UsageError(
      'PATH does not have nats-server: install the Debian package (apt install nats-server), or write the address of a server that runs elsewhere into [fleet] of the file',
    );
  const end = asked();
  const server = new LocalServer(program, listen, resolve(directory), (text) => void writeAll(2, text));
  try {
    const ready = await Promise.race([server.ready(), end]);
    if (ready === true) {
      writeAll(1, fleetTable(server.settings, hostname()));
      const how = await Promise.race([server.ended, end]);
      if (how === 'asked') return FOUND;
    } else if (ready === 'asked') return FOUND;
    const how = await server.ended;
    throw new Error(
      `nats-server has ended ${typeof how === 'number' ? `with status ${how}` : `by ${how}`}: why is in what it has logged above`,
    );
  } finally {
    await server.end();
  }
};
