import { afterEach, describe, expect, test } from 'vitest';
import type { LogEntry } from '../../src/fleet/shared-log.ts';
import { FleetView } from '../../src/web/fleet-view.ts';
import { load } from '../support/daemon.ts';
import { FakeLogServer, FakeSharedLog } from '../support/fake-shared-log.ts';
import { FakeSharedStore } from '../support/fake-shared-store.ts';
import { FLEET_WITH_TASK, TestFleet } from '../support/fleet-nodes.ts';

const SECOND = 1000;
const WITH_FLEET = `${FLEET_WITH_TASK}
[[condition]]
name = "C"
type = "interval"
interval_seconds = 60
recurring = true
shared = true
tasks = ["T"]
`;

/** A fleet in memory, and the view that a page has of it. */
class Viewed {
  readonly fleet = new TestFleet();
  readonly server = new FakeLogServer(this.fleet.clock);
  readonly stores: FakeSharedStore[] = [];
  readonly reads: number[] = [];
  closed = 0;
  readonly #numbers = new Map<string, number>();
  readonly view = new FleetView(() => {
    const store = new FakeSharedStore(this.fleet.server, this.fleet.clock);
    const log = new FakeSharedLog(this.server);
    this.stores.push(store);
    return Promise.resolve({
      store,
      log: Object.assign(log, {
        read: (since: number, listener: Parameters<FakeSharedLog['read']>[1]) => {
          this.reads.push(since);
          return FakeSharedLog.prototype.read.call(log, since, listener);
        },
      }),
      hashesOf: () => ({ C: 'C as it is' }),
      problem: () => 'office does not answer',
      close: () => {
        this.closed += 1;
        return Promise.resolve();
      },
    });
  }, this.fleet.clock);

  get now(): number {
    return this.fleet.clock.wall();
  }
  /** What a page gets. */
  async look(query: Parameters<FleetView['answer']>[1] = {}, toml = WITH_FLEET) {
    return this.fleet.after(0, this.view.answer(await load(toml), query));
  }
  /** Adds lines of the history of a machine to the log. */
  async ship(node: string, ...lines: readonly object[]): Promise<void> {
    const first = (this.#numbers.get(node) ?? 0) + 1;
    this.#numbers.set(node, first + lines.length - 1);
    const entries = lines.map((value, i): LogEntry => ({ n: first + i, kind: 'history', value }));
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    await new FakeSharedLog(this.server).add({ node, session: node }, first, text, new Set(['history']));
  }
  /** Numbers that a machine has dropped. */
  drop(node: string, count: number): void {
    this.#numbers.set(node, (this.#numbers.get(node) ?? 0) + count);
  }
  line(node: string, kind: string, run: string, more: object = {}) {
    const time = new Date(this.now).toISOString();
    return { kind, time, session: `of-${node}`, condition: 'C', run, cause: 'tick-1', why: 'it is time', ...more };
  }
  claim(node: string, run: string, more: object = {}) {
    return this.line(node, 'claim', run, { tasks: ['T'], code: 'interval', ...more });
  }
  ended(node: string, run: string, outcome: string): readonly object[] {
    const began = new Date(this.now - SECOND).toISOString();
    const of = { began, seconds: 1, outcome };
    const written = { task: 'T', code: 'exit-status', why: `it is ${outcome}`, stdout: `written on ${node}\n` };
    return [this.line(node, 'task', run, { ...of, ...written }), this.line(node, 'run', run, { ...of, tasks: [] })];
  }
}

let viewed: Viewed;
afterEach(() => viewed.view.close());

describe('the machines of a fleet', () => {
  test('are shown with what they run, and with the runs of all, which have their output', async () => {
    viewed = new Viewed();
    const a = viewed.fleet.node('a', { tags: ['gpu'] });
    viewed.fleet.node('b', { definitions: () => new Map([['C', 'another C']]) });
    await viewed.fleet.clock.advance(5 * SECOND);
    const key = String(viewed.now);
    await viewed.fleet.after(SECOND, a.claim(key));
    await viewed.ship('a', viewed.claim('a', 'run-1'));
    await viewed.fleet.clock.advance(2 * SECOND);
    await viewed.ship('b', viewed.claim('b', 'run-1'));
    await viewed.fleet.clock.advance(SECOND);
    await viewed.ship('b', ...viewed.ended('b', 'run-1', 'failure'));
    await viewed.ship('b', viewed.claim('b', 'run-2', { condition: 'Own' }));
    const answer = await viewed.look();
    expect(answer).toMatchObject({ hasFleet: true, unreachable: null, missing: [], more: false });
    expect(answer.machines.map(({ node, state, tags, differs }) => ({ node, state, tags, differs }))).toEqual([
      { node: 'a', state: 'alive', tags: ['gpu'], differs: [{ condition: 'C', from: ['b'] }] },
      { node: 'b', state: 'alive', tags: [], differs: [{ condition: 'C', from: ['a', 'the file'] }] },
    ]);
    expect(answer.running.map(({ machine, condition, key: of }) => [machine, condition, of])).toEqual([
      ['a', 'C', key],
      ['b', 'Own', undefined],
    ]);
    expect(answer.runs.map(({ machine, entry }) => [machine, 'outcome' in entry && entry.outcome])).toEqual([
      ['b', 'running'],
      ['b', 'failure'],
      ['a', 'running'],
    ]);
    expect(JSON.stringify(answer)).not.toContain('"stdout"');
    expect(viewed.view.output('b', 'of-b', 'run-1')).toEqual([{ task: 'T', stdout: 'written on b\n' }]);
    expect(() => viewed.view.output('a', 'of-b', 'run-1')).toThrow('what is known of a has no run run-1');
    const failed = await viewed.look({ machine: 'b', failed: true });
    expect(failed.runs.map(({ machine }) => machine)).toEqual(['b']);
  });

  test('are read on from where the log was read last; what comes twice is there once, and gaps are counted', async () => {
    viewed = new Viewed();
    viewed.fleet.node('a');
    await viewed.ship('a', viewed.claim('a', 'old'));
    await viewed.fleet.clock.advance(25 * 3600 * SECOND);
    await viewed.ship('a', viewed.claim('a', 'run-1'), ...viewed.ended('a', 'run-1', 'success'));
    expect((await viewed.look()).runs).toHaveLength(1);
    viewed.drop('a', 3);
    await viewed.fleet.clock.advance(10 * SECOND);
    await viewed.ship('a', viewed.claim('a', 'run-2'));
    const { runs, missing } = await viewed.look();
    expect(runs).toHaveLength(2);
    expect(missing).toEqual([{ machine: 'a', entries: 3 }]);
    expect(viewed.reads).toEqual([viewed.now - 10 * SECOND - 24 * 3600 * SECOND, viewed.now - 70 * SECOND]);
  });

  test('stay as they were while no server answers, with since when and why', async () => {
    viewed = new Viewed();
    viewed.fleet.node('a');
    await viewed.fleet.clock.advance(5 * SECOND);
    const since = viewed.now;
    await viewed.look();
    viewed.stores[0]!.setConnected(false);
    await viewed.fleet.clock.advance(5 * SECOND);
    const answer = await viewed.look();
    expect(answer.unreachable).toEqual({ since, why: 'office does not answer' });
    expect(answer.machines.map(({ node }) => node)).toEqual(['a']);
    viewed.stores[0]!.setConnected(true);
    expect((await viewed.look()).unreachable).toBeNull();
  });

  test('are connected to while they are looked at, and only with a fleet in the file', async () => {
    viewed = new Viewed();
    expect(await viewed.look({}, '')).toMatchObject({ hasFleet: false, machines: [] });
    expect(viewed.stores).toHaveLength(0);
    await viewed.look();
    await viewed.fleet.clock.advance(50 * SECOND);
    await viewed.look();
    await viewed.fleet.clock.advance(50 * SECOND);
    expect([viewed.stores.length, viewed.closed]).toEqual([1, 0]);
    await viewed.fleet.clock.advance(20 * SECOND);
    expect(viewed.closed).toBe(1);
    await viewed.look();
    expect(viewed.stores).toHaveLength(2);
    await viewed.look({}, '');
    expect(viewed.closed).toBe(2);
  });
});
