import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { always, commandTask, Place, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

test('a task that needs more memory than it may have is understood from its records and its history', async () => {
  const take = ['python3', '-c', 'x = bytearray(400 << 20)'];
  const limits = 'success_status = 0\nlimits = { memory_max = "200M", cpu_percent = 20 }';
  const program = place.start(['-L', 'warn'], {
    toml: TICK + commandTask('Heavy', take, limits) + always('Once', ['Heavy'], ''),
    env: { XDG_STATE_HOME: place.file('state') },
  });
  await program.until(() => program.stdout.includes('task Heavy failed'), 'the failure');
  program.send('exit');
  await program.ended;
  const reason = 'exit code 1 is not the success status 0, with a memory limit of 200 MiB';
  const unmet = 'cpu_percent (it needs a user manager of systemd: none is running)';
  expect(program.stdout).toContain(`[PROC/MSG] (trigger: Once) limits that are not applied: ${unmet}`);
  expect(program.stdout).toContain(`[END/FAIL] task Heavy failed: ${reason}: "MemoryError"`);
  const history = await place.run(['history', '--config', 'config.toml'], {
    env: { XDG_STATE_HOME: place.file('state') },
  });
  expect(history.stdout).toContain(`${reason}: MemoryError`);
});

test('the example runs its task with the niceness and the class that it names', async () => {
  const example = readFileSync(join(import.meta.dirname, '../../config-examples/task-limits.toml'), 'utf8');
  const script = /command_arguments = .*/;
  expect(example).toMatch(script);
  const toml = example
    .replace('interval_seconds = 86400', 'interval_seconds = 1')
    .replace('scheduler_tick_seconds = 5', 'scheduler_tick_seconds = 1')
    .replace(script, 'command_arguments = ["-c", "echo $(nice) $(ionice) $(ulimit -v); false"]');
  const program = place.start(['-L', 'warn'], { toml, env: { XDG_STATE_HOME: place.file('state') } });
  await program.until(() => program.stdout.includes('task ListLargest failed'), 'the failure');
  expect(program.stdout).toContain(`"${getPriority() + 10} idle ${2 ** 20}"`);
});

test('"whenever run" applies the limits of the task, and says which of them are not applied', async () => {
  const limits = 'limits = { nice = 5, cpu_percent = 20 }';
  const toml = TICK + commandTask('T', ['sh', '-c', 'nice; exit 3'], limits);
  const { end, stdout, stderr } = await place.run(['run', place.write('config.toml', toml), 'T']);
  expect(end.code).toBe(3);
  expect(stdout).toBe(`${getPriority() + 5}\n`);
  expect(stderr).toContain(
    'whenever: limits that are not applied: cpu_percent (it needs a user manager of systemd: none is running)\n',
  );
});
