import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readUnits, writeNew } from '../../src/commands/convert-host.ts';
import { documentText, tallyOf } from '../../src/convert/document.ts';
import { type ConvertHost, UnreadableSource } from '../../src/convert/host.ts';
import { convertSystemd, type SystemdOptions } from '../../src/convert/systemd.ts';
import { splitWords, timeSpan } from '../../src/convert/systemd-values.ts';
import type { UnitDirectory } from '../../src/convert/unit-file.ts';
import { HOST, loadConverted } from '../support/converted.ts';

type Table = Record<string, unknown>;

/** How a directory is made of texts by path. */
const directory = (files: Readonly<Record<string, string>>, path = '/units'): UnitDirectory => {
  const paths = Object.entries(files);
  const wants = paths.filter(([name]) => name.startsWith('timers.target.wants/'));
  const dropIns = new Map<string, { file: string; text: string }[]>();
  for (const [file, text] of paths.filter(([name]) => name.includes('.d/'))) {
    const unit = file.replace(/\.d\/.*/, '');
    dropIns.set(unit, [...(dropIns.get(unit) ?? []), { file, text }]);
  }
  return {
    path,
    units: new Map(paths.filter(([name]) => !name.includes('/'))),
    dropIns,
    enabled: wants.length === 0 ? undefined : new Set(wants.map(([name]) => name.replace(/.*\//, ''))),
  };
};

/** Converts, loads, and returns the text and its tables. */
const convert = async (
  files: Readonly<Record<string, string>>,
  options: SystemdOptions = {},
  host: ConvertHost = HOST,
) => {
  const converted = convertSystemd(directory(files), host, options);
  const text = documentText(converted);
  await loadConverted(converted);
  const { task = [], condition = [], ...rest } = parse(text) as { task?: Table[]; condition?: Table[] };
  const of = (key: 'differs' | 'lost') => converted.blocks.flatMap((block) => block[key]);
  return { text, task, condition, rest, differs: of('differs'), lost: of('lost'), tally: tallyOf(converted) };
};

const TIMER = '[Timer]\nOnCalendar=*-*-* 02:30\n';
const service = (more: string, exec = '/opt/a b'): string => `[Service]\nType=oneshot\nExecStart=${exec}\n${more}`;
/** One timer at 02:30 with a service. */
const one = (more: string, exec?: string) => convert({ 'a.timer': TIMER, 'a.service': service(more, exec) });
/** A timer of these lines with a plain service. */
const timed = (lines: string) => convert({ 'a.timer': `[Timer]\n${lines}`, 'a.service': service('') });

describe('a timer', () => {
  test('is a condition with the tasks of its service', async () => {
    const { task, condition, tally } = await one('');
    expect(task).toEqual([
      {
        name: 'a',
        type: 'command',
        startup_path: '/home/me',
        command: '/opt/a',
        command_arguments: ['b'],
        success_status: 0,
      },
    ]);
    expect(condition).toEqual([
      { name: 'a', type: 'time', time_specifications: [{ hour: 2, minute: 30 }], recurring: true, tasks: ['a'] },
    ]);
    expect(tally).toEqual({ items: 2, differs: 0, lost: 0 });
  });

  test('with several calendars is one condition, and one more for each other zone', async () => {
    const { condition } = await timed('OnCalendar=Mon 08:00\nOnCalendar=*-*-01 09:00\nOnCalendar=10:00 Asia/Tokyo\n');
    expect(condition.map(({ name, time_specifications, timezone }) => [name, time_specifications, timezone])).toEqual([
      [
        'a',
        [
          { weekday: 'mon', hour: 8, minute: 0 },
          { day: 1, hour: 9, minute: 0 },
        ],
        undefined,
      ],
      ['a_2', [{ hour: 10, minute: 0 }], 'Asia/Tokyo'],
    ]);
  });

  test('that is Persistent= makes up for what was missed, and RandomizedDelaySec= is a jitter', async () => {
    const { condition, differs } = await timed(
      'OnCalendar=daily\nPersistent=true\nRandomizedDelaySec=1h 30min\nFixedRandomDelay=yes\n',
    );
    expect(condition[0]).toMatchObject({ catch_up: 'once', catch_up_limit: 3_155_760_000, jitter_seconds: 5400 });
    expect(differs).toEqual([expect.stringContaining('FixedRandomDelay=')]);
  });

  test('with OnBootSec= alone is an interval that does not recur, which differs', async () => {
    const { condition, differs } = await timed('OnBootSec=15min\n');
    expect(condition).toEqual([{ name: 'a', type: 'interval', interval_seconds: 900, tasks: ['a'] }]);
    expect(differs).toEqual([expect.stringContaining('OnBootSec= counts from the start of the machine')]);
  });

  test('with OnUnitActiveSec= is an interval, and a first run of its own when that comes at another time', async () => {
    const { condition, differs } = await timed('OnBootSec=5min\nOnUnitActiveSec=1h\n');
    expect(condition.map(({ name, interval_seconds, recurring }) => [name, interval_seconds, recurring])).toEqual([
      ['a_first', 300, undefined],
      ['a', 3600, true],
    ]);
    expect(differs).toHaveLength(2);
    const same = await timed('OnActiveSec=1h\nOnUnitActiveSec=1h\n');
    expect(same.condition.map(({ name }) => name)).toEqual(['a']);
    const now = await timed('OnActiveSec=0\nOnUnitActiveSec=1h\n');
    expect(now.condition).toMatchObject([{ interval_seconds: 3600, start: 'at once', recurring: true }]);
    expect(now.differs).toEqual([expect.stringContaining('OnActiveSec= counts from the start of the timer')]);
  });

  test('with OnUnitInactiveSec= counts from the end of each run; without a first start it differs', async () => {
    const { condition, differs } = await timed('OnUnitInactiveSec=90s\n');
    expect(condition).toMatchObject([{ interval_seconds: 90, after_end: true, recurring: true }]);
    expect(differs).toEqual([expect.stringContaining('waits until something else')]);
    const later = await timed('OnActiveSec=1min\nOnUnitInactiveSec=90s\n');
    expect(later.differs).toContain(
      'the second run comes 90 s after the start of the scheduler, and not after the end of the first one',
    );
    const both = await timed('OnActiveSec=0\nOnUnitInactiveSec=90s\nOnUnitActiveSec=1h\n');
    expect(both.condition).toMatchObject([{ interval_seconds: 90, start: 'at once' }]);
    expect(both.condition[0]).not.toHaveProperty('after_end');
    expect(both.differs).toContainEqual(expect.stringContaining('beside OnUnitActiveSec='));
  });

  test('with a small accuracy has ticks of a second', async () => {
    expect((await timed('OnCalendar=daily\nAccuracySec=1s\n')).rest).toEqual({ scheduler_tick_seconds: 1 });
    expect((await timed('OnCalendar=daily\nAccuracySec=5s\n')).rest).toEqual({});
    expect((await timed('OnCalendar=daily\nAccuracySec=1us\n')).differs).toHaveLength(1);
  });

  test('whose spans are no whole seconds, or that ends after its time, differs', async () => {
    const { condition, differs } = await timed('OnBootSec=90500ms\nOnUnitActiveSec=1h\nRemainAfterElapse=no\n');
    expect(condition.map(({ interval_seconds }) => interval_seconds)).toEqual([91, 3600]);
    expect(differs).toContain('OnBootSec=: intervals are whole seconds, one at least');
    expect(differs).toContain('RemainAfterElapse=no: the condition stays');
    const { condition: short, differs: why } = await timed('OnActiveSec=0\n');
    expect([short[0]!.interval_seconds, why.at(-1)]).toEqual([
      1,
      'OnActiveSec=: intervals are whole seconds, one at least',
    ]);
  });

  test('with a description and comments keeps the former, and one that is enabled and not there is left out', async () => {
    const { text, condition } = await convert({
      'a.timer': `# it\n[Unit]\nDescription=Each \\\n; not this\nnight\n${TIMER}; the end \\`,
      'a.service': `[Unit]\nDescription=Backup of %H\n${service('')}`,
      'timers.target.wants/a.timer': '',
      'timers.target.wants/gone.timer': '',
    });
    expect(text).toContain('# Each  night\n');
    expect(text).toContain('# Backup of desk\n');
    expect(condition.map(({ name }) => name)).toEqual(['a']);
    const open = await convert({ 'a.timer': `${TIMER}Persistent=yes \\`, 'a.service': service('') });
    expect(open.condition[0]).toHaveProperty('catch_up', 'once');
  });

  test('with keys that have no equivalent says so', async () => {
    const { lost } = await timed('OnCalendar=daily\nWakeSystem=true\nOnClockChange=true\nFoo=bar\n');
    expect(lost).toEqual([
      expect.stringContaining('WakeSystem='),
      expect.stringContaining('OnClockChange='),
      'no equivalent: Foo=bar',
    ]);
  });

  test('of which the service is missing, is another kind of unit, or has no command, is not converted', async () => {
    const { lost, condition } = await convert({
      'a.timer': TIMER,
      'b.timer': `${TIMER}Unit=b.target\n`,
      'c.timer': TIMER,
      'c.service': '[Service]\nType=oneshot\n',
      'd@.timer': TIMER,
      'd@.service': service(''),
    });
    expect(condition).toEqual([]);
    expect(lost.join('\n')).toMatch(
      /a\.service, which is not in.*\nit starts b\.target, which is not a service\n.*ExecStart.*\nc\.service has no command\na template/s,
    );
  });

  test('has its drop-ins, in which an empty value takes back what was before', async () => {
    const { condition, task } = await convert({
      'a.timer': TIMER,
      'a.timer.d/10.conf': '[Timer]\nOnCalendar=\nOnCalendar=04:00\n',
      'a.service': service('Nice=1\n'),
      'a.service.d/10.conf': '[Service]\nExecStart=\nExecStart=/opt/other\nNice=5\n',
    });
    expect(condition[0]!.time_specifications).toEqual([{ hour: 4, minute: 0 }]);
    expect(task).toMatchObject([{ command: '/opt/other', limits: { nice: 5 } }]);
  });

  test('that is an instance has the name of it', async () => {
    const { condition, task } = await convert({
      'b@.timer': TIMER,
      'b@.service': service('', '/opt/a %i %I %n %p'),
      'timers.target.wants/b@mnt-data.timer': '',
    });
    expect(task[0]).toMatchObject({
      name: 'b_mnt_data',
      command_arguments: ['mnt-data', 'mnt/data', 'b@mnt-data.service', 'b'],
    });
    expect(condition[0]).toMatchObject({ name: 'b_mnt_data', tasks: ['b_mnt_data'] });
  });

  test('that is not enabled where others are begins suspended', async () => {
    const { condition } = await convert({
      'a.timer': TIMER,
      'a.service': service(''),
      'b.timer': TIMER,
      'b.service': service(''),
      'timers.target.wants/a.timer': '',
    });
    expect(condition.map(({ suspended }) => suspended)).toEqual([undefined, true]);
  });
});

describe('a service', () => {
  test('with several commands is a task each, which end at the first failure', async () => {
    const { task, condition, differs } = await one(
      'ExecStart=/opt/c ; /opt/d\nExecStartPre=-/opt/pre\nExecStartPost=/opt/post\n',
    );
    expect(task.map(({ name, command, success_status }) => [name, command, success_status])).toEqual([
      ['a_before', '/opt/pre', undefined],
      ['a', '/opt/a', 0],
      ['a_2', '/opt/c', 0],
      ['a_3', '/opt/d', 0],
      ['a_after', '/opt/post', 0],
    ]);
    expect(condition[0]).toMatchObject({ tasks: ['a_before', 'a', 'a_2', 'a_3', 'a_after'], break_on_failure: true });
    expect(differs).toEqual([expect.stringContaining('the - ignored failures')]);
  });

  test.each([
    ['/opt/a "x y" \'z "q"\' w\\x20v', ['/opt/a', 'x y', 'z "q"', 'w v']],
    ['/opt/a %h %u %% %t', ['/opt/a', '/home/me', 'me', '%', '/run/user/1000']],
    ['/opt/a $$HOME x$y', ['/opt/a', '$HOME', 'x$y']],
    [`/opt/a $FOO $\{BAR}z 'it is'`, ['sh', '-c', `set -f; exec /opt/a $FOO "$\{BAR}"z 'it is'`]],
    [':/opt/a $FOO', ['/opt/a', '$FOO']],
    ['/bin/sh -c \'echo "$1"\' _ b', ['/bin/sh', '-c', 'echo "$1"', '_', 'b']],
    ['/opt/a \\\n  b', ['/opt/a', 'b']],
    ['/opt/a \\u00e9\\U0001f600\\101\\q', ['/opt/a', 'é😀Aq']],
    ['|echo a b', ['sh', '-c', 'echo a b']],
    ["/opt/a $FOO ''", ['sh', '-c', "set -f; exec /opt/a $FOO ''"]],
  ])('has its command line with quotes, specifiers and variables: %s', async (exec, argv) => {
    const { task, tally } = await one('', exec);
    expect([task[0]!.command, ...(task[0]!.command_arguments as string[])]).toEqual(argv);
    expect(tally.differs).toBe(0);
  });

  test.each([
    ['@/opt/a name b', 'the @ gave the program the name "name"'],
    ['+/opt/a b', 'the + ran it with full privileges'],
    ['!!/opt/a b', 'the ! ran it with privileges'],
  ])('with a prefix that has no equivalent differs: %s', async (exec, text) => {
    const { task, differs } = await one('', exec);
    expect([task[0]!.command, task[0]!.command_arguments]).toEqual(['/opt/a', ['b']]);
    expect(differs).toEqual([expect.stringContaining(text)]);
  });

  test('has its environment, directory, time limit and limits', async () => {
    const { task } = await one(
      'Environment=A=1 "B=x y"\nEnvironment="H=%h"\nWorkingDirectory=/tmp\nTimeoutStartSec=1h 5s\nNice=3\nIOSchedulingClass=best-effort\nIOSchedulingPriority=6\nMemoryMax=512M\nCPUQuota=150%\n',
    );
    expect(task[0]).toMatchObject({
      startup_path: '/tmp',
      environment_variables: { A: '1', B: 'x y', H: '/home/me' },
      timeout_seconds: 3605,
      limits: { nice: 3, ionice: 'best-effort:6', memory_max: '512M', cpu_percent: 150 },
    });
  });

  test.each([
    ['IOSchedulingClass=3\nIOSchedulingPriority=6\n', { ionice: 'idle' }],
    ['IOSchedulingPriority=2\n', { ionice: 'best-effort:2' }],
    ['IOSchedulingClass=2\nIOSchedulingPriority=9\n', { ionice: 'best-effort' }],
    ['MemoryMax=1048576\n', { memory_max: '1024K' }],
    ['MemoryMax=infinity\nCPUQuota=0.2%\n', { cpu_percent: 1 }],
  ])('has limits: %j', async (more, limits) => {
    expect((await one(more)).task[0]).toMatchObject({ limits });
  });

  test('begins in /, where its directory may be missing and is, and at home with ~', async () => {
    const { task, differs } = await one('WorkingDirectory=-/gone\n');
    expect([task[0]!.startup_path, differs]).toEqual([
      '/',
      ['/gone does not exist here and may be missing: the command begins in /'],
    ]);
    expect((await one('WorkingDirectory=~\n')).task[0]).toHaveProperty('startup_path', '/home/me');
    expect((await one('WorkingDirectory=-/tmp\n')).task[0]).toHaveProperty('startup_path', '/tmp');
  });

  test('of another type than oneshot has the limit of its whole run, and says what its type meant', async () => {
    const forking = '[Service]\nExecStart=/opt/a\nTimeoutStartSec=5\nRuntimeMaxSec=90\n';
    const { task, lost } = await convert({ 'a.timer': TIMER, 'a.service': `${forking}Type=forking\n` });
    expect([task[0]!.timeout_seconds, lost]).toEqual([
      90,
      ['TimeoutStartSec= was about the start only', 'Type=forking: a task has ended when its command has ended'],
    ]);
    const simple = await convert({ 'a.timer': TIMER, 'a.service': forking });
    expect(simple.lost).toEqual(['TimeoutStartSec= was about the start only']);
    const both = await one('ExecStartPost=/opt/b\nTimeoutStartSec=5\nRestart=always\n');
    expect(both.differs).toEqual([
      'TimeoutStartSec= was the limit of all commands together; here it is that of each',
      'Restart=always: it is tried again after a failure only',
      expect.stringContaining('here there are 5 retries'),
    ]);
    expect(both.task[0]).toMatchObject({ retries: 5, retry_delay_seconds: 0.1 });
    expect((await one('Restart=no\n')).task[0]).not.toHaveProperty('retries');
  });

  test('of a user that is not known begins in / where its home is meant', async () => {
    const host: ConvertHost = { ...HOST, runtimeDirectory: undefined };
    const { task } = await convert(
      { 'a.timer': TIMER, 'a.service': service('User=ghost\n', '/opt/a %h %t') },
      { form: 'user' },
      host,
    );
    expect(task[0]!.command_arguments).toEqual(['/', '/run']);
  });

  test('with limits that whenever does not have says so', async () => {
    const { lost, task } = await one('Nice=-5\nIOSchedulingClass=realtime\nMemoryMax=20%\nCPUQuota=max\n');
    expect(lost).toHaveLength(4);
    expect(task[0]).not.toHaveProperty('limits');
  });

  test('that restarts is tried again, with a difference', async () => {
    const { task, differs } = await convert({
      'a.timer': TIMER,
      'a.service': `[Unit]\nStartLimitBurst=3\n${service('Restart=on-failure\nRestartSec=1min\n')}`,
    });
    expect(task[0]).toMatchObject({ retries: 3, retry_delay_seconds: 60 });
    expect(differs).toEqual([expect.stringContaining('Restart=on-failure')]);
  });

  test('with conditions has guards, and is left out when one does not hold', async () => {
    const { condition, lost } = await convert({
      'a.timer': TIMER,
      'a.service': `[Unit]\nConditionACPower=true\nConditionPathExists=!/run/no backup\nConditionPathExistsGlob=/srv/*.x\nConditionPathIsMountPoint=|/mnt\n${service('ExecCondition=/opt/may %u\n')}`,
    });
    expect(condition.map(({ name }) => name)).toEqual([
      'on_power',
      'PathExists_run_no_backup',
      'PathExistsGlob_srv_x',
      'may_run',
      'a',
    ]);
    expect(condition[1]!.command_arguments).toEqual(['-c', "! test -e '/run/no backup'"]);
    expect(condition[2]!.command_arguments).toEqual(['-c', 'ls -d -- /srv/*.x >/dev/null 2>&1']);
    expect(condition[3]).toMatchObject({ command: '/opt/may', command_arguments: ['me'], success_status: 0 });
    expect(condition[4]).toMatchObject({ only_when: condition.slice(0, 4).map(({ name }) => name), hold_seconds: 0 });
    expect(lost).toEqual([expect.stringContaining('ConditionPathIsMountPoint=|/mnt')]);
  });

  test('that has to run on batteries, or fails where something is missing, has guards', async () => {
    const { condition, differs } = await convert({
      'a.timer': TIMER,
      'a.service': `[Unit]\nConditionACPower=no\nAssertPathExists=/srv\n${service('')}`,
    });
    expect(condition.map(({ name }) => name)).toEqual(['on_battery', 'PathExists_srv', 'a']);
    expect(condition[0]!.parameter_check).toEqual([{ index: 0, operator: 'eq', value: true }]);
    expect(differs).toEqual(['AssertPathExists= made the unit fail; here the tasks do not run']);
  });

  test('with OnFailure= has the tasks of that unit as a hook, a template included', async () => {
    const { condition, task, lost } = await convert({
      'a.timer': TIMER,
      'a.service': `[Unit]\nOnFailure=mail@%n.service gone.service\n${service('')}`,
      'mail@.service': service('', '/opt/mail %i'),
    });
    expect(task.map(({ command_arguments }) => command_arguments)).toEqual([['b'], ['a.service']]);
    expect(condition[0]).toMatchObject({ on_failure: ['mail_a_service'], after_failures: 0 });
    expect(lost).toEqual(['OnFailure=gone.service of a.service: there is no such service in the directory']);
  });

  test('that two timers start is converted once', async () => {
    const { task, condition } = await convert({
      'a.timer': TIMER,
      'b.timer': `${TIMER}Unit=a.service\n`,
      'a.service': service(''),
    });
    expect(task).toHaveLength(1);
    expect(condition.map(({ tasks }) => tasks)).toEqual([['a'], ['a']]);
  });

  test('of another user, as one of the system, begins suspended', async () => {
    const system = await convert({ 'a.timer': TIMER, 'a.service': service('') }, { form: 'system' });
    expect(system.condition[0]).toMatchObject({ suspended: true });
    expect(system.differs).toEqual([expect.stringContaining('it ran as root')]);
    const root = await convert(
      { 'a.timer': TIMER, 'a.service': service('') },
      { form: 'system' },
      { ...HOST, user: 'root', home: '/root' },
    );
    expect([root.condition[0]!.suspended, root.task[0]!.startup_path]).toEqual([undefined, '/']);
    expect((await one('User=me\n')).condition[0]).not.toHaveProperty('suspended');
  });

  test('reads the same environment files, each at its place', async () => {
    const { task, differs, lost } = await one('EnvironmentFile=/etc/a.env\nEnvironmentFile=-%h/b c.env\n');
    expect(task[0]).toMatchObject({ environment_file: ['/etc/a.env', '-/home/me/b c.env'] });
    expect([...differs, ...lost]).toEqual([]);
    const single = await one('EnvironmentFile=/etc/a.env\nEnvironmentFile=\nEnvironmentFile=%h/b.env\n');
    expect(single.task[0]).toMatchObject({ environment_file: '/home/me/b.env' });
  });

  test('with environment files that won over Environment=, or were read by root, differs', async () => {
    const { task, differs } = await one('Environment=A=1 B=2\nEnvironmentFile=/etc/a.env\n');
    expect(task[0]).toMatchObject({ environment_file: '/etc/a.env', environment_variables: { A: '1', B: '2' } });
    expect(differs).toEqual([expect.stringMatching(/^EnvironmentFile= won over Environment=;.* sets A or B too/)]);
    const ofSystem = (more: string) =>
      convert({ 'a.timer': TIMER, 'a.service': service(`EnvironmentFile=/etc/a.env\n${more}`) }, { form: 'system' });
    expect((await ofSystem('User=me\n')).differs).toEqual([expect.stringContaining('was read by root')]);
    expect((await ofSystem('')).differs).toEqual([expect.stringContaining('it ran as root')]);
  });

  test('with what has no equivalent names it', async () => {
    const { lost } = await convert({
      'a.timer': TIMER,
      'a.service': `[Unit]\nAfter=network-online.target postgresql.service\n${service('EnvironmentFile=-%h/env.d/*.conf\nPrivateTmp=yes\nProtectHome=read-only\nRemainAfterExit=yes\n', '/opt/a %b')}`,
    });
    expect(lost).toEqual([
      expect.stringContaining('RemainAfterExit='),
      expect.stringContaining('EnvironmentFile=-/home/me/env.d/*.conf: environment_file takes no patterns'),
      expect.stringContaining('network-online.target'),
      expect.stringContaining('postgresql.service'),
      'no equivalent: PrivateTmp=yes, ProtectHome=read-only',
      expect.stringContaining('the specifier %b'),
    ]);
  });
});

describe('what systemd would refuse is refused, each with its place', () => {
  const refused = (files: Readonly<Record<string, string>>): string[] => {
    try {
      convertSystemd(directory(files), HOST);
    } catch (error) {
      if (error instanceof UnreadableSource)
        return error.problems.map(({ file, line, column, text }) => `${file}:${line}:${column} ${text}`);
      throw error;
    }
    return [];
  };

  test('all units and all places at once', () => {
    const places = refused({
      'a.timer': '[Timer]\nOnCalendar=Mon 25:00\nOnBootSec=soon\n',
      'a.service': service(''),
      'b.timer': TIMER,
      'b.service': service('Environment=A\nEnvironmentFile=-x.env\n', '/opt/a "b'),
      'c.timer': 'OnCalendar=daily\n[Timer]\nnonsense\n',
      'd.timer': TIMER,
      'e.timer': '[Timer]\nOnCalendar=@99999999999999999\nOnCalendar=@999999999999\nRandomizedDelaySec=infinity\n',
      'e.service': service(''),
      'd.service': service('ExecCondition=-\nExecStartPre=;\nTimeoutStartSec=5 parsecs\nEnvironment="A=1\n'),
    });
    expect(places.map((text) => text.replace(/ expected.*/, ''))).toEqual([
      '/units/a.timer:2:16',
      '/units/a.timer:3:11',
      '/units/b.service:4:13',
      '/units/b.service:5:17',
      '/units/b.service:3:11',
      '/units/c.timer:1:1',
      '/units/c.timer:3:1',
      '/units/d.service:6:17',
      '/units/d.service:7:13',
      '/units/d.service:5:14',
      '/units/d.service:4:15',
      '/units/e.timer:4:20',
      '/units/e.timer:2:12',
      '/units/e.timer:3:12',
    ]);
    expect(places[0]).toMatch(/expected the hour as \*, numbers from 0 to 23.*found "25"/);
  });
});

test.each([
  ['30', 30],
  ['5min', 300],
  ['1h 30min', 5400],
  ['2 days', 172_800],
  ['500ms', 0.5],
  ['1w', 604_800],
  ['1.5h', 5400],
  ['infinity', Number.POSITIVE_INFINITY],
  ['soon', undefined],
  ['5 parsecs', undefined],
  ['', undefined],
])('a time span is read: %s', (text, seconds) => {
  expect(timeSpan(text)).toBe(seconds);
});

test('a document has values of every kind, and comments without control characters', () => {
  const item = { section: 'task', keys: { 'a b': {}, c: { 'd.e': [true] }, f: 'x\ud800' } } as const;
  const block = { kept: ['', '#! x', 'y\u0007'], notes: ['one\n\ntwo'], differs: [], lost: [], items: [item] };
  const text = documentText({ from: 'x', general: [], settings: {}, defaults: {}, blocks: [block] });
  expect(text.slice(text.indexOf('\n\n'))).toBe(
    '\n\n#\n##! x\n# y\ufffd\n# one\n#\n# two\n[[task]]\n"a b" = {}\nc = { "d.e" = [true] }\nf = "x\ufffd"\n',
  );
  expect(parse(text)).toEqual({ task: [{ 'a b': {}, c: { 'd.e': [true] }, f: 'x\ufffd' }] });
});

test('words are split as systemd does it', () => {
  expect(splitWords('a "b c"d \'e\' f\\tg  h')).toEqual(['a', 'b cd', 'e', 'f\tg', 'h']);
  expect(splitWords('a "b')).toBeUndefined();
  expect(splitWords('')).toEqual([]);
});

describe('the files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'whenever-units-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('of units are those of a directory, with the drop-ins that are there', () => {
    writeFileSync(join(folder, 'a.timer'), '[Timer]\n');
    writeFileSync(join(folder, 'notes.txt'), '');
    mkdirSync(join(folder, 'a.timer.d'));
    writeFileSync(join(folder, 'a.timer.d', 'b.conf'), '[Timer]\nPersistent=yes\n');
    writeFileSync(join(folder, 'a.timer.d', 'b.conf.old'), '');
    symlinkSync(join(folder, 'none'), join(folder, 'b.service.d'));
    const { units, dropIns, enabled } = readUnits(folder);
    expect([...units.keys()]).toEqual(['a.timer']);
    expect([...dropIns].map(([unit, files]) => [unit, files.map(({ file }) => file)])).toEqual([
      ['a.timer', [join(folder, 'a.timer.d', 'b.conf')]],
      ['b.service', []],
    ]);
    expect(enabled).toBeUndefined();
  });

  test('of units that cannot be read say why', () => {
    expect(() => readUnits(join(folder, 'none'))).toThrow('no such directory');
    writeFileSync(join(folder, 'file'), '');
    expect(() => readUnits(join(folder, 'file'))).toThrow('it is not a directory');
    symlinkSync('circle', join(folder, 'circle'));
    expect(() => readUnits(join(folder, 'circle'))).toThrow(`${join(folder, 'circle')}: `);
  });

  test('that are written are whole, never in the place of another one, and leave no draft', () => {
    const path = join(folder, 'new.toml');
    expect(writeNew(path, 'first')).toBe(true);
    expect(writeNew(path, 'second')).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(() => writeNew(join(folder, 'none', 'a'), '')).toThrow(`there is no directory ${join(folder, 'none')}`);
    expect(() => writeNew(join(path, 'a'), '')).toThrow(`${path} is not a directory`);
    expect(() => writeNew(join(folder, 'x'.repeat(300)), '')).toThrow('ENAMETOOLONG');
    expect(readdirSync(folder)).toEqual(['new.toml']);
  });
});
