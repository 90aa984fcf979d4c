import { describe, expect, test } from 'vitest';
import { formatExplanation } from '../../src/commands/explain.ts';
import type { ExplainAnswer } from '../../src/control/queries.ts';
import type { StatusReport } from '../../src/control/status.ts';
import { MOST_SETTLING } from '../../src/items/common/settling.ts';
import { type Daemon, type DaemonOptions, daemon } from '../support/daemon.ts';
import { requestHandler } from '../support/request-handler.ts';

const toml = (keys: string) => `scheduler_tick_seconds = 1
[[task]]
name = "T"
type = "command"
command = "t"
command_arguments = []
startup_path = "/"
[[condition]]
name = "B"
type = "bucket"
recurring = true
tasks = ["T"]
[[event]]
name = "E"
type = "fschange"
watch = ["/in"]
condition = "B"
${keys}
`;
const start = (keys: string, options: DaemonOptions = {}) => daemon(toml(keys), { there: ['/in'], ...options });
/** What each run was given, as `SECONDS KIND PATH …`. */
const runs = ({ processes, runFiles }: Daemon) =>
  processes.runs.map(({ began }, i) => {
    const parts = runFiles.written[i]!.split('\0').slice(0, -1);
    return `${began / 1000 - 1} ${parts.join(' ')}`;
  });

describe('changes', () => {
  test('are those that are listed', async () => {
    const d = await start('changes = ["create", "rename"]');
    await d.advance(1.5);
    for (const act of [
      () => d.desktop.watcher.write('/in/a'),
      () => d.desktop.watcher.write('/in/a'),
      () => d.desktop.watcher.rename('/in/a', '/in/b'),
      () => d.desktop.watcher.remove('/in/b'),
    ]) {
      act();
      await d.advance(2);
    }
    expect(runs(d)).toEqual(['2 create /in/a', '6 rename /in/b']);
    const logged = d.lines.filter((line) => line.includes('file change'));
    expect(logged.map((line) => line.split('file change: ')[1])).toEqual(['CREATE /in/a', 'RENAME /in/b']);
  });

  test('without the key, a rename is two changes, and nothing is read for it', async () => {
    const d = await start('');
    await d.advance(1.5);
    d.desktop.watcher.write('/in/a');
    d.desktop.watcher.rename('/in/a', '/in/b');
    await d.advance(2);
    expect(runs(d)).toEqual(['2 create /in/a remove /in/a create /in/b']);
    expect([...d.desktop.watcher.watches].map(({ request }) => request.renames)).toEqual([false]);
  });

  test('have to be known words', async () => {
    await expect(start('changes = ["created"]')).rejects.toThrow('one of create, modify, remove, rename');
    await expect(start('changes = []')).rejects.toThrow('at least one of create, modify, remove, rename');
  });
});

describe('a file that settles', () => {
  test('counts when it has not changed for long enough, as one change', async () => {
    const d = await start('settle_ms = 2000');
    await d.advance(0.5);
    for (let i = 0; i < 5; i++) {
      d.desktop.watcher.write('/in/a');
      await d.advance(1);
    }
    // The last change was at 4.5 s.
    expect(runs(d)).toEqual([]);
    await d.advance(4);
    expect(runs(d)).toEqual(['7 create /in/a']);
    d.desktop.watcher.write('/in/a');
    await d.advance(4);
    expect(runs(d)[1]).toMatch(/ modify \/in\/a$/);
  });

  test('is waited for on its own: others do not keep it', async () => {
    const d = await start('settle_ms = 2000');
    await d.advance(0.5);
    d.desktop.watcher.write('/in/a');
    for (let i = 0; i < 8; i++) {
      d.desktop.watcher.write('/in/log');
      await d.advance(1);
    }
    expect(runs(d)).toEqual(['3 create /in/a']);
  });

  test('that goes meanwhile is none if it was new, else its removal counts at once', async () => {
    const d = await start('settle_ms = 2000', { there: ['/in', '/in/old'] });
    await d.advance(0.5);
    d.desktop.watcher.write('/in/new');
    d.desktop.watcher.write('/in/old');
    await d.advance(1);
    d.desktop.watcher.remove('/in/new');
    d.desktop.watcher.remove('/in/old');
    await d.advance(5);
    expect(runs(d)).toEqual(['2 remove /in/old']);
  });

  test('is new under its last name: a download that is renamed at its end', async () => {
    const d = await start('settle_ms = 2000\nchanges = ["create"]');
    await d.advance(0.5);
    d.desktop.watcher.write('/in/a.part');
    await d.advance(1);
    d.desktop.watcher.rename('/in/a.part', '/in/a.pdf');
    await d.advance(5);
    expect(runs(d)).toEqual(['4 create /in/a.pdf']);
  });

  test('takes longer where the system is polled', async () => {
    const d = await start('settle_ms = 2000\npoll_seconds = 3');
    await d.advance(0.5);
    d.desktop.watcher.write('/in/a');
    await d.advance(8);
    expect(runs(d)).toEqual(['6 create /in/a']);
  });

  test('that never comes to rest is reported once', async () => {
    const d = await start('settle_ms = 2000');
    await d.advance(0.5);
    for (let i = 0; i < 200; i++) {
      d.desktop.watcher.write('/in/log');
      await d.advance(1);
    }
    const warned = d.lines.filter((line) => line.includes('WARN'));
    expect(warned.map((line) => line.slice(11))).toEqual([
      'WARN  EVENT active E/3 [PROC/MSG] /in/log has been changing for 60 s: it counts when it has not changed for 2 s',
    ]);
    expect(runs(d)).toEqual([]);
  });

  test('is one of a limited number; further changes count at once, with one WARN', async () => {
    const d = await start('settle_ms = 2000', { level: 'info' });
    await d.advance(0.5);
    for (let i = 0; i < MOST_SETTLING + 2; i++) d.desktop.watcher.write(`/in/${i}`);
    await d.advance(1);
    expect(runs(d)).toEqual([`1 create /in/${MOST_SETTLING} create /in/${MOST_SETTLING + 1}`]);
    await d.advance(3);
    expect(d.processes.runs).toHaveLength(2);
    expect(d.lines.filter((line) => line.includes('paths are changing'))).toHaveLength(1);
  });

  test('is forgotten when the event is removed', async () => {
    const d = await start('settle_ms = 2000', { files: { 'other.toml': toml('').split('[[event]]')[0]! } });
    await d.advance(0.5);
    d.desktop.watcher.write('/in/a');
    await d.submit('configure other.toml');
    await d.advance(5);
    expect(runs(d)).toEqual([]);
  });

  test('is what status and explain say the condition waits for, and since when', async () => {
    const { daemon: d, ask } = await requestHandler(toml('settle_ms = 2000'), { there: ['/in'] });
    const status = async () => (await ask<StatusReport>({ request: 'status', conditions: ['B'] })).conditions[0]!;
    await d.advance(0.5);
    const before = await status();
    expect(before).not.toHaveProperty('settling');
    d.desktop.watcher.write('/in/a');
    await d.advance(1);
    d.desktop.watcher.write('/in/b');
    d.desktop.watcher.write('/in/a');
    await d.advance(1);
    const why = 'event E waits until /in/a (and 1 more) has not changed for 2 s: changing since 12:00:00';
    const waits = { event: 'E', path: '/in/a', since: Date.parse('2026-03-02T12:00:00.500Z'), more: 1, quietMs: 2000 };
    expect(await status()).toMatchObject({ group: 'waiting', why, settling: waits });
    const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'B' });
    expect(formatExplanation(answer, d.clock.wall()).replace(/\s+/g, ' ')).toContain(`B is waiting: ${why}.`);
    await d.submit('pause');
    expect((await status()).why).toBe(`the scheduler is paused; ${why}`);
    await d.submit('resume');
    await d.advance(4);
    expect(d.processes.runs).toHaveLength(1);
    expect((await status()).why).toBe(before.why);
  });
});
