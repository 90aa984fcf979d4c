import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

  it('A queue that was removed is made again, and work is taken from it.', async () => {
    const store = await server.connect();
    const queue = new NatsWorkQueue(store);
    const taken: string[] = [];
    const end = queue.take('run.removed', async (work) => {
      taken.push(work.value);
      work.done();
    });
    await queue.offer('run.removed', 'r1', 'one');
    await vi.waitFor(() => expect(taken).toEqual(['one']), 10_000);
    await (await jetstreamManager(store.connection!)).streams.delete('whenever_work');
    await vi.waitFor(() => queue.offer('run.removed', 'r2', 'two'), 10_000);
    await vi.waitFor(() => expect(taken).toEqual(['one', 'two']), 10_000);
    end();
  });
});
