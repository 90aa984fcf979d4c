import { closeSync, existsSync, openSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { alive, always, commandTask, onDemand, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const TRACE = ['-J', '-L', 'trace'];
const ended = { code: 0, signal: null };

/** Every HIST START of the output has its END. */
const checkHistory = (told: readonly string[]) => {
  const open = new Set<string>();
  for (const text of told) {
    const [, item, when] = /^TASK active (\S+) \[HIST\/(START|END)\]/.exec(text) ?? [];
    if (when === 'START') open.add(item!);
    if (when === 'END') expect(open.delete(item!), text).toBe(true);
  }
  expect([...open]).toEqual([]);
};

describe('standard input', () => {
  test('every command is carried out, in order, and says so', async () => {
    const toml = TICK + commandTask('Work', ['true']) + onDemand('Fired', ['Work']);
    const program = place.start(TRACE, { toml });
    for (const line of [
      'pause',
      'pause',
      'resume',
      'resume',
      'trigger Go_Fired',
      'trigger Nobody',
      'suspend_condition Fired',
      'resume_condition Fired',
      'reset_conditions Fired Nobody',
      'reset_conditions ',
      `configure ${place.file('config.toml')}`,
      'configure',
      'frobnicate',
      '',
      '   ',
    ])
      program.send(line);
    await program.record(/MAIN reconfigure/);
    program.send('quit');
    expect(await program.ended).toEqual(ended);
    const main = program.told.filter((text) =>
      /^MAIN (command|event_trigger|condition_state|\w+_conditions?|reconfigure)/.test(text),
    );
    const marks = main.map((text) => text.replace(/^MAIN (\S+) \[(\S+)\].*$/, '$1 $2'));
    expect(marks.join('\n')).toBe(
      [
        'command PROC/MSG', // pause
        'command PAUSE/YES',
        'command PROC/FAIL', // pause
        'command PROC/MSG', // resume
        'command PAUSE/NO',
        'command PROC/FAIL', // resume
        'command PROC/MSG', // trigger
        'event_trigger START/OK',
        'event_trigger END/OK',
        'command PROC/MSG', // trigger Nobody
        'event_trigger START/ERR',
        'command PROC/MSG', // suspend_condition
        'condition_state START/OK',
        'suspend_condition END/OK',
        'command PROC/MSG', // resume_condition
        'condition_state START/OK',
        'resume_condition END/OK',
        'command PROC/MSG', // reset_conditions Fired Nobody
        'reset_conditions START/OK',
        'reset_conditions END/OK',
        'reset_conditions START/ERR',
        'command PROC/MSG', // reset_conditions
        'reset_conditions START/OK',
        'reset_conditions END/OK',
        'command PROC/MSG', // configure
        'command PROC/FAIL', // configure without path
        'command PROC/ERR', // frobnicate; blank lines say nothing
        'reconfigure END/OK',
        'command PROC/MSG', // quit
      ].join('\n'),
    );
  });

  test('commands are carried out as they come, many at a time', async () => {
    const program = place.start(TRACE, { toml: TICK });
    await program.record(/BUSY/);
    // With a tenth of a second between them this would take 40 s, which is longer than a record is waited for.
    for (let i = 0; i < 200; i += 1) program.send('pause\nresume');
    program.send('exit');
    await program.record(/MAIN exit \[END\/OK\] scheduler ended/);
    expect(await program.ended).toEqual(ended);
    const pauses = program.told.filter((text) => /MAIN command \[PAUSE\/(YES|NO)\]/.test(text));
    expect(pauses).toHaveLength(400);
  });

  test('a path with blanks is the rest of the line, with nothing taken as special', async () => {
    const path = place.write('a file\'s $HOME ~ "name".toml', TICK);
    const program = place.start(TRACE, { toml: TICK });
    program.send(`  configure   ${path}  `);
    await program.record(/MAIN reconfigure \[END\/OK\]/);
    program.send('exit');
    expect(await program.ended).toEqual(ended);
  });

  test('a reload takes over the new file; a bad one is refused and nothing changes', async () => {
    const program = place.start(TRACE, { toml: TICK + commandTask('Old', ['true']) + always('Often', ['Old']) });
    await program.record(/Old\/1 \[HIST\/END\]/);
    place.write('bad.toml', 'scheduler_tick_seconds = "soon"\n');
    place.write('new.toml', TICK + commandTask('New', ['true']) + always('Often', ['New']));
    program.send('configure bad.toml');
    await program.record(/MAIN reconfigure \[START\/FAIL\].*bad\.toml:1:26: scheduler_tick_seconds/);
    await program.record(/Old\/1 \[HIST\/END\]/, program.records.length);
    program.send('configure new.toml');
    await program.record(/New\/3 \[HIST\/END\]/);
    program.send('exit');
    expect(await program.ended).toEqual(ended);
  });

  test('a line that is not UTF-8 is one error, and the next line is read', async () => {
    const program = place.start(TRACE, { toml: TICK });
    program.child.stdin!.write(Buffer.from([0x70, 0xff, 0xfe, 0x0a]));
    program.send('pause');
    await program.record(/PAUSE\/YES/);
    expect(program.told.filter((text) => /MAIN command \[PROC\/ERR\].*not valid UTF-8/.test(text))).toHaveLength(1);
  });

  test('lines that come in pieces, with carriage returns, and a last one without an end are commands too', async () => {
    const program = place.start(TRACE, { toml: TICK });
    await program.record(/BUSY/);
    program.child.stdin!.write('pau');
    const count = program.records.length;
    await program.record(/BUSY/, count);
    program.child.stdin!.write('se\r\nresu');
    await program.record(/PAUSE\/YES/);
    program.child.stdin!.write('me\r\n');
    await program.record(/PAUSE\/NO/);
    program.child.stdin!.end('exit');
    expect(await program.ended).toEqual(ended);
  });

  test('the end of input is one record, and the scheduler goes on', async () => {
    const program = place.start(TRACE, { toml: TICK });
    await program.record(/BUSY/);
    program.child.stdin!.end();
    await program.record(/MAIN command .*end of input/);
    const count = program.records.length;
    await program.record(/BUSY/, count);
    await program.record(/BUSY/, program.records.length);
    expect(program.told.filter((text) => text.includes('end of input'))).toHaveLength(1);
    expect(program.told.filter((text) => /\[PROC\/ERR\]/.test(text))).toEqual([]);
    program.kill('SIGTERM');
    expect(await program.ended).toEqual(ended);
  });

  test('with /dev/null as standard input it runs as well', async () => {
    const program = place.start(TRACE, { toml: TICK, stdio: ['ignore', 'pipe', 'pipe'] });
    await program.record(/MAIN command .*end of input/);
    await program.record(/BUSY/, program.records.length);
    program.kill('SIGTERM');
    expect(await program.ended).toEqual(ended);
  });

  test('tasks have an empty standard input: what is typed is for the scheduler', async () => {
    const toml =
      TICK +
      shellTask('Reads', 'cat; echo done', 'success_stdout = "done\\n"\nmatch_exact = true') +
      onDemand('Now', ['Reads']);
    const program = place.start(TRACE, { toml });
    program.send('trigger Go_Now');
    program.send('pause');
    await program.record(/PAUSE\/YES/);
    program.send('resume');
    await program.record(/Reads\/1 \[HIST\/END\] OK/);
  });

  test('internal tasks give the same commands: one that says exit ends the program', async () => {
    const toml = `${TICK}[[task]]\nname = "End"\ntype = "internal"\ncommand = "exit"\n${always('Once', ['End'])}`;
    const program = place.start(TRACE, { toml });
    expect(await program.ended).toEqual(ended);
    checkHistory(program.told);
  });
});

describe('signals', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} ends an idle scheduler with status 0`, async () => {
      const program = place.start(TRACE, { toml: 'scheduler_tick_seconds = 3600\n' });
      await program.record(/whenever 2/);
      await program.record(/MAIN starting/);
      program.send('pause');
      await program.record(/PAUSE\/YES/);
      program.kill(signal);
      expect(await program.ended).toEqual(ended);
      expect(program.told.at(-1)).toMatch(/^MAIN exit \[END\/OK\]/);
      expect(program.told.some((text) => text.startsWith(`MAIN exit [END/MSG] ${signal}`))).toBe(true);
    });
  }

  test('a signal that comes while the file is being checked ends the scheduler as well', async () => {
    const toml = Array.from({ length: 5000 }, (_, i) => commandTask(`T${i}`, ['true'])).join('');
    const log = place.file('x.log');
    const program = place.start(['-L', 'info', '-l', log], { toml });
    await vi.waitFor(() => expect(existsSync(log)).toBe(true), { timeout: 10_000, interval: 2 });
    program.kill('SIGTERM');
    expect(await program.ended).toEqual(ended);
    expect(place.read('x.log')).toContain('MAIN exit: [END/MSG] SIGTERM');
  });

  test('SIGUSR1 is ignored, and opens no debugger', async () => {
    const program = place.start(TRACE, { toml: TICK });
    await program.record(/BUSY/);
    program.kill('SIGUSR1');
    program.send('pause');
    await program.record(/PAUSE\/YES/);
    program.send('exit');
    expect(await program.ended).toEqual(ended);
    expect(program.stderr).toBe('');
  });

  test('Ctrl-C while a task runs: the task is waited for, and is not hit itself', async () => {
    const toml =
      TICK +
      shellTask('Slow', `echo $$ > ${place.file('pid')}; while [ ! -e ${place.file('go')} ]; do sleep 0.05; done`) +
      always('Once', ['Slow'], '');
    const program = place.start(TRACE, { toml });
    await program.record(/Slow\/1 \[HIST\/START\]/);
    await program.until(() => alive(program.child.pid!), 'life');
    program.kill('SIGINT');
    await program.record(/MAIN exit \[END\/OK\].*waiting for busy conditions: Once/);
    place.write('go', '');
    expect(await program.ended).toEqual(ended);
    expect(program.told.some((text) => /Slow\/1 \[HIST\/END\] OK/.test(text))).toBe(true);
    expect(program.told.at(-1)).toMatch(/^MAIN exit \[END\/OK\]/);
    checkHistory(program.told);
  });

  test('a second signal does not wait: it ends what runs, with status 1', async () => {
    const toml = TICK + shellTask('Slow', `echo $$ > ${place.file('pid')}; sleep 300`) + always('Once', ['Slow'], '');
    const program = place.start(TRACE, { toml });
    await program.record(/Slow\/1 \[HIST\/START\]/);
    program.kill('SIGTERM');
    await program.record(/waiting for busy conditions/);
    program.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 1, signal: null });
    checkHistory(program.told);
  });
});

describe('an exception that nothing caught', () => {
  const start = (toml: string) => {
    const thrower = place.write('throw.cjs', "process.on('SIGUSR2', () => { throw new Error('boom'); });\n");
    return place.start(TRACE, {
      toml,
      env: { NODE_OPTIONS: `--require ${thrower}`, BUN_OPTIONS: `--preload ${thrower}` },
    });
  };

  test('it is logged, running work is finished, and the program ends with status 70', async () => {
    const toml = TICK + shellTask('Slow', `sleep 1; echo done > ${place.file('done')}`) + always('Once', ['Slow'], '');
    const program = start(toml);
    await program.record(/Slow\/1 \[HIST\/START\]/);
    program.kill('SIGUSR2');
    expect(await program.ended).toEqual({ code: 70, signal: null });
    expect(program.told.filter((text) => /PROC\/ERR\] internal error: Error: boom/.test(text))).toHaveLength(1);
    expect(program.told.some((text) => /Slow\/1 \[HIST\/END\] OK/.test(text))).toBe(true);
    expect(place.read('done')).toBe('done\n');
  });

  test('a second one does not wait', async () => {
    const program = start(TICK + shellTask('Slow', 'sleep 300') + always('Once', ['Slow'], ''));
    await program.record(/Slow\/1 \[HIST\/START\]/);
    program.kill('SIGUSR2');
    await program.record(/waiting for busy conditions/);
    program.kill('SIGUSR2');
    expect(await program.ended).toEqual({ code: 70, signal: null });
  });
});

describe('kill', () => {
  test('it ends the groups of everything that runs, with status 1 and an end in the history for each start', async () => {
    const pids = place.file('pids');
    const script = (stubborn: string) => `${stubborn} sleep 300 & echo $! $$ >> ${pids}; wait; sleep 300`;
    const toml =
      TICK +
      shellTask('Soft', script('')) +
      shellTask('Stubborn', script("trap '' TERM;")) +
      shellTask('Next', `echo started > ${place.file('next')}`) +
      always('A', ['Soft', 'Next'], '') +
      always('B', ['Stubborn', 'Next'], '') +
      always('C', ['Soft'], '');
    const program = place.start(TRACE, { toml });
    await program.record(/Soft\/\d \[HIST\/START\]/);
    await program.record(/Stubborn\/\d \[HIST\/START\]/);
    const { existsSync } = await import('node:fs');
    const started = () => existsSync(pids) && place.read('pids').trim().split(/\s+/).length === 4;
    while (!started()) await program.record(/BUSY\/YES/, program.records.length);
    program.send('kill');
    expect(await program.ended).toEqual({ code: 1, signal: null });
    const left = place.read('pids').trim().split(/\s+/).map(Number).filter(alive);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect(left).toEqual([]);
    checkHistory(program.told);
    expect(existsSync(place.file('next')), 'nothing new is started after kill').toBe(false);
  });

  test('it is honoured while exit waits', async () => {
    const toml = TICK + shellTask('Slow', 'sleep 300') + always('Once', ['Slow'], '');
    const program = place.start(TRACE, { toml });
    await program.record(/HIST\/START/);
    program.send('exit');
    await program.record(/waiting for busy conditions/);
    program.send('kill');
    expect(await program.ended).toEqual({ code: 1, signal: null });
    checkHistory(program.told);
  });

  test('without anything running it is as quick', async () => {
    const program = place.start(TRACE, { toml: 'scheduler_tick_seconds = 3600\n' });
    await program.record(/MAIN starting/);
    program.send('kill');
    expect(await program.ended).toEqual({ code: 1, signal: null });
  });
});

describe('exit', () => {
  test('an idle scheduler is gone within 300 ms, however long its tick', async () => {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const program = place.start(TRACE, { toml: `scheduler_tick_seconds = 3600\n${onDemand('Idle', [])}` });
      program.send('pause');
      await program.record(/PAUSE\/YES/);
      const asked = performance.now();
      program.send('exit');
      expect(await program.ended).toEqual(ended);
      best = Math.min(best, performance.now() - asked);
    }
    expect(best).toBeLessThan(300);
  });

  test('records are in the pipe before the program ends', async () => {
    const toml = `scheduler_tick_seconds = 3600\n${Array.from({ length: 3000 }, (_, i) => onDemand(`C${i}`, [])).join('')}`;
    const program = place.start(TRACE, { toml });
    program.send('reset_conditions');
    program.send('exit');
    expect(await program.ended).toEqual(ended);
    expect(program.told.filter((text) => /^MAIN reset_conditions \[END\/OK\]/.test(text))).toHaveLength(3000);
    expect(program.told.at(-1)).toMatch(/^MAIN exit \[END\/OK\]/);
  });

  test('no child holds standard output: it ends with the program', async () => {
    const toml =
      TICK + shellTask('Leaves', `sleep 60 & echo $! > ${place.file('pid')}`) + always('Once', ['Leaves'], '');
    const program = place.start(TRACE, { toml });
    await program.record(/HIST\/END/);
    program.send('exit');
    // `ended` resolves when the streams are closed, not when the process is gone.
    expect(await program.ended).toEqual(ended);
    process.kill(Number(place.read('pid')), 'SIGKILL');
  });
});

test('standard input, output and error may all be closed', async () => {
  const log = place.file('x.log');
  const nothing = openSync('/dev/null', 'r+');
  const program = place.start(['-L', 'trace', '-l', log], { toml: TICK, stdio: [nothing, nothing, nothing] });
  closeSync(nothing);
  const { existsSync } = await import('node:fs');
  const { setTimeout: pause } = await import('node:timers/promises');
  for (let i = 0; i < 300 && !(existsSync(log) && place.read('x.log').includes('BUSY')); i++) await pause(50);
  expect(place.read('x.log')).toContain('BUSY');
  program.kill('SIGTERM');
  expect(await program.ended).toEqual(ended);
});
