import { systemClock } from '../adapters/clock.ts';
import { callInstance } from '../adapters/control-client.ts';
import { NotRunningError } from '../adapters/control-errors.ts';
import { definitionHash } from '../adapters/fleet/definition-hash.ts';
import { hostsOf, serversOf } from '../adapters/fleet/nats-connection.ts';
import { NatsLog } from '../adapters/fleet/nats-log.ts';
import { NatsStore } from '../adapters/fleet/nats-store.ts';
import { socketPath } from '../adapters/socket-path.ts';
import type { StatusReport } from '../control/status.ts';
import { sharedDefinitions } from '../core/definitions.ts';
import type { ConditionSpec, Config } from '../core/spec.ts';
import type { SharedLog } from '../fleet/shared-log.ts';
import { type SharedStore, UnreachableError } from '../fleet/shared-store.ts';
import { type FleetSnapshot, readFleetSnapshot } from '../fleet/snapshot.ts';
import { chosenFile } from './chosen-file.ts';
import { loadConfigFile } from './load-config.ts';
import { NOT_RUNNING } from './query-common.ts';
import { printMessage } from './stdio.ts';
import { UsageError } from './subcommand.ts';

/** How long a server is waited for, ms. */
const PATIENCE_MS = 5000;

/** The file of the running instance; undefined: none runs. */
const fileOfInstance = async (): Promise<string | undefined> => {
  try {
    const report = await callInstance(socketPath(), { request: 'status', conditions: [] }, () => {});
    return (report as StatusReport).config;
  } catch (error) {
    if (error instanceof NotRunningError) return undefined;
    throw error;
  }
};

/** The shared conditions of a configuration. */
export const sharedOf = ({ conditions }: Config): readonly ConditionSpec[] =>
  conditions.filter(({ traits }) => traits.shared);

/** The hashes of their definitions, by their names. */
export const hashesOf = ({ conditions, tasks }: Config): Readonly<Record<string, string>> => {
  const byName = new Map(tasks.map((spec) => [spec.name, spec]));
  const definitions = sharedDefinitions(conditions, (name) => byName.get(name));
  return Object.fromEntries([...definitions].map(([name, definition]) => [name, definitionHash(definition)]));
};

/** How the machines stand, with a note on the standard error if that is not by the clock of the server. @throws UnreachableError */
export const readStanding = async (store: SharedStore, config: Config): Promise<FleetSnapshot> => {
  const snapshot = await readFleetSnapshot(store, systemClock, hashesOf(config));
  if (snapshot.refused !== undefined)
    printMessage(`the server takes nothing (${snapshot.refused}): times are by the clock of this machine`);
  return snapshot;
};

/** Resolves when a server answers. Rejects with what keeps it from that, or after 5 seconds. */
const connected = (fleet: NonNullable<Config['settings']['fleet']>): Promise<NatsStore> =>
  new Promise((resolve, reject) => {
    const store = new NatsStore(serversOf(fleet, 'fleet'), (problem) => {
      if (problem !== '') fail(problem);
    });
    const timer = setTimeout(() => fail(`no server of the fleet answers: ${hostsOf(fleet.servers)}`), PATIENCE_MS);
    const fail = (why: string): void => {
      clearTimeout(timer);
      void store.close();
      reject(new UnreachableError(why));
    };
    store.onConnection((up) => {
      clearTimeout(timer);
      if (up) resolve(store);
    });
  });

/**
 * Asks the servers of a file: the given one, that of the running instance, or the usual one. Returns the exit status, which is 3 when no
 * server answers. @throws UsageError when the file has no fleet, ConfigError, UnreadableFile
 */
export const askFleet = async (
  given: string | undefined,
  ask: (store: SharedStore, config: Config, log: SharedLog) => Promise<number>,
): Promise<number> => {
  const file = given ?? (await fileOfInstance()) ?? chosenFile();
  const config = await loadConfigFile(file);
  const { fleet } = config.settings;
  if (fleet === undefined) throw new UsageError(`${file}: expected a table [fleet] with the servers of the fleet`);
  let store: NatsStore | undefined;
  try {
    store = await connected(fleet);
    return await ask(store, config, new NatsLog(store));
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    printMessage(error.message);
    return NOT_RUNNING;
  } finally {
    await store?.close();
  }
};
