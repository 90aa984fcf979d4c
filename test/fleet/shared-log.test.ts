import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { NatsLog } from '../../src/adapters/fleet/nats-log.ts';
import { FakeLogServer, FakeSharedLog } from '../support/fake-shared-log.ts';
import { NatsServer } from '../support/nats-server.ts';
import { sharedLogContract } from '../support/shared-log-contract.ts';

describe('a log in memory', () => {
  const server = new FakeLogServer(systemClock);
  sharedLogContract(() => Promise.resolve(new FakeSharedLog(server)));
});

describe('a log on NATS', () => {
  const server = new NatsServer();
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  sharedLogContract(async () => new NatsLog(await server.connect()));
});
