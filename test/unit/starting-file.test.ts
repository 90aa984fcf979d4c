import { expect, test } from 'vitest';
import { findingsOf } from '../../src/check/check-text.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startingFile } from '../../src/describe/starting-file.ts';
import { registry } from '../../src/items/registry.ts';

const machine = { isDirectory: () => true, isFile: () => true, platform: 'linux' };
const text = startingFile({ platform: 'linux', home: '/home/ada', schema: '/opt/whenever.schema.json' });
/** All parts that are commented out are switched on. */
const whole = text.replace(/^#(?=[[a-z])/gm, '');

test('the file that init writes has one task and one condition, and nothing to complain about', async () => {
  const { tasks, conditions, events } = await loadConfig('first.toml', text, registry, machine);
  expect([tasks, conditions, events].map((items) => items.map(({ name }) => name))).toEqual([
    ['Hello'],
    ['EveryMinute'],
    [],
  ]);
  expect((await findingsOf('first.toml', text, machine)).findings).toEqual([]);
});

test('every part of it that is commented out can be switched on', async () => {
  const { tasks, conditions, events } = await loadConfig('first.toml', whole, registry, machine);
  expect([tasks, conditions, events].map((items) => items.map(({ name }) => name))).toEqual([
    ['Hello', 'Complain'],
    ['EveryMinute', 'Evening', 'Arrived', 'Asked'],
    ['SomethingNew', 'Now'],
  ]);
  expect((await findingsOf('first.toml', whole, machine)).findings).toEqual([]);
});

test('a home directory with quotes and backslashes is written as TOML', async () => {
  for (const home of ["/home/o'neil", 'C:\\Users\\ada', '/home/"x"']) {
    const odd = startingFile({ platform: 'win32', home });
    const { tasks } = await loadConfig('first.toml', odd, registry, machine);
    expect(tasks[0]!.values.startup_path).toBe(home);
    expect(odd).not.toContain('#:schema');
  }
});

test('it fits on a screen of 80 columns, and is short', () => {
  const lines = startingFile({ platform: 'linux', home: '/home/ada' }).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.length).toBeLessThanOrEqual(90);
});
