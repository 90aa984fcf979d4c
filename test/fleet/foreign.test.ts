import { describe, expect, it } from 'vitest';
import { fleetEntries } from '../../src/fleet/fleet-history.ts';
import { readFleetLog } from '../../src/fleet/read-log.ts';
import { readClaims, readFleetSnapshot } from '../../src/fleet/snapshot.ts';
import { verifyFirings } from '../../src/fleet/verify.ts';
import { FakeLogServer, FakeSharedLog } from '../support/fake-shared-log.ts';
import { FakeSharedStore } from '../support/fake-shared-store.ts';
import { TestFleet } from '../support/fleet-nodes.ts';
import { claimLine, runLine, THEN } from '../support/history-lines.ts';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

const FOREIGN: readonly (readonly [key: string, value: unknown])[] = [
  ['fire.C.x', { session: 'q', state: 'running', node: 5, from: 7 }],
  ['fire.C.5', { session: 'q', state: 'running', node: 'c', hash: 'h', began: 1, on_lost: 'rerun', from: 7 }],
  ['fire.C.6', null],
  ['node.foreign', { session: 'x' }],
  ['node.other', { session: 'x', version: '2', tags: [], defined: '', tasks: 5 }],
  ['seen.foreign.x.1', { session: 'x', from: 'monday' }],
  ['twice.C.5.c', { session: 'x', node: 'c' }],
  ['define.a.1', { session: 'x', digest: 'd', of: 1, shared: { C: 5 } }],
];

describe('what other programs have written', () => {
  it('is passed over in the store: claims go on, no heart stops, and the tables show the rest.', async () => {
    const fleet = new TestFleet();
    for (const [key, value] of FOREIGN) fleet.server.put(key, JSON.stringify(value), 0);
    const [a, b] = [fleet.node('a'), fleet.node('b')];
    await fleet.clock.advance(30 * SECOND);
    const claim = await fleet.after(SECOND, a.claim('100'));
    expect(claim.kind).toBe('won');
    await fleet.clock.advance(60 * SECOND);
    expect(b.reports.filter(({ kind }) => kind === 'fault' || kind === 'node-dead')).toEqual([]);
    expect(b.member.aliveWith('T')).toEqual([]);
    const store = new FakeSharedStore(fleet.server, fleet.clock);
    const { nodes, running } = await fleet.after(SECOND, readFleetSnapshot(store, fleet.clock, {}));
    expect(nodes.map(({ node, state }) => [node, state])).toEqual([
      ['a', 'alive'],
      ['b', 'alive'],
    ]);
    expect(running.map(({ key }) => key)).toEqual(['100']);
    expect((await fleet.after(SECOND, readClaims(store))).map(({ key, alsoOn }) => [key, alsoOn])).toEqual([
      ['100', undefined],
    ]);
  });

  it('is passed over in the log.', async () => {
    const fleet = new TestFleet();
    const log = new FakeSharedLog(new FakeLogServer(fleet.clock));
    const values: readonly (readonly [string, unknown])[] = [
      ...[null, 5, { kind: 'run' }, { kind: 'newer', time: new Date(THEN).toISOString(), session: 's' }].map(
        (value) => ['history', value] as const,
      ),
      ['history', { kind: 'task', time: new Date(THEN).toISOString(), session: 's1', condition: 'C', stdout: 5 }],
      ...[null, { time: 1, level: 'loud' }, { time: 1, level: 'info', mark: 'x', message: 'y' }].map(
        (value) => ['record', value] as const,
      ),
      ['event', { time: 1 }],
      ['newer', 1],
      ['history', claimLine('C', 'run-1')],
      ['history', runLine('C', 'run-1', THEN + 250)],
    ];
    const text = values.map(([kind, value], i) => `${JSON.stringify({ n: i + 1, kind, value })}\n`).join('');
    await log.add({ node: 'a', session: 's' }, 1, `${text}not JSON\n`, new Set());
    const { machines, gaps } = await readFleetLog(log, Number.NEGATIVE_INFINITY);
    const { records, events } = machines.get('a')!;
    expect([records, events, gaps]).toEqual([[], [], []]);
    const filter = { conditions: [], tasks: [], failed: false, since: 0, until: Number.POSITIVE_INFINITY };
    const entries = fleetEntries(machines, filter, () => false);
    expect(entries.map(({ entry }) => entry.kind === 'run' && entry.condition)).toEqual(['C']);
  });

  it('does not change where verify begins, and of very many instants the last ones are looked at.', () => {
    const until = 50 * DAY;
    const every = (step: number) => ({
      name: 'C',
      *forecast(from: number) {
        for (let at = Math.ceil(from / step) * step; ; at += step) yield { at, why: '' };
      },
    });
    const entry = { node: 'a', session: 's', hash: 'h', began: 0, state: 'done', on_lost: 'miss' } as const;
    const claims = [{ condition: 'C', key: '5', entry, at: 0 }];
    const range = { from: undefined, until, tickMs: 5000, presence: [] };
    const [hours] = verifyFirings([every(3600 * SECOND)] as never, claims, range);
    expect([hours!.from, hours!.counts.open]).toEqual([9 * DAY, 41 * 24 + 1]);
    const [seconds] = verifyFirings([every(SECOND)] as never, claims, range);
    expect([seconds!.from, seconds!.counts.open]).toEqual([until - 999_999 * SECOND, 1_000_000]);
  });
});

it('A fault in one part is reported once, and the heart goes on.', async () => {
  const fleet = new TestFleet();
  const [a, b] = [fleet.node('a'), fleet.node('b')];
  await fleet.clock.advance(5 * SECOND);
  await fleet.after(SECOND, a.claim('100'));
  const get = a.store.get.bind(a.store);
  const fault = new TypeError('it is not iterable');
  a.store.get = (key) => (key.startsWith('fire.') ? Promise.reject(fault) : get(key));
  a.store.setConnected(false);
  a.store.setConnected(true);
  await fleet.clock.advance(60 * SECOND);
  expect(a.reports.filter(({ kind }) => kind === 'fault')).toEqual([{ kind: 'fault', message: 'it is not iterable' }]);
  expect(b.reports.filter(({ kind }) => kind === 'node-dead')).toEqual([]);
});
