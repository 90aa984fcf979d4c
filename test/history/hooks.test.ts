import { describe, expect, test } from 'vitest';
import { type Daemon, daemon, load } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import type { Act } from '../support/fake-processes.ts';

const command = (name: string): string => `
[[task]]
name = "${name}"
type = "command"
command = "${name}"
command_arguments = []
startup_path = "/"
success_status = 0
`;

/** A condition that runs Backup every ten seconds, with tasks for its hooks. */
const toml = (keys: string, top = ''): string => `
scheduler_tick_seconds = 1
${top}
${['Backup', 'Notify', 'Again', 'Mail'].map(command).join('')}
[[condition]]
name = "Nightly"
type = "interval"
interval_seconds = 10
recurring = true
tasks = ["Backup"]
${keys}
`;

const OK: Act = { end: { how: 'exit', code: 0 } };
const FAIL: Act = { end: { how: 'exit', code: 1 }, stderr: 'disk full\n' };
/** `F` fails, `S` succeeds. */
const acts = (letters: string): Act[] => [...letters].map((letter) => (letter === 'F' ? FAIL : OK));

/** The instances of one history: each is killed by the start of the next. */
class Instances {
  readonly history = new FakeHistory();
  async start(text: string, options: Parameters<typeof daemon>[1] = {}): Promise<Daemon> {
    return daemon(text, { level: 'warn', history: this.history, ...options });
  }
}

/** The runs of tasks in hooks: when they began, in seconds, what they were, and why. */
const hooks = ({ processes, clock, now }: Daemon): string[] =>
  processes.runs
    .filter(({ request }) => request.variables.WHENEVER_HOOK !== undefined)
    .map(({ request, began }) => {
      const { WHENEVER_HOOK: hook, WHENEVER_FAILED_STREAK: streak } = request.variables;
      return `${Math.round(now - (clock.mono() - began) / 1000)} ${hook} ${request.command} ${streak}`;
    });

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
      WHENEVER_FAILED_OUTPUT: '/scratch/1-output',
    });
    expect(mail).toMatchObject({ WHENEVER_RUN: 'run-2', WHENEVER_FAILED_OUTPUT: '/scratch/1-output' });
    const story = d.journal.story('run-1').map(({ key, start, finish, why }) => `${key} ${start} ${finish}: ${why}`);
    expect(story).toContain(
      'condition/Nightly waiting waiting: on_failure began run-2: exit code 1 is not the success status 0',
    );
    expect(story).toContain('task/Notify idle running: run by on_failure of condition Nightly');
  });

  test('the file with the output is there during the hook, and removed after it', async () => {
    const d = await daemon(toml('on_failure = ["Notify"]'), {
      processes: { Backup: acts('F'), Notify: [{ seconds: 5 }] },
    });
    await d.until(12);
    expect([...d.scratch.files]).toEqual([['/scratch/1-output', 'disk full\n']]);
    await d.until(16);
    expect([...d.scratch.files]).toEqual([]);
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

describe('what is overdue', () => {
  const nightly = (keys: string): string => `
scheduler_tick_seconds = 10
${['Backup', 'Notify'].map(command).join('')}
[[condition]]
name = "Nightly"
type = "time"
time_specifications = [{ hour = 3 }]
recurring = true
tasks = ["Backup"]
on_overdue = ["Notify"]
${keys}
`;
  const DAY = 86_400;
  const overdue = ({ lines }: Daemon): string[] =>
    lines.filter((line) => line.includes('] overdue: ')).map((line) => line.slice(line.indexOf('overdue: ')));

  test('without a success for overdue_seconds, on_overdue begins once until the next success', async () => {
    const d = await daemon(toml('overdue_seconds = 25\non_overdue = ["Notify"]'), {
      processes: { Backup: acts('SSFFFFSFFFF') },
    });
    await d.until(115);
    expect(hooks(d)).toEqual(['45 on_overdue Notify 2', '95 on_overdue Notify 2']);
    expect(overdue(d)).toHaveLength(2);
    expect(d.overdue.of('Nightly')).toMatchObject({ state: 'overdue' });
  });

  test('overdue_seconds goes on over restarts, and what was reported is not reported again', async () => {
    const all = new Instances();
    const text = toml('overdue_seconds = 3600\non_overdue = ["Notify"]');
    const first = await all.start(text, { start: '2026-03-02T12:00:00Z', processes: { Backup: acts('SF') } });
    await first.until(600);
    expect(hooks(first)).toEqual([]);
    const second = await all.start(text, { start: '2026-03-02T13:00:00Z', processes: { Backup: acts('F') } });
    await second.until(60);
    expect(hooks(second)).toEqual(['10 on_overdue Notify 59']);
    const third = await all.start(text, { start: '2026-03-02T13:05:00Z', processes: { Backup: acts('FFS') } });
    await third.until(60);
    expect(hooks(third)).toEqual([]);
  });

  test('what is usual is learned from the successes that are known: the time of day, and the duration', async () => {
    const all = new Instances();
    const text = nightly('overdue = "learned"');
    const minutes = (n: number): Act => ({ seconds: n * 60, end: { how: 'exit', code: 0 } });
    const usual = [11, 12, 13, 14, 12, 13].map(minutes);
    const first = await all.start(text, { start: '2026-03-02T02:00:00Z', processes: { Backup: usual } });
    await first.until(3 * DAY);
    expect(first.overdue.of('Nightly')).toEqual({ state: 'unknown', text: 'nothing is learned yet: 3 of 5 successes' });
    await first.until(6 * DAY);
    expect(first.overdue.of('Nightly')).toEqual({
      state: 'in-time',
      text: 'it usually succeeds daily by 03:15, in 11 to 14 min',
    });
    // Sunday's run takes long, and Monday's fails.
    const processes = { Backup: [minutes(31), FAIL] };
    const second = await all.start(text, { start: '2026-03-08T02:00:00Z', processes });
    await second.until(3 * DAY);
    expect(hooks(second)).toEqual(['5280 on_overdue Notify 0', '96540 on_overdue Notify 1']);
    expect(overdue(second)).toEqual([
      'overdue: usually 11 to 14 min, running for 28 min',
      'overdue: usually succeeds daily by 03:15; not since Sunday',
    ]);
  });
});
