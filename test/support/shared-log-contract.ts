import { expect, it, vi } from 'vitest';
import { type LogBatch, type LogKind, readBatch, type SharedLog } from '../../src/fleet/shared-log.ts';
import { UnreachableError } from '../../src/fleet/shared-store.ts';

const lines = (from: number, to: number, kind: LogKind = 'record'): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `${JSON.stringify({ n: from + i, kind, value: from + i })}\n`).join(
    '',
  );

const RECORDS: ReadonlySet<LogKind> = new Set(['record']);
const EVENTS: ReadonlySet<LogKind> = new Set(['record', 'event']);

/** What every log of a fleet does, the one in memory and that of a real server. @param connect a further connection */
export const sharedLogContract = (connect: () => Promise<SharedLog>): void => {
  let count = 0;
  const newSession = () => `${Date.now().toString(16)}${count++}`;

  it('Entries are added once, and the last number of each source is known.', async () => {
    const [a, b] = [await connect(), await connect()];
    const [one, two] = [newSession(), newSession()];
    expect(await a.last({ node: 'a', session: one })).toBe(0);
    await a.add({ node: 'a', session: one }, 1, lines(1, 3), RECORDS);
    await a.add({ node: 'a', session: one }, 4, lines(4, 5, 'event'), EVENTS);
    await b.add({ node: 'b', session: two }, 1, lines(1, 1), RECORDS);
    // Once more, and with another one: the answer was lost.
    await expect(a.add({ node: 'a', session: one }, 4, lines(4, 6, 'event'), EVENTS)).rejects.toThrow(UnreachableError);
    expect(await b.last({ node: 'a', session: one })).toBe(5);
    expect(await a.last({ node: 'b', session: two })).toBe(1);
    const found: LogBatch[] = [];
    await b.read(Number.NEGATIVE_INFINITY, (batch) => found.push(batch));
    const own = found.filter(({ session }) => session === one);
    expect(own.flatMap((batch) => readBatch(batch).map(({ n, value }) => [batch.node, n, value]))).toEqual(
      [1, 2, 3, 4, 5].map((n) => ['a', n, n]),
    );
    expect(found.map(({ place }) => place)).toEqual(found.map(({ place }) => place).toSorted((x, y) => x - y));
    const later: LogBatch[] = [];
    await b.read(Date.now() + 3_600_000, (batch) => later.push(batch));
    expect(later).toEqual([]);
  });

  it('What is added is followed: all of it, or only what has events of topics.', async () => {
    const [a, b] = [await connect(), await connect()];
    const session = newSession();
    await a.add({ node: 'a', session }, 1, lines(1, 1), RECORDS);
    const [all, events]: [number[], number[]] = [[], []];
    const take = (to: number[]) => (batch: LogBatch) => to.push(...readBatch(batch).map(({ n }) => n));
    const ends = [b.follow(false, take(all)), b.follow(true, take(events))];
    // They begin at some moment after the call.
    let n = 2;
    await vi.waitFor(
      async () => {
        await a.add({ node: 'a', session }, n, lines(n, n, 'event'), EVENTS);
        n += 1;
        expect(Math.min(all.length, events.length)).toBeGreaterThan(0);
      },
      { timeout: 10_000, interval: 100 },
    );
    await a.add({ node: 'a', session }, n, lines(n, n), RECORDS);
    await a.add({ node: 'a', session }, n + 1, lines(n + 1, n + 1, 'event'), EVENTS);
    await vi.waitFor(() => expect(events.at(-1)).toBe(n + 1), 5000);
    await vi.waitFor(() => expect(all.slice(-2)).toEqual([n, n + 1]), 5000);
    expect(events).not.toContain(n);
    expect(all).not.toContain(1);
    for (const end of ends) end();
  });
};
