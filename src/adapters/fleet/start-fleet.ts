import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describeError } from '../../call-safely.ts';
import type { Fleet } from '../../core/fleet-port.ts';
import type { FleetSettings } from '../../core/spec.ts';
import { type AddEntry, sharedHistory, sharedRecords } from '../../fleet/fleet-log.ts';
import { logReport } from '../../fleet/fleet-records.ts';
import { FleetWork } from '../../fleet/fleet-work.ts';
import { LogShipper } from '../../fleet/log-shipper.ts';
import { FleetMember } from '../../fleet/member.ts';
import type { FleetMemberOptions } from '../../fleet/member-options.ts';
import { followEvents, shareEvent } from '../../fleet/shared-events.ts';
import type { HistoryWriter } from '../../history/history-line.ts';
import type { SharedEvent } from '../../journal/fact.ts';
import type { LogHub } from '../../log/log.ts';
import type { Logger } from '../../log/record.ts';
import { VERSION } from '../../version.ts';
import { systemClock } from '../clock.ts';
import { definitionHash } from './definition-hash.ts';
import { DiskSpool } from './disk-spool.ts';
import { hostsOf, serversOf } from './nats-connection.ts';
import { NatsLog } from './nats-log.ts';
import { NatsStore } from './nats-store.ts';
import { NatsWorkQueue } from './nats-work-queue.ts';
import { OwedFile } from './owed-file.ts';

/** A program that is one machine of a fleet. */
export interface StartedFleet {
  readonly fleet: Fleet;
  /** A history whose lines the other machines can read, too. */
  share(history: HistoryWriter): HistoryWriter;
  /** Hands an event on to all machines. */
  shareEvent(event: SharedEvent): void;
  /**
   * Takes part from now on.
   * @param definitions of the shared conditions of the running configuration, by their names
   * @param receive takes the events of other machines. @throws Error for what is not one
   */
  begin(definitions: () => ReadonlyMap<string, string>, receive: (machine: string, event: SharedEvent) => void): void;
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

/** How a program takes part in a fleet. */
export interface FleetStart {
  readonly settings: FleetSettings;
  readonly tickMs: number;
  /** Where what waits for a server is kept. */
  readonly directory: string;
  readonly hub: LogHub;
}

/** How long the last entries of the log may take when the program ends, ms. */
const LOG_MS = 500;

/** What waits on this machine; undefined: nothing can be kept. */
const openSpool = (directory: string, session: string, log: Logger): DiskSpool | undefined => {
  const warn = (text: string): void => log.warn('PROC/FAIL', text);
  try {
    return new DiskSpool(directory, { session, now: systemClock.wall, warn });
  } catch (error) {
    warn(`nothing of this machine goes into the log of the fleet: ${describeError(error, true)}`);
    return undefined;
  }
};

/** Connects to the servers of a fleet. @throws Error that names a file which cannot be read */
export const startFleet = ({ settings, tickMs, directory, hub }: FleetStart): StartedFleet => {
  const { name, tags, without_engine } = settings;
  const node = nodeName(name);
  const log = hub.for('MAIN', 'fleet');
  const session = randomBytes(8).toString('hex');
  const warn = (text: string): void => {
    if (text !== '') log.warn('PROC/FAIL', text);
  };
  const store = new NatsStore(serversOf(settings, node), warn, warn);
  let definitions: () => ReadonlyMap<string, string> = () => new Map();
  const hashes = new Map<string, string>();
  const spoolPath = join(directory, node);
  const spool = openSpool(spoolPath, session, log);
  const owedFile = spool && new OwedFile(spoolPath, session, warn);
  const options: FleetMemberOptions = {
    ...{ node, tags, store, tickMs, version: VERSION, session },
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
    ...(owedFile && { keeper: owedFile }),
    report: (report) => logReport(log, report, { withoutEngine: without_engine, hosts: hostsOf(settings.servers) }),
  };
  const member = new FleetMember(options);
  const work = new FleetWork(options, member, new NatsWorkQueue(store));
  member.work = work;
  const onConnection = (listener: (connected: boolean) => void) => store.onConnection(listener);
  const sharedLog = new NatsLog(store);
  const longest = () => sharedLog.longest;
  const shipper =
    spool &&
    new LogShipper({ node, spool, clock: systemClock, log: sharedLog, onConnection, longest, onProblem: warn });
  let unfollow = (): void => {};
  const add: AddEntry = (kind, value, now) => spool?.add(kind, value, now);
  const detach = spool === undefined ? () => {} : hub.attach(sharedRecords(add));
  return {
    fleet: member,
    share: (history) => sharedHistory(history, add),
    shareEvent: (event) => shareEvent(add, event),
    begin: (given, receive) => {
      definitions = given;
      unfollow = followEvents(sharedLog, node, receive);
      if (owedFile) member.owe(owedFile.read());
      member.join();
      work.begin();
      shipper?.begin();
    },
    close: async () => {
      unfollow();
      await work.end();
      await member.leave();
      owedFile?.replace(member.owed);
      detach();
      spool?.close();
      await shipper?.end(LOG_MS);
      await store.close();
    },
  };
};
