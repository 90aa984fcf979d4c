import { createServer } from 'node:net';
import { AuthorizationError, ConnectionError } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { connectionOptions, type NatsServers } from '../../src/adapters/fleet/nats-connection.ts';
import { isUnreachable, refusalText } from '../../src/adapters/fleet/nats-errors.ts';
import { NatsStore } from '../../src/adapters/fleet/nats-store.ts';
import { fleetCommand } from '../../src/commands/fleet.ts';
import { load } from '../support/daemon.ts';

describe('a server that refuses a machine', () => {
  const refused = new AuthorizationError('Authorization Violation');

  it.each([
    [['nats://TOKEN@office'], undefined, 'the token that servers has'],
    [['nats://me:s3cret@office'], undefined, 'the user and the password that servers has'],
    [['nats://office'], '/etc/fleet.creds', 'the credentials in /etc/fleet.creds, which credentials_file names'],
    [['nats://office'], undefined, 'a connection without a token: servers has none, expected nats://TOKEN@HOST'],
  ])('of %s with %s is reported with the key that it is about.', (servers, credentialsFile, text) => {
    const said = refusalText(refused, { servers, credentialsFile });
    expect(said).toContain(`the server refuses ${text}`);
    expect(said).not.toMatch(/TOKEN@office|s3cret/);
  });

  it('for another reason is reported with that.', () => {
    expect(refusalText(new Error('timeout'), { servers: ['nats://office'], credentialsFile: undefined })).toBe(
      'timeout',
    );
  });
});

const systemError = (code: string, message: string) => Object.assign(new Error(message), { code, hostname: 'office' });

it.each([
  ['nats://office', undefined, 'tls can name a file with the certificate of its authority'],
  ['tls://office', '/etc/ca.pem', 'checked with the file /etc/ca.pem, which tls names'],
])('A certificate of %s that is not accepted is reported with what it is checked with: %s.', (server, tls, text) => {
  const error = systemError('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate');
  expect(refusalText(error, { servers: [server], tls })).toBe(
    `the certificate of the server is not accepted (self-signed certificate): ${text}`,
  );
  expect(isUnreachable(error)).toBe(false);
});

it('A host without an address is reported, a server that is not up is waited for.', () => {
  const unknown = systemError('ENOTFOUND', 'getaddrinfo ENOTFOUND office');
  expect(refusalText(unknown, { servers: ['nats://office'] })).toBe(
    'no address is known for office (getaddrinfo ENOTFOUND office)',
  );
  expect(isUnreachable(unknown)).toBe(false);
  const refused = systemError('ECONNREFUSED', 'connect ECONNREFUSED');
  expect(isUnreachable(new ConnectionError('connection refused', { cause: refused }))).toBe(true);
  expect(isUnreachable(systemError('EHOSTUNREACH', 'no route'))).toBe(true);
  expect(isUnreachable(new ConnectionError('the connection was lost'))).toBe(true);
});

/** The first problem of a machine that connects. */
const problemOf = (options: Partial<NatsServers>) =>
  new Promise<string>((resolve) => {
    const store: NatsStore = new NatsStore({ servers: ['nats://office'], node: 'a', ...options }, (text) => {
      void store.close();
      resolve(text);
    });
  });

it.each(['credentialsFile', 'tls'] as const)(
  'A file that %s names and that cannot be read is a problem with its key, which is said when the store is made.',
  async (option) => {
    const key = option === 'tls' ? 'tls' : 'credentials_file';
    expect(await problemOf({ [option]: '/nonexist/file' })).toBe(
      `cannot connect to office: ${key} names a file that cannot be read: /nonexist/file: no such file`,
    );
  },
);

it.each([
  [true, 'nats', 'tls is set in the file'],
  [false, 'tls', 'an address in servers begins with tls://'],
])('A server that does not encrypt is a problem with tls = %s and an address of %s.', async (tls, scheme, text) => {
  const server = createServer((socket) => socket.write('INFO {"version":"2.10.0","proto":1,"max_payload":100}\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  expect(await problemOf({ servers: [`${scheme}://${host}`], tls })).toBe(
    `cannot connect to ${host}: the server does not encrypt connections, but ${text}`,
  );
  server.close();
});

it.each([
  '["nats://s3cret@office:4222/x"]',
  '["nats://s3cret@office:x"]',
  '["nats://s3cret@office:70000"]',
  '"nats://s3cret@office"',
])('An error about the address %s shows no token.', async (servers) => {
  const error = await load(`[fleet]\nservers = ${servers}\n`).catch((one: Error) => one);
  expect(String(error)).toContain('nats://•••@office');
  expect(String(error)).not.toContain('s3cret');
});

it.each([
  ['nats://office:99999', 'a port of at most 65535 after the host'],
  ['nats://s3cret@[::1]:x', 'a port of at most 65535 after the host'],
  ['http://office:99999', 'an array of addresses such as "nats://office:4222"'],
])('The error about the address %s says what was expected: %s.', async (server, expected) => {
  const error = await load(`[fleet]\nservers = ["${server}"]\n`).catch((one: Error) => one);
  expect(String(error)).toContain(`servers (entry 1): expected ${expected}, found the string`);
});

it.each(['nats://[::1]:4222', 'tls://me:p@ss@office', 'nats://token@10.0.0.1:65535', 'nats://office'])(
  'The address %s is taken.',
  async (server) => {
    const { settings } = await load(`[fleet]\nservers = ["${server}"]\n`);
    expect(settings.fleet?.servers).toEqual([server]);
    expect(connectionOptions({ servers: [server], node: 'a' }).servers).toEqual([server.replace(/^.*(?:\/|@)/, '')]);
  },
);

it('An option of another action is refused with the actions that take it.', () => {
  const since = () => 0;
  expect(() => fleetCommand.run({ args: ['status'], options: { since }, now: 0 } as never)).toThrow(
    'fleet status does not take --since, which is for fleet verify, history, logs and events',
  );
});
