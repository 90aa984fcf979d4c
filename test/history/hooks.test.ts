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
