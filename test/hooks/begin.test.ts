import { describe, expect, test } from 'vitest';
import { RunStatistics } from '../../src/history/run-statistics.ts';
import { daemon, load } from '../support/daemon.ts';
import type { Act } from '../support/fake-processes.ts';
import { acts, hooks, Instances, toml } from './support.ts';

describe('hooks begin by how runs end', () => {
  test('on_failure begins once in a row of failures, and on_recovery at its end', async () => {
    const d = await daemon(toml('on_failure = ["Notify"]\non_recovery = ["Mail"]'), {
      processes: { Backup: acts('SFFFSSFS') },
    });
    await d.until(85);
    expect(hooks(d)).toEqual([
      '20 on_failure Notify 1',
      '50 on_recovery Mail 3',
      '70 on_failure Notify 1',
      '80 on_recovery Mail 1',
    ]);
  });

  test('a hook is a run of its own whose cause is the run that led to it', async () => {
    const d = await daemon(toml('on_failure = ["Notify", "Mail"]'), { processes: { Backup: acts('F') } });
    await d.until(11);
    const [backup, notify, mail] = d.processes.runs.map(({ request }) => request.variables);
    expect(backup).toMatchObject({ WHENEVER_RUN: 'run-1', WHENEVER_CAUSE: expect.stringMatching(/^tick-/) });
    expect(backup).not.toHaveProperty('WHENEVER_HOOK');
    expect(notify).toEqual({
      WHENEVER_CONDITION: 'Nightly',
      WHENEVER_TASK: 'Notify',
      WHENEVER_RUN: 'run-2',
      WHENEVER_CAUSE: 'run-1',
      WHENEVER_HOOK: 'on_failure',
      WHENEVER_FAILED_CONDITION: 'Nightly',
      WHENEVER_FAILED_TASK: 'Backup',
      WHENEVER_FAILED_RUN: 'run-1',
      WHENEVER_FAILED_REASON: 'exit code 1 is not the success status 0',
      WHENEVER_FAILED_STREAK: '1',
      WHENEVER_FAILED_OUTPUT: '/run/1-output',
    });
    expect(mail).toMatchObject({ WHENEVER_RUN: 'run-2', WHENEVER_FAILED_OUTPUT: expect.stringMatching(/-output$/) });
    const story = d.journal.story('run-1').map(({ key, start, finish, why }) => `${key} ${start} ${finish}: ${why}`);
    expect(story).toContain(
      'condition/Nightly waiting waiting: on_failure began run-2: exit code 1 is not the success status 0',
    );
    expect(story).toContain('task/Notify idle running: run by on_failure of condition Nightly');
  });

  test('the file with the output is there while a task of the hook runs, and removed after it', async () => {
    const d = await daemon(toml('on_failure = ["Notify"]'), {
      processes: { Backup: acts('F'), Notify: [{ seconds: 5 }] },
    });
    await d.until(12);
    expect([...d.runFiles.there]).toEqual([['/run/1-output', 'disk full\n']]);
    await d.until(16);
    expect([...d.runFiles.there]).toEqual([]);
  });

  test('on_success begins after each success, and after_failures = 0 at each failure', async () => {
    const d = await daemon(toml('on_success = ["Mail"]\non_failure = ["Notify"]\nafter_failures = 0'), {
      processes: { Backup: acts('SSFF') },
    });
    await d.until(45);
    expect(hooks(d)).toEqual([
      '10 on_success Mail 1',
      '20 on_success Mail 2',
      '30 on_failure Notify 1',
      '40 on_failure Notify 2',
    ]);
  });

  test('after_failures counts the failures of earlier instances, and a hook that has begun does not begin again', async () => {
    const all = new Instances();
    const text = toml('on_failure = ["Notify"]\non_recovery = ["Mail"]\nafter_failures = 3');
    const first = await all.start(text, { processes: { Backup: acts('F') } });
    await first.until(25);
    expect(hooks(first)).toEqual([]);
    const second = await all.start(text, { start: '2026-03-02T13:00:00Z', processes: { Backup: acts('F') } });
    await second.until(25);
    expect(hooks(second)).toEqual(['10 on_failure Notify 3']);
    const third = await all.start(text, { start: '2026-03-02T14:00:00Z', processes: { Backup: acts('FSFFS') } });
    await third.until(55);
    // Two failures do not reach three.
    expect(hooks(third)).toEqual(['20 on_recovery Mail 5']);
  });
});

describe('which hooks a condition has', () => {
  test('[defaults] gives hooks to all conditions, and [] takes one away', async () => {
    const defaults = '[defaults]\non_failure = ["Notify"]\non_success = ["Mail"]\nafter_failures = 2';
    const d = await daemon(toml('on_success = []', defaults), { processes: { Backup: acts('SFF') } });
    await d.until(35);
    expect(hooks(d)).toEqual(['30 on_failure Notify 2']);
  });

  test('unknown tasks of hooks are refused with the nearest name', async () => {
    await expect(load(toml('on_failure = ["Notfy"]'))).rejects.toThrow(
      'on_failure: there is no task "Notfy", did you mean "Notify"?',
    );
    await expect(load(toml('', '[defaults]\non_miss = ["Mial"]'))).rejects.toThrow(
      'on_miss: there is no task "Mial", did you mean "Mail"?',
    );
    await expect(load(toml('', '[defaults]\non_failur = ["Mail"]'))).rejects.toThrow(
      'unknown key "on_failur", did you mean "on_failure"?',
    );
  });
});

describe('hooks beside other things', () => {
  const warnings = ({ lines }: { readonly lines: readonly string[] }): string[] =>
    lines.filter((line) => line.includes('WARN')).map((line) => line.slice(line.indexOf('[')));

  test('a hook that fails begins no hook, and is one record with the reason and the last line', async () => {
    const d = await daemon(toml('on_failure = ["Notify", "Mail"]\non_success = ["Again"]'), {
      processes: { Backup: acts('F'), Notify: [{ end: { how: 'exit', code: 7 }, stderr: 'no network\n' }] },
    });
    await d.until(11);
    expect(hooks(d)).toEqual(['10 on_failure Notify 1', '10 on_failure Mail 1']);
    expect(warnings(d)).toEqual([
      '[END/FAIL] task Backup failed: exit code 1 is not the success status 0: "disk full"',
      '[END/FAIL] on_failure failed: task Notify failed: exit code 7 is not the success status 0: "no network"',
    ]);
  });

  test('the condition runs again while a hook of it runs, and the same hook waits for its tasks', async () => {
    const d = await daemon(toml('on_success = ["Notify"]'), { processes: { Notify: [{ seconds: 15 }] } });
    await d.until(45);
    const began = d.processes.runs.map(
      ({ request: { command }, began: at }) => `${Math.round(at / 1000) - 1} ${command}`,
    );
    expect(began).toEqual(['10 Backup', '10 Notify', '20 Backup', '25 Notify', '30 Backup', '40 Notify', '40 Backup']);
  });

  test('exit waits for a hook and names it, also for one that begins meanwhile', async () => {
    const d = await daemon(toml('on_failure = ["Notify"]'), {
      processes: { Backup: [{ seconds: 5, end: { how: 'exit', code: 1 } }], Notify: [{ seconds: 100 }] },
    });
    await d.until(12);
    await d.submit('exit');
    await d.until(16);
    expect(d.ending).toBeUndefined();
    expect(hooks(d)).toEqual(['15 on_failure Notify 1']);
    await d.until(90);
    expect(d.lines.at(-1)).toContain('still waiting for busy conditions: on_failure of Nightly');
    await d.until(116);
    expect(d.ending).toBe('exit');
  });

  test('kill ends a hook, and begins none', async () => {
    const d = await daemon(toml('on_failure = ["Notify"]'), {
      processes: { Backup: [{ seconds: Number.POSITIVE_INFINITY, end: { how: 'exit', code: 1 } }] },
    });
    await d.until(12);
    await d.submit('kill');
    await d.advance(2);
    expect(d.ending).toBe('kill');
    expect(hooks(d)).toEqual([]);
    expect([...d.runFiles.there]).toEqual([]);
  });

  test('a reload keeps what runs, and a change of [defaults] changes the conditions concerned', async () => {
    const before = '[defaults]\non_failure = ["Notify"]';
    const after = '[defaults]\non_failure = ["Mail"]';
    const d = await daemon(toml('', before), {
      processes: { Backup: acts('FS'), Notify: [{ seconds: 20 }] },
      files: { 'same.toml': toml('on_failure = ["Notify"]'), 'new.toml': toml('', after) },
    });
    await d.until(12);
    await d.submit('configure same.toml');
    expect(d.lines.some((line) => line.includes('condition Nightly: no change'))).toBe(true);
    await d.submit('configure new.toml');
    expect(d.lines.some((line) => line.includes('condition Nightly replaced'))).toBe(true);
    await d.until(31);
    expect(d.runs).toContain('10 Notify OK Nightly');
  });

  test('on_miss begins once for the instants that are found together, with their number', async () => {
    const all = new Instances();
    const text = toml('on_miss = ["Notify"]').replace(
      'type = "interval"\ninterval_seconds = 10',
      'type = "time"\ntime_specifications = [{ minute = 0 }]',
    );
    await all.start(text, { start: '2026-03-02T12:30:00Z' });
    const second = await all.start(text, { start: '2026-03-02T15:30:00Z' });
    await second.until(5);
    expect(hooks(second)).toEqual(['1 on_miss Notify 3']);
    const [run] = second.processes.runs;
    expect(run!.request.variables).toMatchObject({
      WHENEVER_CAUSE: 'tick-1',
      WHENEVER_FAILED_REASON: expect.stringContaining('3 instants came while whenever was not running'),
    });
    expect(run!.request.variables).not.toHaveProperty('WHENEVER_FAILED_RUN');
    // What comes in a pause is not missed.
    await second.submit('pause');
    await second.advance(3600);
    await second.submit('resume');
    await second.advance(60);
    expect(hooks(second)).toHaveLength(1);
  });

  test('a firing that guards hold for too long is a miss', async () => {
    const text = `${toml('on_miss = ["Notify"]\nonly_when = ["OnPower"]\nhold_seconds = 5')}
[[condition]]
name = "OnPower"
type = "command"
startup_path = "/"
command = "power"
command_arguments = []
success_status = 0
`;
    const d = await daemon(text, { processes: { power: acts('F') } });
    await d.until(19);
    expect(hooks(d)).toEqual(['15 on_miss Notify 1']);
  });

  test('a run that a kill has interrupted counts in the row, and begins no hook itself', async () => {
    const all = new Instances();
    const text = toml('on_failure = ["Notify"]\non_recovery = ["Mail"]\nafter_failures = 2');
    const first = await all.start(text, { processes: { Backup: [{ seconds: 100 }] } });
    await first.until(15);
    const second = await all.start(text, { start: '2026-03-02T13:00:00Z', processes: { Backup: acts('FS') } });
    await second.until(25);
    expect(hooks(second)).toEqual(['10 on_failure Notify 2', '20 on_recovery Mail 2']);
  });

  test('a run that is ended early begins no hook, and ends no row of failures', async () => {
    const keys = 'on_failure = ["Notify"]\non_recovery = ["Mail"]\non_success = ["Again"]';
    const slow: Act = { seconds: 5 };
    const d = await daemon(toml(keys), { processes: { Backup: [...acts('F'), slow, ...acts('S')] } });
    await d.until(22);
    await d.submit('cancel Nightly');
    await d.until(29);
    expect(hooks(d)).toEqual(['10 on_failure Notify 1']);
    await d.until(31);
    expect(hooks(d).slice(1)).toEqual(['30 on_recovery Mail 1', '30 on_success Again 1']);
  });

  test('runs of hooks are not runs of the condition: neither its summary nor its statistics count them', async () => {
    const all = new Instances();
    const d = await all.start(toml('on_success = ["Notify"]'), { processes: { Notify: acts('F') } });
    await d.until(35);
    expect(d.history.state.runsOf('condition/Nightly')).toMatchObject({ runs: 3, failures: 0 });
    expect(d.history.state.runsOf('task/Notify')).toMatchObject({ runs: 3, failures: 3 });
    const statistics = new RunStatistics();
    for (const line of all.history.lines) statistics.add(line);
    expect(statistics.items.get('condition/Nightly')).toMatchObject({ runs: 3, failures: 0 });
    expect(all.history.of('run').map(({ hook }) => hook)).toEqual([
      ...[undefined, 'on_success', undefined, 'on_success', undefined, 'on_success'],
    ]);
  });

  test('a condition without tasks has no hooks: its own are refused, and those of [defaults] have no effect', async () => {
    const text = (keys: string) => toml(keys, '[defaults]\non_failure = ["Notify"]').replace('tasks = ["Backup"]', '');
    expect((await load(text(''))).conditions[0]!.traits.hooks).toBeUndefined();
    await expect(load(text('on_failure = ["Notify"]'))).rejects.toThrow(
      'on_failure: expected tasks in "tasks", too: a condition without tasks never runs, so that no hook of it begins',
    );
  });

  test('Lua gets the same as a table trigger', async () => {
    const text = toml('on_failure = ["Script"]').replace(
      '[[condition]]',
      '[[task]]\nname = "Script"\ntype = "lua"\nscript = "x = 1"\n[[condition]]',
    );
    const d = await daemon(text, { processes: { Backup: acts('F') } });
    await d.until(11);
    expect(d.lua.requests[0]!.tables).toMatchObject({
      trigger: {
        ...{ hook: 'on_failure', condition: 'Nightly', task: 'Backup', run: 'run-1', streak: 1 },
        ...{ reason: 'exit code 1 is not the success status 0', output: 'disk full\n' },
      },
    });
  });
});
