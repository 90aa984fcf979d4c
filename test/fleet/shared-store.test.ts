import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { NatsStore } from '../../src/adapters/fleet/nats-store.ts';
import { FakeServer, FakeSharedStore } from '../support/fake-shared-store.ts';
import { NatsServer } from '../support/nats-server.ts';
import { sharedStoreContract } from '../support/shared-store-contract.ts';

describe('a store in memory', () => {
  const server = new FakeServer(Date.now);
  sharedStoreContract(() => Promise.resolve(new FakeSharedStore(server, systemClock)));
});

describe('a store on NATS', () => {
  const server = new NatsServer();
  const stores: NatsStore[] = [];
  beforeAll(() => server.start());
  afterAll(async () => {
    for (const store of stores) await store.close();
    await server.remove();
  });
  sharedStoreContract(async () => {
    const store = new NatsStore({ servers: [server.url], node: `n${stores.length}` }, () => {});
    stores.push(store);
    if (!store.connected) await new Promise<void>((resolve) => store.onConnection((up) => up && resolve()));
    return store;
  });
});
