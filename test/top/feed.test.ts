import { beforeEach, describe, expect, test } from 'vitest';
import type { Request } from '../../src/control/request.ts';
import type { StatusReport } from '../../src/control/status.ts';
import { Feed } from '../../src/top/feed.ts';
import { condition, report, task } from './support.ts';

/** Time that passes only when the test says so. */
class Time {
  now = 0;
  #timers: { at: number; act: () => void }[] = [];
  after = (ms: number, act: () => void): (() => void) => {
    const timer = { at: this.now + ms, act };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  };
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    await settle();
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.now = Math.max(this.now, next.at);
      this.#timers = this.#timers.filter((one) => one !== next);
      next.act();
      await settle();
    }
    this.now = end;
  }
}
const settle = async () => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

let time: Time;
let asked: Request[];
let heard: [report: StatusReport, whole: boolean][];
let lost: (number | undefined)[];
let events: unknown[];
/** How the instance answers. */
let runs: boolean;
let answerMs: number;
let answer: StatusReport;
let publish: (part: unknown) => void;
let hangUp: (error?: Error) => void;
let feed: Feed;

const call = async (request: Request, onPart?: (part: unknown) => void, signal?: AbortSignal): Promise<unknown> => {
  if (!runs) throw new Error('nothing runs');
  if ('follow' in request)
    return new Promise((resolve, reject) => {
      publish = (part) => onPart?.(part);
      hangUp = (error) => (error ? reject(error) : resolve(null));
      signal?.addEventListener('abort', () => resolve(undefined));
    });
  asked.push(request);
  time.now += answerMs;
  return request.request === 'events' ? { topic: request.topic, total: 0, events: [] } : answer;
};

beforeEach(() => {
  [time, asked, heard, lost, events, runs, answerMs] = [new Time(), [], [], [], [], true, 2];
  answer = report([condition('A'), condition('B')], [task('T')]);
  feed = new Feed(
    { call, mono: () => time.now, wall: () => 1000 + time.now, after: time.after },
    {
      status: (found, whole) => heard.push([found, whole]),
      event: (event) => events.push(event),
      lost: (_, since) => lost.push(since),
    },
  );
});

const change = (item: string | null, more: object = {}) => ({
  item,
  topics: [item ?? 'scheduler'],
  message: null,
  ...more,
});
const names = () => asked.flatMap((one) => (one.request === 'status' ? [one.conditions] : []));

describe('what is asked of the instance', () => {
  test('is everything at first, then what has changed, gathered', async () => {
    void feed.run();
    await time.pass(10);
    expect(names()).toEqual([[]]);
    await time.pass(1000);
    for (const item of ['condition/A', 'condition/B', 'condition/A', 'event/E']) publish(change(item));
    await time.pass(49);
    expect(names()).toHaveLength(1);
    await time.pass(60);
    expect(names()).toEqual([[], ['A', 'B']]);
    expect(heard.map(([, whole]) => whole)).toEqual([true, false]);
    feed.close();
  });

  test('costs it at most one part in 200 of its time, however much changes', async () => {
    answerMs = 5;
    void feed.run();
    await time.pass(100);
    const before = asked.length;
    for (let i = 0; i < 100; i++) {
      publish(change('condition/A'));
      await time.pass(100);
    }
    const more = asked.length - before;
    expect(more).toBeGreaterThan(5);
    expect((more * answerMs) / 10_000).toBeLessThanOrEqual(1 / 200 + 0.0005);
    feed.close();
  });

  test('does not wait after a command, however slowly the instance has answered before', async () => {
    answerMs = 75;
    void feed.run();
    await time.pass(100);
    publish(change('condition/A'));
    await time.pass(2000);
    expect(asked).toHaveLength(1);
    feed.acted();
    await time.pass(1000);
    expect(asked).toHaveLength(2);
    // The end of a run that was cancelled comes after the command.
    publish(change('condition/A'));
    await time.pass(200);
    expect(asked).toHaveLength(3);
    await time.pass(2000);
    publish(change('condition/A'));
    publish(change('condition/A'));
    await time.pass(200);
    publish(change('condition/A'));
    await time.pass(10_000);
    expect(asked).toHaveLength(4);
    feed.close();
  });

  test('is nothing while nothing changes', async () => {
    void feed.run();
    await time.pass(60_000);
    expect(asked).toHaveLength(1);
    feed.close();
  });

  test.each([
    ['events are missing', () => ({ dropped: 7 })],
    ['something happens to the scheduler', () => change(null)],
  ])('is everything after %s', async (_, part) => {
    void feed.run();
    await time.pass(1000);
    publish(part());
    await time.pass(1000);
    expect(names()).toEqual([[], []]);
    feed.close();
  });

  test('is the condition that runs a task, when something happens to the task', async () => {
    answer = report([condition('A', { running: ['T'] }), condition('B')], [task('T', { state: 'running' })]);
    void feed.run();
    await time.pass(2000);
    expect(asked.map((one) => ('topic' in one ? one.topic : one.request))).toEqual(['status', 'task/T']);
    publish(change('task/T'));
    publish(change('task/Other'));
    await time.pass(1000);
    expect(names()).toEqual([[], ['A']]);
    feed.close();
  });

  test('is everything again when a name is not known any more', async () => {
    void feed.run();
    await time.pass(1000);
    answer = report([], [], { unknown: ['A'] });
    publish(change('condition/A'));
    await time.pass(2000);
    expect(names().slice(0, 3)).toEqual([[], ['A'], []]);
    feed.close();
  });
});

describe('an instance', () => {
  test('that ends is lost since then, and the next one is found', async () => {
    void feed.run();
    await time.pass(5000);
    runs = false;
    const since = 1000 + time.now;
    hangUp();
    await time.pass(3500);
    expect(lost.length).toBeGreaterThan(2);
    expect(new Set(lost)).toEqual(new Set([since]));
    runs = true;
    await time.pass(1500);
    expect(heard.map(([, whole]) => whole)).toEqual([true, true]);
    hangUp(new Error('killed'));
    await time.pass(10);
    expect(lost.at(-1)).toBeGreaterThan(since);
    feed.close();
  });

  test('that does not run has not been lost', async () => {
    runs = false;
    void feed.run();
    await time.pass(2500);
    expect(lost).toEqual([undefined, undefined, undefined]);
    feed.close();
  });

  test('is left alone once it is closed', async () => {
    const end = feed.run();
    await time.pass(1000);
    feed.close();
    await end;
    await time.pass(10_000);
    expect(asked).toHaveLength(1);
    expect(lost).toEqual([]);
  });
});
