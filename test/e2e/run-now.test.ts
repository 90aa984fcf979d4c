import { afterEach, beforeEach, expect, test } from 'vitest';
import { alive, onDemand, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** A daemon with these items, once conditions are checked. */
const daemon = async (items: string) => {
  const program = place.start(['-L', 'trace', '-J'], { toml: `${TICK}${items}` });
  await program.record(/BUSY/);
  return program;
};

/** A shell script as a task, in the directory of the test. */
const here = (name: string, script: string, more = '') => shellTask(name, `cd ${place.path}; ${script}`, more);

/** The process id that a task has written to a file. */
const pidIn = (file: string): number => Number(place.read(file).trim());

/** What `ctl` prints, with the words that differ from run to run left out, and its exit status. */
const ctl = async (...words: string[]) => {
  const { stdout, stderr, end } = await place.run(['ctl', ...words]);
  return { code: end.code, said: `${stdout}${stderr}`.replace(/after [\d.:]+ ?m?s?/g, 'after T') };
};

test('ctl run: the answer comes at the end of the run, and the status says how it went', async () => {
  const items = `${shellTask('Good', 'echo ran')}${onDemand('Works', ['Good'])}${shellTask('Bad', 'exit 3', 'success_status = 0')}${onDemand('Breaks', ['Bad'], 'suspended = true')}`;
  await daemon(items);
  expect(await ctl('run', 'Works')).toEqual({
    code: 0,
    said: 'condition Works runs its tasks: run-1\nrun-1 of condition Works succeeded after T\n',
  });
  expect((await place.run(['output', 'Good'])).stdout).toBe('ran\n');
  const failed = await ctl('run', 'Breaks');
  expect(failed.code).toBe(1);
  expect(failed.said).toContain(
    'run-2 of condition Breaks failed after T; task Bad failed: exit code 3 is not the success status 0',
  );
  const { stdout, end } = await place.run(['ctl', 'run', 'Works', '--json']);
  expect(end.code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'done', idle: false, run: { id: 'run-3', outcome: 'success' } });
  const json = await place.run(['ctl', '--json', 'run', 'Breaks']);
  expect(json.end.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'done', run: { id: 'run-4', outcome: 'failure' } });
});

test('ctl run while busy is refused, with --queue it waits; Ctrl-C in the client ends the client only', async () => {
  const script = 'echo $$ >> pids; while [ ! -e go ]; do sleep 0.05; done';
  const program = await daemon(`${here('Wait', script)}${onDemand('Slow', ['Wait'])}`);
  const client = place.start(['ctl', 'run', 'Slow']);
  await client.until(() => client.stdout.includes('run-1'), 'the first part of the answer');
  await program.record(/Wait\/\d+ \[HIST\/START\]/);
  const busy = await ctl('run', 'Slow');
  expect(busy.code).toBe(1);
  expect(busy.said).toContain('condition Slow is busy (with --queue it runs when it is free)');
  const queued = place.start(['ctl', 'run', 'Slow', '--queue']);
  await queued.until(() => queued.stdout.includes('one more run is queued'), 'the queue');
  client.kill('SIGINT');
  expect(await client.ended).toEqual({ code: null, signal: 'SIGINT' });
  expect(program.end).toBeUndefined();
  expect(program.told.join('\n')).not.toMatch(/\[HIST\/END\]/);
  place.write('go', '');
  expect((await queued.ended).code).toBe(0);
  expect(queued.stdout).toMatch(/run-2 of condition Slow succeeded/);
  expect(program.told.filter((text) => /\[HIST\/END\] OK\/trigger:Slow/.test(text))).toHaveLength(2);
  expect(place.read('pids').trim().split('\n')).toHaveLength(2);
});

test('ctl run --queue that waits while the scheduler ends says that the run does not begin', async () => {
  const program = await daemon(
    `${here('Wait', 'while [ ! -e go ]; do sleep 0.05; done')}${onDemand('Slow', ['Wait'])}`,
  );
  program.send('trigger Go_Slow');
  await program.record(/Wait\/\d+ \[HIST\/START\]/);
  const queued = place.start(['ctl', 'run', 'Slow', '--queue']);
  await queued.until(() => queued.stdout.includes('one more run is queued'), 'the queue');
  program.send('exit');
  place.write('go', '');
  expect((await queued.ended).code).toBe(1);
  expect(queued.stderr).toBe('whenever: the queued run of condition Slow does not begin: the scheduler ends\n');
});

test('ctl cancel ends a command that ignores SIGTERM, and what it has started', async () => {
  const script = `trap '' TERM; sh -c 'echo $$ > child; while :; do sleep 0.1; done' & echo $$ > parent; while :; do sleep 0.1; done`;
  const program = await daemon(`${here('Deaf', script)}${onDemand('Stubborn', ['Deaf'])}`);
  const run = place.start(['ctl', 'run', 'Stubborn']);
  await run.until(() => run.stdout.includes('run-1'), 'the run');
  await program.record(/Deaf\/\d+ \[HIST\/START\]/);
  await expect.poll(() => [pidIn('parent'), pidIn('child')].every(alive)).toBe(true);
  const pids = [pidIn('parent'), pidIn('child')];
  expect(await ctl('cancel', 'Stubborn')).toEqual({
    code: 0,
    said: 'condition Stubborn: run-1 is being ended\ncondition Stubborn: run-1 has ended\n',
  });
  expect(pids.filter(alive)).toEqual([]);
  expect((await run.ended).code).toBe(1);
  expect(run.stdout).toMatch(/run-1 of condition Stubborn was cancelled/);
  expect(await ctl('cancel', 'Stubborn')).toMatchObject({ code: 1 });
});

test('when_busy = "restart": a firing ends the run and begins anew, never two at once', async () => {
  const script =
    'mkdir alone || exit 9; trap "rmdir alone; exit 1" TERM; echo $$ >> pids; while [ ! -e go ]; do sleep 0.05; done; rmdir alone';
  const program = await daemon(
    `${here('Build', script, 'success_status = 0')}${onDemand('Changed', ['Build'], 'when_busy = "restart"')}`,
  );
  program.send('trigger Go_Changed');
  await program.record(/Build\/\d+ \[HIST\/START\]/);
  await expect.poll(() => alive(pidIn('pids'))).toBe(true);
  const first = pidIn('pids');
  program.send('trigger Go_Changed');
  await program.record(/Build\/\d+ \[HIST\/END\] IND\/trigger:Changed/);
  expect(alive(first)).toBe(false);
  place.write('go', '');
  await program.record(/Build\/\d+ \[HIST\/END\] OK\/trigger:Changed/);
  const { stdout } = await place.run(['history', 'Changed', '--json']);
  expect(stdout.match(/"outcome":"[a-z]+"/g)).toContain('"outcome":"replaced"');
});
