import type { Clock } from '../../src/core/ports.ts';
import { readPresence } from '../../src/fleet/causes.ts';
import { FleetMember } from '../../src/fleet/member.ts';
import type { FleetMemberOptions, FleetReport } from '../../src/fleet/member-options.ts';
import { readClaims } from '../../src/fleet/snapshot.ts';
import { type ConditionAccount, verifyFirings } from '../../src/fleet/verify.ts';
import { type Daemon, load, daemon as startDaemon } from './daemon.ts';
import { FakeHistory } from './fake-history.ts';
import type { Acts } from './fake-processes.ts';
import { FakeServer, FakeSharedStore } from './fake-shared-store.ts';

/** A whole daemon that is one machine of a fleet in memory. */
export interface FleetDaemon {
  readonly daemon: Daemon;
  readonly store: FakeSharedStore;
  readonly member: FleetMember;
  readonly reports: FleetReport[];
  readonly history: FakeHistory;
}

/** Several daemons with one file and one server in memory, whose clocks go on together. */
export class FleetDaemons {
  readonly all: FleetDaemon[] = [];
  readonly server = new FakeServer(() => this.all[0]?.daemon.clock.wall() ?? 0);
  readonly #toml: string;

  constructor(toml: string) {
    this.#toml = toml;
  }

  async add(
    name: string,
    options: Partial<FleetMemberOptions> = {},
    processes: Readonly<Record<string, Acts>> = {},
  ): Promise<FleetDaemon> {
    let daemon: Daemon | undefined;
    // The member is there before the daemon, whose clock it goes by.
    const clock: Clock = {
      wall: () => daemon!.clock.wall(),
      mono: () => daemon!.clock.mono(),
      sleep: (ms, signal) => daemon!.clock.sleep(ms, signal),
      turn: () => daemon!.clock.turn(),
    };
    const store = new FakeSharedStore(this.server, clock);
    const reports: FleetReport[] = [];
    const member = new FleetMember({
      ...{ node: name, session: `s-${name}`, version: '2', tags: [], store, tickMs: 5000, clock },
      withoutEngine: 'hold',
      hash: (definition) => definition,
      definitions: () => daemon!.scheduler.sharedDefinitions(),
      report: (report) => reports.push(report),
      ...options,
    });
    const history = new FakeHistory();
    daemon = await startDaemon(this.#toml, { fleet: member, level: 'info', history, processes });
    const one = { daemon, store, member, reports, history };
    this.all.push(one);
    member.join();
    return one;
  }

  async advance(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) for (const { daemon } of this.all) await daemon.advance(1);
  }

  /** The server is killed, or there again, and all know it. */
  setUp(up: boolean): void {
    this.server.down = !up;
    for (const { store } of this.all) store.setConnected(up);
  }

  /** What came of the instants of the condition C so far. */
  async verify(): Promise<ConditionAccount> {
    const { conditions } = await load(this.#toml);
    const until = this.all[0]!.daemon.clock.wall() - 15_000;
    const claims = await readClaims(this.all[0]!.store);
    const shared = conditions.filter(({ traits }) => traits.shared);
    return verifyFirings(shared, claims, {
      ...{ from: undefined, until, tickMs: 5000 },
      presence: await readPresence(this.all[0]!.store),
    })[0]!;
  }

  /** How often tasks were run on all machines. */
  get runs(): number {
    return this.all.reduce((sum, { daemon }) => sum + daemon.processes.runs.length, 0);
  }
}
