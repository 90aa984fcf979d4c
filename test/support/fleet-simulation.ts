import type { WonFiring } from '../../src/core/fleet-port.ts';
import { seeded } from '../../src/simulation/simulation.ts';
import { TestFleet, type TestNode } from './fleet-nodes.ts';

const SECOND = 1000;
const NAMES = ['a', 'b', 'c', 'd'];

/** What became of the instants of one simulation. */
export interface Ledger {
  /** How often each was run. */
  readonly runs: Map<string, number>;
  /** Those that were reported as not run. */
  readonly reported: Set<string>;
  /** Those that a node has asked for which did not die before it had an answer. */
  readonly instants: readonly string[];
}

/** Whether a node has died meanwhile. */
const dead = (one: { readonly dead: boolean }): boolean => one.dead;

/** The connection of a node is as it should be. */
const heal = ({ store }: TestNode): void => {
  store.line.noRequests = false;
  store.line.noAnswers = false;
  store.setConnected(false);
  store.setConnected(true);
};

/**
 * Runs several nodes that all ask for each instant, while connections break in one and both directions, answers come late or twice, clocks
 * differ, and nodes die before and after each step.
 */
export const simulateFleet = async (seed: number, count: number): Promise<Ledger> => {
  const random = seeded(seed);
  const fleet = new TestFleet();
  const [runs, reported] = [new Map<string, number>(), new Set<string>()];
  const alive = new Map<string, { node: TestNode; dead: boolean }>();
  const begin = (name: string): void => {
    const node = fleet.node(name);
    node.skew = (random() - 0.5) * 400;
    node.store.line.delay = () => (random() < 0.1 ? random() * 800 : random() * 20);
    node.store.line.twice = random() < 0.3;
    node.store.line.late = () => (random() < 0.002 ? random() * 60_000 : 0);
    node.member.onLost(({ key }) => reported.add(key));
    alive.set(name, { node, dead: false });
  };
  const kill = (name: string): void => {
    const one = alive.get(name)!;
    one.dead = true;
    one.node.store.line.noRequests = true;
    one.node.store.line.noAnswers = true;
    one.node.store.setConnected(false);
    void one.node.member.leave();
  };
  /** How many nodes were dead, or have died without an answer. */
  const unasked = new Map<string, number>();
  /** Asks for an instant; a node can die before and meanwhile. Resolves with what it has won. */
  const win = async (name: string, key: string): Promise<WonFiring | undefined> => {
    const one = alive.get(name)!;
    if (!dead(one) && random() < 0.005) kill(name);
    const claim = dead(one) ? undefined : await one.node.claim(key);
    if (claim === undefined || (dead(one) && claim.kind === 'cancelled')) unasked.set(key, (unasked.get(key) ?? 0) + 1);
    return dead(one) || claim?.kind !== 'won' ? undefined : claim;
  };
  const ask = async (name: string, key: string): Promise<void> => {
    const one = alive.get(name)!;
    const claim = await win(name, key);
    if (claim === undefined) return;
    if (random() < 0.005) return kill(name);
    runs.set(key, (runs.get(key) ?? 0) + 1);
    await fleet.clock.sleep(random() * 3000);
    if (dead(one)) return;
    if (random() < 0.005) return kill(name);
    await claim.finish('success');
  };
  const break_ = (name: string): void => {
    const one = alive.get(name)!;
    const { store } = one.node;
    const how = Math.floor(random() * 3);
    store.line.noRequests = how !== 0;
    store.line.noAnswers = how !== 1;
    void (async () => {
      await fleet.clock.sleep(random() * 8000);
      if (dead(one)) return;
      store.setConnected(false);
      await fleet.clock.sleep(random() * 8000);
      if (dead(one)) return;
      store.line.noRequests = false;
      store.line.noAnswers = false;
      store.setConnected(true);
    })();
  };
  const disturb = (name: string): void => {
    if (random() < 0.01) break_(name);
    if (alive.get(name)!.dead && random() < 0.2) begin(name);
  };
  for (const name of NAMES) begin(name);
  await fleet.clock.advance(5 * SECOND);
  const instants: string[] = [];
  for (let i = 0; i < count; i++) {
    const key = String(i);
    instants.push(key);
    for (const name of NAMES) void fleet.clock.sleep(random() * 300).then(() => ask(name, key));
    for (const name of NAMES) disturb(name);
    await fleet.clock.advance(SECOND);
  }
  for (const name of NAMES) {
    const one = alive.get(name)!;
    if (dead(one)) begin(name);
    else heal(one.node);
  }
  await fleet.clock.advance(120 * SECOND);
  return { runs, reported, instants: instants.filter((key) => unasked.get(key) !== NAMES.length) };
};
