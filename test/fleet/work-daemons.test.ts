import { existsSync, readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { fleetMachines } from '../support/fleet-machines.ts';
import { alive, onDemand, shellTask } from '../support/program.ts';

const { machine, newPlace } = fleetMachines();

/** The tasks of all machines. */
const items = (pidFile: string): string => {
  const task = (key: string, where: string, script: string): string =>
    `${shellTask(key, script, `where = "${where}"\nsuccess_status = 0`)}\n${onDemand(`C${key}`, [key])}`;
  return `${task('Fail', 'tag:twos', 'echo "$NAME did $WHENEVER_TASK of $WHENEVER_CONDITION in $WHENEVER_RUN" >&2; exit 3')}
${task('Any', 'any', 'true')}
${task('All', 'all', 'echo "$NAME"; test "$NAME" = one')}
${task('Long', 'host:two', `echo $$ > ${pidFile}; sleep 60`)}`;
};

it('Tasks are done by the machine that they are for, and their outcome and output come back; a cancelled one is ended there.', async () => {
  const pidFile = newPlace();
  const path = pidFile.file('pid');
  const [one, two] = [machine('one', 'tags = ["ones"]', items(path)), machine('two', 'tags = ["twos"]', items(path))];
  await Promise.all([one.record(/connected to the fleet/), two.record(/connected to the fleet/)]);

  one.send('trigger Go_CFail');
  await two.record(/TASK active Fail\S* \[END\/FAIL\] .*has run for one: failure$/);
  const failed = await one.record(/on two: exit code 3/);
  expect(failed).toMatch(/CONDITION active CFail/);
  expect(one.stdout).toContain('two did Fail of CFail in run-1');

  one.send('trigger Go_CAny');
  await one.record(/CONDITION active CAny\S* .*task Any ended: success/);
  one.send('trigger Go_CAll');
  await one.record(/CONDITION active CAll\S* .*on two: exit code 1/);
  expect(one.told.some((text) => /active All\S* .*has run for one: success$/.test(text))).toBe(true);

  one.send('trigger Go_CLong');
  await vi.waitFor(() => expect(existsSync(path)).toBe(true), 10_000);
  const pid = Number(readFileSync(path, 'utf8'));
  expect(alive(pid)).toBe(true);
  one.send('cancel CLong');
  await two.record(/TASK active Long\S* .*has run for one/);
  expect(alive(pid)).toBe(false);
  await one.record(/CLong\S* .*it was cancelled by a command/);
});
