import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NatsServer } from '../support/nats-server.ts';
import { alive, onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';

const server = new NatsServer();
const places: Place[] = [];
beforeEach(() => server.start());
afterEach(async () => {
  for (const place of places) await place.clear();
  await server.remove();
});

/** Starts a machine of the fleet. */
const machine = (name: string, pidFile: string): Program => {
  const place = new Place();
  places.push(place);
  const task = (key: string, where: string, script: string): string =>
    `${shellTask(key, script, `where = "${where}"\nsuccess_status = 0`)}\n${onDemand(`C${key}`, [key])}`;
  return place.start(['--log-json', '-L', 'info'], {
    env: { NAME: name },
    toml: `${TICK}[fleet]\nservers = ["${server.url}"]\nname = "${name}"\ntags = ["${name}s"]
${task('Fail', 'tag:twos', 'echo "$NAME did $WHENEVER_TASK of $WHENEVER_CONDITION in $WHENEVER_RUN" >&2; exit 3')}
${task('Any', 'any', 'true')}
${task('All', 'all', 'echo "$NAME"; test "$NAME" = one')}
${task('Long', 'host:two', `echo $$ > ${pidFile}; sleep 60`)}`,
  });
};

it('Tasks are done by the machine that they are for, and their outcome and output come back; a cancelled one is ended there.', async () => {
  const pidFile = new Place();
  places.push(pidFile);
  const path = pidFile.file('pid');
  const [one, two] = [machine('one', path), machine('two', path)];
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
