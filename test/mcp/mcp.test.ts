import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { onDemand, Place, PROGRAM, type Program, RUNNER, shellTask, TICK } from '../support/program.ts';

let place: Place;
const clients: Client[] = [];
beforeEach(() => {
  place = new Place();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await place.clear();
});

const SECRET = 'hunter2secret99';
const FILE = `${TICK}${shellTask('Fail', 'echo no space left; exit 1', `success_status = 0\nenvironment_variables = { API_TOKEN = "${SECRET}" }`)}${shellTask('Slow', 'sleep 60')}${onDemand('Failing', ['Fail'])}${onDemand('Slowly', ['Slow'])}
[[condition]]
name = "Nightly"
type = "time"
time_specifications = [{ hour = 2, minute = 30 }]
recurring = true
tasks = ["Fail"]
`;

/** An assistant that has started the server. */
const assistant = async (...args: readonly string[]): Promise<Client> => {
  const transport = new StdioClientTransport({
    command: RUNNER,
    args: [PROGRAM, 'mcp', ...args],
    env: place.environment() as Record<string, string>,
    cwd: place.path,
  });
  const client = new Client({ name: 'test', version: '1' });
  clients.push(client);
  await client.connect(transport);
  return client;
};

const daemon = async (): Promise<Program> => {
  const program = place.start(['-J', '-L', 'info'], { toml: FILE });
  await program.record(/whenever/);
  await expect.poll(async () => (await place.run(['status'])).end.code, { timeout: 10_000 }).not.toBe(3);
  return program;
};

interface Answer {
  readonly content: readonly { readonly type: string; readonly text: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError?: boolean;
}

const call = async (client: Client, name: string, input: Record<string, unknown> = {}): Promise<Answer> =>
  (await client.callTool({ name, arguments: input })) as unknown as Answer;

const READING = ['check', 'describe', 'explain', 'history', 'logs', 'next', 'output', 'simulate', 'status', 'story'];
const CHANGING = ['cancel', 'pause', 'reload', 'reset', 'resume', 'resume_condition', 'run', 'suspend', 'trigger'];

describe('The tools', () => {
  test('that change something are there with --allow-control only, and each says whether it does.', async () => {
    const reading = await assistant();
    expect((await reading.listTools()).tools.map(({ name }) => name).sort()).toEqual(READING);
    await expect(reading.callTool({ name: 'run', arguments: { name: 'Failing' } })).rejects.toThrow(
      'it is there when the server is started as "whenever mcp --allow-control"',
    );
    const { tools } = await (await assistant('--allow-control')).listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([...READING, ...CHANGING].sort());
    const ajv = new Ajv2020({ strict: false });
    for (const { name, annotations, inputSchema, description } of tools) {
      expect(annotations?.readOnlyHint, name).toBe(READING.includes(name));
      expect(description).toMatch(/^[A-Z].*\.$/);
      expect(ajv.validateSchema(inputSchema), name).toBe(true);
    }
  });

  test('answer about a running instance, with text and data, and act on it.', async () => {
    const program = await daemon();
    const client = await assistant('--allow-control');
    const run = await call(client, 'run', { name: 'Failing' });
    expect(run.structuredContent).toMatchObject({ kind: 'done', run: { outcome: 'failure' } });
    const status = await call(client, 'status');
    expect(status.structuredContent).toMatchObject({ state: 'running', failed: ['Failing'] });
    expect(JSON.parse(status.content[0]!.text)).toEqual(status.structuredContent);
    expect((await call(client, 'output', { item: 'Fail' })).structuredContent).toMatchObject({
      stdout: 'no space left\n',
    });
    expect((await call(client, 'explain', { condition: 'Failing' })).structuredContent).toMatchObject({ known: true });
    expect((await call(client, 'story', { items: ['Failing'], count: 2 })).structuredContent?.chapters).toHaveLength(2);
    expect((await call(client, 'history', { failed: true })).structuredContent?.runs).toHaveLength(1);
    expect((await call(client, 'logs', { level: 'warn' })).structuredContent?.records).not.toEqual([]);
    expect((await call(client, 'trigger', { name: 'Go_Slowly' })).isError).toBeFalsy();
    expect((await call(client, 'pause', { end: '1h' })).structuredContent).toMatchObject({ kind: 'done' });
    expect((await call(client, 'status', { conditions: ['Nightly'] })).structuredContent).toMatchObject({
      state: 'paused',
    });
    expect((await call(client, 'resume')).structuredContent).toMatchObject({ kind: 'done' });
    program.send('kill');
    await program.ended;
  });

  test('look at the file without an instance, and say how one is started.', async () => {
    const file = place.write('my.toml', FILE);
    const client = await assistant('my.toml');
    expect((await call(client, 'check')).structuredContent).toMatchObject({ errors: 0 });
    expect((await call(client, 'describe')).structuredContent?.conditions).toHaveLength(3);
    expect(
      (await call(client, 'next', { conditions: ['Nightly'], count: 2, all: true })).structuredContent?.firings,
    ).toHaveLength(2);
    expect((await call(client, 'simulate', { to: '2d' })).structuredContent?.text).toContain('Nightly');
    const status = await call(client, 'status');
    expect(status.isError).toBe(true);
    expect(status.content[0]!.text).toContain(`no instance is running`);
    expect(status.content[0]!.text).toContain(`Start it with: whenever ${file}`);
    place.write('my.toml', `${FILE}\nhello = 1`);
    expect((await call(client, 'check')).structuredContent?.findings).not.toEqual([]);
    expect((await call(client, 'next')).isError).toBe(true);
  });

  test('go on after a restart of the instance.', async () => {
    const first = await daemon();
    const client = await assistant();
    expect((await call(client, 'status')).isError).toBeFalsy();
    first.send('exit');
    await first.ended;
    expect((await call(client, 'status')).isError).toBe(true);
    const second = await daemon();
    expect((await call(client, 'status')).isError).toBeFalsy();
    second.send('exit');
    await second.ended;
  });

  test('refuse an input that does not fit, in clear words; names are never options.', async () => {
    place.write('my.toml', FILE);
    const client = await assistant('my.toml', '--allow-control');
    for (const [name, input, text] of [
      ['explain', {}, 'explain: condition is missing'],
      ['explain', { condition: 3 }, 'explain: condition: expected a text'],
      ['history', { count: -1 }, 'history: count: expected a whole number, 0 or more'],
      ['history', { config: '/etc/passwd' }, 'history: unknown input "config"'],
      ['logs', { level: 'loud' }, 'logs: level: expected one of'],
      ['status', { conditions: 'Nightly' }, 'status: conditions: expected a list of texts'],
      ['next', { conditions: ['--help'] }, 'no condition "--help"'],
      ['next', { from: 'never' }, '--from: expected'],
    ] as const) {
      const answer = await call(client, name, input);
      expect(answer.isError, name).toBe(true);
      expect(answer.content[0]!.text).toContain(text);
    }
  });

  test('answer briefly: what was left out is said, and how to see it.', async () => {
    const many = Array.from(
      { length: 2000 },
      (_, i) => `[[condition]]\nname = "Number_${i}"\ntype = "interval"\ninterval_seconds = 60\ntasks = ["Fail"]\n`,
    );
    place.write('my.toml', `${shellTask('Fail', 'true')}${many.join('')}`);
    const client = await assistant('my.toml');
    for (const [name, list, rest] of [
      ['describe', 'conditions', 'The resource whenever://configuration has the file itself.'],
      ['next', 'firings', 'To see it, ask for less by conditions, all, count, from, to.'],
    ] as const) {
      const { content, structuredContent } = await call(client, name);
      expect(content[0]!.text.length).toBeLessThan(24_001);
      expect(content.at(-1)!.text).toMatch(/^Left out, because the answer was too long: \d+ entries of /);
      expect(content.at(-1)!.text).toContain(` entries of ${list}`);
      expect(content.at(-1)!.text.endsWith(rest)).toBe(true);
      expect(structuredContent?.leftOut).toContainEqual({ at: list, count: expect.any(Number), of: 'entries' });
    }
  });

  test('that are cancelled end, and others are answered meanwhile.', async () => {
    const program = await daemon();
    const client = await assistant('--allow-control');
    const aborted = new AbortController();
    const run = client.callTool({ name: 'run', arguments: { name: 'Slowly' } }, undefined, { signal: aborted.signal });
    const caught = expect(run).rejects.toThrow();
    await client.ping();
    const running = async () => (await call(client, 'status', { conditions: ['Slowly'] })).content[0]!.text;
    await expect.poll(running, { timeout: 10_000 }).toContain('"group":"running"');
    aborted.abort('enough');
    await caught;
    expect((await call(client, 'cancel', { name: 'Slowly' })).structuredContent).toMatchObject({ kind: 'done' });
    program.send('kill');
    await program.ended;
  });
});

describe('The resources', () => {
  test('are the file without secrets, its schema and the manual.', async () => {
    place.write('my.toml', FILE);
    const client = await assistant('my.toml');
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(
      expect.arrayContaining(['whenever://configuration', 'whenever://schema', 'whenever://manual/whenever.toml.5']),
    );
    for (const { uri } of resources) {
      const [content] = (await client.readResource({ uri })).contents as { text: string }[];
      expect(content!.text.length, uri).toBeGreaterThan(100);
      expect(content!.text).not.toContain(SECRET);
    }
    const [text] = (await client.readResource({ uri: 'whenever://configuration' })).contents as { text: string }[];
    expect(text!.text).toContain('name = "Nightly"');
    expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(2);
    for (const uri of [
      'whenever://manual/../package.json',
      'whenever://configuration/7',
      'file:///etc/passwd',
      'nonsense',
    ])
      await expect(client.readResource({ uri })).rejects.toThrow('there is no resource');
  });
});

describe('What comes in', () => {
  /** The answers to lines, when standard input has ended. */
  const answers = async (
    lines: readonly string[],
  ): Promise<{ code: number | null; found: Record<string, unknown>[]; stderr: string }> => {
    const program = place.start(['mcp', place.write('my.toml', FILE)]);
    for (const line of lines) program.send(line);
    await program.until(() => program.stdout.includes('"id":99'), 'the last answer');
    program.child.stdin?.end();
    const { code } = await program.ended;
    const found = program.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { code, found, stderr: program.stderr };
  };
  const message = (id: number | undefined, method: string, params: object = {}): string =>
    JSON.stringify({ jsonrpc: '2.0', ...(id === undefined ? {} : { id }), method, params });
  const hello = (protocolVersion: string) =>
    message(1, 'initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } });

  test('may be broken, huge, unknown or not UTF-8: standard output has nothing but answers, and the next one is there.', async () => {
    const { code, found, stderr } = await answers([
      hello('1999-01-01'),
      message(undefined, 'notifications/initialized'),
      '{"jsonrpc":"2.0","id":2,',
      'x'.repeat(1 << 20),
      '[]',
      '{"id":3}',
      '"\u0000\\ud800"',
      message(4, 'no/such/method'),
      message(5, 'tools/call', { name: 'constructor' }),
      message(6, 'tools/call', {}),
      message(undefined, 'notifications/cancelled', { requestId: 4711 }),
      message(undefined, 'notifications/whatever', {}),
      message(99, 'ping'),
    ]);
    expect(code).toBe(0);
    const errors = found.flatMap(({ id, error }) => (error ? [[id, (error as { code: number }).code]] : []));
    expect(errors.filter(([id]) => id === null).map(([, errorCode]) => errorCode)).toEqual([
      ...[-32_700, -32_700, -32_600, -32_600, -32_700],
    ]);
    expect(errors).toContainEqual([4, -32_601]);
    expect(errors).toContainEqual([5, -32_602]);
    expect(found.find(({ id }) => id === 1)?.result).toMatchObject({
      protocolVersion: expect.stringMatching(/^20\d\d-\d\d-\d\d$/),
      serverInfo: { name: 'whenever' },
    });
    expect(found.find(({ id }) => id === 99)).toEqual({ jsonrpc: '2.0', id: 99, result: {} });
    expect(stderr).not.toContain('internal error');
  });
});

test('At the end of input what was asked is answered, if it does not take long; what runs then is ended.', async () => {
  const running = await daemon();
  const ask = (id: number, name: string, input: object) =>
    JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: input } });
  const program = place.start(['mcp', '--allow-control']);
  program.send(ask(1, 'run', { name: 'Slowly' }));
  program.send(ask(2, 'status', {}));
  program.child.stdin?.end();
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(
    program.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: number }).id),
  ).toEqual([2]);
  running.send('kill');
  await running.ended;
});

test('The protocol part is one file of the program, and the start of the daemon does not read it.', () => {
  const dist = join(import.meta.dirname, '..', '..', 'dist');
  expect(readFileSync(join(dist, 'late', 'mcp-server.cjs'), 'utf8')).toContain('notifications/initialized');
  expect(readFileSync(join(dist, 'whenever.cjs'), 'utf8')).not.toContain('notifications/initialized');
});
