import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConnectionLostError, connect, type TopicEvent } from '../../src/library.ts';
import { ClientPlace, readUntil } from './support.ts';

let place: ClientPlace;
beforeEach(() => {
  place = new ClientPlace();
});
afterEach(() => place.clear());

/** What the events of a stream say, and other entries as they are. */
const said = (entries: readonly object[]): unknown[] =>
  entries.map((entry) => ('message' in entry ? entry.message : entry));

describe('a stream', () => {
  test('Events come in order from when the stream is open; it ends with the instance.', async () => {
    const program = await place.instance();
    const client = await place.client();
    await client.logEvent('mine', 0);
    const stream = client.events('mine');
    await stream.opened;
    for (const n of [1, 2, 3]) await client.logEvent('mine', n);
    expect(said(await readUntil(stream, (event) => 'message' in event && event.message === 3))).toEqual([1, 2, 3]);
    await client.submit('exit');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect((await program.ended).code).toBe(0);
  });

  test('It throws when the instance is killed, once; without an instance at once.', async () => {
    const program = await place.instance();
    const client = await place.client();
    const stream = client.events('all');
    await stream.opened;
    program.kill('SIGKILL');
    await expect(readUntil(stream, () => false)).rejects.toBeInstanceOf(ConnectionLostError);
    expect((await stream.next()).done).toBe(true);
    await program.ended;
    const other = client.logs();
    await expect(other.opened).rejects.toMatchObject({ name: 'NotRunningError' });
    await expect(other.next()).rejects.toMatchObject({ name: 'NotRunningError' });
  });

  test('It ends when its signal is aborted, when the loop is left, and when the client is closed or its signal aborted.', async () => {
    await place.instance();
    const whole = new AbortController();
    const one = new AbortController();
    const client = await place.client({ signal: whole.signal });
    const other = await place.client();
    const streams = [
      client.events('mine', { signal: one.signal }),
      client.events('mine'),
      client.logs({ level: 'trace' }),
      other.events('mine'),
    ] as const;
    await Promise.all(streams.map((stream) => stream.opened));
    const ends = streams.map((stream) => stream.next());
    one.abort();
    expect((await ends[0]!).done).toBe(true);
    await streams[1].return();
    expect((await ends[1]!).done).toBe(true);
    whole.abort();
    expect((await streams[2].next()).done).toBe(true);
    await other[Symbol.asyncDispose]();
    expect((await ends[3]!).done).toBe(true);
    await expect(client.status()).rejects.toMatchObject({ name: 'ClientClosedError' });
    expect(
      (await client
        .events('mine')
        .next()
        .catch(({ name }: Error) => name)) as unknown,
    ).toBe('ClientClosedError');
  });

  test('While more wait than the limit, the oldest are dropped, and their number comes in their place.', async () => {
    await place.instance();
    const client = await place.client();
    const stream = client.events('mine', { limit: 3 });
    const all = client.events('mine');
    await Promise.all([stream.opened, all.opened]);
    for (let n = 1; n <= 20; n++) await client.logEvent('mine', n);
    await readUntil(all, (event) => 'message' in event && event.message === 20);
    // The other stream has them by now as well, or takes them one by one after what it says is lost.
    const seen = said(await readUntil(stream, (event) => 'message' in event && event.message === 20));
    expect(seen[0]).toEqual({ dropped: expect.any(Number) });
    const lost = (seen[0] as { dropped: number }).dropped;
    expect(seen.slice(1)).toEqual(Array.from({ length: 20 - lost }, (_, i) => lost + i + 1));
    expect(lost).toBeGreaterThan(10);
  });

  test('A program that does not read makes the instance drop events, and gets their number when it reads again.', async () => {
    await place.instance();
    const client = await place.client();
    const [count, size] = [400, 32_000];
    // The same requests as a stream makes, by a program that stops.
    const { connect: dial } = await import('node:net');
    const reader = dial(place.socket);
    reader.write('{"request":"events","topic":"mine","follow":true,"later":true}\n');
    await once(reader, 'data');
    reader.pause();
    for (let n = 1; n <= count; n++) await client.logEvent('mine', { n, x: 'x'.repeat(size) });
    const parts: { readonly part: { dropped?: number; message?: { n: number } } }[] = [];
    let rest = '';
    reader.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      parts.push(...lines.map((line) => JSON.parse(line) as (typeof parts)[number]));
    });
    reader.resume();
    const sum = () => parts.reduce((all, { part }) => all + (part.dropped ?? 1), 0);
    await vi.waitFor(() => expect(sum()).toBe(count), 10_000);
    expect(parts.find(({ part }) => part.dropped !== undefined)).toBeDefined();
    reader.destroy();
  });
});

describe('logs and output', () => {
  test('Log records: those that are kept, the last of them and later ones, or later ones only.', async () => {
    await place.instance();
    const client = await place.client();
    const kept: unknown[] = [];
    for await (const record of client.logs({ follow: false, level: 'debug', item: 'Hello' })) kept.push(record);
    expect(kept).toMatchObject([{ message: 'task of type command created' }]);
    const [later, last] = [
      client.logs({ level: 'trace', item: 'task/Hello' }),
      client.logs({ level: 'trace', count: 2 }),
    ];
    await Promise.all([later.opened, last.opened]);
    await client.run('OnDemand');
    const ends = (record: object): boolean => 'mark' in record && record.mark === 'HIST/END';
    const fresh = await readUntil(later, ends);
    expect(fresh.every((record) => 'item' in record && record.item === 'task/Hello')).toBe(true);
    expect((await readUntil(last, ends)).length).toBeGreaterThanOrEqual(fresh.length + 2);
  });

  test('Output comes while the task writes, and the stream ends with the run.', async () => {
    await place.instance();
    const client = await place.client();
    expect((await client.output('Long', { follow: true }).next()).done).toBe(true);
    const events = client.events('task/Long');
    await events.opened;
    const running = client.run('Slow');
    await readUntil(events, (event) => JSON.stringify(event).includes('"running"'));
    const parts = client.output('task/Long', { follow: true });
    const begun = await readUntil(parts, (part) => 'text' in part && part.text.includes('begun'));
    expect(begun[0]).toEqual({ item: 'task/Long', running: 'run-1' });
    writeFileSync(place.file('end'), '');
    expect(await readUntil(parts, (part) => 'text' in part && part.text.includes('over'))).toHaveLength(1);
    expect((await parts.next()).done).toBe(true);
    expect(await running).toMatchObject({ outcome: 'success' });
    expect(await client.output('Long')).toMatchObject({ latest: { running: false, output: { stdout: /over/ } } });
  });
});

describe('with reconnect', () => {
  test('A stream goes on after a restart, says that there was a gap, and has what the new instance has kept.', async () => {
    const first = await place.instance();
    const client = await place.client({ reconnect: { firstMs: 10, mostMs: 20 } });
    const stream = client.events('mine');
    await stream.opened;
    await client.logEvent('mine', 'before');
    expect(said(await readUntil(stream, () => true))).toEqual(['before']);
    first.kill('SIGKILL');
    await first.ended;
    expect(await readUntil(stream, (entry) => 'connected' in entry)).toEqual([
      { connected: false, why: 'the instance is gone: it was killed, or has crashed' },
    ]);
    await expect(client.status()).rejects.toMatchObject({ name: 'NotRunningError' });
    const second = await place.instance();
    await client.logEvent('mine', 'again');
    const after = await readUntil(stream, (entry) => 'message' in entry);
    expect(said(after)).toEqual([{ connected: true }, 'again']);
    await client.submit('exit');
    await second.ended;
    expect(await readUntil(stream, (entry) => 'connected' in entry)).toEqual([
      { connected: false, why: 'the instance has ended' },
    ]);
  });

  test('No instance has to run yet.', async () => {
    const client = await place.client({ reconnect: { firstMs: 10, mostMs: 20 } });
    const stream = client.events('scheduler');
    expect(await readUntil(stream, () => true)).toEqual([
      { connected: false, why: expect.stringMatching(/^no instance is running/) },
    ]);
    await place.instance();
    expect(await readUntil(stream, () => true)).toEqual([{ connected: true }]);
    await stream.opened;
    // What it has published since its start is there.
    expect(((await readUntil(stream, () => true))[0] as TopicEvent).topics).toContain('scheduler');
  });

  test('A connection that is lost while the instance goes on costs nothing twice, and nothing that is kept.', async () => {
    const requests: unknown[] = [];
    const kept = [
      [1, 2],
      [1, 2, 3],
    ];
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.setEncoding('utf8').on('data', (line: string) => {
        const request = JSON.parse(line) as { request: string };
        if (request.request === 'status') {
          socket.end('{"done":{"pid":1,"started":1}}\n');
          return;
        }
        requests.push(request);
        socket.write((kept.shift() ?? []).map((seq) => `{"part":{"seq":${seq},"message":${seq}}}\n`).join(''));
        if (kept.length > 0) socket.end();
      });
    });
    server.listen(place.socket);
    await once(server, 'listening');
    try {
      const client = await place.client({ reconnect: { firstMs: 1 } });
      const stream = client.events('mine');
      const seen = await readUntil(stream, (event) => 'message' in event && event.message === 3);
      expect(said(seen)).toEqual([1, 2, { connected: false, why: expect.any(String) }, { connected: true }, 3]);
      const request = { request: 'events', topic: 'mine', follow: true };
      expect(requests).toEqual([{ ...request, later: true }, request]);
      await client.close();
    } finally {
      server.close();
    }
  });

  test('What is refused is not tried again.', async () => {
    const server = createServer((socket) => void socket.on('error', () => {}).end('{"error":"no such thing"}\n'));
    server.listen(place.socket);
    await once(server, 'listening');
    try {
      const stream = (await place.client({ reconnect: true })).events('mine');
      await expect(stream.next()).rejects.toMatchObject({ name: 'RequestRefusedError', message: 'no such thing' });
      expect((await stream.next()).done).toBe(true);
    } finally {
      server.close();
    }
  });

  test('Attempts are further and further apart.', async () => {
    let count = 0;
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      count += 1;
      sockets.add(socket);
      socket.on('error', () => {});
      socket.destroy();
    });
    server.listen(join(place.path, 'run', 'whenever.sock'));
    await once(server, 'listening');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const turns = async (fits: () => boolean): Promise<void> => {
      for (let i = 0; i < 1000 && !fits(); i++) await new Promise((next) => setImmediate(next));
    };
    try {
      const client = await connect({ socket: place.socket, reconnect: true });
      const stream = client.events('mine');
      expect(await readUntil(stream, () => true)).toMatchObject([{ connected: false }]);
      for (const [attempts, wait] of [
        [1, 100],
        [2, 200],
        [3, 400],
        [4, 800],
      ] as const) {
        await turns(() => vi.getTimerCount() === 1 && count === attempts);
        expect(count).toBe(attempts);
        await vi.advanceTimersByTimeAsync(wait - 1);
        await turns(() => count > attempts);
        expect(count).toBe(attempts);
        await vi.advanceTimersByTimeAsync(1);
      }
      await client.close();
      expect((await stream.next()).done).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
      server.close();
    }
  });
});
