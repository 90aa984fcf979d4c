import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { NatsLog } from '../../src/adapters/fleet/nats-log.ts';
import { raiseReplicas } from '../../src/adapters/fleet/nats-replicas.ts';
import { UnreachableError } from '../../src/fleet/shared-store.ts';
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

  it('A stream that a file with other servers has made is used as it is.', async () => {
    const store = await server.connect();
    const { streams } = await jetstreamManager(store.connection!);
    await streams.delete('whenever_log').catch(() => {});
    await streams.add({ name: 'whenever_log', subjects: ['whenever.log.>'], max_msgs: 1000 });
    const log = new NatsLog(store);
    await log.add({ node: 'a', session: 'aa' }, 1, '{"n":1,"kind":"record","value":{}}\n', new Set(['record']));
    expect(await log.last({ node: 'a', session: 'aa' })).toBe(1);
    expect((await streams.info('whenever_log')).config.max_msgs).toBe(1000);
  });

  it('What is added as soon as a machine is connected is followed, and nothing that was there before.', async () => {
    const [one, two] = [await server.connect(), await server.connect()];
    const add = (session: string) =>
      new NatsLog(one).add({ node: 'a', session }, 1, '{"n":1,"kind":"event","value":{}}\n', new Set(['event']));
    await add('before');
    const three = await server.connect();
    await add('first');
    await add('second');
    const found: string[] = [];
    const end = new NatsLog(three).follow(true, ({ session }) => found.push(session));
    await vi.waitFor(() => expect(found).toEqual(['first', 'second']), 10_000);
    end();
    await two.close();
  });

  it('A stream that was removed is made again with the next question, and followed.', async () => {
    const store = await server.connect();
    const log = new NatsLog(store);
    const { streams } = await jetstreamManager(store.connection!);
    const found: string[] = [];
    const end = log.follow(false, ({ session }) => found.push(session));
    const add = (session: string) =>
      log.add({ node: 'a', session }, 1, '{"n":1,"kind":"record","value":{}}\n', new Set(['record']));
    let n = 0;
    await vi.waitFor(async () => {
      await add(`b${n++}`);
      expect(found).not.toEqual([]);
    }, 10_000);
    await streams.delete('whenever_log');
    await expect(add('cc')).rejects.toThrow(UnreachableError);
    await add('dd');
    expect(await log.last({ node: 'a', session: 'dd' })).toBe(1);
    await vi.waitFor(() => expect(found).toContain('dd'), 10_000);
    end();
  });
});

describe('the copies of a stream', () => {
  const raise = async (cluster: string | undefined, wanted: number, refusal?: string) => {
    const notes: string[] = [];
    const update = vi.fn(() => (refusal === undefined ? Promise.resolve() : Promise.reject(new Error(refusal))));
    const streams = { info: () => Promise.resolve({ config: { num_replicas: 1 } }), update };
    const store = { connection: { info: { cluster } }, replicas: wanted, note: (text: string) => notes.push(text) };
    await raiseReplicas({ streams } as never, 'whenever_log', store as never);
    return { asked: update.mock.calls, notes };
  };

  it('are raised in a cluster to what the file wants.', async () => {
    expect(await raise('c', 3)).toEqual({ asked: [['whenever_log', { num_replicas: 3 }]], notes: [] });
    expect(await raise('c', 1)).toEqual({ asked: [], notes: [] });
    expect(await raise(undefined, 3)).toEqual({ asked: [], notes: [] });
  });

  it('stay as they are when the servers refuse, which is noted.', async () => {
    const { notes } = await raise('c', 3, 'no suitable peers');
    expect(notes).toEqual(['the servers of the fleet do not keep 3 copies of whenever_log: no suitable peers']);
  });
});
