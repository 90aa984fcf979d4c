import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { historyDirectory } from '../../src/adapters/history/directory.ts';
import { daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import { Place } from '../support/program.ts';

const TOML = `
scheduler_tick_seconds = 1
[[task]]
name = "Backup"
type = "command"
command = "backup"
command_arguments = []
startup_path = "/"
success_status = 0
[[condition]]
name = "Nightly"
type = "time"
time_specifications = [{ hour = 2, minute = 30 }]
recurring = true
catch_up = "once"
tasks = ["Backup"]
[[condition]]
name = "Often"
type = "interval"
interval_seconds = 3600
recurring = true
tasks = ["Backup"]
`;

let place: Place;
/** The file of the configuration, whose history is made of instances on virtual time. */
let file: string;

beforeEach(async () => {
  place = new Place();
  place.write('my.toml', TOML);
  file = place.file('my.toml');
  const history = new FakeHistory();
  const fails = { end: { how: 'exit', code: 1 }, stderr: 'disk is full\n' } as const;
  const first = await daemon(TOML, {
    start: '2026-11-24T22:10:00Z',
    level: 'warn',
    history,
    processes: { backup: [fails] },
  });
  await first.advance(6 * 3600);
  await first.submit('exit');
  const second = await daemon(TOML, { start: '2026-11-26T08:00:00Z', level: 'warn', history });
  await second.advance(600);
  const directory = historyDirectory(file, { XDG_STATE_HOME: place.file('state') });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, '2026-11-001.jsonl'), `${history.texts.join('\n')}\n`, { mode: 0o600 });
});
afterEach(() => place.clear());

const explain = (condition: string, at: string, ...more: string[]) =>
  place.run(['explain', condition, '--at', at, '--config', file, ...more]);

describe('what happened last night', () => {
  test('a run at the instant, with how it ended', async () => {
    const { stdout, end } = await explain('Nightly', '2026-11-25 02:30');
    expect(end).toMatchObject({ code: 0 });
    expect(stdout).toMatch(
      /^2026-11-25 02:30:00 Wed: it ran, as run-\d+: it failed in 0 s, task Backup: exit code 1 is not the success status 0: "disk is full"\.\n$/,
    );
  });

  test('an instant while it was not running, and what made up for it', async () => {
    const { stdout } = await explain('Nightly', '2026-11-26 02:30:00');
    expect(stdout).toContain(
      'it did not run: hour=2 minute=30 at 2026-11-26 02:30:00 came while whenever was not running',
    );
    expect(stdout).toMatch(/Misses were made up for at 2026-11-26 08:00:01 Thu by run-1: it succeeded in 0 s\./);
  });

  test('a moment that is not an instant of it: how it was, with the runs before and after', async () => {
    const { stdout } = await explain('Often', '2026-11-24 23:30');
    expect(stdout.split('\n').map((line) => line.replace(/; it .*/, ''))).toEqual([
      '2026-11-24 23:30:00 Tue: it was waiting.',
      'The run before: 2026-11-24 23:10:00 Tue, its interval of 1 h 00 min has passed',
      'The run after: 2026-11-25 00:10:00 Wed, its interval of 1 h 00 min has passed',
      '',
    ]);
    expect((await explain('Often', '2026-11-20')).stdout).toContain('There was no run before.');
  });

  test('as JSON', async () => {
    const { stdout } = await explain('Nightly', '2026-11-25 02:30', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      condition: 'Nightly',
      at: '2026-11-25T02:30:00.000Z',
      instants: [
        { at: '2026-11-25T02:30:00.000Z', verdict: 'ran', run: { outcome: 'failure', lastLine: 'disk is full' } },
      ],
    });
  });

  test('is where status and explain point to while no instance runs', async () => {
    for (const args of [['status'], ['explain', 'Nightly']])
      expect(await place.run(args)).toMatchObject({
        end: { code: 3 },
        stderr: expect.stringContaining("\nwhenever: what ran before: 'whenever history'"),
      });
  });

  test('of a condition that is not there, and without a history', async () => {
    const unknown = await explain('Nigtly', '2026-11-25 02:30');
    expect(unknown).toMatchObject({ end: { code: 1 } });
    expect(unknown.stderr).toContain('did you mean "Nightly"?');
    const none = await place.run(['explain', 'Nightly', '--at', '2026-11-25', '--config', place.file('other.toml')]);
    expect(none).toMatchObject({ end: { code: 2 }, stderr: expect.stringContaining('other.toml') });
  });
});

describe('the history held against the file', () => {
  const verify = (...more: string[]) => place.run(['verify', '--config', file, '--to', '2026-11-26T12:00', ...more]);

  test('has a verdict for each instant, and none is unexplained', async () => {
    const { stdout, end } = await verify();
    expect(end).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/Nightly +2026-11-25 02:30:00 Wed +1 +ran +failure/);
    expect(stdout).toMatch(/Nightly +2026-11-26 02:30:00 Thu +1 +not running/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 instants, 0 unexplained');
  });

  test('as JSON, and within a range', async () => {
    const { stdout } = await verify('--from', '2026-11-26', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      instants: [{ condition: 'Nightly', verdict: 'not-running', run: null }],
      total: 1,
      unexplained: 0,
    });
  });

  test('says what nothing explains, with status 1', async () => {
    const directory = historyDirectory(file, { XDG_STATE_HOME: place.file('state') });
    const history = new FakeHistory();
    await (await daemon(TOML, { start: '2026-11-24T22:10:00Z', level: 'warn', history })).advance(3600);
    writeFileSync(join(directory, '2026-11-001.jsonl'), `${history.texts.join('\n')}\n`);
    const { stdout, end } = await place.run(['verify', '--config', file, '--to', '2026-11-26T12:00']);
    expect(end).toMatchObject({ code: 1 });
    expect(stdout).toMatch(/UNEXPLAINED/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 instants, 2 unexplained');
  });

  test('takes a recording or a configuration, not both and not neither', async () => {
    for (const args of [['x', '--config', file], [], ['x', '--from', '2026-11-26']])
      expect(await place.run(['verify', ...args])).toMatchObject({ end: { code: 2 } });
  });
});
