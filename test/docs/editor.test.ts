import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { TomlLanguageServer } from '../support/toml-language-server.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'config-examples');
let server: TomlLanguageServer;

beforeAll(async () => {
  // It looks for a catalogue of schemas in the network.
  vi.stubGlobal('fetch', () => Promise.reject(new Error('there is no network')));
  server = await TomlLanguageServer.start(root);
});
afterAll(() => {
  server.close();
  vi.unstubAllGlobals();
});

let documents = 0;
/** Opens a document beside the examples. */
const open = async (...lines: readonly string[]) => {
  const path = join(folder, `unwritten-${++documents}.toml`);
  return { path, found: await server.open(path, ['#:schema ../schema/whenever.schema.json', ...lines, ''].join('\n')) };
};

describe('the TOML language server with the schema', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.toml')))(
    'finds nothing in config-examples/%s',
    async (name) => {
      expect(await server.open(join(folder, name), readFileSync(join(folder, name), 'utf8'))).toEqual([]);
    },
  );

  const task = [
    '[[task]]',
    'name = "A"',
    'type = "command"',
    'command = "x"',
    'command_arguments = []',
    'startup_path = "/"',
  ];
  const condition = (...lines: readonly string[]) => ['[[condition]]', 'name = "C"', ...lines];

  // An unknown key is marked at its table, and named in the message.
  test.each([
    [
      'an unknown key',
      [...task, 'timeout_second = 5'],
      2,
      "Additional properties are not allowed ('timeout_second' was unexpected)",
    ],
    [
      'a key of another kind',
      condition('type = "bucket"', 'check_after = 5'),
      2,
      "Additional properties are not allowed ('check_after' was unexpected)",
    ],
    ['a wrong type', [...task, 'timeout_seconds = "5"'], 8, '"5" is not of type "integer"'],
    ['a number that is too small', [...task, 'timeout_seconds = -1'], 8, '-1 is less than the minimum of 0'],
    ['a wrong entry', condition('type = "bucket"', 'tasks = ["a b"]'), 5, '"a b" does not match'],
    [
      'an unknown word',
      condition('type = "bucket"', 'when_busy = "never"'),
      5,
      '"never" is not one of ["skip","queue","restart"]',
    ],
    [
      'an unknown type',
      ['[[task]]', 'name = "A"', 'type = "comand"'],
      4,
      '"comand" is not one of ["command","lua","internal"]',
    ],
    ['a missing key', ['[[task]]', 'name = "A"', 'type = "lua"'], 2, '"script" is a required property'],
    [
      'an hour that no day has',
      condition('type = "time"', 'time_specifications = [{ hour = 24 }]'),
      5,
      '24 is greater than the maximum of 23',
    ],
  ])('says what is wrong, and where: %s', async (_, lines, line, message) => {
    const { found } = await open(...lines);
    expect(found).toEqual([{ line, column: expect.any(Number), message: expect.stringContaining(message) }]);
  });

  test('explains keys, also in an array of tables, and words', async () => {
    const { path, found } = await open('scheduler_tick_seconds = 5', '', ...task, '', ...task, 'retries = 2');
    expect(found).toEqual([]);
    expect(await server.hover(path, 2, 3)).toMatch(/Length of a tick .*\n\nAn integer, 1 or more\. Default: `5`\./s);
    expect(await server.hover(path, 6, 10)).toMatch(/^`command`: Runs a program/);
    expect(await server.hover(path, 17, 3)).toMatch(/^How often the task is tried again/);
  });

  test('offers keys with an empty line, and words for a value', async () => {
    const { path } = await open(...task, '', ...condition('type = "time"', 'when_busy = ""', ''));
    const inTask = await server.complete(path, 8, 1);
    expect(inTask).toEqual(expect.arrayContaining(['timeout_seconds', 'retries', 'limits']));
    expect(inTask).not.toContain('when_busy');
    expect(inTask).not.toContain('startup_path');
    expect(await server.complete(path, 12, 14)).toEqual(['"skip"', '"queue"', '"restart"']);
    expect(await server.complete(path, 13, 1)).toEqual(expect.arrayContaining(['time_specifications', 'tasks']));
  });
});
