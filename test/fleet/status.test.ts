import { describe, expect, it } from 'vitest';
import { fleetJson, fleetText, keyText } from '../../src/commands/fleet-status.ts';
import { logReport } from '../../src/fleet/fleet-records.ts';
import { UnreachableError } from '../../src/fleet/shared-store.ts';
import { readFleetSnapshot } from '../../src/fleet/snapshot.ts';
import type { Logger } from '../../src/log/record.ts';
import { FakeSharedStore } from '../support/fake-shared-store.ts';
import { TestFleet } from '../support/fleet-nodes.ts';

const SECOND = 1000;
const PLAIN = { paint: (_: unknown, text: string) => text };

/** What a command without a fleet of its own sees. */
const look = async (fleet: TestFleet, file: Record<string, string> = {}) => {
  const store = new FakeSharedStore(fleet.server, fleet.clock);
  return fleet.after(0, readFleetSnapshot(store, fleet.clock, file));
};

describe('fleet status', () => {
  it('shows each machine: alive, silent or ended, its clock, and where a condition is defined otherwise.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a', { tags: ['gpu'] });
    fleet.node('b', { definitions: () => new Map([['C', 'another C']]) }).member.setPaused(true);
    const silent = fleet.node('c');
    const over = fleet.node('d');
    a.skew = 1500;
    await fleet.clock.advance(5 * SECOND);
    silent.store.setConnected(false);
    await fleet.after(5 * SECOND, over.member.leave());
    await fleet.clock.advance(30 * SECOND);
    const report = await look(fleet, { C: 'C as it is' });
    expect(report.nodes.map(({ node, state, skew, differs }) => ({ node, state, skew, differs }))).toEqual([
      { node: 'a', state: 'alive', skew: 1500, differs: [{ condition: 'C', from: ['b'] }] },
      { node: 'b', state: 'alive', skew: 0, differs: [{ condition: 'C', from: ['a', 'the file'] }] },
      { node: 'c', state: 'silent', skew: 0, differs: [] },
      { node: 'd', state: 'ended', skew: 0, differs: [] },
    ]);
    const text = fleetText(report, PLAIN);
    expect(text).toMatch(/^a +alive +2 +gpu +\+1.5 s .*C \(b\)$/m);
    expect(text).toMatch(/^b +alive, paused +2 /m);
    expect(text).toMatch(/^b +alive, paused .* C \(a, the file\)$/m);
    expect(text).toMatch(/^c +silent since 2026-03-02 /m);
    expect(text).toContain('nothing shared is running');
  });

  it('shows the runs in progress, and that a machine of one is silent.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a');
    await fleet.clock.advance(5 * SECOND);
    const at = fleet.clock.wall();
    await fleet.after(SECOND, a.claim(String(at)));
    const done = await fleet.after(SECOND, a.claim('p7'));
    if (done.kind === 'won') await fleet.after(SECOND, done.finish('success'));
    const alive = await look(fleet);
    expect(alive.running.map(({ condition, key, entry }) => [condition, key, entry.node])).toEqual([
      ['C', String(at), 'a'],
    ]);
    expect(JSON.parse(fleetJson(alive))).toMatchObject({
      machines: [{ machine: 'a', state: 'alive', clockMs: 0, shared: ['C'] }],
      running: [{ condition: 'C', key: String(at), machine: 'a', from: [] }],
    });
    a.store.setConnected(false);
    await fleet.clock.advance(30 * SECOND);
    expect(fleetText(await look(fleet), PLAIN)).toMatch(/^C +2026-03-02 .* a \(silent\) /m);
  });

  it('goes by the clock of the server, not by that of the machine where it is asked.', async () => {
    const fleet = new TestFleet();
    fleet.node('a');
    await fleet.clock.advance(5 * SECOND);
    const store = new FakeSharedStore(fleet.server, fleet.clock);
    const clock = { ...fleet.clock, mono: () => fleet.clock.mono(), wall: () => fleet.clock.wall() + 3_600_000 };
    const { now, nodes } = await fleet.after(0, readFleetSnapshot(store, clock as typeof fleet.clock, {}));
    expect(now).toBe(fleet.clock.wall());
    expect(nodes).toMatchObject([{ node: 'a', state: 'alive' }]);
  });

  it('goes by the clock of the machine where it is asked if the server takes nothing, and says why.', async () => {
    const fleet = new TestFleet();
    fleet.node('a');
    await fleet.clock.advance(5 * SECOND);
    const store = new FakeSharedStore(fleet.server, fleet.clock);
    store.create = () => Promise.reject(new UnreachableError('insufficient resources'));
    expect(await fleet.after(0, readFleetSnapshot(store, fleet.clock, {}))).toMatchObject({
      ...{ now: fleet.clock.wall(), refused: 'insufficient resources' },
      nodes: [{ node: 'a', state: 'alive' }],
    });
    store.setConnected(false);
    await expect(readFleetSnapshot(store, fleet.clock, {})).rejects.toThrow('not connected');
  });

  it('without a machine says so.', async () => {
    expect(fleetText(await look(new TestFleet()), PLAIN)).toBe('no machine has taken part yet\n');
  });
});

const AT = Date.parse('2026-03-02T12:01:00Z');

it.each([
  [String(AT), '2026-03-02 12:01:00'],
  ['p42', 'period 42'],
  [`my-lab-2-${AT}-run-7`, 'an event on my-lab-2 at 2026-03-02 12:01:00'],
  ['what another program has written', 'what another program has written'],
])('What the firing %s is for is said in words, in tables and in records.', (key, words) => {
  expect(keyText(key).replace(/ Mon$/, '')).toBe(words);
  const said: string[] = [];
  const log = { warn: (_: string, text: string) => said.push(text) } as unknown as Logger;
  const ranTwice = { kind: 'ran-twice', condition: 'C', key, node: 'lab' } as const;
  logReport(log, ranTwice, { withoutEngine: 'run', hosts: 'office' });
  expect(said).toEqual([expect.stringMatching(`^condition C has run twice for ${words}: here`)]);
});
