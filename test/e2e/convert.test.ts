import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Place } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const CRONTAB = 'MAILTO=me@example.org\n# nightly\n30 2 * * * /usr/bin/true --full\n@reboot cd /tmp && ls\n';

/** Runs `whenever convert` with these arguments. */
const convert = async (...args: readonly string[]) => {
  const { end, stdout, stderr } = await place.run(['convert', ...args]);
  return { status: end.code, stdout, stderr };
};

describe('whenever convert', () => {
  test('prints a file that next understands, and how much differs on standard error', async () => {
    const { status, stdout, stderr } = await convert('crontab', place.write('jobs', CRONTAB));
    expect([status, stderr]).toEqual([0, 'whenever: converted: 5 items, 2 comments "DIFFERS"\n']);
    const next = await place.run(['next', place.write('made.toml', stdout), '--json']);
    const { firings } = JSON.parse(next.stdout) as { firings: { condition: string }[] };
    expect(firings.map(({ condition }) => condition)).toEqual(['ls', 'true']);
  });

  test('reads a crontab from standard input', async () => {
    const program = place.start(['convert', 'crontab', '-']);
    program.child.stdin!.end(CRONTAB);
    await program.ended;
    expect([program.end!.code, program.stdout.split('\n')[0]]).toEqual([
      0,
      '# Converted from the crontab on standard input: 5 items, 2 comments "DIFFERS".',
    ]);
  });

  test('ends with status 1 for what differs when it is strict', async () => {
    expect((await convert('crontab', place.write('jobs', CRONTAB), '--strict')).status).toBe(1);
    expect((await convert('crontab', place.write('same', '30 2 * * * /usr/bin/true\n'), '--strict')).status).toBe(0);
  });

  test('writes a file with mode 600, and no other one, and never over another', async () => {
    const jobs = place.write('jobs', CRONTAB);
    const made = place.file('made.toml');
    expect((await convert('crontab', jobs, '-o', made)).stderr).toBe(
      `whenever: ${made} written: 5 items, 2 comments "DIFFERS"\n`,
    );
    expect(statSync(made).mode & 0o777).toBe(0o600);
    expect(readdirSync(place.path).sort()).toEqual(['jobs', 'made.toml', 'run']);
    const again = await convert('crontab', place.write('jobs', '@daily x\n'), '-o', made);
    expect([again.status, again.stderr]).toEqual([
      2,
      `whenever: ${made} exists already and is not overwritten: expected a path where there is nothing\n`,
    ]);
    expect(place.read('made.toml')).toContain('nightly');
    const nowhere = place.file('nowhere/made.toml');
    expect((await convert('crontab', jobs, '-o', nowhere)).stderr).toBe(
      `whenever: ${nowhere}: there is no directory ${place.file('nowhere')}\n`,
    );
    expect((await convert('systemd', jobs)).stderr).toBe(`whenever: ${jobs}: it is not a directory\n`);
  });

  test('shows where a source is wrong, and writes nothing', async () => {
    const jobs = place.write('jobs', '# one\n0 25 * * * x\n');
    const made = place.file('made.toml');
    const { status, stdout, stderr } = await convert('crontab', jobs, '-o', made);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.split('\n').slice(0, 4)).toEqual([
      `whenever: ${jobs}:2:3: expected the hour as *, numbers from 0 to 23, ranges (1-5), steps (*/2, 8-18/2) or lists with commas, found "25"`,
      '    1:  # one',
      '    2:  0 25 * * * x',
      '          ^',
    ]);
    expect(readdirSync(place.path).sort()).toEqual(['jobs', 'run']);
  });

  test('says what has to be mended before the file is used', async () => {
    const { status, stdout, stderr } = await convert('crontab', place.write('jobs', 'CRON_TZ=Mars/Base\n@daily /x\n'));
    expect(status).toBe(1);
    expect(stdout).toContain('timezone = "Mars/Base"');
    expect(stderr).toMatch(/to be mended before it is used: the file:\d+:\d+: condition "x": timezone/);
  });

  test('reads a directory of units, with status 1 for what has no equivalent', async () => {
    mkdirSync(place.file('units/a.timer.d'), { recursive: true });
    place.write('units/a.timer', '[Timer]\nOnCalendar=Mon 08:00\n');
    place.write('units/a.timer.d/later.conf', '[Timer]\nOnCalendar=\nOnCalendar=Mon 09:00\nWakeSystem=yes\n');
    place.write('units/a.service', '[Service]\nType=oneshot\nExecStart=/usr/bin/true\n');
    const { status, stdout, stderr } = await convert('systemd', place.file('units'), '--form', 'user');
    expect([status, stderr]).toEqual([1, 'whenever: converted: 2 items, 1 comment "NOT CONVERTED"\n']);
    expect(stdout).toContain('time_specifications = [{ weekday = "mon", hour = 9, minute = 0 }]');
  });

  test('makes a file that mails what a job of a crontab writes, and nothing for one that writes nothing', async () => {
    const crontab = 'MAILTO=me@example.org\n@reboot echo hello\n@reboot /usr/bin/true\n';
    const { stdout } = await convert('crontab', place.write('jobs', crontab));
    mkdirSync(place.file('bin'));
    writeFileSync(place.file('bin/sendmail'), `#!/bin/sh\ncat > ${place.file('mail')}.$$\n`, { mode: 0o755 });
    const toml = `scheduler_tick_seconds = 1\n${stdout}`;
    const program = place.start(['-L', 'trace', '-J'], {
      toml,
      env: { PATH: `${place.file('bin')}:${process.env.PATH}` },
    });
    await program.record(/TASK.* mail_output.*\[END/);
    program.send('exit');
    await program.ended;
    const mails = readdirSync(place.path).filter((name) => name.startsWith('mail.'));
    expect(mails).toHaveLength(1);
    expect(place.read(mails[0]!)).toMatch(/^To: me@example\.org\nSubject: echo_hello: .*\n[\s\S]*\n\nhello\n$/);
  });

  test('reads the items of When', async () => {
    const items = '[T]\ntype: task\ncommand: true\n\n[C]\ntype: condition\nbased on: time\nhour: 5\ntask names: T\n';
    const { status, stdout } = await convert('when', place.write('items', items));
    expect([status, stdout.includes('time_specifications = [{ hour = 5, minute = 0 }]')]).toEqual([0, true]);
  });

  test.each([
    [['systemd', 'missing'], 'missing: no such directory'],
    [['cron', 'x'], 'expected one of crontab'],
    [['crontab', 'missing'], 'missing: no such file'],
    [['crontab', '/'], '/: it is a directory'],
  ])('ends with status 2 for %j', async (args, message) => {
    const { status, stderr } = await convert(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
