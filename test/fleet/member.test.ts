import { describe, expect, it } from 'vitest';
import { definitionHash } from '../../src/adapters/fleet/definition-hash.ts';
import { type ClaimEntry, readClaim } from '../../src/fleet/entries.ts';
import type { OwedKeeper } from '../../src/fleet/owed-firings.ts';
import { UnreachableError } from '../../src/fleet/shared-store.ts';
import { readClaims } from '../../src/fleet/snapshot.ts';
import { TestFleet, type TestNode } from '../support/fleet-nodes.ts';

const SECOND = 1000;

/** The server gets the next change of a firing that a node writes, and nothing of its answers arrives from then on. */
const loseAnswer = ({ store }: TestNode): void => {
  const { update } = store;
  store.update = (key, value, revision) => {
    if (key.startsWith('fire.')) {
      store.line.noAnswers = true;
      store.update = update;
    }
    return update.call(store, key, value, revision);
  };
};

describe('a firing of a shared condition', () => {
  it('is won by one node, and the others hear which.', async () => {
    const fleet = new TestFleet();
    const nodes = ['a', 'b', 'c'].map((name) => fleet.node(name));
    await fleet.clock.advance(5 * SECOND);
    const claims = await fleet.after(SECOND, Promise.all(nodes.map(({ claim }) => claim('100'))));
    const winner = claims.findIndex(({ kind }) => kind === 'won');
    expect(claims.filter(({ kind }) => kind === 'won')).toHaveLength(1);
    for (const claim of claims)
      if (claim.kind !== 'won')
        expect(claim).toEqual({ kind: 'taken', node: nodes[winner]!.member.node, differs: false });
  });

  it('that was won without an answer is read back.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a');
    const b = fleet.node('b');
    await fleet.clock.advance(5 * SECOND);
    a.store.line.noAnswers = true;
    const claiming = a.claim('100');
    await fleet.clock.advance(3 * SECOND);
    expect((await fleet.after(SECOND, b.claim('100'))).kind).toBe('taken');
    a.store.setConnected(false);
    a.store.line.noAnswers = false;
    a.store.setConnected(true);
    expect((await fleet.after(5 * SECOND, claiming)).kind).toBe('won');
  });

  it('whose node has much to write is not taken over meanwhile.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a', { withoutEngine: 'run' });
    const b = fleet.node('b');
    await fleet.clock.advance(5 * SECOND);
    expect((await fleet.after(SECOND, a.claim('1'))).kind).toBe('won');
    a.store.setConnected(false);
    const unclaimed = await fleet.after(
      10 * SECOND,
      Promise.all(Array.from({ length: 300 }, (_, i) => a.claim(String(1000 + i)))),
    );
    for (const claim of unclaimed) if (claim.kind === 'unreachable') void claim.finish?.('success');
    a.store.line.delay = () => 100;
    a.store.setConnected(true);
    await fleet.clock.advance(150 * SECOND);
    expect(await fleet.after(SECOND, b.store.list('fire.'))).toHaveLength(301);
    expect([b.reports.filter(({ kind }) => kind === 'node-dead'), b.lost]).toEqual([[], []]);
  });

  it('that comes again is not won twice by the same node.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a');
    await fleet.clock.advance(5 * SECOND);
    const first = await fleet.after(SECOND, a.claim('100'));
    if (first.kind === 'won') await first.finish('success');
    expect(first.kind).toBe('won');
    expect((await fleet.after(SECOND, a.claim('100'))).kind).toBe('taken');
  });

  it('that stands for several instants says so in its entry.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a');
    await fleet.clock.advance(5 * SECOND);
    await fleet.after(SECOND, a.claim('300', { covers: { since: 50, instants: [100, 200, 300] } }));
    await fleet.after(SECOND, a.claim('400', { covers: { since: 300, instants: [400] } }));
    const entries = ['300', '400'].map((key) => JSON.parse(fleet.server.entries.get(`fire.C.${key}`)!.value));
    expect(entries.map(({ since }) => since)).toEqual([50, undefined]);
  });

  it('of a condition that is defined otherwise on another node is said, once, by both.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a');
    const b = fleet.node('b', { definitions: () => new Map([['C', 'another C']]) });
    await fleet.clock.advance(5 * SECOND);
    await fleet.after(SECOND, a.claim('100'));
    const claim = await fleet.after(SECOND, b.claim('100', { definition: 'another C' }));
    expect(claim).toEqual({ kind: 'taken', node: 'a', differs: true });
    await fleet.clock.advance(30 * SECOND);
    const said = { kind: 'definition-differs', condition: 'C' };
    expect(b.reports.filter(({ kind }) => kind === said.kind)).toEqual([{ ...said, node: 'a' }]);
    expect(a.reports.filter(({ kind }) => kind === said.kind)).toEqual([{ ...said, node: 'b' }]);
  });
});

it('A firing that is won after a pause has begun is known after it, and given up with its claim.', async () => {
  const fleet = new TestFleet();
  const a = fleet.node('a');
  await fleet.clock.advance(5 * SECOND);
  a.store.line.delay = () => 500;
  const end = new AbortController();
  const firing = { condition: 'C', definition: 'C as it is', onLost: 'miss' } as const;
  const [first, second] = ['100', '200'].map((key) => a.member.claim({ ...firing, key }, end.signal));
  const kept = a.claim('300');
  a.member.setPaused(true);
  await expect(fleet.after(60 * SECOND, Promise.race([first, second, kept]))).rejects.toThrow('not known');
  expect((await fleet.after(5 * SECOND, readClaims(a.store))).map(({ entry }) => entry.state)).toEqual(
    Array.from({ length: 3 }, () => 'running'),
  );
  end.abort('cancelled');
  expect((await fleet.after(SECOND, Promise.all([first, second]))).map((claim) => claim?.kind)).toEqual([
    'cancelled',
    'cancelled',
  ]);
  a.member.setPaused(false);
  expect((await fleet.after(5 * SECOND, kept)).kind).toBe('won');
  await fleet.clock.advance(10 * SECOND);
  const claims = await fleet.after(5 * SECOND, readClaims(a.store));
  expect(claims.map(({ key, entry }) => `${key} ${entry.state}`).sort()).toEqual([
    '100 missed',
    '200 missed',
    '300 running',
  ]);
});

describe('a burst of firings', () => {
  const keys = Array.from({ length: 200 }, (_, i) => String(1000 + i));

  it('is got once each, and hardly any is asked for by two machines.', async () => {
    const fleet = new TestFleet();
    const nodes = ['a', 'b', 'c'].map((name) => fleet.node(name));
    await fleet.clock.advance(10 * SECOND);
    let questions = 0;
    for (const { store } of nodes) {
      const { update } = store;
      store.update = (key, ...more) => {
        if (key.startsWith('fire.')) questions += 1;
        return update.call(store, key, ...more);
      };
    }
    const claims = await fleet.after(SECOND, Promise.all(nodes.flatMap(({ claim }) => keys.map((key) => claim(key)))));
    expect(claims.filter(({ kind }) => kind === 'won')).toHaveLength(200);
    expect(claims.filter(({ kind }) => kind === 'taken')).toHaveLength(400);
    // Each once, and the first sixteen by all.
    expect(questions).toBeLessThanOrEqual(200 + 2 * 16);
  });

  it('is got although the machine whose turn it is has just died.', async () => {
    const fleet = new TestFleet();
    const [a, b] = ['a', 'b'].map((name) => fleet.node(name)) as [TestNode, TestNode];
    await fleet.clock.advance(10 * SECOND);
    b.store.setConnected(false);
    const claims = await fleet.after(SECOND, Promise.all(keys.map((key) => a.claim(key))));
    expect(claims.filter(({ kind }) => kind === 'won')).toHaveLength(200);
  });
});

describe('without a server', () => {
  it.each([
    ['run', { kind: 'unreachable', runs: true }],
    ['skip', { kind: 'unreachable', runs: false }],
  ] as const)('a firing is %s after 5 seconds', async (withoutEngine, expected) => {
    const fleet = new TestFleet();
    const a = fleet.node('a', { withoutEngine });
    await fleet.clock.advance(5 * SECOND);
    a.store.setConnected(false);
    expect(await fleet.after(6 * SECOND, a.claim('100'))).toMatchObject(expected);
  });

  it('a firing waits with hold, which is said once, and is asked for when there is one.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a');
    await fleet.clock.advance(5 * SECOND);
    a.store.setConnected(false);
    const said: string[] = [];
    const firing = { condition: 'C', key: '100', definition: 'C as it is', onLost: 'miss' } as const;
    const claiming = a.member.claim(firing, new AbortController().signal, (what) => said.push(what));
    await expect(fleet.after(60 * SECOND, claiming)).rejects.toThrow('not known');
    expect(said).toEqual(['a server of the fleet (none answers)']);
    a.store.setConnected(true);
    expect((await fleet.after(SECOND, claiming)).kind).toBe('won');
  });

  it.each(['hold', 'run'] as const)(
    'a firing with %s that waits when its machine is paused waits for the end of the pause, or goes to another machine.',
    async (withoutEngine) => {
      const fleet = new TestFleet();
      const nodes = ['a', 'b'].map((name) => fleet.node(name, { withoutEngine }));
      const [a, b] = nodes as [TestNode, TestNode];
      await fleet.clock.advance(5 * SECOND);
      for (const { store } of nodes) store.setConnected(false);
      const said: string[] = [];
      const firing = { condition: 'C', key: '100', definition: 'C as it is', onLost: 'miss' } as const;
      const claims = nodes.map(({ member }) =>
        member.claim(firing, new AbortController().signal, (what) => said.push(what)),
      );
      await fleet.clock.advance(2 * SECOND);
      for (const { member } of nodes) member.setPaused(true);
      await fleet.clock.advance(30 * SECOND);
      for (const { store } of nodes) store.setConnected(true);
      await expect(fleet.after(30 * SECOND, Promise.race(claims))).rejects.toThrow('not known');
      expect(said.slice(2)).toEqual(['the end of the pause', 'the end of the pause']);
      b.member.setPaused(false);
      expect((await fleet.after(SECOND, claims[1]!)).kind).toBe('won');
      await expect(fleet.after(30 * SECOND, claims[0]!)).rejects.toThrow('not known');
      a.member.setPaused(false);
      expect(await fleet.after(SECOND, claims[0]!)).toMatchObject({ kind: 'taken', node: 'b' });
    },
  );

  it('that has never answered is said once, 5 seconds after the start.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a', {}, false);
    const unreached = () => a.reports.filter(({ kind }) => kind === 'unreached').length;
    await fleet.clock.advance(4 * SECOND);
    expect(unreached()).toBe(0);
    await fleet.clock.advance(60 * SECOND);
    expect(unreached()).toBe(1);
    expect(fleet.node('b').reports).not.toContainEqual({ kind: 'unreached' });
  });

  it('that takes anything is said after 5 seconds, once, and that one does again.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a');
    await fleet.clock.advance(5 * SECOND);
    const { update } = a.store;
    const refuse = () => Promise.reject(new UnreachableError('insufficient resources'));
    const said = () => a.reports.map(({ kind }) => kind).filter((kind) => kind !== 'connected');
    const refused = { kind: 'refused', message: 'insufficient resources' };
    for (const [seconds, reports] of [
      [4, []],
      [30, ['refused', 'accepted']],
    ] as const) {
      a.store.update = refuse;
      await fleet.clock.advance(seconds * SECOND);
      expect(said()).toEqual(reports.slice(0, 1));
      a.store.update = update;
      await fleet.clock.advance(5 * SECOND);
      expect(said()).toEqual(reports);
    }
    expect(a.reports).toContainEqual(refused);
  });

  it('what ran on two machines is said when there is one.', async () => {
    const fleet = new TestFleet();
    const [a, b] = [fleet.node('a', { withoutEngine: 'run' }), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    a.store.setConnected(false);
    const claim = await fleet.after(6 * SECOND, a.claim('100'));
    expect((await fleet.after(SECOND, b.claim('100'))).kind).toBe('won');
    if (claim.kind === 'unreachable') await claim.finish?.('success');
    a.store.setConnected(true);
    await fleet.clock.advance(5 * SECOND);
    expect(a.reports).toContainEqual({ kind: 'ran-twice', condition: 'C', key: '100', node: 'b' });
    expect(await fleet.after(0, readClaims(b.store))).toMatchObject([
      { condition: 'C', key: '100', entry: { node: 'b' }, alsoOn: ['a'] },
    ]);
  });

  it('what one machine has run and another one has reported as missed counts as run there.', async () => {
    const fleet = new TestFleet();
    const [a, b] = [fleet.node('a', { withoutEngine: 'run' }), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    a.store.setConnected(false);
    const claim = await fleet.after(6 * SECOND, a.claim('200'));
    if (claim.kind === 'unreachable') await claim.finish?.('success');
    b.member.missed({
      ...{ condition: 'C', key: '200', definition: 'C as it is', onLost: 'miss' },
      covers: { since: 0, instants: [100, 200] },
    });
    await fleet.clock.advance(20 * SECOND);
    expect(await fleet.after(0, readClaims(b.store))).toMatchObject([{ entry: { node: 'b', state: 'missed' } }]);
    a.store.setConnected(true);
    await fleet.clock.advance(5 * SECOND);
    const [{ entry, alsoOn } = {}] = await fleet.after(0, readClaims(b.store));
    expect(entry).toMatchObject({ node: 'a', state: 'done', unclaimed: true, since: 0 });
    expect([alsoOn, a.reports.filter(({ kind }) => kind === 'ran-twice')]).toEqual([undefined, []]);
  });

  it.each(['hold', 'run'] as const)(
    'what a machine with %s could not write is written by its next instance.',
    async (withoutEngine) => {
      const fleet = new TestFleet();
      const a = fleet.node('a', { withoutEngine });
      await fleet.clock.advance(5 * SECOND);
      a.store.setConnected(false);
      const at = fleet.clock.wall();
      const claiming = a.claim(String(at), { covers: { since: at - 1, instants: [at] } });
      await fleet.clock.advance(6 * SECOND);
      if (withoutEngine === 'run') {
        const claim = await fleet.after(0, claiming);
        if (claim.kind === 'unreachable') void claim.finish?.('success');
      }
      await fleet.after(SECOND, a.member.leave());
      await fleet.after(0, claiming);
      const again = fleet.node('a');
      again.member.owe(JSON.parse(JSON.stringify(a.member.owed)));
      await fleet.clock.advance(30 * SECOND);
      expect(JSON.parse(fleet.server.entries.get(`fire.C.${at}`)!.value)).toMatchObject(
        withoutEngine === 'hold' ? { state: 'missed', node: 'a' } : { state: 'done', unclaimed: true, session: 's1' },
      );
    },
  );

  it.each([
    ['and has run on another one has run twice', true, { node: 'b', state: 'done' }, ['a']],
    ['and on no other one is lost', false, { node: 'a', state: 'lost', unclaimed: true }, undefined],
  ] as const)('what a machine was killed in %s.', async (_, onOther, entry, alsoOn) => {
    const fleet = new TestFleet();
    const kept = new Map<string, ClaimEntry>();
    const keeper: OwedKeeper = {
      add: (key, one) => kept.set(key, one),
      replace({ written }) {
        kept.clear();
        for (const [key, one] of written) kept.set(key, one);
      },
    };
    const [a, b] = [fleet.node('a', { withoutEngine: 'run', keeper }), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    a.store.setConnected(false);
    expect(await fleet.after(6 * SECOND, a.claim('100'))).toMatchObject({ runs: true });
    if (onOther) {
      const claim = await fleet.after(SECOND, b.claim('100'));
      if (claim.kind === 'won') await claim.finish('success');
    }
    await fleet.clock.advance(20 * SECOND);
    const again = fleet.node('a', { keeper });
    again.member.owe({ missed: [], written: [...kept] });
    expect(kept.size).toBe(1);
    await fleet.clock.advance(90 * SECOND);
    const [known] = await fleet.after(0, readClaims(b.store));
    expect(known).toMatchObject({ key: '100', entry });
    expect(known?.alsoOn).toEqual(alsoOn);
    expect([kept.size, [...again.lost, ...b.lost].length]).toEqual([0, onOther ? 0 : 1]);
  });

  it('a run that goes on when a server answers again is known to go on, then as done.', async () => {
    const fleet = new TestFleet();
    const [a, b] = [fleet.node('a', { withoutEngine: 'run' }), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    a.store.setConnected(false);
    const claim = await fleet.after(6 * SECOND, a.claim('100'));
    a.store.setConnected(true);
    await fleet.clock.advance(5 * SECOND);
    expect(await fleet.after(SECOND, b.claim('100'))).toMatchObject({ kind: 'taken', node: 'a' });
    if (claim.kind === 'unreachable') await claim.finish?.('success');
    await fleet.clock.advance(SECOND);
    const [{ entry, alsoOn } = {}] = await fleet.after(0, readClaims(b.store));
    expect([entry, alsoOn]).toMatchObject([{ node: 'a', state: 'done', unclaimed: true }, undefined]);
  });

  it('a firing that is skipped while its claim may have arrived is missed, and no node has it.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a', { withoutEngine: 'skip' });
    await fleet.clock.advance(5 * SECOND);
    a.store.line.noAnswers = true;
    expect(await fleet.after(10 * SECOND, a.claim('100'))).toMatchObject({ kind: 'unreachable', runs: false });
    a.store.setConnected(false);
    a.store.line.noAnswers = false;
    a.store.setConnected(true);
    await fleet.clock.advance(5 * SECOND);
    expect(JSON.parse(fleet.server.entries.get('fire.C.100')!.value)).toMatchObject({ state: 'missed', node: 'a' });
  });
});

it('A claim that arrives after its node has given it up is missed within two minutes.', async () => {
  const fleet = new TestFleet();
  const a = fleet.node('a', { withoutEngine: 'skip' });
  await fleet.clock.advance(5 * SECOND);
  const { update } = a.store;
  a.store.line.late = () => 40 * SECOND;
  const claiming = a.claim('100');
  a.store.line.late = () => 0;
  a.store.update = (key, value, revision) => {
    if (key === 'fire.C.100' && readClaim(value)?.state === 'running') a.store.line.noRequests = true;
    return update.call(a.store, key, value, revision);
  };
  expect(await fleet.after(10 * SECOND, claiming)).toMatchObject({ kind: 'unreachable', runs: false });
  a.store.line.noRequests = false;
  a.store.update = update;
  await fleet.clock.advance(20 * SECOND);
  expect(fleet.server.entries.has('fire.C.100')).toBe(false);
  await fleet.clock.advance(15 * SECOND);
  expect(readClaim(fleet.server.entries.get('fire.C.100')!.value)).toMatchObject({ state: 'running', node: 'a' });
  await fleet.clock.advance(120 * SECOND);
  expect(readClaim(fleet.server.entries.get('fire.C.100')!.value)).toMatchObject({ state: 'missed', node: 'a' });
});

it('Instants that no node runs are reported by one that gets no answer when it writes that.', async () => {
  const fleet = new TestFleet();
  const a = fleet.node('a');
  await fleet.clock.advance(30 * SECOND);
  const { create } = a.store;
  a.store.create = (key, value) => {
    a.store.line.noAnswers ||= key.startsWith('fire.');
    return create.call(a.store, key, value);
  };
  a.member.missed({
    ...{ condition: 'C', key: '200', definition: 'C as it is', onLost: 'miss' },
    covers: { since: 0, instants: [100, 200] },
  });
  await fleet.clock.advance(5 * SECOND);
  expect(JSON.parse(fleet.server.entries.get('fire.C.200')!.value)).toMatchObject({ state: 'missed' });
  a.store.create = create;
  a.store.setConnected(false);
  a.store.line.noAnswers = false;
  a.store.setConnected(true);
  await fleet.clock.advance(60 * SECOND);
  expect(a.reports.filter(({ kind }) => kind === 'missed')).toEqual([
    { kind: 'missed', condition: 'C', count: 2, first: 100, last: 200 },
  ]);
});

describe('a node that dies in a run', () => {
  it.each(['miss', 'rerun'] as const)(
    'is reported with %s, also by one that gets no answer to its decision.',
    async (onLost) => {
      const fleet = new TestFleet();
      const [a, b] = [fleet.node('a'), fleet.node('b')];
      await fleet.clock.advance(5 * SECOND);
      expect((await fleet.after(SECOND, a.claim('100', { onLost }))).kind).toBe('won');
      a.store.setConnected(false);
      await fleet.clock.advance(8 * SECOND);
      loseAnswer(b);
      await fleet.clock.advance(12 * SECOND);
      expect([b.lost, readClaim(fleet.server.entries.get('fire.C.100')!.value)?.from]).toEqual([[], ['a']]);
      b.store.setConnected(false);
      b.store.line.noAnswers = false;
      b.store.setConnected(true);
      await fleet.clock.advance(10 * SECOND);
      expect(b.lost.map(({ key, won }) => [key, won !== undefined])).toEqual([['100', onLost === 'rerun']]);
    },
  );

  const dead = async (onLost: 'miss' | 'rerun') => {
    const fleet = new TestFleet();
    const [a, b, c] = [fleet.node('a'), fleet.node('b'), fleet.node('c')];
    await fleet.clock.advance(5 * SECOND);
    const first = await fleet.after(SECOND, a.claim('100', { onLost }));
    a.store.line.noRequests = true;
    await fleet.clock.advance(9 * SECOND);
    expect([...b.lost, ...c.lost]).toEqual([]);
    await fleet.clock.advance(10 * SECOND);
    return { fleet, a, b, c, first };
  };

  it('is reported by one other node, and its run is missed.', async () => {
    const { b, c } = await dead('miss');
    expect([...b.lost, ...c.lost]).toHaveLength(1);
    expect([...b.lost, ...c.lost][0]).toMatchObject({ condition: 'C', key: '100', node: 'a' });
    expect([...b.lost, ...c.lost][0]?.won).toBeUndefined();
  });

  it('is reported by a third node if the one that was to report it dies before it has heard that it is the one.', async () => {
    const fleet = new TestFleet();
    const [a, b, c] = [fleet.node('a'), fleet.node('b'), fleet.node('c')];
    await fleet.clock.advance(5 * SECOND);
    await fleet.after(SECOND, a.claim('100'));
    a.store.line.noRequests = true;
    c.store.line.noRequests = true;
    await fleet.clock.advance(9 * SECOND);
    loseAnswer(b);
    await fleet.clock.advance(4 * SECOND);
    expect(readClaim(fleet.server.entries.get('fire.C.100')!.value)).toMatchObject({ state: 'lost', by: 's2' });
    b.store.line.noRequests = true;
    c.store.line.noRequests = false;
    await fleet.clock.advance(30 * SECOND);
    expect([b.lost, c.lost]).toMatchObject([[], [{ condition: 'C', key: '100', node: 'a' }]]);
    const { at } = fleet.server.entries.get('fire.C.100')!;
    await fleet.clock.advance(60 * SECOND);
    expect([c.lost.length, fleet.server.entries.get('fire.C.100')!.at]).toEqual([1, at]);
  });

  it('is repeated by one other node, with a greater fence; when it comes back it hears of that.', async () => {
    const { fleet, a, b, c, first } = await dead('rerun');
    const [lost] = [...b.lost, ...c.lost];
    expect([...b.lost, ...c.lost]).toHaveLength(1);
    if (first.kind !== 'won' || lost?.won === undefined) throw new Error('not won');
    expect(lost.won.fence).toBeGreaterThan(first.fence);
    a.store.line.noRequests = false;
    expect(await fleet.after(SECOND, first.finish('success'))).toMatch(/^[bc]$/);
    expect(await fleet.after(SECOND, lost.won.finish('success'))).toBeUndefined();
  });

  it('is not followed by a node that is paused, as long as the pause lasts.', async () => {
    const fleet = new TestFleet();
    const [a, b] = [fleet.node('a'), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    await fleet.after(SECOND, a.claim('100', { onLost: 'rerun' }));
    b.member.setPaused(true);
    a.store.setConnected(false);
    await fleet.clock.advance(60 * SECOND);
    expect(b.lost).toEqual([]);
    expect((await fleet.after(0, readClaims(b.store)))[0]?.entry.node).toBe('a');
    b.member.setPaused(false);
    await fleet.clock.advance(5 * SECOND);
    expect(b.lost).toMatchObject([{ key: '100', node: 'a', won: { kind: 'won' } }]);
  });

  it('is followed after the pause by a node that was paused while it took the run over.', async () => {
    const fleet = new TestFleet();
    const [a, b] = [fleet.node('a'), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    await fleet.after(SECOND, a.claim('100', { onLost: 'rerun' }));
    const { update } = b.store;
    b.store.update = (key, value, revision) => {
      if (key.startsWith('fire.')) b.member.setPaused(true);
      return update.call(b.store, key, value, revision);
    };
    a.store.setConnected(false);
    await fleet.clock.advance(200 * SECOND);
    expect(b.lost).toEqual([]);
    expect((await fleet.after(0, readClaims(b.store)))[0]?.entry).toMatchObject({ node: 'b', state: 'running' });
    b.member.setPaused(false);
    await fleet.clock.advance(5 * SECOND);
    expect(b.lost).toMatchObject([{ key: '100', node: 'a', won: { kind: 'won' } }]);
  });

  it('and was started again is dead for what it ran before.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a');
    await fleet.clock.advance(5 * SECOND);
    await fleet.after(SECOND, a.claim('100', { onLost: 'rerun' }));
    a.store.setConnected(false);
    const again = fleet.node('a');
    await fleet.clock.advance(9 * SECOND);
    expect(again.lost).toMatchObject([{ key: '100', node: 'a', won: { kind: 'won' } }]);
    expect(again.reports).not.toContainEqual({ kind: 'name-taken', node: 'a' });
  });

  it('is reported within a minute for what it has asked for after it was taken for dead.', async () => {
    const fleet = new TestFleet();
    const [a, b] = [fleet.node('a'), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    const { update } = a.store;
    // Its heart is not heard any more.
    a.store.update = (key, ...more) =>
      key.startsWith('node.') ? Promise.resolve(undefined) : update.call(a.store, key, ...more);
    await fleet.clock.advance(20 * SECOND);
    expect((await fleet.after(SECOND, a.claim('100'))).kind).toBe('won');
    await fleet.clock.advance(62 * SECOND);
    expect(b.lost).toMatchObject([{ key: '100', node: 'a' }]);
  });

  it('is not dead because the other machine stood still, or hears not even its own heart.', async () => {
    const fleet = new TestFleet();
    const [a, b] = [fleet.node('a'), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    a.store.line.noAnswers = true;
    await fleet.clock.advance(14 * SECOND);
    expect([a.member.isSilent('b'), a.reports.filter(({ kind }) => kind === 'node-dead')]).toEqual([false, []]);
    a.store.line.noAnswers = false;
    b.store.line.noRequests = true;
    await fleet.clock.advance(13 * SECOND);
    expect(a.member.isSilent('b')).toBe(true);
  });

  it('is not dead because no server answers.', async () => {
    const fleet = new TestFleet();
    const [a, b] = [fleet.node('a'), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    await fleet.after(SECOND, a.claim('100'));
    fleet.server.down = true;
    for (const { store } of [a, b]) store.setConnected(false);
    await fleet.clock.advance(60 * SECOND);
    fleet.server.down = false;
    for (const { store } of [a, b]) store.setConnected(true);
    await fleet.clock.advance(20 * SECOND);
    expect(b.lost).toEqual([]);
  });
});

it('A server that has lost its last data gets the firings again before a node can claim them.', async () => {
  const fleet = new TestFleet();
  const [a, b] = [fleet.node('a'), fleet.node('b')];
  await fleet.clock.advance(5 * SECOND);
  const first = await fleet.after(SECOND, a.claim('100'));
  expect(first.kind).toBe('won');
  for (const { store } of [a, b]) store.setConnected(false);
  fleet.server.entries.delete('fire.C.100');
  for (const { store } of [b, a]) store.setConnected(true);
  expect(await fleet.after(5 * SECOND, b.claim('100'))).toMatchObject({ kind: 'taken', node: 'a' });
  if (first.kind === 'won') expect(await fleet.after(SECOND, first.finish('success'))).toBeUndefined();
  expect(JSON.parse(fleet.server.entries.get('fire.C.100')!.value)).toMatchObject({ state: 'done', node: 'a' });
});

it.each([
  ['before', 0],
  ['after', 5],
])('A run that ends %s what the server has lost is written again is done for all.', async (_, seconds) => {
  const fleet = new TestFleet();
  const a = fleet.node('a');
  await fleet.clock.advance(5 * SECOND);
  const first = await fleet.after(SECOND, a.claim('100'));
  if (first.kind !== 'won') throw new Error('not won');
  a.store.setConnected(false);
  fleet.server.entries.delete('fire.C.100');
  a.store.setConnected(true);
  await fleet.clock.advance(seconds * SECOND);
  expect(await fleet.after(SECOND, first.finish('success'))).toBeUndefined();
  await fleet.clock.advance(5 * SECOND);
  expect(JSON.parse(fleet.server.entries.get('fire.C.100')!.value)).toMatchObject({ state: 'done' });
});

it('A firing that another machine has got because the server had lost it is said to have run twice, once.', async () => {
  const fleet = new TestFleet();
  const [a, b] = [fleet.node('a'), fleet.node('b')];
  await fleet.clock.advance(5 * SECOND);
  const first = await fleet.after(SECOND, a.claim('100'));
  if (first.kind === 'won') await fleet.after(SECOND, first.finish('success'));
  a.store.setConnected(false);
  fleet.server.entries.delete('fire.C.100');
  expect((await fleet.after(SECOND, b.claim('100'))).kind).toBe('won');
  for (let i = 0; i < 2; i++) {
    a.store.setConnected(true);
    await fleet.clock.advance(30 * SECOND);
    a.store.setConnected(false);
  }
  expect(a.reports.filter(({ kind }) => kind === 'ran-twice')).toEqual([
    { kind: 'ran-twice', condition: 'C', key: '100', node: 'b' },
  ]);
  expect(await fleet.after(SECOND, readClaims(b.store))).toMatchObject([{ key: '100', alsoOn: ['a'] }]);
});

describe('a firing that the server loses without an interruption', () => {
  const lose = async () => {
    const fleet = new TestFleet();
    const [a, b] = [fleet.node('a'), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    const first = await fleet.after(SECOND, a.claim('100'));
    return { fleet, a, b, finish: () => (first.kind === 'won' ? fleet.after(SECOND, first.finish('success')) : null) };
  };
  const twice = { kind: 'ran-twice', condition: 'C', key: '100', node: 'b' };

  it('is written again within a minute or so.', async () => {
    const { fleet, b, finish } = await lose();
    await finish();
    const lost = fleet.server.entries.get('fire.C.100')!;
    fleet.server.entries.delete('fire.C.100');
    // The machines see that it is missing among later ones.
    await fleet.after(SECOND, b.claim('200'));
    await fleet.clock.advance(70 * SECOND);
    expect(fleet.server.entries.get('fire.C.100')?.value).toBe(lost.value);
  });

  it('and is got by another machine is said to have run twice, when its run ends.', async () => {
    const { fleet, a, b, finish } = await lose();
    fleet.server.entries.delete('fire.C.100');
    expect((await fleet.after(SECOND, b.claim('100'))).kind).toBe('won');
    expect(await finish()).toBe('b');
    expect(a.reports).toContainEqual(twice);
  });
});

it('An outcome that arrives while the connection comes back is not overwritten.', async () => {
  const fleet = new TestFleet();
  const a = fleet.node('a');
  await fleet.clock.advance(5 * SECOND);
  const first = await fleet.after(SECOND, a.claim('100'));
  if (first.kind !== 'won') throw new Error('not won');
  // The answer to the change takes longer than the interruption.
  let travels = 0;
  a.store.line.delay = () => (travels++ > 0 ? 4000 : 0);
  const finishing = first.finish('success');
  await fleet.clock.settle();
  a.store.line.delay = () => 0;
  a.store.setConnected(false);
  a.store.setConnected(true);
  await fleet.after(15 * SECOND, finishing);
  expect(JSON.parse(fleet.server.entries.get('fire.C.100')!.value)).toMatchObject({ state: 'done' });
});

it('What is still to be written is written before a node leaves.', async () => {
  const fleet = new TestFleet();
  const a = fleet.node('a');
  await fleet.clock.advance(5 * SECOND);
  const claim = await fleet.after(SECOND, a.claim('100'));
  if (claim.kind !== 'won') throw new Error('not won');
  a.store.line.noRequests = true;
  await fleet.after(3 * SECOND, claim.finish('success'));
  a.store.line.noRequests = false;
  // A question can be without an answer yet.
  await fleet.after(2 * SECOND, a.member.leave());
  expect(JSON.parse(fleet.server.entries.get('fire.C.100')!.value)).toMatchObject({ state: 'done' });
});

describe('what a node reads at its start', () => {
  /** The runs that a node which starts now sees, by how long it takes until they are taken over. */
  const firings = async (count: number) => {
    const fleet = new TestFleet();
    const [a, b] = [fleet.node('a'), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    const early = await fleet.after(SECOND, a.claim('early'));
    for (let i = 0; i < count; i++) {
      const claim = await fleet.after(10, b.claim(String(i)));
      if (claim.kind === 'won') await fleet.after(0, claim.finish('success'));
    }
    await fleet.clock.advance(70 * SECOND);
    const horizon = (): number => Number(fleet.server.entries.get('horizon.fire')?.value ?? 0);
    return { fleet, a, b, early, horizon };
  };

  it('is what has changed since the first run that goes on, whatever has died since.', async () => {
    const { fleet, a, b, early, horizon } = await firings(600);
    expect(horizon()).toBe(0);
    if (early.kind === 'won') await fleet.after(0, early.finish('success'));
    const late = await fleet.after(SECOND, a.claim('late'));
    if (late.kind !== 'won') throw new Error('not won');
    await fleet.clock.advance(130 * SECOND);
    expect(horizon()).toBe(late.fence);
    for (const { store } of [a, b]) store.setConnected(false);
    const c = fleet.node('c');
    const listed: unknown[] = [];
    const { list } = c.store;
    c.store.list = async (prefix, from) => {
      const entries = await list.call(c.store, prefix, from);
      listed.push([from, entries.map(({ key }) => key)]);
      return entries;
    };
    await fleet.clock.advance(30 * SECOND);
    expect(listed[0]).toEqual([late.fence, ['fire.C.late']]);
    expect(c.lost).toMatchObject([{ key: 'late', node: 'a' }]);
  });

  it('is everything where a server has lost what the horizon was taken from.', async () => {
    const { fleet, a, b, horizon } = await firings(0);
    for (const { store } of [a, b]) store.setConnected(false);
    fleet.server.put('horizon.fire', '100000', 0);
    const c = fleet.node('c');
    expect(horizon()).toBe(100_000);
    fleet.server.put(
      'fire.C.7',
      JSON.stringify({ session: 'x', hash: 'h', began: 0, node: 'x', state: 'running', on_lost: 'miss' }),
      0,
    );
    await fleet.clock.advance(30 * SECOND);
    expect(c.lost.map(({ key }) => key)).toContain('7');
  });
});

describe('the definitions of shared conditions', () => {
  const many = (count: number, text = 'as it is'): ReadonlyMap<string, string> =>
    new Map(Array.from({ length: count }, (_, i) => [`C${i}`, `${i} ${text}`]));
  const written = (fleet: TestFleet): number[] =>
    [...fleet.server.entries].filter(([key]) => key.startsWith('define.')).map(([, { revision }]) => revision);

  it('are written once, in entries of 2,000, and again when they change or a server has lost them.', async () => {
    const fleet = new TestFleet();
    let definitions = many(4500);
    const a = fleet.node('a', { definitions: () => definitions, hash: definitionHash });
    await fleet.clock.advance(30 * SECOND);
    const first = written(fleet);
    expect(first).toHaveLength(3);
    const heart = fleet.server.entries.get('node.a')!;
    expect(heart.revision).toBeGreaterThan(first[2]!);
    expect(heart.value.length).toBeLessThan(200);
    a.store.setConnected(false);
    a.store.setConnected(true);
    await fleet.clock.advance(10 * SECOND);
    expect(written(fleet)).toEqual(first);
    fleet.server.entries.delete('define.a.1');
    a.store.setConnected(false);
    a.store.setConnected(true);
    await fleet.clock.advance(10 * SECOND);
    expect(written(fleet)).toHaveLength(3);
    definitions = many(1, 'otherwise');
    await fleet.clock.advance(3 * SECOND);
    expect(JSON.parse(fleet.server.entries.get('define.a.0')!.value)).toMatchObject({
      of: 1,
      shared: { C0: definitionHash('0 otherwise') },
    });
  });

  it('are compared when the hash of all of them differs, also after a reload.', async () => {
    const fleet = new TestFleet();
    let definitions = many(3);
    const nodes = ['a', 'b'].map((name) =>
      fleet.node(name, { definitions: () => (name === 'a' ? definitions : many(3)) }),
    );
    await fleet.clock.advance(10 * SECOND);
    const said = () => nodes.map(({ reports }) => reports.filter(({ kind }) => kind === 'definition-differs'));
    expect(said()).toEqual([[], []]);
    definitions = new Map([...many(2), ['C2', 'otherwise']]);
    await fleet.clock.advance(10 * SECOND);
    const differs = { kind: 'definition-differs', condition: 'C2' };
    expect(said()).toEqual([[{ ...differs, node: 'b' }], [{ ...differs, node: 'a' }]]);
  });

  it('of a machine that has ended in order are not compared; those that it has when it is started again are.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a', { definitions: () => new Map([['C', 'otherwise']]) });
    await fleet.clock.advance(5 * SECOND);
    await fleet.after(SECOND, a.member.leave());
    const b = fleet.node('b');
    const said = () => b.reports.filter(({ kind }) => kind === 'definition-differs');
    await fleet.clock.advance(10 * SECOND);
    expect(said()).toEqual([]);
    fleet.node('a', { definitions: () => new Map([['C', 'otherwise']]) });
    await fleet.clock.advance(10 * SECOND);
    expect(said()).toEqual([{ kind: 'definition-differs', condition: 'C', node: 'a' }]);
  });

  it('are written again before a server forgets them.', async () => {
    const fleet = new TestFleet();
    const a = fleet.node('a');
    await fleet.clock.advance(10 * SECOND);
    const written = fleet.server.entries.get('define.a.0')!;
    fleet.server.entries.set('define.a.0', { ...written, at: written.at - 86_380 * SECOND });
    a.store.setConnected(false);
    a.store.setConnected(true);
    await fleet.clock.advance(5 * SECOND);
    expect(fleet.server.entries.get('define.a.0')?.revision).toBe(written.revision);
    await fleet.clock.advance(20 * SECOND);
    expect(fleet.server.entries.get('define.a.0')?.revision).toBeGreaterThan(written.revision);
  });
});

describe('clocks', () => {
  it('that differ by more than a second are a warning, by more than a tick no firing is shared.', async () => {
    const fleet = new TestFleet();
    const [a, b] = [fleet.node('a'), fleet.node('b')];
    await fleet.clock.advance(5 * SECOND);
    b.skew = 1500;
    await fleet.clock.advance(5 * SECOND);
    expect(b.reports).toContainEqual({ kind: 'skew', ms: 1500, level: 'warn' });
    expect((await fleet.after(SECOND, b.claim('100'))).kind).toBe('won');
    b.skew = -6000;
    await fleet.clock.advance(5 * SECOND);
    expect(await fleet.after(SECOND, b.claim('200'))).toEqual({ kind: 'skewed', ms: -6000 });
    b.skew = 0;
    await fleet.clock.advance(5 * SECOND);
    expect(b.reports.at(-1)).toEqual({ kind: 'skew', ms: 0, level: 'ok' });
    expect(a.reports.filter(({ kind }) => kind === 'skew')).toEqual([]);
  });
});

describe('Two machines with the same name', () => {
  const kinds = ({ reports }: TestNode) => reports.map(({ kind }) => kind).filter((kind) => kind.startsWith('name'));

  it('are said: the one that was there goes on, the other one takes no part until it has ended.', async () => {
    const fleet = new TestFleet();
    const one = fleet.node('a');
    await fleet.clock.advance(7 * SECOND);
    const began = fleet.clock.wall() - 7 * SECOND;
    const run = await fleet.after(SECOND, one.claim('1'));
    const two = fleet.node('a', { withoutEngine: 'run', definitions: () => new Map([['C', 'another C']]) });
    await fleet.clock.advance(20 * SECOND);
    expect([kinds(one), two.reports.filter(({ kind }) => kind === 'name-taken')]).toEqual([
      [],
      [{ kind: 'name-taken', node: 'a', began }],
    ]);
    expect(two.lost).toEqual([]);
    expect(JSON.parse(fleet.server.entries.get('define.a.0')!.value)).toMatchObject({ session: 's1' });
    expect(await fleet.after(SECOND, two.claim('2'))).toEqual({ kind: 'name-taken', node: 'a' });
    expect((await fleet.after(SECOND, one.claim('2'))).kind).toBe('won');
    if (run.kind === 'won') expect(await fleet.after(SECOND, run.finish('success'))).toBeUndefined();
    await fleet.after(SECOND, one.member.leave());
    await fleet.clock.advance(2 * SECOND);
    expect(kinds(two)).toEqual(['name-taken', 'name-free']);
    expect((await fleet.after(SECOND, two.claim('3'))).kind).toBe('won');
  });

  it('that are started at once are one that takes part, and one that does not.', async () => {
    const fleet = new TestFleet();
    const both = [fleet.node('a'), fleet.node('a')];
    await fleet.clock.advance(20 * SECOND);
    expect(both.map(kinds).sort()).toEqual([[], ['name-taken']]);
  });

  it('are one that was killed and started again if the heart of the first is silent: 4 seconds later it takes part.', async () => {
    const fleet = new TestFleet();
    const one = fleet.node('a');
    await fleet.clock.advance(5 * SECOND);
    one.store.setConnected(false);
    const again = fleet.node('a');
    expect((await fleet.after(4 * SECOND, again.claim('1'))).kind).toBe('won');
    expect(kinds(again)).toEqual([]);
  });

  it('stay apart over an interruption, and the one that was cut off has lost its name.', async () => {
    const fleet = new TestFleet();
    const [one, two] = [fleet.node('a'), fleet.node('a')];
    await fleet.clock.advance(10 * SECOND);
    for (const { store } of [one, two]) store.setConnected(false);
    await fleet.clock.advance(60 * SECOND);
    for (const { store } of [two, one]) store.setConnected(true);
    await fleet.clock.advance(10 * SECOND);
    expect([kinds(one), kinds(two)]).toEqual([[], ['name-taken']]);
    one.store.setConnected(false);
    await fleet.clock.advance(15 * SECOND);
    one.store.setConnected(true);
    await fleet.clock.advance(5 * SECOND);
    expect([kinds(one), kinds(two)]).toEqual([['name-taken'], ['name-taken', 'name-free']]);
  });
});
