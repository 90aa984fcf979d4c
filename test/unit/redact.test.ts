import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSecretName, REDACTED, Redactor, redactText, SECRET_PATTERNS } from '../../src/redact.ts';

describe('a secret in a text', () => {
  test.each([
    ['curl -u me:*** https://example.org', 'my=pass:word'],
    ['curl --user me:*** https://example.org', 's3cret'],
    ['smbclient -U me%*** //host/share', 's3cret'],
    ['sshpass -p *** ssh host', 's3cret'],
    ['psql postgres://me:***@host/db', 'p@ss:word'],
    ['redis://:***@host:6379', 's3cret'],
    ['PGPASSWORD=*** psql', 's3cret'],
    ['export TOKEN=*** && run', '"two words"'],
    ['password = ***, and more', "'two words'"],
    ['{"password":***}', '"a \\" quote"'],
    ['{"passwords":***}', '["a", "b c"]'],
    ['tokens: ***', "[\n 'a',\n 'b'\n]"],
    ['http.get(url, {["X-Api-Key"] = ***})', '"abc def"'],
    ['Authorization: Basic ***', 'bWU6czNjcmV0'],
    ['Authorization: token ***', 'abcdef'],
    ['curl -H "Cookie: ***" x', 'session=abc; other=def'],
    ['X-Auth-Token: ***', 'abc'],
    ['https://example.org/?key=***&page=2', 'abc'],
    ['backup --db-password *** now', 's3cret'],
    ['https://hooks.slack.com/services/***', 'T0/B0/XXXX'],
    ['https://discord.com/api/webhooks/***', '12/abc'],
    ['nats://***@office:4222', 'mytoken'],
    ['***', 'ghp_abcdefghijklmnopqrstuvwxyz'],
  ])('is masked in %s', (text, secret) => {
    expect(redactText(text.replace('***', secret))).toBe(text.replace('***', REDACTED));
  });

  test.each([
    'the token is lost',
    'compass=north',
    'author: me',
    'monkey=banana',
    'http://localhost:8080/a@b',
    'tar -u a b',
  ])('is not seen in %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  // Far from what a square of the length would take.
  test.each([
    'a.',
    'x-',
    'x-auth',
    'http://',
    'http://:',
    'token ',
    '-u ',
    '--a-',
    ' ',
    'token="\\',
    'authorization:',
    '-----BEGIN ',
    'tokens=["a",',
    'tokens=[',
  ])('is looked for in a time that grows with the text, whatever it is (%j)', (piece) => {
    const long = piece.repeat(Math.ceil((1 << 17) / piece.length));
    const began = performance.now();
    redactText(long);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('a secret in a configuration', () => {
  test.each(['PASS', 'PGPASS', 'MY_TOKEN', 'api-key', 'AUTH', 'SLACK_WEBHOOK', 'otp', 'session_cookie'])(
    'is known by the name %s',
    (name) => {
      expect(isSecretName(name)).toBe(true);
    },
  );
  test.each(['BYPASS', 'compass', 'author', 'keyboard', 'MONKEY', 'passive', 'shipping', 'signal'])(
    'is not suspected under the name %s',
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );

  test('is masked in a header that is named like one, and in no other', () => {
    const words = ['-H', 'X-Api-Key: abcdef', '--header', 'Accept: text/html', '-H', 'no header'];
    expect(new Redactor().redact(words)).toEqual([
      ...['-H', `X-Api-Key: ${REDACTED}`, '--header', 'Accept: text/html', '-H', 'no header'],
    ]);
  });

  test('is not an empty text, and integers of any size are still JSON', () => {
    const values = { password: '', pin: 17n, count: 17n, least: -(2n ** 63n), most: 2n ** 63n };
    expect(new Redactor().redact(values)).toEqual({
      ...{ password: '', pin: REDACTED, count: 17, least: '-9223372036854775808', most: '9223372036854775808' },
    });
  });

  test('is masked in the words of a command, and wherever else they stand', () => {
    const redactor = new Redactor();
    expect(redactor.redact(['-u', 'me:s3cret-1', '--password', 's3cret-2', 'TOKEN=s3cret 3', '-n', 'PAGE=4'])).toEqual([
      ...['-u', `me:${REDACTED}`, '--password', REDACTED, `TOKEN=${REDACTED}`, '-n', 'PAGE=4'],
    ]);
    expect(redactor.redactEverywhere({ said: ['s3cret-1, s3cret-2, s3cret 3, PAGE=4'] })).toEqual({
      said: [`${REDACTED}, ${REDACTED}, ${REDACTED}, PAGE=4`],
    });
  });
});

test('a text without blanks and signs is masked as any other', () => {
  const part = fc.constantFrom(
    '-p',
    'Abc1!',
    'ghp_',
    'a'.repeat(24),
    'password',
    'sk-',
    '/home',
    '"',
    "'",
    '[',
    '.',
    ',',
    '\\',
    '-----BEGIN',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const text = parts.join('');
      const all = SECRET_PATTERNS.reduce((rest, pattern) => rest.replace(pattern, `$1${REDACTED}`), text);
      expect(redactText(text)).toBe(all);
    }),
    { numRuns: 2000 },
  );
});

describe('a password directly after -p', () => {
  const of = (command: string, ...args: readonly unknown[]) =>
    new Redactor().redact({ command, command_arguments: args });

  test('is masked for the programs that have such an option, and only there', () => {
    expect(of('/usr/bin/mysqldump', '-phunter2', '-u', 'me', 'db')).toEqual({
      ...{ command: '/usr/bin/mysqldump', command_arguments: [`-p${REDACTED}`, '-u', 'me', 'db'] },
    });
    expect(of('mysql', '-p', 7)).toMatchObject({ command_arguments: ['-p', 7] });
    expect(of('cp', '-phunter2')).toMatchObject({ command_arguments: ['-phunter2'] });
  });
});

test('secrets in messages of events are masked wherever they occur, in lists as well', () => {
  const facts = [
    { kind: 'event', message: { api_token: 'Zx81spectrum', count: 3, done: null } },
    { kind: 'log', message: 'sent Zx81spectrum to 3 hosts' },
  ];
  expect(new Redactor().redactEverywhere(facts)).toEqual([
    { kind: 'event', message: { api_token: REDACTED, count: 3, done: null } },
    { kind: 'log', message: `sent ${REDACTED} to 3 hosts` },
  ]);
});
