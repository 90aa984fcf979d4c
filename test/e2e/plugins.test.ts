import { chmodSync, chownSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StatusReport } from '../../src/control/status.ts';
import { onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';

const EXAMPLES = join(import.meta.dirname, '../../config-examples');

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const FILE = TICK + shellTask('T', 'exit 1', 'success_status = 0') + onDemand('C', ['T']);

/** A module that notes its calls in the file NAME.log. */
const noting = (name: string, more = ''): string =>
  `import { appendFileSync } from 'node:fs';
const note = (text) => appendFileSync(${JSON.stringify(place.file(`${name}.log`))}, text + '\\n');
${more}
export default {
  setup: (daemon) => note('setup ' + daemon.file),
  event: ({ kind, task }) => { if (kind === 'task-finished') note('finished ' + task); },
  teardown: () => note('teardown'),
};\n`;

const start = (toml: string, args: readonly string[] = []): Program =>
  place.start(['-J', '-L', 'info', ...args], { toml });

const plugins = async (): Promise<StatusReport['plugins']> =>
  (JSON.parse((await place.run(['status', '--json'])).stdout) as StatusReport).plugins;

test('Plugins of the file and of the command line are called, listed in the status, and torn down, each once.', async () => {
  place.write('mine.mjs', noting('mine', 'await Promise.resolve();'));
  place.write('theirs.cjs', 'module.exports = { name: "theirs", event() { throw new Error("a bug"); } };\n');
  const program = start(`plugins = ["./mine.mjs", "mine.mjs"]\n${FILE}`, [
    '--plugin',
    'mine.mjs',
    '--plugin',
    'theirs.cjs',
  ]);
  await program.record(/plugin theirs\.cjs|theirs\.cjs: event failed: a bug/);
  program.send('trigger Go_C');
  await program.record(/ended: failure/);
  await expect.poll(async () => place.read('mine.log'), { timeout: 10_000 }).toContain('finished T');
  expect(await plugins()).toMatchObject([
    { name: 'mine.mjs', file: place.file('mine.mjs'), state: 'running', failures: 0, reason: null },
    { name: 'theirs', file: place.file('theirs.cjs'), state: 'running' },
  ]);
  expect((await place.run(['status'])).stdout).toMatch(/^PLUGIN\s+STATE\s+EVENTS.*\nmine\.mjs\s+running/m);
  program.send('exit');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(place.read('mine.log')).toBe(`setup ${place.file('config.toml')}\nfinished T\nteardown\n`);
});

test.skipIf(process.platform === 'win32')(
  'Only a file that others cannot change is loaded; the daemon goes on without it.',
  async () => {
    const open = place.write('open.mjs', noting('open'));
    chmodSync(open, 0o664);
    const target = place.write('target.mjs', noting('target'));
    chmodSync(target, 0o664);
    symlinkSync(target, place.file('link.mjs'));
    mkdirSync(place.file('shared'));
    chmodSync(place.file('shared'), 0o777);
    place.write('shared/in.mjs', noting('in'));
    place.write('broken.mjs', 'export const event = () => {\n  return )\n};\n');
    place.write('empty.mjs', 'export const other = 1;\n');
    const wrong: [file: string, reason: RegExp][] = [
      ['open.mjs', /others may write to it \(mode 664\): run 'chmod go-w .*open\.mjs'/],
      ['link.mjs', /others may write to it \(mode 664\)/],
      ['shared/in.mjs', /others may write to its directory .*shared \(mode 777\)/],
      ['broken.mjs', /it cannot be loaded: Unexpected token '\)'; 'node --check .*broken\.mjs' says where/],
      ['empty.mjs', /expected an export of setup, event or teardown, found none/],
      ['missing.mjs', /no such file/],
      ['.', /it is not a regular file/],
    ];
    if (process.getuid?.() === 0) {
      chownSync(place.write('foreign.mjs', noting('foreign')), 12_345, 12_345);
      wrong.push(['foreign.mjs', /it belongs to another user \(number 12345\)/]);
    }
    const program = start(`plugins = ${JSON.stringify(wrong.map(([file]) => file))}\n${FILE}`);
    for (const [, reason] of wrong) await program.record(new RegExp(`plugin .* is left out: .*${reason.source}`));
    expect((await plugins())?.map(({ state }) => state)).toEqual(wrong.map(() => 'left-out'));
    program.send('exit');
    expect((await program.ended).code).toBe(0);
  },
);

test('An error in a timer, a promise or a socket of a plugin ends nothing, also in its modules, nor does process.exit.', async () => {
  place.write(
    'other.mjs',
    'export const fail = () => { throw new Error("elsewhere"); };\nexport const leave = () => process.exit(3);\n',
  );
  place.write(
    'timer.mjs',
    `import { connect } from 'node:net';
import { fail, leave } from './other.mjs';
const acts = [
  () => { throw new Error("late"); },
  () => void Promise.reject(new Error("later")),
  () => { throw null; },
  () => void Promise.reject("a text"),
  () => fail(),
  () => leave(),
  () => setTimeout(leave, 1),
  () => connect({ path: '/nowhere/at/all' }),
  () => daemon.logEvent('', 1),
];
let daemon;
export const setup = (given) => {
  daemon = given;
  acts.forEach((act) => void setTimeout(act, 1));
};\n`,
  );
  const program = start(`plugins = ["timer.mjs"]\n${FILE}`);
  await program.record(/timer\.mjs: failed outside of a call: late/);
  await expect.poll(async () => (await plugins())?.[0]?.failures, { timeout: 10_000 }).toBe(9);
  program.send('exit');
  expect((await program.ended).code).toBe(0);
  expect(program.told.filter((text) => text.includes('internal error'))).toEqual([]);
});

test('A reload begins and ends plugins, also the first one; globals are the same.', async () => {
  place.write('a.mjs', noting('a'));
  place.write('b.mjs', noting('b'));
  const program = start(FILE);
  await program.record(/whenever/);
  for (const [list, done] of [
    ['["a.mjs"]', () => place.read('a.log').includes('setup')],
    ['["b.mjs"]', () => place.read('a.log').includes('teardown') && place.read('b.log').includes('setup')],
    ['[]', () => place.read('b.log').includes('teardown')],
  ] as const) {
    const seen = program.told.length;
    place.write('config.toml', `plugins = ${list}\n${FILE}`);
    program.send('reload');
    await program.record(/config\.toml loaded/, seen);
    await expect
      .poll(() => {
        try {
          return done();
        } catch {
          return false;
        }
      })
      .toBe(true);
  }
  expect(await plugins()).toBeUndefined();
  program.send('exit');
  await program.ended;
  expect(program.told.filter((text) => /globals|take effect/.test(text))).toEqual([]);
});

test('check warns of a file in plugins that is not there, and a path with "~" is refused.', async () => {
  place.write('my.toml', `plugins = ["gone.mjs"]\n${FILE}`);
  const checked = await place.run(['check', 'my.toml', '--json']);
  expect(checked.stdout).toContain('plugin-not-found');
  place.write('my.toml', `plugins = ["~/gone.mjs"]\n${FILE}`);
  const refused = await place.run(['check', 'my.toml']);
  expect(refused.stdout + refused.stderr).toContain('a path that does not begin with "~"');
});

test('The example publishes three failures in a row.', async () => {
  copyFileSync(join(EXAMPLES, 'plugin-failures.mjs'), place.file('plugin-failures.mjs'));
  const program = start(`plugins = ["./plugin-failures.mjs"]\n${FILE}`);
  await program.record(/plugin-failures\.mjs: counts the failures of 1 tasks/);
  for (let i = 0; i < 3; i += 1) {
    const seen = program.told.length;
    program.send('trigger Go_C');
    await program.record(/ended: failure/, seen);
  }
  await expect
    .poll(async () => (await place.run(['events', 'failures', '--json'])).stdout, { timeout: 10_000 })
    .toContain('"row":3');
  program.send('exit');
  await program.ended;
});
