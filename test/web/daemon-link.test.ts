import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { callInstance } from '../../src/adapters/control-client.ts';
import { NoAnswerError } from '../../src/adapters/control-errors.ts';
import type { Request } from '../../src/control/request.ts';
import type { StatusReport } from '../../src/control/status.ts';
import type { InstanceState } from '../../src/web/api.ts';
import { DaemonLink, type LinkListener } from '../../src/web/daemon-link.ts';
import { StatusBudget } from '../../src/web/status-budget.ts';

const SHARE = 200;

describe('what the status may cost', () => {
  let now = 5000;
  const budgetOf = () => new StatusBudget(() => now);
  /** Changes every 100 ms for so long, each status for `took` ms. Returns how often it was asked for. */
  const busy = (budget: StatusBudget, ms: number, took: number): number => {
    let asked = 0;
    for (const until = now + ms; now < until; now += 100) {
      budget.changed();
      if (budget.wait > 100) continue;
      budget.asked();
      budget.spent(1, took);
      asked += 1;
    }
    return asked;
  };

  test('many changes are asked for at most so often that the share is kept', () => {
    const budget = budgetOf();
    const asked = busy(budget, 600_000, 4);
    expect(asked * 4 * SHARE).toBeLessThanOrEqual(630_000);
    expect(asked * 4 * SHARE).toBeGreaterThan(500_000);
  });

  test('many changes leave a credit that a change after a quiet time may use', () => {
    const budget = budgetOf();
    busy(budget, 60_000, 20);
    budget.changed();
    expect(budget.wait).toBeGreaterThan(1000);
    now += 1000;
    budget.changed();
    expect(budget.wait).toBeLessThanOrEqual(100);
    budget.asked();
    budget.spent(1, 20);
    budget.changed();
    expect(budget.wait).toBeGreaterThan(1000);
  });

  test('waiting on a loaded machine is not a cost: as many conditions took less before', () => {
    const [quiet, loaded] = [budgetOf(), budgetOf()];
    quiet.spent(50, 2);
    loaded.spent(50, 2);
    quiet.spent(10, 2);
    loaded.spent(10, 400);
    expect(loaded.wait).toBe(quiet.wait);
    loaded.spent(51, 400);
    loaded.changed();
    expect(loaded.wait).toBeGreaterThan(1000);
  });

  test('what an action asks for leaves no debt', () => {
    const budget = budgetOf();
    budget.acted();
    for (let i = 0; i < 20; i++) budget.spent(1, 100);
    expect(budget.wait).toBeLessThanOrEqual(100);
    now += 2000;
    budget.changed();
    expect(budget.wait).toBeLessThanOrEqual(100);
  });
});

describe('the link to the daemon', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A daemon whose every status takes so long. */
  const linked = async (
    took: number,
    conditions: readonly object[] = [{ name: 'A', tasks: [] }],
    listener: Partial<LinkListener> = {},
  ) => {
    const asked: (readonly string[])[] = [];
    let event = (_: unknown): void => {};
    const report = { started: 1, conditions, tasks: [] } as unknown as StatusReport;
    const call = ((_: string, request: Request, onPart: (part: unknown) => void) => {
      if (request.request !== 'status') {
        event = onPart;
        onPart({ topics: [], item: null, message: {} });
        return new Promise(() => {});
      }
      asked.push(request.conditions ?? []);
      return new Promise((resolve) => setTimeout(() => resolve(report), took));
    }) as typeof callInstance;
    const heard = { instance: () => {}, status: () => {}, runs: () => {}, begun: () => {}, ...listener };
    const link = new DaemonLink('', 0, heard, call);
    const connected = link.connect();
    await vi.advanceTimersByTimeAsync(took);
    await connected;
    expect(link.instance.state).toBe('running');
    const change = (name: string) =>
      event({ topics: [], item: `condition/${name}`, message: { action: 'transition', start: 'a', finish: 'b' } });
    return { link, asked, change, hear: (part: object) => event(part) };
  };

  test('a change alone is asked for within 100 ms', async () => {
    const { link, asked, change } = await linked(5);
    await vi.advanceTimersByTimeAsync(10_000);
    change('A');
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual([[], ['A']]);
    link.close();
  });

  test('after an action the status is asked for at once, also when its share of time is spent', async () => {
    const { link, asked, change } = await linked(200);
    await vi.advanceTimersByTimeAsync(300);
    change('A');
    await vi.advanceTimersByTimeAsync(500);
    change('B');
    await vi.advanceTimersByTimeAsync(500);
    const before = asked.length;
    change('C');
    await vi.advanceTimersByTimeAsync(3000);
    expect(asked.length).toBe(before);
    link.acted({ condition: 'D' });
    await vi.advanceTimersByTimeAsync(100);
    expect(asked.slice(before).flat()).toEqual(expect.arrayContaining(['C', 'D']));
    await vi.advanceTimersByTimeAsync(200);
    change('E');
    await vi.advanceTimersByTimeAsync(100);
    expect(asked.at(-1)).toEqual(['E']);
    link.close();
  });

  test('what has changed is asked for, and where that is not known everything is', async () => {
    const many = Array.from({ length: 21 }, (_, i) => ({ name: `M${i}`, tasks: ['Many'], group: 'waiting' }));
    const heard: string[] = [];
    const { link, asked, hear } = await linked(
      ...([1, [{ name: 'A', tasks: ['One'] }, ...many, { name: 'R', tasks: ['Many'], group: 'running' }]] as const),
      { runs: () => heard.push('runs'), begun: (item) => heard.push(item) },
    );
    const transition = (item: string | null, more: object = {}) => ({
      ...{ topics: [], item, message: { action: 'transition', start: 'a', finish: 'b', ...more } },
    });
    const rows: readonly (readonly [part: object, conditions: readonly string[]])[] = [
      [transition('task/One'), ['A']],
      // Of a task of many conditions those are asked for that run.
      [transition('task/Many'), ['M0', 'R']],
      [transition('task/Unknown'), []],
      [transition('event/E', { concerns: 'condition/X' }), ['X']],
      [{ topics: ['errors'], item: 'condition/Y', message: 'text' }, ['Y']],
      [{ topics: ['scheduler'], item: null, message: { action: 'paused' } }, []],
      [{ dropped: 3 }, []],
    ];
    asked.length = 0;
    for (const [part, conditions] of rows) {
      await vi.advanceTimersByTimeAsync(20_000);
      asked.length = 0;
      hear(part);
      await vi.advanceTimersByTimeAsync(5000);
      expect([part, asked[0]]).toEqual([part, conditions]);
    }
    // Nothing to ask for: no condition is concerned.
    await vi.advanceTimersByTimeAsync(20_000);
    asked.length = 0;
    for (const part of [transition('event/E'), transition(null), { topics: ['x'], item: null, message: 'text' }])
      hear(part);
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked).toEqual([]);
    heard.length = 0;
    hear(transition('condition/A', { finish: 'running' }));
    expect(heard).toEqual(['condition/A', 'runs']);
    link.close();
  });

  test('an instance that is stopped does not answer any more: the state says so, one connection is left, and it comes back', async () => {
    const states: string[] = [];
    let [stopped, connections] = [false, 0];
    const report = { started: 7, conditions: [], tasks: [] } as unknown as StatusReport;
    const silent = () =>
      new Promise((_, reject) => setTimeout(() => reject(new NoAnswerError('has not answered')), 5000));
    const call = ((_: string, request: Request, onPart: (part: unknown) => void, signal: AbortSignal) => {
      if (stopped) return silent();
      if (request.request === 'status') return Promise.resolve(report);
      connections += 1;
      onPart({ topics: [], item: null, message: {} });
      return new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          connections -= 1;
          resolve();
        });
      });
    }) as typeof callInstance;
    const instance = ({ state, since, why = '' }: InstanceState) => states.push(`${state} ${since} ${why}`);
    const link = new DaemonLink('', 0, { instance, status: () => {}, runs: () => {}, begun: () => {} }, call);
    vi.setSystemTime(1_000_000);
    await link.connect();
    stopped = true;
    await vi.advanceTimersByTimeAsync(35_100);
    expect(states).toEqual(['running 7 ', 'silent 1035100 has not answered']);
    expect(connections).toBe(0);
    stopped = false;
    await vi.advanceTimersByTimeAsync(5_500);
    expect(states.slice(2)).toEqual(['running 7 ']);
    link.failed(new NoAnswerError('a question'));
    await vi.advanceTimersByTimeAsync(100);
    expect(states.slice(3)).toEqual(['silent 1040650 a question']);
    link.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(connections).toBe(0);
  });
});
