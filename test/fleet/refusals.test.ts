import { AuthorizationError } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { connectionOptions } from '../../src/adapters/fleet/nats-connection.ts';
import { refusalText } from '../../src/adapters/fleet/nats-errors.ts';
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

it('A file of credentials that cannot be read is a problem with its key, which is said when the store is made.', async () => {
  const said: string[] = [];
  const file = '/nonexist/fleet.creds';
  const problem = new Promise<void>((resolve) => {
    const store: NatsStore = new NatsStore({ servers: ['nats://office'], node: 'a', credentialsFile: file }, (text) => {
      said.push(text);
      void store.close();
      resolve();
    });
  });
  await problem;
  expect(said).toEqual([
    `cannot connect to office: credentials_file names a file that cannot be read: ${file}: no such file`,
  ]);
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
