import { mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RecentLines } from '../../src/history/recent-lines.ts';
import { createDaemon, type Daemon, type HistoryRun, NoHistoryError, openHistory } from '../../src/library.ts';
import { claimLine, runLine } from '../support/history-lines.ts';
import { always, shellTask } from '../support/program.ts';
import { awaited, clear, reached } from './support.ts';

const CONFIG = shellTask('Hello', 'echo hello') + always('Once', ['Hello'], '') + always('Idle', [], '');

let place: string;
beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'whenever-library-')));
});
afterEach(async () => {
  await clear();
  rmSync(place, { recursive: true });
});

const all = async (runs: AsyncIterable<HistoryRun>): Promise<HistoryRun[]> => {
  const found: HistoryRun[] = [];
  for await (const run of runs) found.push(run);
  return found;
};
/** Runs it until its condition has run once. */
const runOnce = async (daemon: Daemon): Promise<void> => {
  const finished = awaited(daemon, reached('condition/Once', 'finished'));
  void daemon.run();
  await finished;
};
const ONCE = {
  kind: 'run',
  condition: 'Once',
  outcome: 'success',
  lastLine: 'hello',
  tasks: [{ task: 'Hello', stdout: 'hello\n' }],
};

describe('the history of a daemon', () => {
  test('is in memory if it is kept nowhere: the runs of this daemon', async () => {
    const daemon = await createDaemon(CONFIG, { tickSeconds: 0.05, baseDirectory: place });
    expect(await all(daemon.history())).toEqual([]);
    await runOnce(daemon);
    expect(await all(daemon.history())).toMatchObject([ONCE]);
    await daemon.stop();
    expect(await all(daemon.history({ items: ['task/Hello'] }))).toMatchObject([{ kind: 'task', task: 'Hello' }]);
    expect(await all(daemon.history({ items: ['Idle'] }))).toEqual([]);
    expect(await all(daemon.history({ failed: true }))).toEqual([]);
    expect(readdirSync(place)).toEqual([]);
  });

  test('goes on in its directory with the next daemon, and can be opened without one', async () => {
    const history = join(place, 'kept');
    for (let n = 1; n <= 2; n++) {
      const daemon = await createDaemon(CONFIG, { tickSeconds: 0.05, history });
      expect(await all(daemon.history())).toHaveLength(n - 1);
      await runOnce(daemon);
      expect(await all(daemon.history())).toHaveLength(n);
      expect(await all(daemon.history({ limit: 1 }))).toMatchObject([ONCE]);
      expect(daemon.status().conditions.find(({ name }) => name === 'Once')?.last?.streak.count).toBe(n);
      await daemon.stop();
    }
    const opened = openHistory(history);
    expect(opened.directory).toBe(history);
    expect(await all(opened.runs({ items: ['condition/Once'] }))).toMatchObject([ONCE, ONCE]);
    expect(await all(opened.runs({ limit: 0 }))).toEqual([]);
    if (process.platform !== 'win32') expect(statSync(history).mode & 0o777).toBe(0o700);
  });

  test('is that of the program for a file with true', async () => {
    const before = process.env.XDG_STATE_HOME;
    process.env.XDG_STATE_HOME = place;
    try {
      const daemon = await createDaemon(CONFIG, { tickSeconds: 0.05, history: true, file: '/home/me/my.toml' });
      await runOnce(daemon);
      await daemon.stop();
      expect(await all(openHistory('/home/me/my.toml').runs())).toMatchObject([ONCE]);
      expect(readdirSync(join(place, 'whenever'))).toEqual([expect.stringMatching(/^my\.toml-[0-9a-f]{8}$/)]);
    } finally {
      if (before === undefined) delete process.env.XDG_STATE_HOME;
      else process.env.XDG_STATE_HOME = before;
    }
  });

  test('that is not there is an error with a name, and wrong arguments are found at the call', async () => {
    expect(() => openHistory(join(place, 'none.toml'))).toThrow(NoHistoryError);
    expect(() => openHistory('~/x')).toThrow('openHistory: path: expected a path that does not begin with "~"');
    const daemon = await createDaemon(CONFIG);
    expect(() => daemon.history({ items: 'Once' as never })).toThrow(
      'history: items: expected a list of texts, found "Once"',
    );
    expect(() => daemon.history({ limit: -1 })).toThrow('history: limit: expected a number, at least 0, found -1');
    await expect(createDaemon(CONFIG, { history: 5 as never })).rejects.toThrow(
      'createDaemon: history: expected true, false or the path of a directory',
    );
    await daemon.stop();
  });
});

test('what is kept in memory is bounded, by lines and by output', async () => {
  const filter = { conditions: [], tasks: [], failed: false, since: 0, until: Number.POSITIVE_INFINITY };
  const few = new RecentLines();
  for (let n = 0; n < 20_000; n++) few.write([claimLine('A', `run-${n}`), runLine('A', `run-${n}`)]);
  const kept = [...few.entries(filter, true)];
  expect(kept.length).toBeGreaterThanOrEqual(1500);
  expect(kept.length).toBeLessThanOrEqual(3000);
  expect(kept[0]).toMatchObject({ run: 'run-19999' });
  const large = new RecentLines();
  const stdout = 'x'.repeat(100_000);
  for (let n = 0; n < 500; n++) large.write([claimLine('A', `run-${n}`), { ...runLine('A', `run-${n}`), stdout }]);
  expect([...large.entries(filter, true)].length).toBeLessThan(90);
});
