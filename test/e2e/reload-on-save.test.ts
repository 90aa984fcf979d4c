import { mkdirSync, renameSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StatusReport } from '../../src/control/status.ts';
import { onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
  mkdirSync(place.file('conf.d'));
});
afterEach(() => place.clear());

const MAIN = `${TICK}include = ["conf.d/*.toml"]\n${shellTask('T', 'true')}${onDemand('Main', ['T'])}`;

const start = async (toml = MAIN, args: readonly string[] = ['--watch']): Promise<Program> => {
  const program = place.start(['-J', '-L', 'info', ...args], { toml });
  await program.record(/MAIN starting \[START\/MSG\] whenever/);
  // What answers has begun to watch.
  await expect.poll(async () => (await place.run(['status', '--json'])).end.code, { timeout: 10_000 }).toBe(0);
  return program;
};

const status = async (): Promise<StatusReport> =>
  JSON.parse((await place.run(['status', '--json'])).stdout) as StatusReport;

const conditions = async (): Promise<string[]> => (await status()).conditions.map(({ name }) => name).sort();

/** As editors do: another file takes its place. */
const saveByRename = (name: string, text: string): void =>
  renameSync(place.write(`${name}.tmp`, text), place.file(name));

test('what is saved is loaded, in place or by a rename, also in a new included file', async () => {
  const program = await start();
  place.write('config.toml', `${MAIN}${onDemand('Second', ['T'])}`);
  await program.record(/config\.toml loaded/);
  expect(await conditions()).toEqual(['Main', 'Second']);
  let seen = program.told.length;
  saveByRename('config.toml', MAIN);
  await program.record(/config\.toml loaded/, seen);
  expect(await conditions()).toEqual(['Main']);
  seen = program.told.length;
  place.write('conf.d/new.toml', onDemand('Third', ['T']));
  await program.record(/config\.toml loaded/, seen);
  expect(await conditions()).toEqual(['Main', 'Third']);
  program.send('exit');
  expect(await program.ended).toEqual({ code: 0, signal: null });
});

test('a mistake changes nothing: a record and status say what is wrong, until a right file is saved', async () => {
  const program = await start(`reload_on_change = true\n${MAIN}`, []);
  saveByRename('config.toml', `reload_on_change = true\n${MAIN}${onDemand('Second', ['Missing'])}`);
  await program.record(/configuration refused, nothing changed: .*there is no task "Missing"/);
  const { refused } = await status();
  expect(refused).toEqual({
    file: place.file('config.toml'),
    since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    problems: [expect.stringContaining('there is no task "Missing"')],
  });
  expect((await place.run(['status'])).stdout).toMatch(/^Refused since .*there is no task\s+"Missing"/);
  expect(await conditions()).toEqual(['Main']);
  saveByRename('config.toml', `reload_on_change = true\n${MAIN}`);
  await program.record(/config\.toml loaded/);
  expect((await status()).refused).toBeUndefined();
  program.send('exit');
  await program.ended;
});
