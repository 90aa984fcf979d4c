import { describe, expect, it } from 'vitest';
import { verifiedText } from '../../src/commands/fleet-verify.ts';
import { type PresenceReport, worstClock } from '../../src/fleet/causes.ts';
import type { ClaimEntry } from '../../src/fleet/entries.ts';
import type { ClaimReport } from '../../src/fleet/snapshot.ts';
import { readFleetSnapshot } from '../../src/fleet/snapshot.ts';
import { verifyFirings } from '../../src/fleet/verify.ts';
import { TestFleet } from '../support/fleet-nodes.ts';

const SECOND = 1000;
const claim = (at: number | string, more: Partial<ClaimEntry> = {}): ClaimReport => ({
  ...{ condition: 'C', key: String(at), at: Number(at) },
  entry: { node: 'a', session: 's', hash: 'h', began: 0, state: 'done', on_lost: 'miss', ...more },
});
/** Each 10 s. */
const each10 = {
  name: 'C',
  *forecast(from: number) {
    for (let at = Math.floor(from / 10_000) * 10_000 + 10_000; ; at += 10_000) yield { at, by: 'each 10 s' };
  },
};
const verify = (
  claims: readonly ClaimReport[],
  range: { from?: number; until: number; presence?: readonly PresenceReport[] },
) => verifyFirings([each10], claims, { ...{ from: undefined, tickMs: SECOND, presence: [] }, ...range })[0]!;

describe('what came of the instants of a shared condition', () => {
  it('is counted by what the claims say, from the first one on.', () => {
    const claims = [
      claim(20_000),
      claim(30_000, { from: ['b'] }),
      claim(40_000, { state: 'lost' }),
      claim(50_000, { state: 'missed' }),
      claim(60_000, { state: 'running' }),
    ];
    expect(verify(claims, { until: 69_000 })).toMatchObject({
      ...{ from: 20_000, to: 69_000 },
      counts: { run: 1, repeated: 1, reported: 2, running: 1, unproven: 0, open: 0 },
      open: [],
    });
  });

  it('is open where no machine has asked, as ranges.', () => {
    const account = verify([claim(20_000), claim(50_000), claim(70_000)], { from: 15_000, until: 95_000 });
    expect(account.counts).toMatchObject({ run: 3, open: 5 });
    expect(account.open).toMatchObject([
      { from: 30_000, to: 40_000, count: 2 },
      { from: 60_000, to: 60_000, count: 1 },
      { from: 80_000, to: 90_000, count: 2 },
    ]);
  });

  it('is not proved where a machine has run it without a server.', () => {
    const account = verify([claim(20_000), claim(30_000, { unclaimed: true })], { until: 35_000 });
    expect(account.unproven).toMatchObject([{ from: 30_000, to: 30_000, count: 1 }]);
  });

  it('is reported where a later firing names it, and counts by its own claim if there is one.', () => {
    const claims = [claim(20_000), claim(60_000, { since: 25_000 }), claim(40_000), claim(90_000, { since: 80_000 })];
    const { counts, open } = verify(claims, { until: 99_000 });
    expect(counts).toMatchObject({ run: 4, reported: 2, open: 2 });
    expect(open).toMatchObject([{ from: 70_000, to: 80_000, count: 2 }]);
  });

  it('is open for a reason: how the machines were, which divides the range.', () => {
    const seen = (node: string, from: number, to: number, skew = 0): PresenceReport => ({
      ...{ node, session: node, began: 0, from, to, skew },
    });
    const presence = [
      ...[seen('a', 0, 25_000), seen('b', 12_000, 35_000), seen('a', 80_000, 95_000, -2000)],
      seen('b', 110_000, 130_000, 3),
      ...[{ ...seen('c', 151_000, 180_000), paused: true as const }, seen('d', 165_000, 171_000)],
    ].map((one) => (one.node > 'b' ? { ...one, began: 150_001 } : one));
    const account = verify([], { from: 15_000, until: 185_000, presence });
    expect(account.open.map(({ from, to, cause }) => [from / 1000, to / 1000, cause])).toEqual([
      [20, 20, { kind: 'connected', machines: ['a', 'b'] }],
      [30, 30, { kind: 'connected', machines: ['b'] }],
      [40, 70, { kind: 'cut-off', machines: ['a', 'b'] }],
      [80, 90, { kind: 'clock', machines: ['a'] }],
      [100, 100, { kind: 'cut-off', machines: ['b'] }],
      [110, 130, { kind: 'connected', machines: ['b'] }],
      [140, 150, { kind: 'none', machines: [] }],
      [160, 160, { kind: 'paused', machines: ['c'] }],
      [170, 170, { kind: 'connected', machines: ['d'] }],
      [180, 180, { kind: 'paused', machines: ['c'] }],
    ]);
    const worst = worstClock(presence, [{ node: 'b', skew: 4 }], 15_000);
    expect(worst).toEqual({ node: 'a', skew: -2000 });
    expect(worstClock(presence, [{ node: 'b', skew: 4 }], 100_000)).toEqual({ node: 'b', skew: 4 });
    const text = verifiedText({ accounts: [account], worst }, { paint: (_, shown) => shown });
    expect(text).toMatch(/C: 4 instants from .*; a, b ran, cut off from the server$/m);
    expect(text).toMatch(/C at .*; c was paused, and what is open is reported after the pause$/m);
    expect(text).toMatch(/C: 2 instants from .*; no machine is known to have run$/m);
    expect(text).toMatch(/greatest difference of a clock: -2 s \(a\)$/m);
  });

  it('is twice where a machine has run it without a server, and another one, too, which is named.', () => {
    const claims = [claim(20_000), { ...claim(30_000), alsoOn: ['b'] }];
    const account = verify(claims, { until: 35_000 });
    expect(account.counts).toMatchObject({ run: 1, twice: 1, unproven: 0, open: 0 });
    expect(account.twice).toEqual([{ key: '30000', nodes: ['a', 'b'] }]);
    const text = verifiedText({ accounts: [account], worst: undefined }, { paint: (_, shown) => shown });
    expect(text).toMatch(/run on several machines, because a server was missing: 1 firing:\n {2}C, 1970-.*: a, b\n$/);
    expect(text).not.toContain('none twice');
  });

  it('is run once where the one that got it has given it up, and the server had lost that another one had.', () => {
    const given = claim(30_000);
    const claims = [claim(20_000), { ...given, entry: { ...given.entry, state: 'missed' as const }, alsoOn: ['b'] }];
    const account = verify(claims, { until: 35_000 });
    expect([account.counts, account.twice]).toMatchObject([{ run: 2, twice: 0, open: 0 }, []]);
  });

  it('is counted only, where instants cannot be foretold.', () => {
    const range = { from: undefined, until: 100, tickMs: SECOND, presence: [] };
    const [account] = verifyFirings([{ name: 'C', forecast: () => undefined }], [claim('p7'), claim('p8')], range);
    expect(account).toMatchObject({ from: null, counts: { run: 2 }, open: [] });
  });
});

it('A report of a fleet says which machines are alive, what they run, and where they define a condition otherwise.', async () => {
  const fleet = new TestFleet();
  const [a, b] = [fleet.node('a'), fleet.node('b', { definitions: () => new Map([['C', 'another C']]) })];
  const gone = fleet.node('gone');
  await fleet.clock.advance(5 * SECOND);
  await fleet.after(SECOND, a.claim('100'));
  gone.store.line.noRequests = true;
  await fleet.clock.advance(15 * SECOND);
  const report = await fleet.after(SECOND, readFleetSnapshot(b.store, fleet.clock, { C: 'C as it is' }));
  expect(report.nodes.map(({ node, state, differs }) => [node, state, differs])).toEqual([
    ['a', 'alive', [{ condition: 'C', from: ['b'] }]],
    ['b', 'alive', [{ condition: 'C', from: ['a', 'the file'] }]],
    ['gone', 'silent', []],
  ]);
  expect(report.running).toMatchObject([{ condition: 'C', key: '100', entry: { node: 'a' } }]);
});
