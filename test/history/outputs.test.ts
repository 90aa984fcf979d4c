import { describe, expect, test } from 'vitest';
import { daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import type { Act } from '../support/fake-processes.ts';

const task = (name: string, more = ''): string =>
  `[[task]]\nname = "${name}"\ntype = "command"\ncommand = "${name}"\ncommand_arguments = []\nstartup_path = "/"\nsuccess_status = 0\n${more}\n`;
const condition = (type: string, more = ''): string =>
  `[[condition]]\nname = "C"\ntasks = ["T"]\nrecurring = true\n${type}\n${more}\n`;
const EVERY = 'type = "interval"\ninterval_seconds = 10';
const FAILS: Act = { end: { how: 'exit', code: 1 }, stderr: 'disk full\n' };

/** Runs a configuration for some seconds. Returns the daemon and its history. */
const ran = async (toml: string, acts: Readonly<Record<string, readonly Act[]>>, seconds = 12) => {
  const history = new FakeHistory();
  const d = await daemon(`scheduler_tick_seconds = 1\n${toml}`, { history, processes: acts });
  await d.advance(seconds);
  return { d, history };
};

describe('the output of a run', () => {
  test('is kept with the run of a task, each stream by itself', async () => {
    const { history } = await ran(`${task('T')}${condition(EVERY)}`, { T: [{ stdout: 'one\ntwo\n', stderr: 'oh\n' }] });
    expect(history.of('task')).toMatchObject([{ task: 'T', stdout: 'one\ntwo\n', stderr: 'oh\n' }]);
    expect(history.of('run')).toMatchObject([{ task: 'T', last_line: 'oh' }]);
  });

  test('is kept with the run of a condition whose command has led to it, not with checks that led to none', async () => {
    const check = 'type = "command"\ncommand = "check"\ncommand_arguments = []\nstartup_path = "/"\nsuccess_status = 0';
    const acts = { check: [{ ...FAILS, stdout: 'first' }, { stdout: 'second' }, FAILS] };
    const { history } = await ran(`${task('T')}${condition(check)}`, acts);
    expect(history.of('run')).toMatchObject([{ condition: 'C', stdout: 'second' }]);
    expect(history.texts.join('')).not.toContain('first');
  });
});

describe('keep_output', () => {
  test('with keep_output = "failure" only what failed is kept, with "never" nothing', async () => {
    const acts = { T: [{ stdout: 'good' }, { ...FAILS, stdout: 'bad' }] };
    const kept = async (when: string) => {
      const toml = `${task('T', `keep_output = "${when}"`)}${condition(EVERY)}`;
      const { history } = await ran(toml, acts, 22);
      return history.of('task').map(({ stdout }) => stdout);
    };
    expect(await kept('always')).toEqual(['good', 'bad']);
    expect(await kept('failure')).toEqual([undefined, 'bad']);
    expect(await kept('never')).toEqual([undefined, undefined]);
  });

  test('is a key of conditions and scripts, too', async () => {
    const check =
      'type = "command"\ncommand = "check"\ncommand_arguments = []\nstartup_path = "/"\nkeep_output = "failure"';
    const { history } = await ran(`${task('T')}${condition(check)}`, { check: [{ stdout: 'yes' }] }, 3);
    expect(history.of('run')[0]).toMatchObject({ condition: 'C', outcome: 'success' });
    expect(history.of('run')[0]).not.toHaveProperty('stdout');
    const script = '[[task]]\nname = "T"\ntype = "lua"\nscript = "x = 1"\nkeep_output = "never"\n';
    const lua = { T: [{ lines: ['hello', 'world'] }] };
    const logged = async (toml: string) => {
      const kept = new FakeHistory();
      const d = await daemon(`scheduler_tick_seconds = 1\n${toml}${condition(EVERY)}`, { history: kept, lua });
      await d.advance(12);
      return kept.of('task').map(({ log }) => log);
    };
    expect(await logged(script)).toEqual([undefined]);
    expect(await logged(script.replace('"never"', '"always"'))).toEqual(['hello\nworld\n']);
  });
});

describe('what is kept', () => {
  test('has no secrets: neither those that are recognised nor those of the configuration', async () => {
    const toml = `${task('T', 'environment_variables = { DB_PASSWORD = "correct horse 7" }')}${condition(EVERY)}`;
    const stdout = 'login with correct horse 7\ntoken = abcdefgh123\nthen abcdefgh123 again\n';
    const { history } = await ran(toml, { T: [{ stdout }] });
    expect(history.of('task')[0]?.stdout).toBe('login with •••\ntoken = •••\nthen ••• again\n');
  });
});
