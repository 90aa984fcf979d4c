import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { NatsStore } from '../../src/adapters/fleet/nats-store.ts';
import { NatsWorkQueue } from '../../src/adapters/fleet/nats-work-queue.ts';
import { FakeQueueServer, FakeWorkQueue } from '../support/fake-work-queue.ts';
import { NatsServer } from '../support/nats-server.ts';
import { workQueueContract } from '../support/work-queue-contract.ts';

describe('a queue in memory', () => {
  const server = new FakeQueueServer(systemClock);
  workQueueContract(() => Promise.resolve(new FakeWorkQueue(server)));
});

describe('a queue on NATS', () => {
  const server = new NatsServer();
  const stores: NatsStore[] = [];
  beforeAll(() => server.start());
  afterAll(async () => {
    for (const store of stores) await store.close();
    await server.remove();
  });
  workQueueContract(async () => {
    const store = new NatsStore({ servers: [server.url], node: `n${stores.length}` }, () => {});
    stores.push(store);
    if (!store.connected) await new Promise<void>((resolve) => store.onConnection((up) => up && resolve()));
    return new NatsWorkQueue(store);
  });
});
