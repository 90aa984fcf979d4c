import { describe, expect, test } from 'vitest';
import { bounded } from '../../src/mcp/bounded.ts';
import type { Ended } from '../../src/mcp/program.ts';
import { MOST_CHARACTERS, type ToolDeps, toolsOf } from '../../src/mcp/tools.ts';

/** Tools whose commands end so, and the words that they were run with. */
const toolbox = async (ended: Partial<Ended> | Error, deps: Partial<ToolDeps> = {}) => {
  const words: (readonly string[])[] = [];
  const tools = await toolsOf(
    {
      run: async (line) => {
        words.push(line);
        if (ended instanceof Error) throw ended;
        return { status: 0, stdout: '', stderr: '', ...ended };
      },
      given: undefined,
      file: async () => '/etc/my.toml',
      ...deps,
    },
    true,
  );
  const call = (name: string, input: Readonly<Record<string, unknown>> = {}) =>
    tools.find((tool) => tool.name === name)!.call(input, new AbortController().signal);
  return { words, call };
};

describe('a tool', () => {
  test('answers with what its command has printed, as JSON, as lines or as text', async () => {
    const json = await toolbox({ stdout: '{"state":"running"}\n' });
    expect(await json.call('status')).toEqual({
      content: [{ type: 'text', text: '{"state":"running"}' }],
      structuredContent: { state: 'running' },
    });
    const lines = await toolbox({ stdout: '{"n":1}\n\n{"n":2}\n' });
    expect(await lines.call('logs')).toMatchObject({ structuredContent: { records: [{ n: 1 }, { n: 2 }] } });
    const none = await toolbox({ status: 1 });
    expect(await none.call('logs')).toMatchObject({ structuredContent: { records: [] } });
    const text = await toolbox({ stdout: ' 3 runs\n', stderr: 'whenever: it took long\n' });
    expect((await text.call('simulate')).content.map((one) => one.text)).toEqual(['3 runs', 'it took long']);
  });

  test('gives its command the file, the options and then the names', async () => {
    const { words, call } = await toolbox({ stdout: '{}' }, { given: '/etc/my.toml' });
    await call('status', { conditions: ['A', '--json'] });
    await call('next', { count: 3 });
    await call('history', { failed: true });
    await call('history', { failed: false });
    await call('run', { name: 'A' });
    expect(words).toEqual([
      ['status', '--json', '--', 'A', '--json'],
      ['next', '--json', '--count=3', '--', '/etc/my.toml'],
      ['history', '--json', '--config=/etc/my.toml', '--failed', '--'],
      ['history', '--json', '--config=/etc/my.toml', '--'],
      ['ctl', '--json', '--', 'run', 'A'],
    ]);
  });

  test('says what to do when no instance runs, and what failed', async () => {
    const down = { status: 3, stderr: 'whenever: no instance is running\n' };
    expect(await (await toolbox(down)).call('status')).toEqual({
      ...{
        isError: true,
        content: [{ type: 'text', text: 'no instance is running\nStart it with: whenever /etc/my.toml' }],
      },
    });
    const nowhere = await toolbox(down, { file: () => Promise.reject(new Error('there is no configuration')) });
    expect(await nowhere.call('status')).toMatchObject({
      content: [{ text: 'no instance is running\nthere is no configuration' }],
    });
    expect(await (await toolbox({ status: 2 })).call('status')).toMatchObject({
      ...{ isError: true, content: [{ text: 'the command ended with status 2' }] },
    });
    expect(await (await toolbox({ status: null, stderr: 'killed' })).call('status')).toMatchObject({
      content: [{ text: 'killed' }],
    });
    expect(await (await toolbox(new Error('ask for less'))).call('status')).toMatchObject({
      ...{ isError: true, content: [{ text: 'status: ask for less' }] },
    });
  });

  test('shows no secret, whatever the command has printed', async () => {
    const { call } = await toolbox({
      stdout: '{"last":"API_TOKEN=hunter2secret99"}',
      stderr: 'API_TOKEN=hunter2secret99',
    });
    expect(JSON.stringify(await call('status'))).not.toContain('hunter2secret99');
  });

  test('says what it has left out of an answer that is too long', async () => {
    const records = Array.from({ length: 4000 }, (_, n) => `{"n":${n},"text":"${'x'.repeat(30)}"}`).join('\n');
    const answer = await (await toolbox({ stdout: records })).call('logs');
    expect(answer.content[0]!.text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(answer.content[1]!.text).toMatch(/^Left out, because the answer was too long: \d+ entries of records\./);
    // Of records the last ones matter.
    expect((answer.structuredContent!.records as { n: number }[]).at(-1)!.n).toBe(3999);
    expect(answer.structuredContent!.leftOut).toEqual([{ at: 'records', count: expect.any(Number), of: 'entries' }]);
  });

  test.each([
    ['status', { nope: 1 }, 'status: unknown input "nope" (known: '],
    ['reload', { x: 1 }, 'reload: unknown input "x" (known: none)'],
    ['run', {}, 'run: name is missing'],
    ['status', { conditions: 'A' }, 'status: conditions: expected a list of texts'],
    ['status', { conditions: [1] }, 'status: conditions: expected a list of texts'],
    ['next', { count: 1.5 }, 'next: count: expected a whole number, 0 or more'],
    ['next', { count: -1 }, 'next: count: expected a whole number, 0 or more'],
    ['history', { failed: 'yes' }, 'history: failed: expected true or false'],
    ['logs', { level: 'loud' }, 'logs: level: expected one of '],
    ['history', { since: 5 }, 'history: since: expected a text'],
  ])('%s with %j is refused, and nothing is run', async (name, input, problem) => {
    const { words, call } = await toolbox({ stdout: '{}' });
    expect(await call(name, input)).toMatchObject({
      ...{ isError: true, content: [{ text: expect.stringContaining(problem) }] },
    });
    expect(words).toEqual([]);
  });
});

describe('a value that is too long', () => {
  test('loses the beginnings of its longest texts and the ends of its longest lists', () => {
    const { value, leftOut } = bounded(
      { text: `${'a'.repeat(900)}end`, few: ['short'], list: Array(900).fill(7) },
      1500,
    );
    const { text, list, few } = value as { text: string; list: number[]; few: string[] };
    expect(text.endsWith('end')).toBe(true);
    expect(few).toEqual(['short']);
    expect(leftOut).toContainEqual({ at: 'list', count: 900 - list.length, of: 'entries' });
    expect(JSON.stringify(value).length).toBeLessThanOrEqual(1500);
  });

  test('is left as it is where nothing of it can be left out', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key${i}`, 'a short text']));
    expect(bounded(many, 100)).toEqual({ value: many, leftOut: [] });
    expect(bounded(null, 10)).toEqual({ value: null, leftOut: [] });
  });

  test('that is itself a text or a list of lists is shortened', () => {
    const text = bounded('x'.repeat(2000), 600);
    expect(text.leftOut).toEqual([{ at: '', count: 1500, of: 'characters' }]);
    const lists = bounded([['y'.repeat(1000)], ['z'.repeat(900)]], 1200, true);
    expect(JSON.stringify(lists.value).length).toBeLessThanOrEqual(1200);
    expect(lists.leftOut.length).toBeGreaterThan(0);
  });
});
