import { describe, expect, test } from 'vitest';
import { Redactor } from '../../src/redact.ts';

/** `¤` is where the secret stands. */
const SHAPES: readonly string[] = [
  'run --password "¤ and more"',
  "run --password '¤ and more'",
  'run --password ¤',
  'run --password=¤',
  'run --token "¤"',
  'run --api-key ¤',
  'run --client-secret=¤',
  'run --auth-token ¤',
  'run --pat ¤',
  'mysql -u root -p¤ shop',
  'mariadb-dump --all -p"¤" shop',
  'sshpass -p ¤ ssh host',
  'sshpass -p¤ ssh host',
  '7z x -p¤ a.7z',
  'redis-cli -h db -a ¤ ping',
  'ldapsearch -x -w ¤ -b dc=x',
  'zip -P ¤ a.zip f',
  'curl -u me:¤ https://example.org',
  'curl -ume:¤ https://example.org',
  'git clone https://¤@example.org/r.git',
  'git clone https://x-access-token:¤@example.org/r.git',
  'amqp://guest:¤@queue:5672/v',
  'connect as bob:¤@db.example.org',
  'GITHUB_PAT=¤ run',
  'export AZURE_DEVOPS_EXT_PAT="¤"',
  'DB_PW=¤ run',
  'PGPASSWORD=¤ psql',
  'DEPLOY_KEY=¤ run',
  'SENTRY_DSN=¤ run',
  'AWS_SECRET_ACCESS_KEY=¤',
  '{\\"password\\":\\"¤\\"}',
  '{\\\\\\"password\\\\\\":\\\\\\"¤\\\\\\"}',
  '"{\\"auth\\": {\\"api_key\\": \\"¤ 2\\"}}"',
  '{"clientSecret": "¤"}',
  '<password>¤</password>',
  '<ns:apiToken type="x">¤</ns:apiToken>',
  '<db user="me" password="¤"/>',
  '<key>Password</key><string>¤</string>',
  '<secret><![CDATA[¤]]></secret>',
  'Authorization: Bearer ¤',
  'Authorization: token ¤',
  'Proxy-Authorization: Basic ¤',
  'Cookie: session=¤; theme=dark',
  'Set-Cookie: id=¤; HttpOnly',
  'X-Api-Key: ¤',
  'PRIVATE-TOKEN: ¤',
  'Ocp-Apim-Subscription-Key: ¤',
  'local password = "¤"',
  'local user, pass = "bob", "¤"',
  'local a, token = 1, "¤"',
  'local token = ("¤")',
  'local token = --[[ x ]] "¤"',
  'password = password or "¤"',
  'local secrets = { "x", "¤" }',
  'local c = { password = { value = "¤" } }',
  'curl --oauth2-bearer ¤ https://example.org',
  '{\\"pw\\":\\"¤\\"}',
  '{"pw": "¤", "user": "bob"}',
  'docker login -u bob -p ¤ registry',
  'mosquitto_pub -u bob -P ¤ -t x',
  "cfg['db_password'] = '¤'",
  'token = [[¤]]',
  'local secret = [==[¤]==]',
  'local password = "abc" .. "¤"',
  'local my_pat = "¤"',
  'cfg.deploy_key = "¤"',
  'machine example.org login me password ¤',
  'db.example.org:5432:shop:me:¤',
  '*:*:*:me:¤',
  'https://example.org/?access_token=¤&page=2',
  'https://example.org/?sig=¤',
  'https://example.org/x?X-Amz-Signature=¤&y=1',
  'https://example.org/cb?code=¤',
  "CREATE USER me IDENTIFIED BY '¤'",
  'DefaultEndpointsProtocol=https;AccountKey=¤;x=y',
  'password: ¤',
  'passphrase is set, pwd=¤',
  '-----BEGIN OPENSSH PRIVATE KEY-----\n¤\n-----END OPENSSH PRIVATE KEY-----',
  '-----BEGIN PGP PRIVATE KEY BLOCK-----\\n¤\\n-----END PGP PRIVATE KEY BLOCK-----',
  'https://hooks.slack.com/services/¤',
];

/** Secrets that are known by what they are. */
const TOKENS: readonly string[] = [
  'AKIAIOSFODNN7EXAMPLE',
  'ASIAIOSFODNN7EXAMPLE',
  'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  'github_pat_11ABCDEFG0abcdefghijkl_mnop',
  'glpat-abcdefghij0123456789',
  ['xoxb', '123456789012', 'abcdefghij'].join('-'),
  'sk-proj-abcdefghijklmnop0123456789',
  ['sk', 'live', 'abcdefghijklmnop0123'].join('_'),
  'AIzaSyA0123456789abcdefghijklmnopqrstuv',
  'npm_abcdefghijklmnopqrstuvwxyz0123456789',
  'hf_abcdefghijklmnopqrstuvwxyz',
  ['SG', 'abcdefghijklmnopqrstuv', 'abcdefghijklmnopqrstuvwxyz'].join('.'),
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk',
  'hvs.CAESIJ0123456789abcdefghij',
  '123456789:AAabcdefghijklmnopqrstuvwxyz0123456',
];

const secretOf = (i: number): string => `Zq7${i}xWv9${i}Lk`;

describe('secrets in what is dumped', () => {
  test(`none of ${SHAPES.length + TOKENS.length} planted ones is left, nor where the same value stands elsewhere`, () => {
    const planted = [
      ...SHAPES.map((shape, i) => ({ text: shape.replaceAll('¤', secretOf(i)), secret: secretOf(i) })),
      ...TOKENS.map((secret) => ({ text: `it said ${secret} and went on`, secret })),
    ];
    const elsewhere = SHAPES.map((shape, i) => ({ shape, said: `the end of it was ${secretOf(i)}!` })).filter(
      // Keys and what stands among others in a header are only known where they are.
      ({ shape }) => !/BEGIN|ookie|slack|and more|¤ 2|pwd=|abc/.test(shape),
    );
    const dumped = JSON.stringify(
      new Redactor().redactEverywhere({
        records: planted.map(({ text }) => ({ message: text })),
        scripts: planted.map(({ text }) => text),
        said: elsewhere.map(({ said }) => said),
      }),
    );
    expect(planted.filter(({ secret }) => dumped.includes(secret)).map(({ text }) => text)).toEqual([]);
    expect(planted.length).toBeGreaterThan(60);
  });

  test('values under names of secrets in events are masked, wherever they are nested, and elsewhere', () => {
    const message = { login: { user: 'me', password: 'plainword' }, list: [{ api_key: 123456789 }], count: 4 };
    const masked = new Redactor().redactEverywhere({
      events: [{ key: 'condition/A', message }],
      said: 'plainword 123456789',
    });
    expect(JSON.stringify(masked)).not.toMatch(/plainword|123456789/);
    expect(masked.events[0]).toMatchObject({ key: 'condition/A', message: { login: { user: 'me' }, count: 4 } });
  });

  test('the words of a command are masked with the program in view', () => {
    const masker = new Redactor();
    const item = { command: '/usr/bin/mysql', command_arguments: ['-u', 'root', '-pplain', 'shop', '-H', 'x: y'] };
    expect(masker.redact(item)).toEqual({ ...item, command_arguments: ['-u', 'root', '-p•••', 'shop', '-H', 'x: y'] });
  });

  test.each([
    'mkdir -p /var/lib/x && cp -pr a b',
    'ssh -p22 host; docker run -p8080:80 nginx',
    'find . -print0 -prune -path ./x',
    'mail to mailto:alice@example.org from: bob@example.org',
    'image nginx:1.25.3@sha256:abcdef',
    'git@github.com:org/repo.git',
    'task Backup succeeded in 3.5 s: exit status 0',
    'path=/usr/bin; PATH=/usr/bin:/bin',
    'the password is wrong, the token is lost',
    'at 10:30:45 condition/Backup went from waiting to checking',
    '<item name="x">text</item>',
    'ERROR src/a.ts:12:5 author=me monkey=banana keyboard: us',
    'https://example.org/a?page=2&sort=key',
  ])('%s stays as it is', (text) => {
    expect(new Redactor().redactEverywhere({ message: text })).toEqual({ message: text });
  });
});
