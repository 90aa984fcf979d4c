import { chmodSync, mkdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { always, commandTask, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const PATH = '/usr/bin:/bin';

test('explain says which program and which variables the daemon lacks, and no value', async () => {
  mkdirSync(place.file('bin'));
  chmodSync(place.write('bin/restic', '#!/bin/sh\n'), 0o755);
  const once = 'max_tasks_retries = 0';
  const toml = [
    TICK,
    ...[shellTask('Shell', 'restic backup', 'success_status = 0'), commandTask('Direct', ['restic'])],
    shellTask('Token', `: \${API_TOKEN:?is missing}`, 'success_status = 0'),
    ...[always('InShell', ['Shell'], once), always('Alone', ['Direct'], once), always('Needs', ['Token'], once)],
  ].join('');
  const daemon = place.start(['-L', 'info', '-J'], { toml, env: { PATH, API_TOKEN: undefined } });
  for (const name of ['InShell', 'Alone', 'Needs'])
    await daemon.record(new RegExp(`CONDITION active ${name}/\\d+ .*END/FAIL`));
  const env = { PATH: `${place.file('bin')}:${PATH}`, API_TOKEN: 'a secret', HOME: place.path };
  const explain = async (...args: string[]) => (await place.run(['explain', ...args], { env })).stdout;
  const inBin = "restic is in ~/bin, which is in your PATH and not in the daemon's.";
  expect((await explain('InShell')).split('\n')).toContain(inBin);
  expect((await explain('Alone')).split('\n')).toContain(inBin);
  const needs = await explain('Needs');
  expect(needs.split('\n')).toContain("API_TOKEN is set in your environment, and not in the daemon's.");
  expect(needs).not.toContain('a secret');
  expect(JSON.parse(await explain('Alone', '--json'))).toMatchObject({
    environment: [{ item: 'task/Direct', kind: 'program', name: 'restic', of: 'daemon', directory: place.file('bin') }],
  });
  // With the environment of the daemon there is nothing to say.
  const same = await place.run(['explain', 'InShell'], { env: { PATH, API_TOKEN: undefined } });
  expect(same.stdout).not.toContain('your');
});
