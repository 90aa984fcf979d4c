import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { have } from '../desktop/support/programs.ts';
import { Place, PROGRAM, Program, RUNNER } from '../support/program.ts';

const EXAMPLE = join(import.meta.dirname, '../../config-examples/recipe-guards.toml');
const TERMINAL = join(import.meta.dirname, '../control/support/terminal.py');

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

test('whenever describe reads the file that is read when none is named', async () => {
  const missing = await place.run(['describe']);
  expect(missing.end.code).toBe(2);
  expect(missing.stderr).toContain(`there is none at ${place.file('config/whenever/whenever.toml')}`);
  expect(missing.stderr).toContain('whenever init');
  expect((await place.run(['init'])).end.code).toBe(0);
  const { end, stdout, stderr } = await place.run(['describe']);
  expect({ code: end.code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('\nEveryMinute\n  Every minute, the first time 1 minute after the start: runs Hello.\n');
});

test('whenever describe --json has the same sentences', async () => {
  const { stdout } = await place.run(['describe', '--json', EXAMPLE]);
  const { file, conditions, tasks, events, unused } = JSON.parse(stdout);
  expect({ file, events, unused }).toEqual({ file: EXAMPLE, events: [], unused: [] });
  expect(conditions[0]).toEqual({
    name: 'Nightly',
    type: 'time',
    text: expect.arrayContaining(['Every day at 04:30: runs Backup.']),
  });
  expect(tasks).toHaveLength(2);
});

test('whenever describe of a file with mistakes says what start and check say', async () => {
  place.write('bad.toml', 'scheduler_tick_seconds = 0\n');
  const { end, stdout, stderr } = await place.run(['describe', 'bad.toml']);
  expect({ code: end.code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('bad.toml:1:26: scheduler_tick_seconds: expected an integer, 1 or more');
});

test.skipIf(!have('python3'))('whenever describe fits the terminal', async () => {
  const words = [TERMINAL, '50', '24', '[]', RUNNER, PROGRAM, 'describe', EXAMPLE];
  const terminal = new Program(spawn('python3', words, { cwd: place.path, env: place.environment({ NO_COLOR: '1' }) }));
  await terminal.ended;
  const lines = terminal.stdout.split(/\r?\n/);
  expect(lines).toContain('Nightly');
  expect(lines.filter((line) => line.length > 50)).toEqual([]);
});
