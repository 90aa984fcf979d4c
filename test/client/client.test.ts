import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Client,
  ClientClosedError,
  ConnectionLostError,
  type ConnectOptions,
  connect,
  EventError,
  NotRunningError,
  type TopicEvent,
} from '../../src/library.ts';
import { onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';

const CONFIG = `${TICK}${shellTask('Hello', 'echo hello')}${onDemand('OnDemand', ['Hello'])}${shellTask(
  'Long',
  'echo begun; while [ ! -e "$0.end" ]; do sleep 0.05; done; echo over',
)}${onDemand('Slow', ['Long'])}`;

let place: Place;
const clients: Client[] = [];
beforeEach(() => {
  place = new Place();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await place.clear();
});

const socket = (): string => place.file('run/whenever.sock');
/** A client of the instance of this place. */
const client = async (options: ConnectOptions = {}): Promise<Client> => {
  const made = await connect({ socket: socket(), ...options });
  clients.push(made);
  return made;
};
/** Starts the program, and waits until it takes requests. */
const start = async (toml = CONFIG): Promise<Program> => {
  const program = place.start(['--log-json', '--log-level', 'debug'], { toml });
  await program.record(/\[START\/MSG\].*/);
  await program.until(() => program.told.some((text) => /SCHED|MAIN/.test(text)), 'a start');
  return program;
};

describe('a client', () => {
  test('It has the status, the story and the reasons of the running instance.', async () => {
    const program = await start();
    const asked = await client();
    const status = await asked.status(['OnDemand']);
    expect(status).toMatchObject({ pid: program.child.pid, state: 'running', conditions: [{ name: 'OnDemand' }] });
    expect(await asked.run('OnDemand')).toMatchObject({ kind: 'done', id: 'run-1', outcome: 'success' });
    const story = await asked.story('task/Hello');
    expect(story.map(({ finish }) => finish)).toEqual(['idle', 'running', 'succeeded']);
    expect(await asked.story('task/Hello', 'condition/Slow', {})).toHaveLength(4);
    expect(await asked.explain('OnDemand', 1)).toMatchObject({ known: true, chapters: [expect.anything()] });
    const records = await asked.records({ n: 3, level: 'debug' });
    expect(records).toHaveLength(3);
    expect(records[0]!.seq).toBeGreaterThan(records[2]!.seq);
    expect((await asked.getEvents('task/Hello')).map(({ message }) => message)).toEqual(
      ['idle', 'running', 'succeeded'].map((finish) => expect.objectContaining({ finish })),
    );
    expect([...(await asked.getEvents()).keys()]).toContain('task/Hello');
  });

  test('Nothing runs: that is an error with a name, and so is a client that was closed.', async () => {
    await expect(client()).rejects.toBeInstanceOf(NotRunningError);
    await expect(client()).rejects.toMatchObject({ name: 'NotRunningError' });
    await start();
    const asked = await client();
    await asked.close();
    await expect(asked.status()).rejects.toBeInstanceOf(ClientClosedError);
    const signal = AbortSignal.abort(new Error('enough'));
    const other = await client();
    await expect(other.status([], { signal })).rejects.toThrow('enough');
    expect(() => other.events('')).toThrow(EventError);
    await expect(client({ signal })).rejects.toThrow('enough');
  });

  test('Events come in order from when the stream is open; it ends with the instance.', async () => {
    const program = await start();
    const asked = await client();
    const stream = asked.events('task/Hello');
    await stream.opened;
    await asked.run('OnDemand');
    const seen: unknown[] = [];
    for await (const event of stream) {
      seen.push((event as TopicEvent & { message: { finish: string } }).message.finish);
      if (seen.length === 2) await asked.submit('exit');
    }
    expect(seen).toEqual(['running', 'succeeded']);
    expect((await program.ended).code).toBe(0);
  });

  test('A stream throws when the instance is killed.', async () => {
    const program = await start();
    const stream = (await client()).events('all');
    await stream.opened;
    program.kill('SIGKILL');
    await expect(
      (async () => {
        for await (const event of stream) expect(event).toHaveProperty('seq');
      })(),
    ).rejects.toBeInstanceOf(ConnectionLostError);
    expect((await stream.next()).done).toBe(true);
  });
});
