import { serversOf } from '../adapters/fleet/nats-connection.ts';
import { NatsLog } from '../adapters/fleet/nats-log.ts';
import { NatsStore } from '../adapters/fleet/nats-store.ts';
import { hashesOf } from '../commands/fleet-connect.ts';
import type { Config } from '../core/spec.ts';
import type { FleetLink } from './fleet-view.ts';

/** Begins to connect to the servers of a file. @throws Error that names a file which cannot be read */
export const openFleet = (config: Config): FleetLink => {
  const fleet = config.settings.fleet!;
  let problem = '';
  const store = new NatsStore(serversOf(fleet, 'web'), (text) => {
    problem = text;
  });
  const hosts = fleet.servers.map((server) => new URL(server).host).join(', ');
  return {
    ...{ store, log: new NatsLog(store), hashesOf },
    problem: () => problem || `${hosts} cannot be reached`,
    close: () => store.close(),
  };
};
