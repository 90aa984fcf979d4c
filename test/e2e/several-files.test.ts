import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StatusReport } from '../../src/control/status.ts';
import { commandTask, onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
  mkdirSync(place.file('conf.d'));
});
afterEach(() => place.clear());

const MAIN = `${TICK}include = ["conf.d/*.toml"]\n${onDemand('Main', ['Said'])}`;
const said = (text: string): string => shellTask('Said', `echo ${text}`);

const start = async (args: readonly string[] = []): Promise<Program> => {
  const program = place.start(['-J', '-L', 'debug', ...args], { toml: MAIN });
  await program.record(/MAIN starting \[START\/MSG\] whenever/);
  await program.record(/CMD_EVENT .*Go_Main.*created/);
  return program;
};

const ask = async (...args: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await place.run(args);
  expect(stderr).toBe('');
  return stdout;
};

describe('several files', () => {
  test('run together, and status, explain and the history name the file of an item that is not in the main one', async () => {
    place.write('conf.d/10.toml', said('ten'));
    place.write('conf.d/20.toml', onDemand('Other', ['Said']));
    const program = await start();
    await program.record(/CMD_EVENT .*Go_Other.*created/);
    program.send('trigger Go_Other');
    await program.record(/task Said ended: success/);
    const { conditions, tasks } = JSON.parse(await ask('status', '--json')) as StatusReport;
    const [ten, twenty] = [place.file('conf.d/10.toml'), place.file('conf.d/20.toml')];
    expect(tasks.map(({ name, file }) => [name, file])).toEqual([['Said', ten]]);
    expect(conditions.map(({ name, file }) => [name, file]).sort()).toEqual([
      ['Main', undefined],
      ['Other', twenty],
    ]);
    expect((await ask('explain', 'Other')).replace(/\s+/g, ' ')).toContain(`It is in ${twenty}.`);
    expect(await ask('explain', 'Main')).not.toContain('It is in');
    // The line of the run follows the record.
    let runs: unknown[] = [];
    await expect
      .poll(
        async () => {
          ({ runs } = JSON.parse(await ask('history', '--json')) as { runs: unknown[] });
          return runs.length;
        },
        { timeout: 10_000 },
      )
      .toBe(1);
    expect(runs).toMatchObject([{ condition: 'Other', file: twenty, tasks: [{ task: 'Said', file: ten }] }]);
    program.send('exit');
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });

  test('a reload takes all or none', async () => {
    place.write('conf.d/10.toml', said('ten'));
    const program = await start();
    place.write('conf.d/10.toml', said('new'));
    place.write('conf.d/20.toml', onDemand('Other', ['Nothing']));
    program.send('reload');
    await program.record(/conf\.d\/20\.toml:5:10: condition "Other": tasks: there is no task "Nothing"/);
    const report = JSON.parse(await ask('status', '--json')) as StatusReport;
    expect(report.conditions.map(({ name }) => name)).toEqual(['Main']);
    place.write('conf.d/20.toml', onDemand('Other', ['Said']));
    program.send('reload');
    await program.record(/reconfigure.*\[END\/OK\]|configuration.*loaded/);
    program.send('trigger Go_Other');
    await expect.poll(() => ask('output', 'Said'), { timeout: 10_000 }).toContain('new');
    program.send('exit');
    await program.ended;
  });

  test('a start is refused with the places of all files', async () => {
    place.write('conf.d/10.toml', 'x = \n');
    place.write('conf.d/20.toml', '[[task]\n');
    const { end, stderr } = await place.run([place.write('config.toml', MAIN)]);
    expect(end.code).toBe(2);
    expect(stderr).toMatch(/conf\.d\/10\.toml:1:\d+: not valid TOML[\s\S]*conf\.d\/20\.toml:1:\d+: not valid TOML/);
  });

  test('commands without a daemon read them too', async () => {
    place.write('conf.d/10.toml', commandTask('Said', ['echo', 'by hand']));
    const file = place.write('config.toml', MAIN);
    expect(await ask('run', file, 'Said')).toBe('by hand\n');
    expect(await ask('check', '--strict', file)).toContain('1 condition, 1 task, 1 event');
    expect(await ask('simulate', file, '--to', '1h')).toContain('Main');
    place.write(
      'conf.d/20.toml',
      '[[condition]]\nname = "Timed"\ntype = "time"\ntasks = ["Said"]\ntime_specifications = [{ hour = 3 }]\n',
    );
    expect(await ask('next', file)).toContain('Timed');
  });
});
