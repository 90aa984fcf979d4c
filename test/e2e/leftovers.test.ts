import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StatusReport } from '../../src/control/status.ts';
import { alive, always, onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(async () => {
  // What killed instances have left must not outlive the test.
  for (const line of lines().filter((text) => text.startsWith('begin '))) {
    const pid = Number(line.slice(6));
    if (alive(pid)) process.kill(-pid, 'SIGKILL');
  }
  await place.clear();
});

const lines = (): string[] => {
  try {
    return place.read('said').trim().split('\n');
  } catch {
    return [];
  }
};

/** Says that it begins, waits until it may end, and says that it ends. */
const script = (): string => {
  const [said, go] = [place.file('said'), place.file('go')];
  return `echo begin $$ >> ${said}; while [ ! -e ${go} ]; do sleep 0.05; done; echo end $$ >> ${said}`;
};

const start = async (toml: string): Promise<Program> => {
  const program = place.start(['-J', '-L', 'trace'], { toml: TICK + toml });
  await program.record(/MAIN starting \[START\/MSG\] whenever/);
  return program;
};

/** Resolves when an item runs, and is noted. */
const underWay = (item: string): Promise<void> =>
  expect
    .poll(
      () => {
        try {
          return lines().length === 1 && place.read('run/whenever.running').split(`"${item}"`).length > 2;
        } catch {
          return false;
        }
      },
      { timeout: 15_000 },
    )
    .toBe(true);

/** An instance that was killed while its item ran; the process of that. */
const killedWhileRunning = async (toml: string): Promise<number> => {
  const first = await start(toml);
  first.send('trigger Go_Now');
  await underWay('task/Backup');
  first.kill('SIGKILL');
  await first.ended;
  const pid = Number(lines()[0]!.slice(6));
  expect(alive(pid)).toBe(true);
  return pid;
};

const command = (more = '') => shellTask('Backup', script(), more) + onDemand('Now', ['Backup']);
const lua = () =>
  `[[task]]\nname = "Backup"\ntype = "lua"\nscript = '''os.execute([[${script()}]])'''\n${onDemand('Now', ['Backup'])}`;
const check = () =>
  `[[condition]]\nname = "Backup"\ntype = "command"\nstartup_path = "/"\ncommand = "sh"\ncommand_arguments = ["-c", ${JSON.stringify(script())}]\ncheck_after = 1\nrecurring = true\ntasks = ["Other"]\n`;

describe('what an instance that was killed has left running', () => {
  test.each([
    ['a command', command],
    ['a command of a script', lua],
  ])('%s is logged by the next instance in one WARN, and its task is not run beside it', async (_, toml) => {
    const pid = await killedWhileRunning(toml());
    const second = await start(toml());
    const warned = await second.record(/an instance that was killed/);
    expect(warned).toMatch(
      new RegExp(
        `^MAIN starting \\[START/MSG\\] an instance that was killed has left running: task Backup \\(process group ${pid}\\) for \\d+ s; their items are not run before these have ended$`,
      ),
    );
    second.send('trigger Go_Now');
    await second.record(new RegExp(`task Backup waits for the end of process group ${pid}`));
    const seen = second.records.length;
    await second.record(/scheduler_tick/, seen);
    expect(lines()).toEqual([`begin ${pid}`]);
    place.write('go', '');
    await second.record(/TASK active Backup\/\d+ \[HIST\/END\]/);
    const [, ended, begun, over] = lines();
    expect([ended, over]).toEqual([`end ${pid}`, begun!.replace('begin', 'end')]);
    expect(lines()).toHaveLength(4);
    const warnings = second.records.filter(({ header }) => header.level === 'WARN');
    expect(warnings.filter(({ contents }) => /an instance that was killed/.test(contents.message))).toHaveLength(1);
    // The other one is that of the history: the run was interrupted.
    expect(
      warnings.filter(({ contents }) => !/was interrupted when whenever ended/.test(contents.message)),
    ).toHaveLength(1);
    second.send('exit');
    expect((await second.ended).code).toBe(0);
    expect(readdirSync(place.file('run'))).toEqual([]);
  });

  test.each([
    ['a command', command],
    ['a command of a script', lua],
  ])('%s that was started, and not noted yet, is known to the next instance', async (_, toml) => {
    const pid = await killedWhileRunning(toml());
    // As if the program had been killed between the start and the note of the process.
    const noted = place.read('run/whenever.running').trim().split('\n');
    place.write('run/whenever.running', `${noted.filter((line) => !line.includes(`"pid":${pid}`)).join('\n')}\n`);
    expect(place.read('run/whenever.running')).not.toContain(String(pid));
    const second = await start(toml());
    await second.record(new RegExp(`has left running: task Backup \\(process group ${pid}\\)`));
    second.send('trigger Go_Now');
    await second.record(new RegExp(`task Backup waits for the end of process group ${pid}`));
    expect(lines()).toEqual([`begin ${pid}`]);
  });

  test('is waited for although the system has no descriptor left to look at it with', async () => {
    const pid = await killedWhileRunning(command());
    const second = await start(command());
    const descriptors = (most: number) =>
      execFileSync('prlimit', ['--pid', String(second.child.pid), `--nofile=${most}:`]);
    second.send('trigger Go_Now');
    await second.record(/task Backup waits for the end of process group/);
    descriptors(8);
    // Each tick is a second: the processes are looked at ten times in one.
    for (let i = 0; i < 2; i++) await second.record(/scheduler_tick/, second.records.length);
    descriptors(1024);
    await second.record(/scheduler_tick/, second.records.length);
    expect(second.stdout).not.toContain('has left, has ended');
    expect(lines()).toEqual([`begin ${pid}`]);
  });

  test('is known to the instance after the next as well', async () => {
    const pid = await killedWhileRunning(command());
    for (let i = 0; i < 2; i++) {
      const next = await start(command());
      await next.record(new RegExp(`has left running: task Backup \\(process group ${pid}\\)`));
      next.kill('SIGKILL');
      await next.ended;
    }
    place.write('go', '');
    await expect.poll(() => alive(pid), { timeout: 15_000 }).toBe(false);
    const last = await start(command());
    last.send('exit');
    await last.ended;
    expect(last.stdout).not.toContain('has left running');
  });

  test('is known after an instance that ended in between, without having waited for it', async () => {
    const pid = await killedWhileRunning(command());
    const second = await start(command());
    second.send('exit');
    expect((await second.ended).code).toBe(0);
    expect(alive(pid)).toBe(true);
    const third = await start(command());
    await third.record(new RegExp(`has left running: task Backup \\(process group ${pid}\\)`));
    third.send('kill');
    await third.ended;
  });

  test('holds up the check of its own condition, and no others', async () => {
    const other = shellTask('Other', 'true') + onDemand('Now', ['Other']);
    const first = await start(check() + other);
    await underWay('condition/Backup');
    first.kill('SIGKILL');
    await first.ended;
    const second = await start(check() + other);
    await second.record(/condition Backup waits for the end of process group/);
    second.send('trigger Go_Now');
    await second.record(/TASK active Other\/\d+ \[HIST\/END\] OK/);
    expect(lines()).toHaveLength(1);
    place.write('go', '');
    await expect.poll(() => lines().length, { timeout: 15_000 }).toBeGreaterThanOrEqual(4);
    expect(lines()[1]).toBe(lines()[0]!.replace('begin', 'end'));
  });

  test('is ended at the start where it was asked as a guard, which is asked anew', async () => {
    const guard = `[[condition]]\nname = "OnPower"\ntype = "command"\nstartup_path = "/"\ncommand = "sh"\ncommand_arguments = ["-c", ${JSON.stringify(script())}]\nsuccess_status = 0\n`;
    const toml = `${shellTask('Other', 'true')}${always('Nightly', ['Other'], 'only_when = ["OnPower"]')}${guard}`;
    const first = await start(toml);
    await underWay('condition/OnPower');
    first.kill('SIGKILL');
    await first.ended;
    const pid = Number(lines()[0]!.slice(6));
    expect(alive(pid)).toBe(true);
    const second = await start(toml);
    await second.record(
      new RegExp(
        `condition OnPower \\(process group ${pid}\\), which a killed instance has left, was asked as a guard`,
      ),
    );
    await second.record(/which a killed instance has left, has ended/);
    expect(alive(pid)).toBe(false);
    place.write('go', '');
    await second.record(/TASK active Other\/\d+ \[HIST\/END\] OK/);
  });

  test('is ended when its time limit is reached, counted from its own start', async () => {
    const pid = await killedWhileRunning(command('timeout_seconds = 3'));
    const second = await start(command('timeout_seconds = 3'));
    await second.record(
      new RegExp(
        `task Backup \\(process group ${pid}\\), which a killed instance has left, has reached its time limit of 3 s`,
      ),
    );
    await second.record(/which a killed instance has left, has ended/);
    expect(alive(pid)).toBe(false);
  });

  test('is not waited for at the end, and nothing that waited for it is started', async () => {
    const pid = await killedWhileRunning(command());
    const second = await start(command());
    second.send('trigger Go_Now');
    await second.record(/task Backup waits for the end of process group/);
    second.send('exit');
    expect((await second.ended).code).toBe(0);
    expect(
      second.told.filter((text) => /TASK active Backup/.test(text) && /ended with the scheduler/.test(text)),
    ).not.toEqual([]);
    expect(alive(pid)).toBe(true);
    expect(lines()).toEqual([`begin ${pid}`]);
  });

  test.each([
    ['a command', command],
    ['a command of a script', lua],
  ])('is ended by kill, and what waited for it is not started: %s', async (_, toml) => {
    const pid = await killedWhileRunning(toml());
    const second = await start(toml());
    second.send('trigger Go_Now');
    await second.record(/task Backup waits for the end of process group/);
    second.send('kill');
    expect((await second.ended).code).toBe(1);
    expect(alive(pid)).toBe(false);
    expect(lines()).toEqual([`begin ${pid}`]);
    expect(readdirSync(place.file('run'))).toEqual([]);
  });
});

describe('the file of what runs', () => {
  const notes = () => place.file('run/whenever.running');

  test('names the process, its start and its item, and is gone at the end', async () => {
    const first = await start(command());
    expect(readdirSync(place.file('run'))).toEqual(['whenever.sock']);
    first.send('trigger Go_Now');
    await underWay('task/Backup');
    const [pid] = lines().map((line) => Number(line.slice(6)));
    const noted = place.read('run/whenever.running').trim().split('\n');
    const [before, after] = noted.map((line) => JSON.parse(line));
    expect(before).toMatchObject({ starting: after.start, item: 'task/Backup', limit: 0 });
    expect(after).toMatchObject({ pid, item: 'task/Backup', limit: 0 });
    place.write('go', '');
    await first.record(/TASK active Backup\/\d+ \[HIST\/END\] OK/);
    await expect.poll(() => place.read('run/whenever.running')).toBe('');
    first.send('exit');
    await first.ended;
    expect(readdirSync(place.file('run'))).toEqual([]);
  });

  test('that names a process which has its number by chance holds up nothing', async () => {
    place.write('go', '');
    // This process lives, but it was not started then, or not on this system as it was started.
    const note = { pid: process.pid, item: 'task/Backup', at: 0, limit: 1, system: 'another', started: 1 };
    writeFileSync(notes(), `${JSON.stringify(note)}\n`);
    const program = await start(command());
    program.send('trigger Go_Now');
    await program.record(/TASK active Backup\/\d+ \[HIST\/END\] OK/);
    expect(program.stdout).not.toContain('has left running');
  });

  test('with lines that say nothing is read all the same, with a WARN', async () => {
    writeFileSync(notes(), 'no JSON\n{"pid":1,"item":"task/A","at":1,"limit":0}\n\n{"pid":');
    const program = await start('');
    await program.record(/whenever\.running: 3 lines do not say which process they mean, and are left out/);
  });

  test('that cannot be written costs one WARN, and no task', async () => {
    const { mkdirSync } = await import('node:fs');
    mkdirSync(notes());
    place.write('go', '');
    const program = await start(command());
    for (let i = 0; i < 2; i++) {
      const seen = program.records.length;
      program.send('trigger Go_Now');
      await program.record(/TASK active Backup\/\d+ \[HIST\/END\] OK/, seen);
    }
    expect(program.told.filter((text) => text.includes('cannot read what an earlier instance'))).toHaveLength(1);
    expect(program.told.filter((text) => /cannot note in .*whenever\.running what runs/.test(text))).toHaveLength(1);
  });
});

describe('an item that waits for what a killed instance has left', () => {
  const reasonOf = (pid: number) => `waits for the end of process group ${pid}, which a killed instance has left`;
  const statusOf = async (name: string) => {
    const { stdout } = await place.run(['status', '--json', name]);
    return (JSON.parse(stdout) as StatusReport).conditions[0]!;
  };

  test.each([
    ['a task of a command', command],
    ['a task of a script', lua],
  ])('is queued with the reason, in status, explain and story: %s', async (_, toml) => {
    const pid = await killedWhileRunning(`${toml()}${onDemand('Then', ['Backup'])}`);
    const second = await start(`${toml()}${onDemand('Then', ['Backup'])}`);
    second.send('trigger Go_Now');
    await second.record(/task Backup waits for the end of process group/);
    second.send('trigger Go_Then');
    await second.record(/CONDITION active Then\/\d+ \[START\/MSG\] running tasks/);
    const why = `task Backup ${reasonOf(pid)}`;
    expect(await statusOf('Now')).toMatchObject({ group: 'queued', running: [] });
    expect((await statusOf('Now')).why).toMatch(new RegExp(`^it waits since [\\d:]+: ${why}$`));
    expect((await statusOf('Then')).why).toMatch(new RegExp(`^it waits since [\\d:]+: ${why}, then runs for Now$`));
    expect((await place.run(['explain', 'Now'])).stdout).toContain(why);
    expect((await place.run(['story', 'Backup'])).stdout).not.toContain('run by condition');
    expect(second.told.filter((text) => /HIST/.test(text))).toEqual([]);
    place.write('go', '');
    await second.record(/TASK active Backup\/\d+ \[HIST\/END\] \w+\/trigger:Then/);
    expect((await place.run(['story', 'Now'])).stdout).toContain('task Backup is free');
    expect(second.told.filter((text) => /HIST\/START/.test(text))).toHaveLength(2);
    second.send('exit');
    expect((await second.ended).code).toBe(0);
  });

  test('is not checked, and says why: a condition', async () => {
    const other = shellTask('Other', 'true');
    const first = await start(check() + other);
    await underWay('condition/Backup');
    const pid = Number(lines()[0]!.slice(6));
    first.kill('SIGKILL');
    await first.ended;
    const second = await start(check() + other);
    await second.record(/condition Backup waits for the end of process group/);
    await expect
      .poll(() => statusOf('Backup'), { timeout: 15_000 })
      .toMatchObject({ group: 'waiting', why: reasonOf(pid), running: [] });
    await expect
      .poll(async () => (await place.run(['story', 'Backup'])).stdout, { timeout: 15_000 })
      .toContain(reasonOf(pid));
    second.send('exit');
    expect((await second.ended).code).toBe(0);
    expect(second.told.filter((text) => /test begins/.test(text))).toEqual([]);
  });

  test.each(['exit', 'kill'])('has not run when the scheduler ends by %s before', async (ending) => {
    await killedWhileRunning(command());
    const second = place.start(['-J', '-L', 'trace', '--journal', 'second.jsonl', 'config.toml']);
    await second.record(/MAIN starting/);
    second.send('trigger Go_Now');
    await second.record(/task Backup waits for the end of process group/);
    second.send(ending);
    await second.ended;
    expect(second.told.filter((text) => /HIST/.test(text))).toEqual([]);
    await second.record(
      /TASK active Backup\/\d+ \[PROC\/FAIL\] \(trigger: Now\) not started: ended with the scheduler/,
    );
    const { stdout, end } = await place.run(['verify', 'second.jsonl', '--json']);
    expect(end.code).toBe(0);
    expect(stdout).toContain('"taskRuns":0');
  });
});
