import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** Fails with what the attempt is until there are as many as `good` says. */
const backup = (good: number, more: string): string =>
  `${TICK}${shellTask(
    'Backup',
    `echo "try $WHENEVER_ATTEMPT"; touch "tried-$WHENEVER_ATTEMPT"; test "$WHENEVER_ATTEMPT" -ge ${good} || { echo "no server $WHENEVER_ATTEMPT" >&2; exit 3; }`,
    `success_status = 0\n${more}`,
  ).replace('startup_path = "/"', 'startup_path = "."')}${onDemand('Nightly', ['Backup'])}`;

const start = async (toml: string, ...args: string[]): Promise<Program> => {
  const program = place.start(['-L', 'trace', '-J', ...args], { toml });
  await program.record(/BUSY/);
  program.send('trigger Go_Nightly');
  return program;
};
const waits = (program: Program, attempt: number): Promise<string> =>
  program.record(new RegExp(`attempt ${attempt} of \\d+ failed: .*; again in`));

test('a real task that fails twice and succeeds the third time: one run, in history, output and recording', async () => {
  const recording = place.file('journal.jsonl');
  const program = await start(backup(3, 'retries = 3\nretry_delay_seconds = 0.5'), '--journal', recording);
  await program.record(/HIST\/END/);
  const task = program.told.filter((text) => /HIST|Backup\/\d+ .*attempt \d of 4 (failed|succeeded)/.test(text));
  expect(task.map((text) => text.replace(/^.*?\[/, '['))).toEqual([
    '[HIST/START] OK/trigger:Nightly starting task',
    '[PROC/FAIL] (trigger: Nightly) attempt 1 of 4 failed: exit code 3 is not the success status 0: "no server 1"; again in 0.5 s',
    '[PROC/FAIL] (trigger: Nightly) attempt 2 of 4 failed: exit code 3 is not the success status 0: "no server 2"; again in 0.5 s',
    '[PROC/OK] (trigger: Nightly) attempt 3 of 4 succeeded',
    '[HIST/END] OK/trigger:Nightly task succeeded',
  ]);
  const verbose = await place.run(['history', 'Nightly', '-v']);
  expect(verbose.stdout).toMatch(
    /Nightly +trigger +ok .*3 attempts; try 3\n +attempt 1, .*: no server 1\n +attempt 2, .*: no server 2\n +try 3\n$/,
  );
  const { runs } = JSON.parse((await place.run(['history', '--json'])).stdout);
  expect(runs).toHaveLength(1);
  expect(runs[0].tasks).toMatchObject([
    {
      ...{ outcome: 'success', attempts: 3 },
      failedAttempts: [
        { attempt: 1, outcome: 'failure', code: 'exit-status', lastLine: 'no server 1' },
        { attempt: 2, lastLine: 'no server 2' },
      ],
    },
  ]);
  const output = await place.run(['output', 'Backup']);
  expect([output.stdout, output.stderr]).toEqual(['try 3\n', '']);
  const printed = JSON.parse((await place.run(['output', 'Backup', '--json'])).stdout);
  expect(printed).toMatchObject({ attempts: 3, failedAttempts: [{ attempt: 1 }, { attempt: 2 }] });
  program.send('exit');
  await program.ended;
  expect(await place.run(['verify', recording])).toMatchObject({ end: { code: 0 } });
  expect((await place.run(['show', recording, '--as', 'summary'])).stdout).toMatch(/attempt/);
});

test('a wait of an hour is seen in the status, and ends with exit', async () => {
  const program = await start(backup(9, 'retries = 3\nretry_delay_seconds = 3600'));
  await waits(program, 1);
  const status = await place.run(['status']);
  expect(status.stdout).toMatch(/task Backup: attempt 1 of 4 failed, again in (59:5\d|1:00:00)/);
  expect((await place.run(['explain', 'Nightly'])).stdout).toMatch(
    /^Nightly is running: .*attempt 1 of 4 failed,\s+again\s+in/s,
  );
  const asked = performance.now();
  program.send('exit');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - asked).toBeLessThan(5000);
  expect(existsSync(place.file('tried-2'))).toBe(false);
  expect(program.told.some((text) => /not tried again after attempt 1 of 4: the scheduler is ending/.test(text))).toBe(
    true,
  );
  const { runs } = JSON.parse((await place.run(['history', '--json'])).stdout);
  expect(runs).toMatchObject([
    { outcome: 'failure', reason: expect.stringContaining('not tried again after attempt 1 of 4') },
  ]);
});

test('a wait ends with SIGTERM, a suspension, and a reload without the task', async () => {
  const toml = backup(9, 'retries = 3\nretry_delay_seconds = 3600');
  const ended = async (how: (program: Program) => void, why: RegExp): Promise<void> => {
    const program = await start(toml);
    await waits(program, 1);
    how(program);
    await program.record(why);
    await program.record(/HIST\/END/);
    program.send('kill');
    await program.ended;
  };
  await ended((program) => program.kill('SIGTERM'), /not tried again .*: the scheduler is ending/);
  await ended((program) => program.send('suspend_condition Nightly'), /: the condition is to be suspended/);
  const other = place.write('other.toml', `${TICK}${shellTask('Other', 'true')}`);
  await ended((program) => program.send(`configure ${other}`), /: a reload has removed or replaced the task/);
});

test('by hand it is tried once, and told so', async () => {
  const file = place.write('config.toml', backup(2, 'retries = 3'));
  const { end, stdout } = await place.run(['run', file, 'Backup']);
  expect([end.code, stdout]).toEqual([3, 'try 1\n']);
});
