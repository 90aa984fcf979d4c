import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
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
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  workQueueContract(async () => new NatsWorkQueue(await server.connect()));
});
