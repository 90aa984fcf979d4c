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
});
