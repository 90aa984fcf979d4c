import { describe, expect, test } from 'vitest';
import { OutputCapture } from '../../src/adapters/output-capture.ts';
import { recordingSource } from '../../src/control/recording-source.ts';
import type { Fact } from '../../src/journal/fact.ts';
import { decodeRecording } from '../../src/journal/recording-decoder.ts';
import { encodeFact } from '../../src/journal/recording-encoder.ts';
import { OutputTail } from '../../src/projections/output-tail.ts';
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

test('the secrets of all items are known at the first output, however many items there are', async () => {
  const more = Array.from({ length: 90 }, (_, i) =>
    task(`More${i}`, `environment_variables = { KEY_TOKEN = "s${i}-sesame" }`),
  );
  const at = 'type = "interval"\ninterval_seconds = 0';
  const toml = `${task('T')}${more.join('')}${condition(at)}`;
  const { history } = await ran(toml, { T: [{ stdout: 's0-sesame, s89-sesame' }] }, 1);
  expect(history.of('task')[0]?.stdout).toBe('•••, •••');
});

describe('the last lines', () => {
  const LONG = `${Array.from({ length: 9 }, (_, i) => `line ${i}`).join('\n')}\n`;

  test('are part of the end of a task, and of a run that fails', async () => {
    const acts = { T: [{ ...FAILS, stderr: LONG }, { stdout: 'fine\n' }] };
    const { d } = await ran(`${task('T')}${condition(EVERY)}`, acts, 22);
    const ends = (item: string, finish: string) =>
      d.journal.story(item).flatMap((one) => (one.finish === finish && one.start === 'running' ? [one.output] : []));
    expect(ends('task/T', 'failed')).toEqual(['line 6\nline 7\nline 8']);
    expect(ends('task/T', 'succeeded')).toEqual(['fine']);
    expect(ends('condition/C', 'waiting')).toEqual(['line 6\nline 7\nline 8', undefined]);
  });

  test('are at most 400 bytes, and those of the last time', async () => {
    const acts = { T: [FAILS, { ...FAILS, stderr: `${'€'.repeat(1000)}\nsecond` }] };
    const { d } = await ran(`${task('T')}${condition(EVERY)}`, acts, 22);
    const [last] = d.journal.story('task/T').filter(({ finish }) => finish === 'failed');
    expect(last).toMatchObject({ count: 2 });
    expect(last!.output).toMatch(/^€+\nsecond$/);
    expect(Buffer.byteLength(last!.output!)).toBeLessThanOrEqual(400);
  });

  test('are in facts, and so in recordings', async () => {
    const facts: Fact[] = [];
    const d = await daemon(`scheduler_tick_seconds = 1\n${task('T')}${condition(EVERY)}`, {
      processes: { T: [FAILS] },
      listener: (fact) => facts.push(fact),
    });
    await d.advance(12);
    const first = JSON.stringify({ journal: 2, version: '2.0.0', session: 's', started: 0, pid: 7, part: 1 });
    const recording = decodeRecording(`${first}\n${facts.map(encodeFact).join('')}`);
    const written = (one: Fact) => (one.kind === 'transition' ? (one.output ?? []) : []);
    expect(recording.facts.flatMap(written)).toEqual(['disk full', 'disk full']);
    const source = recordingSource(recording, 'x');
    expect(source.journal.story('task/T').at(-1)).toMatchObject({ finish: 'failed', output: 'disk full' });
  });
});

describe('100 MB of output', () => {
  const chunk = Buffer.alloc(65_536, 'no news\n');
  const timeOf = (tail: { add(bytes: Buffer): void }): number => {
    const began = performance.now();
    for (let i = 0; i < 1600; i += 1) tail.add(chunk);
    return performance.now() - began;
  };

  test('cost less to keep the end of than to read for the criteria', () => {
    const all = Array.from({ length: 7 }, () => timeOf(new OutputTail()) / timeOf(new OutputCapture(1 << 24)));
    expect(all.sort((a, b) => a - b)[3]).toBeLessThan(1.5);
    const tail = new OutputTail();
    timeOf(tail);
    expect(tail.text((text) => text)).toBe('no news\n'.repeat(1024));
  });
});
