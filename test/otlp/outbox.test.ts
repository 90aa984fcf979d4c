import { describe, expect, test } from 'vitest';
import { Outbox } from '../../src/otlp/outbox.ts';
import type { Sent } from '../../src/otlp/wire.ts';

/** An outbox whose timers are run by hand, and a receiver that answers as it is told. */
const setUp = (answers: (Sent | Promise<Sent>)[]) => {
  const timers: { ms: number; act: () => void }[] = [];
  const batches: number[][] = [];
  const reports: string[] = [];
  const dropped = { count: 0 };
  const outbox = new Outbox<number>({
    everyMs: 100,
    send: async (batch) => {
      batches.push([...batch]);
      return answers.shift() ?? { how: 'sent' };
    },
    dropped: (count) => {
      dropped.count += count;
    },
    lost: (count, why) => reports.push(`${count} lost: ${why}`),
    stuck: (why) => reports.push(`stuck: ${why}`),
    later: (ms, act) => {
      const one = { ms, act };
      timers.push(one);
      return () => void timers.splice(timers.indexOf(one), 1);
    },
  });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  /** Lets the next timer come. Returns how long it was. */
  const next = async (): Promise<number | undefined> => {
    const one = timers.shift();
    one?.act();
    await settle();
    return one?.ms;
  };
  const add = (from: number, to: number): void => {
    for (let i = from; i <= to; i++) outbox.add(i);
  };
  return { outbox, timers, batches, reports, dropped, next, add, settle };
};

const DOWN: Sent = { how: 'failed', again: true, why: 'refused' };

describe('what waits to be sent', () => {
  test('is sent after a while, or when a batch is full', async () => {
    const { batches, next, add, settle } = setUp([]);
    add(1, 3);
    expect(batches).toEqual([]);
    expect(await next()).toBe(100);
    expect(batches).toEqual([[1, 2, 3]]);
    add(1, 512);
    await settle();
    expect(batches[1]).toHaveLength(512);
  });

  test('is sent again, later and later, and reported once', async () => {
    const { batches, reports, next, add } = setUp([DOWN, DOWN, DOWN, DOWN, DOWN, DOWN]);
    add(1, 2);
    const waits = [];
    for (let i = 0; i < 7; i++) waits.push(await next());
    expect(waits).toEqual([100, 5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(batches).toHaveLength(7);
    expect(batches[6]).toEqual([1, 2]);
    expect(reports).toEqual(['stuck: refused']);
    // It works again: the next failure is news, and waits no longer than the first one.
    add(3, 3);
    expect(await next()).toBe(100);
  });

  test('loses the oldest when too much waits, and says how many', async () => {
    const { outbox, batches, reports, next, add } = setUp([DOWN]);
    add(1, 1);
    await next();
    add(2, 2058);
    expect(await next()).toBe(5000);
    expect(batches[1]![0]).toBe(11);
    expect(reports).toEqual(['stuck: refused', '10 lost: more came than could be sent']);
    await outbox.close(1000);
    expect(batches.slice(1).flat()).toEqual(Array.from({ length: 2048 }, (_, i) => i + 11));
  });

  test('is lost where the receiver does not take it, or some of it', async () => {
    const no: Sent = { how: 'failed', again: false, why: 'Bad Request' };
    const { reports, next, add } = setUp([no, { how: 'sent', rejected: { count: 2, why: 'too old' } }]);
    add(1, 3);
    await next();
    add(4, 7);
    await next();
    expect(reports).toEqual(['3 lost: Bad Request', '2 lost: the receiver has refused them: too old']);
  });

  test('is reported once where it is lost for the same reason again, and the rest when that is over', async () => {
    const no = (why: string): Sent => ({ how: 'failed', again: false, why });
    const some: Sent = { how: 'sent', rejected: { count: 1, why: 'too old' } };
    const answers = [no('a'), some, no('a'), no('a'), some, ...Array.from('bcdefghijkl', no)];
    const { outbox, reports, dropped, next, add } = setUp([...answers, { how: 'sent' }, no('a')]);
    for (let i = 0; i < answers.length; i++) {
      add(1, 2);
      await next();
    }
    const refused = 'the receiver has refused them: too old';
    expect(reports.splice(0)).toEqual([
      '2 lost: a',
      `1 lost: ${refused}`,
      ...Array.from('bcdefghi', (one) => `2 lost: ${one}`),
    ]);
    expect(dropped.count).toBe(2 * 14 + 2);
    add(1, 2);
    await next();
    expect(reports.splice(0)).toEqual(['4 lost: a', `1 lost: ${refused}`, '6 lost: other reasons']);
    add(1, 1);
    await next();
    await outbox.close(1000);
    expect(reports).toEqual(['1 lost: a']);
  });

  test('is sent at the end; an end waits no longer than it may', async () => {
    const { outbox, batches, add, settle, timers, reports } = setUp([new Promise<Sent>(() => {})]);
    add(1, 2);
    const closed = outbox.close(1500);
    await settle();
    expect(batches).toEqual([[1, 2]]);
    expect(timers.map(({ ms }) => ms)).toEqual([1500]);
    outbox.add(3);
    timers[0]!.act();
    await closed;
    expect(reports).toEqual([]);
  });

  test('is lost at the end when nothing can be sent', async () => {
    const { outbox, reports, next, add } = setUp([DOWN]);
    add(1, 2);
    await next();
    await outbox.close(1500);
    expect(reports).toEqual(['stuck: refused', '2 lost: refused']);
  });
});
