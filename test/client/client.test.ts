import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ClientClosedError,
  ConnectionLostError,
  EventError,
  type HistoryRun,
  NotRunningError,
  RequestRefusedError,
} from '../../src/library.ts';
import { ClientPlace, CONFIG, readUntil } from './support.ts';

let place: ClientPlace;
beforeEach(() => {
  place = new ClientPlace();
});
afterEach(() => place.clear());

/** Lets the run of `Slow` end. */
const letEnd = (): void => writeFileSync(place.file('end'), '');

describe('a client', () => {
  test('It has the status, the story and the reasons of the running instance.', async () => {
    const program = await place.instance();
    const client = await place.client();
    const status = await client.status(['OnDemand']);
    expect(status).toMatchObject({ pid: program.child.pid, state: 'running', conditions: [{ name: 'OnDemand' }] });
    expect(await client.run('OnDemand')).toMatchObject({ kind: 'done', id: 'run-1', outcome: 'success' });
    const story = await client.story('task/Hello');
    expect(story.map(({ finish }) => finish)).toEqual(['idle', 'running', 'succeeded']);
    expect(await client.story('task/Hello', 'condition/Slow', {})).toHaveLength(4);
    expect(await client.explain('OnDemand', 1)).toMatchObject({ known: true, chapters: [expect.anything()] });
    const records = await client.records({ n: 3, level: 'debug' });
    expect(records).toHaveLength(3);
    expect(records[0]!.seq).toBeGreaterThan(records[2]!.seq);
    expect((await client.getEvents('task/Hello')).map(({ message }) => message)).toEqual(
      ['idle', 'running', 'succeeded'].map((finish) => expect.objectContaining({ finish })),
    );
    expect([...(await client.getEvents()).keys()]).toContain('task/Hello');
    expect(await client.hello()).toMatchObject({ protocol: 1, pid: program.child.pid, config: status.config });
    expect(await client.vitals()).toMatchObject({ running: 0, rss: expect.any(Number) });
  });

  test('Commands are methods, with the results of a daemon.', async () => {
    await place.instance();
    const client = await place.client();
    expect(await client.pause('1h')).toMatchObject({ kind: 'done' });
    expect((await client.status()).state).toBe('paused');
    expect(await client.resume()).toMatchObject({ kind: 'done' });
    expect(await client.suspend('Slow', 'until 2999-12-01')).toMatchObject({ kind: 'done' });
    expect((await client.status(['Slow'])).conditions).toMatchObject([{ state: 'suspended' }]);
    expect(await client.resumeCondition('Slow')).toMatchObject({ kind: 'done' });
    expect(await client.reset(['Slow', 'OnDemand'])).toMatchObject({ kind: 'done' });
    expect(await client.trigger('Go_OnDemand', { a: [1] })).toMatchObject({ kind: 'done' });
    expect(await client.trigger('Nothing')).toMatchObject({ kind: 'no-effect' });
    expect(await client.submit('nonsense')).toMatchObject({ kind: 'refused' });
    expect(await client.submit(5 as never)).toMatchObject({ kind: 'refused' });
    expect(await client.reload()).toMatchObject({ kind: 'done' });
    expect(await client.reload(place.write('wrong.toml', 'a ='))).toMatchObject({ kind: 'no-effect' });
  });

  test('A run is waited for to its end, and cancelled.', async () => {
    await place.instance();
    const client = await place.client();
    const stream = client.events('task/Long');
    await stream.opened;
    const running = client.run('Slow');
    await readUntil(stream, (event) => 'message' in event && JSON.stringify(event.message).includes('"running"'));
    expect(await client.run('Slow')).toMatchObject({ kind: 'no-effect' });
    expect(await client.cancel('Slow')).toMatchObject({ kind: 'done' });
    expect(await running).toMatchObject({ kind: 'done', outcome: 'cancelled' });
    const again = await client.submit('run Slow');
    letEnd();
    expect(await (again.kind === 'done' && again.later)).toMatchObject({ kind: 'done', run: { outcome: 'success' } });
  });

  test('The history has the runs of earlier instances; without one it is empty.', async () => {
    const first = await place.instance();
    const client = await place.client();
    await client.run('OnDemand');
    await client.submit('exit');
    await first.ended;
    await place.instance();
    await client.run('OnDemand');
    const runs: HistoryRun[] = [];
    for await (const run of client.history({ items: ['OnDemand'], limit: 5 })) runs.push(run);
    expect(runs).toMatchObject([
      { kind: 'run', condition: 'OnDemand', outcome: 'success' },
      { kind: 'run', condition: 'OnDemand', outcome: 'success' },
    ]);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(client.history({ signal }).next()).rejects.toThrow('enough');
    expect(() => client.history({ limit: -1 })).toThrow('history: limit: expected a number, at least 0, found -1');
  });

  test('An instance that keeps no history has none.', async () => {
    await place.instance(`${CONFIG}[history]\nenabled = false\n`);
    const client = await place.client();
    expect(await client.history().next()).toEqual({ done: true, value: undefined });
  });

  test('An event of a program is one of the instance.', async () => {
    await place.instance();
    const client = await place.client();
    await client.logEvent(['mine', 'yours'], { n: 1 });
    expect(await client.getEvents('yours')).toMatchObject([{ topics: ['mine', 'yours'], message: { n: 1 } }]);
    await client.logEvent('mine', 2, { fleet: true });
    expect(await client.records()).toContainEqual(
      expect.objectContaining({
        message: 'an event of topic mine is for all machines, but the file has no [fleet]: it stays on this one',
      }),
    );
    await expect(client.logEvent('mine', 1, { fleet: 1 as never })).rejects.toThrow(
      'logEvent: fleet: expected true or false, found 1',
    );
    await expect(client.logEvent('mine', 1n)).rejects.toBeInstanceOf(EventError);
    await expect(client.logEvent('', 1)).rejects.toBeInstanceOf(EventError);
  });
});

describe('errors', () => {
  test('Nothing runs: that is an error with a name, and so is a client that was closed.', async () => {
    await expect(place.client()).rejects.toBeInstanceOf(NotRunningError);
    await expect(place.client()).rejects.toMatchObject({ name: 'NotRunningError' });
    await place.instance();
    const client = await place.client();
    await client.close();
    await expect(client.status()).rejects.toBeInstanceOf(ClientClosedError);
    const signal = AbortSignal.abort(new Error('enough'));
    const other = await place.client();
    await expect(other.status([], { signal })).rejects.toThrow('enough');
    await expect(place.client({ signal })).rejects.toThrow('enough');
    await expect(other.story()).resolves.toEqual([]);
  });

  test('Arguments that do not fit are errors at the call.', async () => {
    await place.instance();
    const client = await place.client();
    expect(() => client.events('')).toThrow(EventError);
    expect(() => client.events('mine', { limit: 0 })).toThrow('events: limit: expected a number above 0, found 0');
    expect(() => client.logs({ level: 'loud' as never })).toThrow('logs: level: expected one of');
    await expect(client.run('A B')).rejects.toThrow('run: condition: expected a name without blanks, found "A B"');
    await expect(client.pause('1h\nexit')).rejects.toThrow('pause: end: expected a text on one line');
    await expect(client.status([], { signal: 5 as never })).rejects.toThrow('status: signal: expected an AbortSignal');
    await expect(place.client({ reconnect: { firstMs: 0 } })).rejects.toThrow('connect: firstMs: expected');
    await expect(place.client({ reconnect: 5 as never })).rejects.toThrow('connect: reconnect: expected');
  });

  test('A run whose instance is killed rejects, and so does what comes later of a command.', async () => {
    const program = await place.instance();
    const client = await place.client();
    const stream = client.output('task/Long');
    expect(await stream).toMatchObject({ known: true, latest: null });
    const accepted = await client.submit('run Slow');
    const later = accepted.kind === 'done' ? accepted.later : undefined;
    const running = client.cancel('Nothing');
    await expect(running).resolves.toMatchObject({ kind: 'no-effect' });
    const lost = Promise.all([later].map((one) => expect(one).rejects.toBeInstanceOf(ConnectionLostError)));
    program.kill('SIGKILL');
    await lost;
    await program.ended;
    await expect(client.status()).rejects.toBeInstanceOf(NotRunningError);
    await expect(client.status()).rejects.not.toBeInstanceOf(ConnectionLostError);
  });

  test('The socket of something else is refused.', async () => {
    const { createServer } = await import('node:net');
    const server = createServer((socket) => socket.end('hello\n'));
    server.listen(place.socket);
    try {
      await expect(place.client()).rejects.toBeInstanceOf(RequestRefusedError);
    } finally {
      server.close();
    }
  });
});
