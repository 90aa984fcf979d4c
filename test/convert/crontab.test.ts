import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { type CrontabOptions, convertCrontab } from '../../src/convert/crontab.ts';
import { documentText, tallyOf } from '../../src/convert/document.ts';
import { UnreadableSource } from '../../src/convert/host.ts';
import { HOST, loadConverted } from '../support/converted.ts';

type Table = Record<string, unknown>;

/** Converts, loads, and returns the text and its tables. */
const convert = async (crontab: string, options: CrontabOptions = {}, file = 'jobs') => {
  const converted = convertCrontab(file, crontab, HOST, options);
  const text = documentText(converted);
  await loadConverted(converted);
  const {
    task = [],
    condition = [],
    defaults,
  } = parse(text) as { task?: Table[]; condition?: Table[]; defaults?: Table };
  return { text, task, condition, defaults, tally: tallyOf(converted) };
};

/** The places that are refused, as `LINE:COLUMN text`. */
const refused = (crontab: string, options: CrontabOptions = {}): string[] => {
  try {
    convertCrontab('jobs', crontab, HOST, options);
  } catch (error) {
    if (error instanceof UnreadableSource)
      return error.problems.map(({ line, column, text }) => `${line}:${column} ${text}`);
    throw error;
  }
  return [];
};

describe('the command of a job', () => {
  const argv = async (command: string, head = '') => {
    const { task } = await convert(`${head}0 5 * * * ${command}\n`, { form: 'user' });
    return [task[0]!.command, ...(task[0]!.command_arguments as string[])];
  };

  test('of plain words, perhaps in quotes, needs no shell', async () => {
    expect(await argv(`/usr/bin/rsync -a "/my files/" '/mnt/$x'`)).toEqual([
      '/usr/bin/rsync',
      '-a',
      '/my files/',
      '/mnt/$x',
    ]);
  });

  test.each([
    'a | b',
    'a > /dev/null 2>&1',
    'cd /tmp && b',
    'a ~/x',
    'a $HOME',
    'FOO=1 a',
    'a *.txt',
    'a "`b`"',
    'echo hi',
    'a;b',
    "a 'open",
  ])('with syntax or words of the shell goes through /bin/sh: %s', async (command) => {
    expect(await argv(command)).toEqual(['/bin/sh', '-c', command]);
  });

  test('goes through the SHELL of the crontab', async () => {
    expect(await argv('a | b', 'SHELL=/bin/bash\n')).toEqual(['/bin/bash', '-c', 'a | b']);
  });

  test('without a slash is searched in the PATH of the crontab, by the shell', async () => {
    expect(await argv('a b', 'PATH=/opt/bin\n')).toEqual(['/bin/sh', '-c', 'a b']);
    expect(await argv('/opt/bin/a b', 'PATH=/opt/bin\n')).toEqual(['/opt/bin/a', 'b']);
  });

  test('has what stands after % as its standard input, and \\% is a percent sign', async () => {
    const [shell, , script] = await argv("sort -u%b%a's%b");
    expect([shell, script]).toEqual(['/bin/sh', "printf '%s\\n' b 'a'\\''s' b | {\nsort -u\n}"]);
    expect((await argv('cat%a%'))[2]).toBe("printf '%s\\n' a | {\ncat\n}");
    expect(await argv('date +\\%F')).toEqual(['date', '+%F']);
    expect(await argv('x%y', 'SHELL=/usr/bin/fish\n')).toEqual([
      '/bin/sh',
      '-c',
      "printf '%s\\n' y | /usr/bin/fish -c x",
    ]);
  });
});

describe('a job', () => {
  test('keeps the comments above it, and says its line', async () => {
    const { text } = await convert('# one\n# two\n\n# my backup\n0 5 * * * /opt/backup.sh\n');
    expect(text).toContain(
      '# one\n# two\n\n# my backup\n# line 5: 0 5 * * * /opt/backup.sh\n[[task]]\nname = "backup"\n',
    );
  });

  test('recurs, is judged by its exit status, and begins in the home directory', async () => {
    const { task, condition, tally } = await convert('0 5 * * * /opt/backup.sh\n');
    expect(task).toEqual([
      {
        name: 'backup',
        type: 'command',
        startup_path: '/home/me',
        command: '/opt/backup.sh',
        command_arguments: [],
        success_status: 0,
      },
    ]);
    expect(condition).toEqual([
      {
        name: 'backup',
        type: 'time',
        time_specifications: [{ cron: '0 5 * * *' }],
        recurring: true,
        tasks: ['backup'],
      },
    ]);
    expect(tally).toEqual({ items: 2, differs: 0, lost: 0 });
  });

  test('changes to a HOME that does not exist here when it runs', async () => {
    const { task, text } = await convert('HOME=/srv/x\n0 5 * * * /opt/a b\n');
    expect(task[0]).toMatchObject({
      startup_path: '/',
      command: 'sh',
      command_arguments: ['-c', 'cd -- "$0" && exec "$@"', '/srv/x', '/opt/a', 'b'],
      environment_variables: { HOME: '/srv/x' },
    });
    expect(text).toContain('# /srv/x does not exist here');
  });

  test('behind a # is suspended, and a comment that explains the fields stays a comment', async () => {
    const { condition, text } = await convert(
      '#0 5 * * * /opt/a\n#* * * * *  command to be executed\n# 0 5 * * * said only\n',
    );
    expect(condition).toHaveLength(1);
    expect(condition[0]).toMatchObject({ name: 'a', suspended: true });
    expect(text).toContain('# * * * * *  command to be executed\n# 0 5 * * * said only\n');
  });

  test('of @reboot is once after the start, and says that it differs', async () => {
    const { condition, tally, text } = await convert('@reboot /opt/a\n');
    expect(condition).toEqual([{ name: 'a', type: 'session', when: 'start', recurring: true, tasks: ['a'] }]);
    expect(text.replace(/\n# +/g, ' ')).toMatch(
      /DIFFERS: @reboot is once after the start of the machine; .* each start of the scheduler, and not after a reload/,
    );
    expect(tally.differs).toBe(1);
  });

  test('of @ with seconds, as in FreeBSD, is so long after the end of the last run', async () => {
    const { condition, tally } = await convert('@600 /opt/a\n');
    const keys = { type: 'interval', interval_seconds: 600, after_end: true, recurring: true };
    expect(condition).toEqual([{ name: 'a', ...keys, tasks: ['a'] }]);
    expect(tally.differs).toBe(0);
    expect(refused('@0 /opt/a\n')).toEqual([expect.stringContaining('1:1 expected one of @')]);
  });

  test('has the variables that stand above it, and those below it the later ones', async () => {
    const { task, text } = await convert('A="1 2"\n0 5 * * * /opt/a\nA=3\nB=$A\n0 6 * * * /opt/b\n');
    expect(task.map(({ environment_variables }) => environment_variables)).toEqual([{ A: '1 2' }, { A: '3', B: '$A' }]);
    expect(text).toMatch(/# DIFFERS: cron takes the \$ in the value of B as it is/);
  });

  test('has the zone of CRON_TZ, the delay of RANDOM_DELAY, and a jitter for a random minute', async () => {
    const { condition, tally } = await convert('CRON_TZ=Asia/Tokyo\nRANDOM_DELAY=2\n0~10 5 * * * /opt/a\n');
    expect(condition[0]).toMatchObject({
      time_specifications: [{ cron: '0 5 * * *' }],
      timezone: 'Asia/Tokyo',
      jitter_seconds: 720,
    });
    expect(tally.differs).toBe(2);
  });

  test('has the environment of cron when that is asked for', async () => {
    const { task } = await convert('LANG=C\n0 5 * * * /opt/a\n', { cronEnvironment: true });
    expect(task[0]).toMatchObject({
      include_environment: false,
      environment_variables: {
        SHELL: '/bin/sh',
        PATH: '/usr/bin:/bin',
        LANG: 'C',
        HOME: '/home/me',
        LOGNAME: 'me',
        USER: 'me',
      },
    });
  });

  test('of which there are several of one name gets a number', async () => {
    const { task, condition } = await convert('0 5 * * * /opt/a\n0 6 * * * /opt/a\n0 7 * * * /opt/a\n');
    expect(task.map(({ name }) => name)).toEqual(['a', 'a_2', 'a_3']);
    expect(condition.map(({ tasks }) => tasks)).toEqual([['a'], ['a_2'], ['a_3']]);
  });

  test.each([
    ['/usr/local/bin/backup.sh --full', 'backup'],
    ['cd /tmp && ./fetch_feeds.py', 'fetch_feeds'],
    ['test -x /usr/sbin/anacron || ( cd / && run-parts /etc/cron.daily )', 'run_parts'],
    ['/usr/bin/flock -n /tmp/x.lock /usr/bin/php /srv/cron.php', 'cron'],
    ['nice -n 10 ionice -c3 restic backup /home', 'restic_backup'],
    ['LANG=C python3 -u /opt/7days.py', 'job_7days'],
    ['timeout 30 curl -s http://x/', 'curl'],
    ['notify-send "Stand up"', 'notify_send'],
    ['"/opt/my tool/x"', 'job'],
    ['bash -c "a b"', 'bash'],
    ['nice -n 5', 'nice'],
    ['. /etc/profile; task sync', 'task_sync'],
  ])('is named after what it runs: %s is %s', async (command, name) => {
    const { task } = await convert(`0 5 * * * ${command}\n`, { form: 'user' });
    expect(task[0]!.name).toBe(name);
  });
});

describe('MAILTO', () => {
  test('is a task that mails what was written, for all jobs', async () => {
    const { task, condition, defaults, tally } = await convert(
      'MAILTO=me@example.org\n0 5 * * * /opt/a\n0 6 * * * /opt/b\n',
    );
    expect(task[0]).toMatchObject({ name: 'mail_output', environment_variables: { MAILTO: 'me@example.org' } });
    expect(defaults).toEqual({ on_success: ['mail_output'], on_failure: ['mail_output'], after_failures: 0 });
    expect(condition[0]).not.toHaveProperty('on_success');
    expect(tally.differs).toBe(1);
  });

  test('that changes is a task each, and an empty one is none', async () => {
    const { condition } = await convert(
      '0 4 * * * /opt/z\nMAILTO=a\n0 5 * * * /opt/a\nMAILTO=""\n0 6 * * * /opt/b\nMAILTO=c\n0 7 * * * /opt/c\n',
    );
    expect(condition.map(({ on_success }) => on_success)).toEqual([
      undefined,
      ['mail_output'],
      undefined,
      ['mail_output_2'],
    ]);
  });
});

describe('the system form', () => {
  const SYSTEM = '17 * * * * root run-parts /etc/cron.hourly\n0 3 * * * me /opt/a\n@daily backup /opt/b\n';

  test('is recognised by its path and by its users, and suspends what another user ran', async () => {
    const { task, condition, tally } = await convert(SYSTEM);
    expect(task.map(({ name, startup_path }) => [name, startup_path])).toEqual([
      ['run_parts', '/root'],
      ['a', '/home/me'],
      ['b', '/'],
    ]);
    expect(condition.map(({ suspended }) => suspended)).toEqual([true, undefined, true]);
    expect(tally.differs).toBe(2);
    expect((await convert('0 3 * * * me /opt/a\n', {}, '/etc/cron.d/x')).task[0]!.command).toBe('/opt/a');
  });

  test('is not taken for granted: mail is a program as well as a user', async () => {
    const { task } = await convert('0 3 * * * mail -s x me\n');
    expect(task[0]).toMatchObject({ command: 'mail', command_arguments: ['-s', 'x', 'me'] });
    expect((await convert('0 3 * * * mail -s x me\n', { form: 'system' })).condition[0]).toMatchObject({
      suspended: true,
    });
  });

  test('has flags before the command, and a - before the minute, which differ', async () => {
    const { task, tally } = await convert('-*/5 * * * * -nq /opt/a\n');
    expect(task[0]!.command).toBe('/opt/a');
    expect(tally.differs).toBe(2);
  });
});

describe('what cron would refuse is refused, each with its place', () => {
  test.each([
    ['60 * * * * a', '1:1 expected the minute as *, numbers from 0 to 59'],
    ['0 5 * foo * a', '1:7 expected the month as *, numbers from 1 to 12 or jan, feb'],
    ['0 5 1,32 * * a', '1:7 expected the day of month'],
    ['*/0 * * * * a', '1:3 expected the minute'],
    ['30-10 * * * * a', '1:1 expected the minute'],
    ['0 5 * * fri-mon a', '1:9 expected the day of week'],
    ['0 5 * *', '1:8 expected five fields'],
    ['0 5 * * *', '1:10 expected a command after the time, found nothing'],
    ['@dayly a', '1:1 expected one of @yearly'],
    ['hello', '1:6 expected five fields'],
    ['1- 5 * * * a', '1:1 expected the minute'],
    ['-', '1:2 expected five fields'],
  ])('%s', (line, place) => {
    expect(refused(`${line}\n`)[0]).toMatch(new RegExp(`^${place.replace(/[*+?()|]/g, '\\$&')}`));
  });

  test('all at once', () => {
    expect(refused('60 * * * * a\n0 5 * * * b\n* 24 * * * c\n')).toHaveLength(2);
  });
});

test('warnings about what was so in the crontab are silenced', async () => {
  const { condition } = await convert('0 5 1 * 5 a\n*/7 * * * * b\n*/15 5 * * 5 c\n0 5 */2 * * d\n@weekly e\n');
  expect(condition.map(({ allow }) => allow)).toEqual([
    ['cron-days'],
    ['cron-uneven-step'],
    undefined,
    ['cron-uneven-step'],
    undefined,
  ]);
});

test('a range up to Sunday, and a step without an end, are converted and differ', async () => {
  const { condition, tally } = await convert('0 5 * * fri-sun a\n5/20 * * * * b\n');
  expect(condition.map(({ time_specifications }) => time_specifications)).toEqual([
    [{ cron: '0 5 * * 5-7' }],
    [{ cron: '5-59/20 * * * *' }],
  ]);
  expect(tally.differs).toBe(2);
});

describe('a long crontab', () => {
  const text = Array.from({ length: 5000 }, (_, i) => `${i % 60} * * * * /usr/bin/true ${i}`).join('\n');

  test('says how far it is, and gives each of many equal names once', () => {
    const seen: number[] = [];
    const progress = (done: number, total: number): void => {
      expect(total).toBe(5000);
      seen.push(done);
    };
    const { blocks } = convertCrontab('crontab', text, { ...HOST, progress });
    expect(seen).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    const names = blocks.flatMap(({ items }) =>
      items.flatMap(({ section, keys }) => (section === 'task' ? [keys.name] : [])),
    );
    expect(names).toHaveLength(5000);
    expect(new Set(names).size).toBe(5000);
    expect(names.slice(0, 3)).toEqual(['true', 'true_2', 'true_3']);
  });
});
