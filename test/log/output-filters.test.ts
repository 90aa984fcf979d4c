import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONTEXTS } from '../../src/log/contexts.ts';
import { LogHub } from '../../src/log/log.ts';
import type { OutputConfig } from '../../src/log/logging-config.ts';
import { outputFilter } from '../../src/log/output-filter.ts';
import type { LogRecord } from '../../src/log/record.ts';
import { load } from '../support/daemon.ts';
import { always, shellTask, TICK } from '../support/program.ts';

const ITEMS = `${TICK}${shellTask('T', 'exit 0')}${always('A', ['T'])}`;

/** An output of a file. */
const output = async (keys: string): Promise<OutputConfig> =>
  (await load(`${ITEMS}[[logging.outputs]]\ntarget = "x"\n${keys}\n`)).settings.logging!.outputs[0]!;

/** What is wrong with an output, one line each, lines counted from its keys. */
const problems = async (keys: string): Promise<readonly string[]> => {
  const above = `${ITEMS}[[logging.outputs]]\ntarget = "x"\n`.split('\n').length - 1;
  const lines = await output(keys).then(
    () => [],
    (error: { lines: readonly string[] }) => error.lines,
  );
  return lines.map((one) => one.replace(/^test\.toml:(\d+)/, (_, at) => `${Number(at) - above}`));
};

/** The messages of a few records that pass. */
const passed = async (keys: string): Promise<readonly string[]> => {
  const filter = outputFilter(await output(keys));
  const hub = new LogHub(() => 0);
  const messages: string[] = [];
  hub.attach({ level: 'info', write: ({ message }) => messages.push(message), ...(filter ? { filter } : {}) });
  hub.for('MAIN', 'starting').info('START/MSG', 'begins');
  hub.for('TASK', 'active', 'T', 1).info('END/OK', 'disk Full');
  hub.for('TASK', 'exec_lua', 'T', 1).info('PROC/MSG', 'disk full, line 2');
  hub.for('CONDITION', 'active', 'A', 2).info('PROC/MSG', 'full moon');
  hub.for('CONDITION_REGISTRY', 'tick', 'A', 2).info('PROC/MSG', 'taken');
  return messages;
};

test.each<[keys: string, messages: readonly string[]]>([
  ['', ['begins', 'disk Full', 'disk full, line 2', 'full moon', 'taken']],
  ['items = ["A"]', ['full moon', 'taken']],
  ['contexts = ["TASK", "CONDITION active"]', ['disk Full', 'disk full, line 2', 'full moon']],
  ['contexts = ["TASK exec_lua"]', ['disk full, line 2']],
  ['matching = "full"', ['disk full, line 2', 'full moon']],
  ['matching = "(?i)^disk full$"', ['disk Full']],
  ['not_matching = "full|begins"', ['disk Full', 'taken']],
  ['contexts = ["TASK"]\nmatching = "(?i)full"\nnot_matching = "line"', ['disk Full']],
  ['items = ["T"]\ncontexts = ["CONDITION"]', []],
])('the filter %j lets through what fits all of it', async (keys, messages) => {
  expect(await passed(keys)).toEqual(messages);
});

test('what a filter drops is never formatted', async () => {
  const filter = outputFilter(await output('matching = "wanted"'))!;
  const hub = new LogHub(() => 0);
  const formatted: LogRecord[] = [];
  hub.attach({ level: 'info', filter, write: (record) => formatted.push(record) });
  const log = hub.for('MAIN', 'starting');
  log.info('START/MSG', 'dropped');
  log.info('START/MSG', 'wanted');
  expect(formatted.map(({ message }) => message)).toEqual(['wanted']);
});

test('of a very long message only the beginning is searched', async () => {
  const { matching } = await output('matching = "(x+x+)+y"');
  expect(matching?.found('xxxy')).toBe(true);
  const began = performance.now();
  expect(matching?.found(`${'x'.repeat(20_000_000)}y`)).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
});

test.each<[keys: string, problem: string]>([
  [
    'contexts = ["TASK", "CONDITON"]',
    '1:21: logging output number 1: contexts: no record has the context "CONDITON", did you mean "CONDITION"? (known: MAIN, CONFIGURATION, TASK,',
  ],
  [
    'contexts = ["TASK actve"]',
    'the context "TASK actve", did you mean "TASK active"? (actions of TASK: active, exec_lua)',
  ],
  ['contexts = "TASK"', 'contexts: expected an array of strings, found the string "TASK"'],
  [
    'matching = "a["',
    '1:12: logging output number 1: matching: expected a regular expression (RE2 dialect): error parsing regexp: missing closing ]',
  ],
  [
    'not_matching = "(?=a)"',
    '1:16: logging output number 1: not_matching: expected a regular expression (RE2 dialect):',
  ],
  ['matchin = "a"', 'unknown key "matchin", did you mean "matching"?'],
])('%j is refused with its place', async (keys, problem) => {
  expect(await problems(keys)).toEqual([expect.stringContaining(problem)]);
});

test('the emitter of a kind is a context', async () => {
  expect((await output('contexts = ["LUA_TASK new", "IDLE_CONDITION"]')).contexts).toHaveLength(2);
});

test('every context that the program writes is known', () => {
  const root = join(import.meta.dirname, '../../src');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const written = sources.flatMap((name) => {
    const text = readFileSync(join(root, name), 'utf8');
    const named = [...text.matchAll(/\.for\(\s*'([A-Z_]+)',\s*'([a-z_]+)'/g)].map(([, ...context]) =>
      context.join(' '),
    );
    const own = [...text.matchAll(/\bmain\('([a-z_]+)'\)/g)].map(([, action]) => `MAIN ${action}`);
    return [...named, ...own];
  });
  const known = Object.entries(CONTEXTS).flatMap(([emitter, actions]) =>
    actions.map((action) => `${emitter} ${action}`),
  );
  expect(written.length).toBeGreaterThan(20);
  expect(written.filter((context) => !known.includes(context))).toEqual([]);
});
