import { afterAll, beforeAll, describe } from 'vitest';
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
});
