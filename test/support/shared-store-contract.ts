import { expect, it, vi } from 'vitest';
import type { SharedEntry, SharedStore } from '../../src/fleet/shared-store.ts';

/** What every store of a fleet does, the one in memory and that of a real server. @param connect a further connection */
export const sharedStoreContract = (connect: () => Promise<SharedStore>): void => {
  let keys = 0;
  const newKey = () => `fire.contract.${Date.now()}-${keys++}`;

  it('A key is created once, whoever asks.', async () => {
    const [a, b] = [await connect(), await connect()];
    const key = newKey();
    const answers = await Promise.all([a.create(key, 'a'), b.create(key, 'b')]);
    expect(answers.filter((one) => one !== undefined)).toHaveLength(1);
    expect((await a.get(key))?.value).toBe(answers[0] === undefined ? 'b' : 'a');
  });

  it('A key is changed by who knows its revision, and its revisions grow.', async () => {
    const store = await connect();
    const key = newKey();
    const first = (await store.create(key, 'one'))!;
    const second = (await store.update(key, 'two', first))!;
    expect(second).toBeGreaterThan(first);
    expect(await store.update(key, 'three', first)).toBeUndefined();
    expect(await store.get(key)).toMatchObject({ key, value: 'two', revision: second });
    expect(await store.get(newKey())).toBeUndefined();
    expect(await store.update(key, 'four', 0)).toBeUndefined();
    expect(await store.update(newKey(), 'one', 0)).toBeGreaterThan(second);
  });

  it('A list has the last value of each key that begins so, and ends, also if there is none.', async () => {
    const store = await connect();
    const prefix = `list${Date.now()}.`;
    expect(await store.list(prefix)).toEqual([]);
    const first = (await store.create(`${prefix}a`, 'one'))!;
    await store.create(`${prefix}b.c`, 'two');
    await store.update(`${prefix}a`, 'three', first);
    expect((await store.list(prefix)).map(({ key, value }) => [key, value])).toEqual([
      [`${prefix}b.c`, 'two'],
      [`${prefix}a`, 'three'],
    ]);
    const [, last] = await store.list(prefix);
    expect(await store.list(prefix, last!.revision)).toEqual([last]);
    expect(last).toEqual(await store.get(`${prefix}a`));
    expect(await store.list(prefix, last!.revision + 1)).toEqual([]);
  });

  it('A watch has what is there, and what comes, in its order.', async () => {
    const [a, b] = [await connect(), await connect()];
    const key = newKey();
    const first = (await a.create(key, 'one'))!;
    const seen: SharedEntry[] = [];
    const end = b.watch('fire.', (entry) => {
      if (entry.key === key && entry.revision !== seen.at(-1)?.revision) seen.push(entry);
    });
    await vi.waitFor(() => expect(seen.map(({ value }) => value)).toEqual(['one']), 5000);
    await a.update(key, 'two', first);
    await a.create(newKey(), 'other');
    await vi.waitFor(() => expect(seen.map(({ value }) => value)).toEqual(['one', 'two']), 5000);
    end();
    await a.update(key, 'three', seen[1]!.revision);
    expect((await b.get(key))?.value).toBe('three');
    expect(seen).toHaveLength(2);
  });
};
