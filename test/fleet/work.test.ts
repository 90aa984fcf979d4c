import { describe, expect, it } from 'vitest';
import type { Dispatched, Work, Worker, WorkResult } from '../../src/core/fleet-port.ts';
import { FleetWork } from '../../src/fleet/fleet-work.ts';
import type { FleetMemberOptions } from '../../src/fleet/member-options.ts';
import { FakeQueueServer, FakeWorkQueue } from '../support/fake-work-queue.ts';
import { TestFleet, type TestNode } from '../support/fleet-nodes.ts';

const SECOND = 1000;

/** A machine that does what it is asked for in so many seconds, or until it is stopped. */
interface WorkNode extends TestNode {
  readonly work: FleetWork;
  readonly queue: FakeWorkQueue;
  /** What it has begun, and how that ended: `T for a`, `T for a: cancelled`. */
  readonly did: string[];
  takes: boolean;
  ask(where: string, more?: Partial<Work>, signal?: AbortSignal): Promise<Dispatched>;
  /** What its runs have waited for, in their order; undefined: nothing any more. */
  readonly waited: (string | undefined)[];
  /** It is cut off, as if it had died. */
  die(): void;
}

class WorkFleet extends TestFleet {
  readonly queues = new FakeQueueServer(this.clock);

  worker(
    name: string,
    seconds: number,
    outcome: 'success' | 'failure' = 'success',
    more: Partial<FleetMemberOptions> = {},
  ): WorkNode {
    const wheres = ['any', 'all', 'tag:gpu', 'host:b', 'host:z'];
    const tasks: string[] = [];
    const session = `session-${name}`;
    const node = this.node(name, { ...more, session, tasks: () => tasks });
    const queue = new FakeWorkQueue(this.queues);
    const { member, store, reports } = node;
    const work = new FleetWork(
      {
        ...{ node: name, session, version: '2', tags: [], tickMs: 5000 },
        ...{ withoutEngine: 'hold', definitions: () => new Map(), hash: (text) => text.replace(':', '_') },
        ...{ report: (report) => reports.push(report), ...more, store, clock: this.clock },
      },
      member,
      queue,
    );
    const did: string[] = [];
    const state = { takes: true, did };
    const worker: Worker = {
      tasks: () => wheres.map((where) => ({ task: 'T', definition: `T ${where}`, where })),
      accepts: () => state.takes,
      execute: async (from, { task }, signal): Promise<WorkResult> => {
        did.push(`${task} for ${from}`);
        await this.clock.sleep(seconds * SECOND, signal);
        if (signal.aborted) did.push(`${task} for ${from}: cancelled`);
        return { outcome: { kind: outcome }, output: { stdout: `by ${name}` } };
      },
    };
    work.onWork(worker);
    work.begin();
    tasks.push(...work.tasks);
    const waited: (string | undefined)[] = [];
    return Object.assign(state, node, {
      ...{ work, queue, waited },
      ask: (where: string, given: Partial<Work> = {}, signal = new AbortController().signal) =>
        work.dispatch(
          {
            ...{ task: 'T', definition: `T ${where}`, where, onLost: 'miss', run: { condition: 'C', run: 'run-1' } },
            ...given,
          },
          signal,
          (what) => waited.push(what),
        ),
      die: () => {
        store.setConnected(false);
        queue.cut = true;
      },
    });
  }
}

const done = (node: string, more: object = {}) => ({
  kind: 'done',
  results: [{ node, outcome: { kind: 'success' }, output: { stdout: `by ${node}` }, ...more }],
});

describe('a run of a task', () => {
  it('is done by the machine that it is for, and its outcome and output come back.', async () => {
    const fleet = new WorkFleet();
    const a = fleet.worker('a', 1);
    const b = fleet.worker('b', 2);
    const gpu = fleet.worker('c', 2, 'failure', { tags: ['gpu'] });
    await fleet.clock.advance(5 * SECOND);
    expect(await fleet.after(3 * SECOND, a.ask('host:b'))).toEqual(done('b'));
    expect(await fleet.after(3 * SECOND, b.ask('tag:gpu'))).toEqual(done('c', { outcome: { kind: 'failure' } }));
    expect(await fleet.after(3 * SECOND, b.ask('host:b'))).toEqual({ kind: 'here' });
    expect([a.did, b.did, gpu.did]).toEqual([[], ['T for a'], ['T for b']]);
    // Only that there is a result stays in the store.
    const left = [...fleet.server.entries.values()].filter(({ key }) => key.startsWith('work.'));
    expect(left.map(({ value }) => (JSON.parse(value) as { state: string }).state)).toEqual(['over', 'over']);
  });

  it('is for the first machine that is free with any, one after the other on each.', async () => {
    const fleet = new WorkFleet();
    const [a, b] = [fleet.worker('a', 10), fleet.worker('b', 10)];
    await fleet.clock.advance(5 * SECOND);
    const runs = [a.ask('any'), a.ask('any'), a.ask('any')];
    await fleet.clock.advance(SECOND);
    expect([a.did.length, b.did.length]).toEqual([1, 1]);
    await fleet.after(20 * SECOND, Promise.all(runs));
    expect(a.did.length + b.did.length).toBe(3);
  });

  it('is done by all machines that are alive with all.', async () => {
    const fleet = new WorkFleet();
    const [a, b, c] = [fleet.worker('a', 1), fleet.worker('b', 1, 'failure'), fleet.worker('c', 1)];
    await fleet.clock.advance(5 * SECOND);
    c.die();
    await fleet.clock.advance(15 * SECOND);
    const answer = await fleet.after(3 * SECOND, a.ask('all'));
    expect(answer).toMatchObject({
      results: [
        { node: 'a', outcome: { kind: 'success' } },
        { node: 'b', outcome: { kind: 'failure' } },
      ],
    });
    expect(b.did).toEqual(['T for a']);
  });

  it('ends with all, if a machine has died of late: that one is lost, and its work is done by none.', async () => {
    const fleet = new WorkFleet();
    const [a, b] = [fleet.worker('a', 1), fleet.worker('b', 1)];
    await fleet.clock.advance(5 * SECOND);
    b.die();
    await fleet.clock.advance(2 * SECOND);
    expect(await fleet.after(20 * SECOND, a.ask('all'))).toMatchObject({
      results: [
        { node: 'a', outcome: { kind: 'success' } },
        { node: 'b', outcome: { kind: 'error', reason: { code: 'fleet-worker-lost', node: 'b' } } },
      ],
    });
    b.store.setConnected(true);
    b.queue.cut = false;
    await fleet.clock.advance(20 * SECOND);
    expect(b.did).toEqual([]);
  });

  it('waits for a machine that takes it, which is reported.', async () => {
    const fleet = new WorkFleet();
    const [a, b] = [fleet.worker('a', 1), fleet.worker('b', 1)];
    b.takes = false;
    await fleet.clock.advance(5 * SECOND);
    const run = a.ask('host:b');
    await fleet.clock.advance(15 * SECOND);
    expect(a.reports).toContainEqual({ kind: 'work-idle', task: 'T', where: 'host:b', what: 'b' });
    expect([b.did, a.waited]).toEqual([[], ['b']]);
    b.takes = true;
    expect(await fleet.after(3 * SECOND, run)).toEqual(done('b'));
    expect(a.waited).toEqual(['b', undefined]);
  });

  it('for all waits for each machine that has not begun, and says which, and why.', async () => {
    const fleet = new WorkFleet();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => fleet.worker(name, 1)) as [
      WorkNode,
      ...[WorkNode, WorkNode, WorkNode],
    ];
    for (const one of [a, b, d]) one.takes = false;
    for (const { member } of [a, b]) member.setPaused(true);
    await fleet.clock.advance(5 * SECOND);
    const run = a.ask('all');
    await fleet.clock.advance(15 * SECOND);
    const idle = () => a.reports.filter(({ kind }) => kind === 'work-idle');
    const first = 'a (paused), b (paused), d';
    expect(idle()).toEqual([{ kind: 'work-idle', task: 'T', where: 'all', what: first }]);
    expect(c.did).toEqual(['T for a']);
    a.member.setPaused(false);
    a.takes = true;
    await fleet.clock.advance(5 * SECOND);
    await fleet.after(SECOND, d.member.leave());
    b.takes = true;
    expect(await fleet.after(5 * SECOND, run)).toMatchObject({
      results: [
        ...['a', 'b', 'c'].map((node) => ({ node, outcome: { kind: 'success' } })),
        { node: 'd', outcome: { kind: 'error', reason: { code: 'fleet-worker-lost', node: 'd', ended: true } } },
      ],
    });
    expect(idle()).toHaveLength(1);
    expect([a.waited[0], a.waited.at(-1)]).toEqual([first, undefined]);
    expect(a.waited).toContain('b (paused), d');
  });

  it.each(['before', 'after'])('waits for a server that goes %s it was asked for, which is reported.', async (when) => {
    const fleet = new WorkFleet();
    const a = fleet.worker('a', 1);
    await fleet.clock.advance(5 * SECOND);
    if (when === 'before') a.store.setConnected(false);
    const run = a.ask('tag:gpu');
    await fleet.clock.advance(SECOND);
    a.store.setConnected(false);
    await fleet.clock.advance(15 * SECOND);
    const server = 'a server of the fleet (none answers)';
    expect(a.reports.filter(({ kind }) => kind === 'work-idle')).toEqual([
      { kind: 'work-idle', task: 'T', where: 'tag:gpu', what: server },
    ]);
    a.store.setConnected(true);
    await fleet.clock.advance(15 * SECOND);
    fleet.worker('b', 1, 'success', { tags: ['gpu'] });
    expect(await fleet.after(6 * SECOND, run)).toEqual(done('b'));
    const machine = 'a machine with the tag gpu that is free';
    expect(a.waited.filter((what) => what !== undefined)).toEqual([server, machine]);
    expect(a.waited.at(-1)).toBeUndefined();
  });
});

describe('a run that is not wanted any more', () => {
  it('is ended on the machine that does it.', async () => {
    const fleet = new WorkFleet();
    const [a, b] = [fleet.worker('a', 1), fleet.worker('b', 1000)];
    await fleet.clock.advance(5 * SECOND);
    const controller = new AbortController();
    const run = a.ask('host:b', {}, controller.signal);
    await fleet.clock.advance(SECOND);
    controller.abort('cancelled');
    expect((await fleet.after(SECOND, run)).kind).toBe('done');
    expect(b.did).toEqual(['T for a', 'T for a: cancelled']);
  });

  it('does not begin, if none does it yet.', async () => {
    const fleet = new WorkFleet();
    const a = fleet.worker('a', 1);
    await fleet.clock.advance(5 * SECOND);
    const controller = new AbortController();
    const run = a.ask('host:b', {}, controller.signal);
    await fleet.clock.advance(SECOND);
    controller.abort('cancelled');
    expect(await fleet.after(SECOND, run)).toEqual({ kind: 'cancelled' });
    const b = fleet.worker('b', 1);
    await fleet.clock.advance(5 * SECOND);
    expect(b.did).toEqual([]);
  });

  it('is given up after 5 seconds, if no server answers.', async () => {
    const fleet = new WorkFleet();
    const [a] = [fleet.worker('a', 1), fleet.worker('b', 1000)];
    await fleet.clock.advance(5 * SECOND);
    const controller = new AbortController();
    const run = a.ask('host:b', {}, controller.signal);
    await fleet.clock.advance(SECOND);
    a.die();
    controller.abort('cancelled');
    expect(await fleet.after(7 * SECOND, run)).toEqual({ kind: 'cancelled' });
  });
});

describe('a machine that dies in a run', () => {
  it('is named by the outcome, which is an error.', async () => {
    const fleet = new WorkFleet();
    const [a, b] = [fleet.worker('a', 1), fleet.worker('b', 1000)];
    await fleet.clock.advance(5 * SECOND);
    const run = a.ask('host:b');
    await fleet.clock.advance(SECOND);
    b.die();
    expect(await fleet.after(20 * SECOND, run)).toMatchObject({
      results: [{ node: 'b', outcome: { kind: 'error', reason: { code: 'fleet-worker-lost', node: 'b' } } }],
    });
  });

  it('is followed by another one with on_lost = "rerun", once; what it comes to later is not wanted.', async () => {
    const fleet = new WorkFleet();
    const a = fleet.worker('a', 1);
    const [b, c] = [
      fleet.worker('b', 40, 'failure', { tags: ['gpu'] }),
      fleet.worker('c', 40, 'success', { tags: ['gpu'] }),
    ];
    c.takes = false;
    await fleet.clock.advance(5 * SECOND);
    const run = a.ask('tag:gpu', { onLost: 'rerun' });
    await fleet.clock.advance(2 * SECOND);
    expect(b.did).toEqual(['T for a']);
    c.takes = true;
    b.die();
    await fleet.clock.advance(30 * SECOND);
    expect(c.did).toEqual(['T for a']);
    b.store.setConnected(true);
    await fleet.clock.advance(SECOND);
    expect(await fleet.after(40 * SECOND, run)).toEqual(done('c'));
    expect(b.reports).toContainEqual({ kind: 'work-taken-over', task: 'T', node: 'c' });
  });

  it('is not followed by another one as long as its heart is heard, whatever the queue hears of it.', async () => {
    const fleet = new WorkFleet();
    const a = fleet.worker('a', 1);
    const [b, c] = ['b', 'c'].map((name) => fleet.worker(name, 40, 'success', { tags: ['gpu'] })) as [
      WorkNode,
      WorkNode,
    ];
    c.takes = false;
    await fleet.clock.advance(5 * SECOND);
    const run = a.ask('tag:gpu', { onLost: 'rerun' });
    await fleet.clock.advance(2 * SECOND);
    c.takes = true;
    b.queue.cut = true;
    await fleet.clock.advance(30 * SECOND);
    expect([b.did, c.did]).toEqual([['T for a'], []]);
    expect(await fleet.after(15 * SECOND, run)).toEqual(done('b'));
  });

  it('is the last one, if the one that has followed dies, too.', async () => {
    const fleet = new WorkFleet();
    const a = fleet.worker('a', 1);
    const more = { tags: ['gpu'] };
    const nodes = ['b', 'c', 'd'].map((name) => fleet.worker(name, 1000, 'success', more));
    await fleet.clock.advance(5 * SECOND);
    const run = a.ask('tag:gpu', { onLost: 'rerun' });
    for (let dead = 0; dead < 2; dead++) {
      await fleet.clock.advance(40 * SECOND);
      nodes.find(({ did, store }) => did.length > 0 && store.connected)?.die();
    }
    expect(await fleet.after(40 * SECOND, run)).toMatchObject({ results: [{ outcome: { kind: 'error' } }] });
    expect(nodes.flatMap(({ did }) => did)).toHaveLength(2);
  });

  it('does nothing for one that has died before.', async () => {
    const fleet = new WorkFleet();
    const [a, b] = [fleet.worker('a', 1), fleet.worker('b', 1)];
    b.takes = false;
    await fleet.clock.advance(5 * SECOND);
    void a.ask('host:b');
    await fleet.clock.advance(SECOND);
    a.die();
    await fleet.clock.advance(20 * SECOND);
    b.takes = true;
    await fleet.clock.advance(20 * SECOND);
    expect(b.did).toEqual([]);
  });
});

it('What a machine has done is written when a server answers again, and nothing is done twice.', async () => {
  const fleet = new WorkFleet();
  const [a, b] = [fleet.worker('a', 1), fleet.worker('b', 3)];
  await fleet.clock.advance(5 * SECOND);
  const run = a.ask('host:b');
  await fleet.clock.advance(SECOND);
  for (const { store } of [a, b]) store.setConnected(false);
  await fleet.clock.advance(6 * SECOND);
  for (const { store } of [a, b]) store.setConnected(true);
  expect(await fleet.after(3 * SECOND, run)).toEqual(done('b'));
  expect(b.did).toEqual(['T for a']);
});

it.each([
  ['hold', 'any', undefined],
  ['run', 'any', { kind: 'here' }],
  ['run', 'tag:gpu', { kind: 'unreachable', message: '' }],
  ['skip', 'any', { kind: 'unreachable', message: '' }],
] as const)(
  'Without a server and with without_engine = "%s", %s waits, is here or an error.',
  async (withoutEngine, where, expected) => {
    const fleet = new WorkFleet();
    const a = fleet.worker('a', 1, 'success', { withoutEngine });
    await fleet.clock.advance(5 * SECOND);
    a.store.setConnected(false);
    let answer: Dispatched | undefined;
    void a.ask(where).then((one) => {
      answer = one;
    });
    await fleet.clock.advance(6 * SECOND);
    expect(answer).toEqual(expected);
  },
);
