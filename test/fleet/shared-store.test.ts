import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { FakeServer, FakeSharedStore } from '../support/fake-shared-store.ts';
import { NatsServer } from '../support/nats-server.ts';
import { sharedStoreContract } from '../support/shared-store-contract.ts';

describe('a store in memory', () => {
  const server = new FakeServer(Date.now);
  sharedStoreContract(() => Promise.resolve(new FakeSharedStore(server, systemClock)));
});

describe('a store on NATS', () => {
  const server = new NatsServer();
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  sharedStoreContract(() => server.connect());

  it('A bucket that was removed is made again, and its watches go on.', async () => {
    const store = await server.connect();
    const [seen, changes]: [string[], boolean[]] = [[], []];
    store.watch('removed.', ({ value }) => seen.push(value));
    store.onConnection((connected) => changes.push(connected));
    await store.create('removed.a', 'one');
    await vi.waitFor(() => expect(seen).toEqual(['one']), 10_000);
    await (await jetstreamManager(store.connection!)).streams.delete('KV_whenever');
    await expect(store.create('removed.a', 'two')).rejects.toThrow();
    await vi.waitFor(() => store.create('removed.a', 'three'), 10_000);
    await vi.waitFor(() => expect(seen).toEqual(['one', 'three']), 10_000);
    expect(changes).toEqual([false, true]);
  });

  it('A server that is connected and does not answer counts as away, until 4 seconds after its next answer.', async () => {
    const store = await server.connect();
    const changes: (readonly [boolean, number])[] = [];
    store.onConnection((connected) => changes.push([connected, performance.now()]));
    await store.create('silent.a', 'one');
    server.signal('SIGSTOP');
    // It may still answer for a moment.
    await vi.waitFor(() => expect(store.create('silent.b', 'two')).rejects.toThrow(), 15_000);
    expect(changes.map(([connected]) => connected)).toEqual([false]);
    const goesOn = performance.now();
    server.signal('SIGCONT');
    await vi.waitFor(() => expect(changes).toHaveLength(2), 15_000);
    expect(changes[1]![0]).toBe(true);
    expect(changes[1]![1] - goesOn).toBeGreaterThan(3900);
    expect(await store.get('silent.a')).toMatchObject({ value: 'one' });
  });

  it('A list leaves nothing on the server.', async () => {
    const store = await server.connect();
    await store.create('listed.a', 'one');
    const { streams } = await jetstreamManager(store.connection!);
    const consumers = async () => (await streams.info('KV_whenever')).state.consumer_count;
    const before = await consumers();
    for (let i = 0; i < 3; i++) expect(await store.list('listed.')).toHaveLength(1);
    await vi.waitFor(async () => expect(await consumers()).toBe(before), 5000);
  });

  it('A server that has lost what it had confirmed is used as one that was away: watches begin anew, and it is said once.', async () => {
    const notes: string[] = [];
    const store = await server.connect((note) => notes.push(note));
    const [seen, changes]: [string[], boolean[]] = [[], []];
    for (let i = 0; i < 5; i++) await store.create(`lost.${i}`, 'known');
    store.watch('lost.', ({ value }) => seen.push(value));
    await vi.waitFor(() => expect(seen).toHaveLength(5), 10_000);
    store.onConnection((connected) => changes.push(connected));
    // The bucket begins to count anew, as where an old copy of it has won.
    const { streams } = await jetstreamManager(store.connection!);
    const { config } = await streams.info('KV_whenever');
    await streams.delete('KV_whenever');
    await streams.add(config);
    await Promise.all(['again', 'and again'].map((value, i) => store.create(`lost.${i}`, value)));
    await vi.waitFor(() => expect(seen.slice(5).sort()).toEqual(['again', 'and again']), 10_000);
    expect(changes).toEqual([false, true]);
    await store.create('lost.2', 'later');
    expect(changes).toEqual([false, true]);
    expect(notes).toEqual([
      'the servers of the fleet have lost what they had confirmed; what this machine knows is written again',
    ]);
  });
});
