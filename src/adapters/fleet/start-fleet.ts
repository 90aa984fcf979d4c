import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Fleet } from '../../core/fleet-port.ts';
import type { FleetSettings } from '../../core/spec.ts';
import { logReport } from '../../fleet/fleet-records.ts';
import { FleetWork } from '../../fleet/fleet-work.ts';
import { FleetMember, type FleetMemberOptions } from '../../fleet/member.ts';
import type { Logger } from '../../log/record.ts';
import { VERSION } from '../../version.ts';
import { systemClock } from '../clock.ts';
import { definitionHash } from './definition-hash.ts';
import { NatsStore } from './nats-store.ts';
import { NatsWorkQueue } from './nats-work-queue.ts';

/** A program that is one machine of a fleet. */
export interface StartedFleet {
  readonly fleet: Fleet;
  /** Takes part from now on. @param definitions of the shared conditions of the running configuration, by their names */
  begin(definitions: () => ReadonlyMap<string, string>): void;
  close(): Promise<void>;
}

/** The name of this machine, without what a key on the server cannot hold. */
export const nodeName = (given: string | undefined): string =>
  given ??
  (hostname()
    .split('.')[0]!
    .replaceAll(/[^A-Za-z0-9_-]/g, '-')
    .slice(0, 63) ||
    'unnamed');

/** Connects to the servers of a fleet. @throws Error that names a file which cannot be read */
export const startFleet = (
  { servers, name, tags, credentials_file, tls, without_engine }: FleetSettings,
  tickMs: number,
  log: Logger,
): StartedFleet => {
  const node = nodeName(name);
  const store = new NatsStore({ servers, node, credentialsFile: credentials_file, tls }, (problem) => {
    if (problem !== '') log.warn('PROC/FAIL', problem);
  });
  let definitions: () => ReadonlyMap<string, string> = () => new Map();
  const hashes = new Map<string, string>();
  const options: FleetMemberOptions = {
    ...{ node, tags, store, tickMs, version: VERSION, session: randomBytes(8).toString('hex') },
    ...{ clock: systemClock, withoutEngine: without_engine },
    hash: (definition) => {
      let hash = hashes.get(definition);
      if (hash === undefined) {
        hash = definitionHash(definition);
        hashes.set(definition, hash);
      }
      return hash;
    },
    definitions: () => definitions(),
    tasks: () => work.tasks,
    report: (report) => logReport(log, report),
  };
  const member = new FleetMember(options);
  const work = new FleetWork(options, member, new NatsWorkQueue(store));
  member.work = work;
  return {
    fleet: member,
    begin: (given) => {
      definitions = given;
      member.join();
      work.begin();
    },
    close: async () => {
      await work.end();
      await member.leave();
      await store.close();
    },
  };
};
