import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { findServer, keptToken, LocalServer } from '../../src/adapters/fleet/local-server.ts';
import { NatsStore } from '../../src/adapters/fleet/nats-store.ts';
import { fleetTable, parseListen, serverConfig } from '../../src/fleet/server-config.ts';
import { freePort } from '../support/nats-server.ts';

const above = mkdtempSync(join(tmpdir(), 'whenever-serve-'));
const running: { end(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.end();
  rmSync(above, { recursive: true, force: true });
});

/** Starts a server, and waits until it can be asked. */
const start = async (port: number): Promise<LocalServer> => {
  const server = new LocalServer(findServer()!, { host: '127.0.0.1', port }, join(above, 'fleet'), () => {});
  running.push(server);
  expect(await server.ready()).toBe(true);
  return server;
};

/** A machine that connects to the address in a table. Resolves when it is connected, or refused. */
const machine = async (table: string): Promise<NatsStore | string> => {
  const [, address] = /servers = \["(.+)"\]/.exec(table)!;
  let refused = (_: string): void => {};
  const problem = new Promise<string>((resolve) => {
    refused = resolve;
  });
  const store = new NatsStore({ servers: [address!], node: 'test' }, (text) => text !== '' && refused(text));
  running.push({ end: () => store.close() });
  const up = new Promise<NatsStore>((resolve) => store.onConnection((connected) => connected && resolve(store)));
  return Promise.race([up, problem]);
};

it('A server that fleet serve starts lets machines with its token in, and keeps token and data over a restart.', async () => {
  const port = await freePort();
  const first = await start(port);
  const table = fleetTable(first.settings, 'office');
  const store = (await machine(table)) as NatsStore;
  expect(await store.create('fire.C.1', 'x')).toBeTypeOf('number');
  expect(await machine(table.replace(first.settings.token, 'x'.repeat(32)))).toMatch(/authorization/i);
  await first.end();
  expect(await first.ended).toBe(0);
  const second = await start(port);
  expect(second.settings).toEqual(first.settings);
  expect((await ((await machine(table)) as NatsStore).get('fire.C.1'))?.value).toBe('x');
  for (const name of ['token', 'nats-server.conf'])
    expect(statSync(join(above, 'fleet', name)).mode & 0o777, name).toBe(0o600);
  expect(statSync(join(above, 'fleet')).mode & 0o777).toBe(0o700);
});

it('A server that cannot listen ends, which is known, and what it says is handed on.', async () => {
  const { settings } = await start(await freePort());
  let log = '';
  const second = new LocalServer(findServer()!, settings, join(above, 'second'), (text) => {
    log += text;
  });
  expect(await second.ready()).toBe(false);
  expect(await second.ended).not.toBe(0);
  expect(log).toContain('address already in use');
});

it('A second server of one directory is refused before it touches anything.', async () => {
  const first = await start(await freePort());
  const file = join(above, 'fleet', 'nats-server.conf');
  const before = readFileSync(file, 'utf8');
  await expect(start(await freePort())).rejects.toThrow(/a server of this directory is running already, process \d+/);
  expect(readFileSync(file, 'utf8')).toBe(before);
  await first.end();
  // The number of a process that is another program by now.
  writeFileSync(join(above, 'fleet', 'nats-server.pid'), `${process.pid}\n`);
  await start(await freePort());
});

it('A token of another form is refused with its file, and stays.', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'whenever-token-')), 'token');
  writeFileSync(file, 'a b\n');
  expect(() => keptToken(join(file, '..'))).toThrow(`${file}: expected a token of at least 16 letters`);
  expect(readFileSync(file, 'utf8')).toBe('a b\n');
  rmSync(join(file, '..'), { recursive: true });
  expect(existsSync(file)).toBe(false);
});

it.each([
  ['127.0.0.1:4222', { host: '127.0.0.1', port: 4222 }],
  ['[::1]:1', { host: '::1', port: 1 }],
  ['office:65535', { host: 'office', port: 65_535 }],
  ['office', undefined],
  ['office:0', undefined],
  ['office:65536', undefined],
  ['::1:4222', undefined],
  ['a b:4222', undefined],
])('--listen %s is %j', (text, expected) => {
  expect(parseListen(text)).toEqual(expected);
});

it('The table names the machine where the server listens at every address; paths are quoted.', () => {
  const token = 'f'.repeat(48);
  expect(fleetTable({ host: '0.0.0.0', port: 4222, token }, 'office')).toContain(`"nats://${token}@office:4222"`);
  expect(fleetTable({ host: '::1', port: 4222, token }, 'office')).toContain(`"nats://${token}@[::1]:4222"`);
  expect(serverConfig({ host: '::1', port: 1, token, directory: '/a "b"\\c' })).toContain(
    'store_dir: "/a \\"b\\"\\\\c"',
  );
});
