import type { Clock } from '../core/ports.ts';
import type { Config } from '../core/spec.ts';
import { messageOf } from '../error-message.ts';
import type { SharedLog } from '../fleet/shared-log.ts';
import { type SharedStore, UnreachableError } from '../fleet/shared-store.ts';
import { type FleetSnapshot, readFleetSnapshot } from '../fleet/snapshot.ts';
import type { FleetAnswer, Questions, RunOutput } from './api.ts';
import { FleetLog } from './fleet-log.ts';
import { RequestError } from './request-checks.ts';
import { outputsOf, slimEntry } from './slim.ts';

/** The log is read from so long ago. */
const LOG_MS = 24 * 3_600_000;
/** It is read again from so long before the last time: servers of one cluster need not agree about the time. */
const OVERLAP_MS = 60_000;
/** The connection is kept for so long after the last question. */
const LINGER_MS = 60_000;
/** Questions so soon after another one get its answer. */
const FRESH_MS = 1000;
/** A server is waited for so long at first. */
const PATIENCE_MS = 3000;
/** Rows of the list of runs. */
const MOST_RUNS = 200;

/** A connection to the servers of a fleet, which is made again by itself when it is lost. */
export interface FleetLink {
  readonly store: SharedStore;
  readonly log: SharedLog;
  /** The hashes of the shared conditions of a file. */
  hashesOf(config: Config): Readonly<Record<string, string>>;
  /** What keeps it from connecting. */
  problem(): string;
  close(): Promise<void>;
}
/** Begins to connect. @throws Error that names a file which cannot be read */
export type OpenFleet = (config: Config) => Promise<FleetLink>;

const NONE: FleetAnswer = {
  ...{ hasFleet: false, read: null, unreachable: null },
  ...{ machines: [], running: [], runs: [], more: false, missing: [] },
};

/** What is known of a fleet. */
interface Known {
  /** What its table says, as text; the file that it is in. */
  readonly table: string;
  config: Config;
  readonly link: Promise<FleetLink>;
  readonly log: FleetLog;
  snapshot: FleetSnapshot | undefined;
  /** When it was read last, by this machine. */
  read: number | null;
  unreachable: FleetAnswer['unreachable'];
  /** It is being read. */
  refreshing: Promise<void> | undefined;
}

/** The machines of the fleet of a configuration, while they are looked at. */
export class FleetView {
  readonly #open: OpenFleet;
  readonly #clock: Clock;
  #known: Known | undefined;
  #linger = new AbortController();

  constructor(open: OpenFleet, clock: Clock) {
    this.#open = open;
    this.#clock = clock;
  }

  async answer(config: Config | undefined, query: Questions['fleet']['query']): Promise<FleetAnswer> {
    // Of a file that would be refused now the last servers are kept.
    if (config !== undefined) this.#use(config);
    const known = this.#known;
    if (known === undefined) return NONE;
    this.#closeLater();
    known.refreshing ??= this.#refresh(known).finally(() => {
      known.refreshing = undefined;
    });
    await known.refreshing;
    return answerOf(known, query);
  }

  /** What a run on one machine wrote. @throws RequestError */
  output(machine: string, session: string, run: string): readonly RunOutput[] {
    const found = this.#known?.log.run(machine, session, run);
    if (found === undefined)
      throw new RequestError(404, `what is known of ${machine} has no run ${run}: it may be too old`);
    return outputsOf(found);
  }

  close(): void {
    this.#linger.abort('closed');
    const known = this.#known;
    this.#known = undefined;
    void known?.link.then((link) => link.close()).catch(() => {});
  }

  #use(config: Config): void {
    const { fleet } = config.settings;
    const table = JSON.stringify(fleet);
    if (this.#known !== undefined && this.#known.table === table) {
      this.#known.config = config;
      return;
    }
    this.close();
    if (fleet === undefined) return;
    const link = this.#open(config);
    this.#known = {
      ...{ table, config, link, log: new FleetLog(), snapshot: undefined },
      ...{ read: null, unreachable: null, refreshing: undefined },
    };
  }

  #closeLater(): void {
    this.#linger.abort('asked again');
    this.#linger = new AbortController();
    const { signal } = this.#linger;
    void this.#clock.sleep(LINGER_MS, signal).then(() => {
      if (!signal.aborted) this.close();
    });
  }

  async #refresh(known: Known): Promise<void> {
    const now = this.#clock.wall();
    if (known.read !== null && known.unreachable === null && Math.abs(now - known.read) < FRESH_MS) return;
    try {
      const link = await known.link;
      await this.#connected(link, known.read === null ? PATIENCE_MS : 0);
      const snapshot = await readFleetSnapshot(link.store, this.#clock, link.hashesOf(known.config));
      const since = known.snapshot === undefined ? snapshot.now - LOG_MS : known.snapshot.now - OVERLAP_MS;
      await link.log.read(since, (batch) => known.log.take(batch));
      known.snapshot = snapshot;
      known.read = this.#clock.wall();
      known.unreachable = null;
    } catch (error) {
      known.unreachable = { since: known.unreachable?.since ?? known.read ?? now, why: messageOf(error) };
    }
  }

  /** Resolves when a server answers. @throws UnreachableError */
  async #connected({ store, problem }: FleetLink, ms: number): Promise<void> {
    if (store.connected) return;
    const patience = new AbortController();
    const end = store.onConnection((up) => {
      if (up) patience.abort('connected');
    });
    await this.#clock.sleep(ms, patience.signal);
    end();
    if (!patience.signal.aborted) throw new UnreachableError(problem());
  }
}

const answerOf = (
  { snapshot, log, read, unreachable }: Known,
  { machine, failed = false }: Questions['fleet']['query'],
): FleetAnswer => {
  const found = log.newest(machine, failed, MOST_RUNS + 1);
  const shared = (snapshot?.running ?? []).map(({ condition, key, entry, at }) => ({
    ...{ machine: entry.node, condition, key, since: at },
  }));
  // A shared run is in the log of its machine, too.
  const own = log.running.filter(
    (one) => !shared.some((other) => other.machine === one.machine && other.condition === one.condition),
  );
  return {
    ...{ hasFleet: true, read, unreachable },
    machines: snapshot?.nodes ?? [],
    running: [...shared, ...own].sort((a, b) => a.since - b.since),
    runs: found.slice(0, MOST_RUNS).map((one) => ({ machine: one.machine, entry: slimEntry(one.entry) })),
    more: found.length > MOST_RUNS,
    missing: log.missing,
  };
};
