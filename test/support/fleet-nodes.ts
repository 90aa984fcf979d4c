import type { Claim, LostRun, SharedFiring } from '../../src/core/fleet-port.ts';
import type { Clock } from '../../src/core/ports.ts';
import { FleetMember } from '../../src/fleet/member.ts';
import type { FleetMemberOptions, FleetReport } from '../../src/fleet/member-options.ts';
import { FakeServer, FakeSharedStore } from './fake-shared-store.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A clock that is ahead of another one. */
export const skewed = (clock: Clock, ms: () => number): Clock => ({
  wall: () => clock.wall() + ms(),
  mono: () => clock.mono(),
  sleep: (wait, signal) => clock.sleep(wait, signal),
  turn: () => clock.turn(),
});

/** One node of a fleet in memory, and what it has reported. */
export interface TestNode {
  readonly member: FleetMember;
  readonly store: FakeSharedStore;
  readonly reports: FleetReport[];
  readonly lost: LostRun[];
  /** Ms that its clock is ahead. */
  skew: number;
  claim(key: string, more?: Partial<SharedFiring>): Promise<Claim>;
}

/** Several nodes with one server in memory, in virtual time. */
export class TestFleet {
  readonly clock = new VirtualClock(Date.parse('2026-03-02T10:00:00Z'));
  readonly server = new FakeServer(() => this.clock.wall());
  #sessions = 0;

  /** A node that takes part. @param connected whether a server answers at its start */
  node(name: string, options: Partial<FleetMemberOptions> = {}, connected = true): TestNode {
    const store = new FakeSharedStore(this.server, this.clock);
    store.setConnected(connected);
    const reports: FleetReport[] = [];
    const lost: LostRun[] = [];
    const node: { skew: number } = { skew: 0 };
    const definitions = new Map([['C', 'C as it is']]);
    const member = new FleetMember({
      ...{ node: name, session: `s${++this.#sessions}`, version: '2', tags: [], store, tickMs: 5000 },
      clock: skewed(this.clock, () => node.skew),
      withoutEngine: 'hold',
      hash: (definition) => definition,
      definitions: () => definitions,
      report: (report) => reports.push(report),
      ...options,
    });
    member.onLost((one) => lost.push(one));
    member.join();
    return Object.assign(node, {
      ...{ member, store, reports, lost },
      claim: (key: string, more: Partial<SharedFiring> = {}) =>
        member.claim(
          { condition: 'C', key, definition: 'C as it is', onLost: 'miss', ...more },
          new AbortController().signal,
        ),
    });
  }

  /** A promise that is known after so much time. @throws Error if it is not */
  async after<T>(ms: number, promise: Promise<T>): Promise<T> {
    let known: { readonly value: T } | undefined;
    void promise.then((value) => {
      known = { value };
    });
    await this.clock.advance(ms);
    if (known === undefined) throw new Error(`not known after ${ms} ms`);
    return known.value;
  }
}

/** The beginning of a file with a fleet and a task T, whose keys go on. */
export const FLEET_WITH_TASK = `
[fleet]
servers = ["nats://office"]
[[task]]
name = "T"
type = "command"
command = "t"
command_arguments = []
startup_path = "/"`;
