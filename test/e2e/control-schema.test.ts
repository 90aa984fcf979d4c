import { mkdirSync } from 'node:fs';
import { connect as connectTo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REQUESTS } from '../../src/control/request.ts';
import { connect } from '../../src/library.ts';
import { controlSchema } from '../support/control-schema.ts';
import { onDemand, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
let proxy: Server | undefined;
beforeEach(() => {
  place = new Place();
});
afterEach(async () => {
  proxy?.close();
  await place.clear();
});

/** The lines of one connection. */
interface Connection {
  sent: string;
  received: string;
}

/** Passes on what clients and the instance say to each other, and keeps it. Returns the path of its socket. */
const listenBetween = async (connections: Connection[]): Promise<string> => {
  mkdirSync(place.file('between'), { mode: 0o700 });
  const path = place.file('between/whenever.sock');
  proxy = createServer({ allowHalfOpen: true }, (client) => {
    const one: Connection = { sent: '', received: '' };
    connections.push(one);
    const instance = connectTo({ path: place.file('run/whenever.sock'), allowHalfOpen: true });
    client.on('data', (data: Buffer) => {
      one.sent += data.toString();
    });
    instance.on('data', (data: Buffer) => {
      one.received += data.toString();
    });
    client.pipe(instance).pipe(client);
    client.on('error', () => instance.destroy()).on('close', () => instance.destroy());
    instance.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => proxy!.listen(path, resolve));
  return path;
};

const linesOf = (text: string): unknown[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as unknown);

test('the commands and the client send what the schema has, and the instance answers what it has', async () => {
  const program = place.start(['-J', '-L', 'debug'], {
    toml: `${TICK}${shellTask('T', 'echo hello')}${shellTask('Slow', 'echo begun; sleep 60')}${onDemand('Asked', ['T'])}${onDemand('Long', ['Slow'])}`,
  });
  await program.record(/^MAIN starting/);
  const connections: Connection[] = [];
  const path = await listenBetween(connections);
  const env = { XDG_RUNTIME_DIR: place.file('between') };
  const commands: readonly (readonly string[])[] = [
    ['ctl', 'run', 'Asked'],
    ['ctl', 'log_event', 'disk', '{"free": 12}'],
    ['status'],
    ['story', 'T'],
    ['explain', 'Asked'],
    ['output', 'T'],
    ['events', 'all', '-n', '5'],
    ['logs', '--level', 'info', '--item', 'Asked', '--since', '1h'],
    ['explain', 'Askd'],
    ['state', 'set', 'disk', 'limit', '90'],
    ['state', 'get', 'disk'],
    ['state', 'list'],
    ['lock', 'disk', '--wait', '5s', '--', 'true'],
    ['dump', 'report.json'],
  ];
  for (const command of commands) expect((await place.run(command, { env })).end.code, command.join(' ')).not.toBe(3);
  const client = await connect({ socket: path });
  await client.hello();
  await client.vitals();
  await client.getEvents();
  await client.logEvent(['disk', 'night'], { free: 11 });
  const logs = client.logs({ level: 'debug' });
  const events = client.events('all');
  await Promise.all([logs.opened, events.opened]);
  await client.trigger('Go_Long', { any: 'json' });
  const following = place.start(['output', '--follow', 'Slow'], { env });
  await program.record(/Slow/);
  await client.run('Asked');
  await client.cancel('Long');
  await client.close();
  following.kill('SIGTERM');

  const schema = controlSchema();
  const seen = new Set<string>();
  for (const { sent, received } of connections) {
    const [request] = linesOf(sent) as { readonly request: string }[];
    if (!request) continue;
    seen.add(request.request);
    expect({ request, wrong: schema.request(request) }).toEqual({ request, wrong: [] });
    for (const line of linesOf(received))
      expect({ request, line, wrong: schema.answer(request.request, line) }).toEqual({ request, line, wrong: [] });
  }
  // That one is sent about a program that was not found.
  expect([...seen, 'environment'].sort()).toEqual(Object.keys(REQUESTS).sort());
});
