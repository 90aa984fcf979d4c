import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findExecutable } from '../../src/adapters/executable.ts';
import { createProcesses } from '../../src/adapters/processes.ts';
import type { ProcessRequest } from '../../src/core/ports.ts';
import { alive } from '../support/program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-processes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const processes = createProcesses();

const request = (command: string, args: readonly string[], more: Partial<ProcessRequest> = {}): ProcessRequest => ({
  command,
  args,
  cwd: folder,
  inheritEnvironment: true,
  variables: {},
  timeoutSeconds: 0,
  ...more,
});
const shell = (script: string, more: Partial<ProcessRequest> = {}) =>
  processes.run(request('sh', ['-c', script], more));

/** Waits until a file has been written to. */
const written = async (name: string): Promise<string> => {
  for (let i = 0; i < 800; i++) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')) return readFileSync(path, 'utf8').trim();
    await pause(25);
  }
  throw new Error(`${name} was not written`);
};
const gone = async (pid: number): Promise<boolean> => {
  for (let i = 0; i < 800 && alive(pid); i++) await pause(25);
  return !alive(pid);
};

describe('what a process says is captured', () => {
  test('everything written over a long run, both streams apart', async () => {
    const { end, stdout, stderr } = await shell('for i in 0 1 2 3 4 5; do echo L$i; echo E$i >&2; sleep 0.12; done');
    expect(end).toEqual({ how: 'exit', code: 0 });
    expect(stdout).toEqual({ text: 'L0\nL1\nL2\nL3\nL4\nL5\n', bytes: 18, dropped: 0 });
    expect(stderr.text).toBe('E0\nE1\nE2\nE3\nE4\nE5\n');
  });

  test('1.3 MB at once', async () => {
    const { stdout } = await shell('head -c 1300000 /dev/zero | tr "\\0" x');
    expect(stdout.text.length).toBe(1_300_000);
    expect(stdout.dropped).toBe(0);
  });

  test('invalid UTF-8 becomes the replacement character, in the middle of what is valid', async () => {
    const { stdout } = await shell("printf 'a\\377b\\303\\244\\303'");
    expect(stdout.text).toBe('a\ufffdbä\ufffd');
  });

  test('characters of several bytes are whole, however the pipe cuts them', async () => {
    const { stdout } = await shell("for i in 1 2 3; do printf '\\303'; sleep 0.05; printf '\\244'; done");
    expect(stdout.text).toBe('äää');
  });

  test('beyond the cap bytes are dropped and counted, and the process is not held up', async () => {
    const capped = createProcesses({ captureBytes: 1000 });
    const { end, stdout, stderr } = await capped.run(
      request('sh', ['-c', 'head -c 300000 /dev/zero | tr "\\0" x; printf end; printf 12345 >&2']),
    );
    expect(end).toEqual({ how: 'exit', code: 0 });
    expect(stdout.text).toBe(`${'x'.repeat(500)}\n[299003 bytes left out]\n${'x'.repeat(497)}end`);
    expect(stdout).toMatchObject({ bytes: 300_003, dropped: 299_003 });
    expect(stderr).toEqual({ text: '12345', bytes: 5, dropped: 0 });
  });

  test('what is written just before the end is not lost, time after time', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) => shell(`printf ${i}; printf ${i} >&2`)));
    expect(all.map(({ stdout }) => stdout.text)).toEqual(all.map((_, i) => String(i)));
    expect(all.map(({ stderr }) => stderr.text)).toEqual(all.map((_, i) => String(i)));
  });
});

describe('the end of a process', () => {
  test('an exit status is a result', async () => {
    expect((await shell('exit 7')).end).toEqual({ how: 'exit', code: 7 });
    expect((await shell('exit 255')).end).toEqual({ how: 'exit', code: 255 });
  });

  for (const signal of ['SIGTERM', 'SIGKILL', 'SIGSEGV', 'SIGHUP'] as const)
    test(`${signal} is a result with its name`, async () => {
      expect((await shell(`kill -${signal.slice(3)} $$`)).end).toEqual({ how: 'signal', signal });
    });

  test('it is noticed at once, not on a grid: twenty of them one after the other', async () => {
    const timed = async (run: () => unknown): Promise<number> => {
      const began = performance.now();
      for (let i = 0; i < 20; i++) await run();
      return performance.now() - began;
    };
    const plain = await timed(() => spawnSync('true'));
    expect(await timed(() => processes.run(request('true', [])))).toBeLessThan(1500 + 5 * plain);
  });

  test('a program left in the background that holds the pipes does not delay it; what was said before counts', async () => {
    const began = performance.now();
    const { end, stdout } = await shell('echo before; sleep 30 & echo $! > left; echo after');
    const took = performance.now() - began;
    const pid = Number(await written('left'));
    try {
      expect(end).toEqual({ how: 'exit', code: 0 });
      expect(stdout.text).toBe('before\nafter\n');
      // The program in the background takes 30 s.
      expect(took).toBeLessThan(15_000);
      expect(alive(pid)).toBe(true);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });
});

describe('what a process is given', () => {
  test('arguments one by one, as they are: no shell takes part', async () => {
    const args = ['a b', '$HOME', '*', '"q"', "it's", '', 'tab\there', 'ü'];
    const { stdout } = await processes.run(request('printf', ['<%s>', ...args]));
    expect(stdout.text).toBe(args.map((arg) => `<${arg}>`).join(''));
  });

  test('an empty standard input', async () => {
    expect((await processes.run(request('cat', []))).end).toEqual({ how: 'exit', code: 0 });
    expect((await shell('read line; echo "$? [$line]"')).stdout.text).toBe('1 []\n');
  });

  test('a process group of its own', async () => {
    const { stdout } = await shell('ps -o pgid= -p $$; echo $$');
    const [group, pid] = stdout.text.trim().split(/\s+/);
    expect(group).toBe(pid);
  });

  test('nothing that we hold open: neither files nor sockets', async () => {
    const path = join(folder, 'held-open');
    const file = openSync(path, 'w');
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const links = (of: string) =>
      readdirSync(of).flatMap((fd) => {
        try {
          return [readlinkSync(join(of, fd))];
        } catch {
          return [];
        }
      });
    const ours = links('/proc/self/fd').filter((link) => link === path || link.startsWith('socket:'));
    expect(ours).toContain(path);
    expect(ours.length).toBeGreaterThan(1);
    const { stdout } = await shell('for fd in /proc/self/fd/*; do readlink $fd; done');
    closeSync(file);
    server.close();
    expect(stdout.text).toContain('/dev/null\n');
    expect(stdout.text.split('\n').filter((link) => ours.includes(link))).toEqual([]);
  });

  test('the working directory', async () => {
    const inner = join(folder, 'inner');
    mkdirSync(inner, { recursive: true });
    expect((await shell('pwd', { cwd: inner })).stdout.text).toBe(`${inner}\n`);
  });

  test('our environment and its own variables over it', async () => {
    process.env.WHENEVER_TEST_A = 'ours';
    process.env.WHENEVER_TEST_B = 'ours';
    const line = ['-c', 'echo $WHENEVER_TEST_A $WHENEVER_TEST_B'];
    const { stdout } = await createProcesses().run(request('sh', line, { variables: { WHENEVER_TEST_B: 'its' } }));
    expect(stdout.text).toBe('ours its\n');
  });

  test('without include_environment nothing but its own variables', async () => {
    const bare = await processes.run(request('env', [], { inheritEnvironment: false }));
    expect(bare.stdout.text).toBe('');
    const one = await processes.run(request('env', [], { inheritEnvironment: false, variables: { A: 'b = "c"' } }));
    expect(one.stdout.text).toBe('A=b = "c"\n');
  });
});

describe('which program is run', () => {
  const script = (name: string, text: string, mode = 0o755) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, mode);
    return path;
  };

  test('a bare name is looked for in our PATH, whatever PATH the process gets', async () => {
    const { end, stdout } = await processes.run(
      request('env', [], { inheritEnvironment: false, variables: { PATH: '/nowhere' } }),
    );
    expect(end).toEqual({ how: 'exit', code: 0 });
    expect(stdout.text).toBe('PATH=/nowhere\n');
  });

  test('a relative name with a slash is relative to the working directory', async () => {
    script('hello', 'echo hello');
    expect((await processes.run(request('./hello', []))).stdout.text).toBe('hello\n');
  });

  test('files that may not be run are passed over in PATH', () => {
    mkdirSync(join(folder, 'one'), { recursive: true });
    mkdirSync(join(folder, 'two'), { recursive: true });
    mkdirSync(join(folder, 'one', 'a-directory'), { recursive: true });
    script('one/tool', 'echo one', 0o644);
    const two = script('two/tool', 'echo two');
    const path = `${join(folder, 'one')}:${join(folder, 'two')}`;
    expect(findExecutable('tool', '/', path)).toBe(two);
    expect(findExecutable('a-directory', '/', path)).toBeUndefined();
    expect(findExecutable('tool', folder, 'two')).toBe(two);
  });

  const refusals: readonly (readonly [title: string, command: string, reason: RegExp, cwd?: string])[] = [
    ['a name that is nowhere in PATH', 'no-such-program-anywhere', /no such program: "no-such-program-anywhere"/],
    ['a path that is not there', '/no/such/program', /no such program: "\/no\/such\/program"/],
    ['a directory', '/etc', /"\/etc" is a directory, not a program/],
    [
      'a working directory that has gone',
      'true',
      /the working directory "\/no\/such\/place" does not exist/,
      '/no/such/place',
    ],
    [
      'a working directory that is a file',
      'true',
      /the working directory "\/etc\/hosts" is not a directory/,
      '/etc/hosts',
    ],
  ];
  for (const [title, command, reason, cwd] of refusals)
    test(`${title}: not started, and why`, async () => {
      const { end } = await processes.run(request(command, [], cwd === undefined ? {} : { cwd }));
      expect(end).toEqual({ how: 'not-started', reason: expect.stringMatching(reason) });
    });

  test('a file without permission is not started', async () => {
    const plain = script('not-runnable', 'echo no', 0o644);
    expect((await processes.run(request(plain, []))).end.how).toBe('not-started');
  });

  test('a file that is no program is not started: a script needs a #! line', async () => {
    const text = join(folder, 'text');
    writeFileSync(text, 'echo hello\n');
    chmodSync(text, 0o755);
    expect((await processes.run(request(text, []))).end.how).toBe('not-started');
    const garbage = join(folder, 'garbage');
    writeFileSync(garbage, Buffer.from([1, 2, 3, 4]));
    chmodSync(garbage, 0o755);
    expect((await processes.run(request(garbage, []))).end.how).toBe('not-started');
  });

  test('a NUL in an argument is a result, not an exception', async () => {
    expect((await processes.run(request('echo', ['a\0b']))).end.how).toBe('not-started');
  });
});

test('at the signal of its request the whole group is ended, and one that is aborted already starts nothing', async () => {
  const early = new AbortController();
  const output = (): void => early.abort({ code: 'cancelled' });
  const run = shell('echo said; sleep 30 & echo $! > cancelled; wait', { signal: early.signal, output });
  expect((await run).end).toEqual({ how: 'cancelled' });
  expect((await shell('touch started', { signal: early.signal })).end).toEqual({ how: 'cancelled' });
  expect(existsSync(join(folder, 'started'))).toBe(false);
});

describe('the time limit', () => {
  test('the group gets SIGTERM; the result says so, at the latest when the grace is over', async () => {
    const began = performance.now();
    const { end, stdout } = await shell('echo said; sleep 30 & echo $! > child; wait', { timeoutSeconds: 1 });
    const took = performance.now() - began;
    expect(end).toEqual({ how: 'timeout' });
    expect(stdout.text).toBe('said\n');
    expect(took).toBeGreaterThan(950);
    // At once where the dead are buried at once, at the latest after the grace of two seconds; `sleep` takes 30.
    expect(took).toBeLessThan(15_000);
    expect(await gone(Number(await written('child')))).toBe(true);
  });

  test('what ignores SIGTERM gets SIGKILL after the grace, grandchildren too', async () => {
    const impatient = createProcesses({ graceMs: 300 });
    const began = performance.now();
    const { end } = await impatient.run(
      request(
        'sh',
        ['-c', "trap '' TERM; (sleep 30; sleep 30) & echo $! > deaf; echo $$ > self; while :; do sleep 1; done"],
        {
          timeoutSeconds: 1,
        },
      ),
    );
    expect(end).toEqual({ how: 'timeout' });
    expect(performance.now() - began).toBeGreaterThan(1250);
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(await gone(Number(await written('deaf')))).toBe(true);
    expect(await gone(Number(await written('self')))).toBe(true);
  });

  test('a child that ends on SIGTERM while a grandchild ignores it: the grandchild is killed as well', async () => {
    const impatient = createProcesses({ graceMs: 300 });
    const { end } = await impatient.run(
      request('sh', ['-c', "(trap '' TERM; echo $$ > /dev/null; sleep 30; sleep 30) & echo $! > stubborn; wait"], {
        timeoutSeconds: 1,
      }),
    );
    expect(end).toEqual({ how: 'timeout' });
    expect(await gone(Number(await written('stubborn')))).toBe(true);
  });

  test('a zombie of the group that its parent takes no notice of does not prolong it', async () => {
    // The parent is in another group of the session, and never waits for its child, which is in the group that is ended.
    const program = `import os, sys, time
group = os.getpgrp()
if os.fork() == 0:
    os.setpgid(0, 0)
    child = os.fork()
    if child == 0: time.sleep(600)
    os.setpgid(child, group)
    for fd in range(3): os.close(fd)
    with open(sys.argv[1], 'w') as file: file.write(str(os.getpid()) + chr(10))
    time.sleep(600)
time.sleep(600)
`;
    const patient = createProcesses({ graceMs: 60_000 });
    rmSync(join(folder, 'careless'), { force: true });
    const began = performance.now();
    const run = patient.run(request('python3', ['-c', program, join(folder, 'careless')], { timeoutSeconds: 3 }));
    const parent = Number(await written('careless'));
    try {
      expect((await run).end).toEqual({ how: 'timeout' });
      expect(performance.now() - began).toBeLessThan(30_000);
      expect(alive(parent)).toBe(true);
    } finally {
      process.kill(parent, 'SIGKILL');
    }
  });

  test('a process that ends in time is not touched by it', async () => {
    expect((await shell('exit 4', { timeoutSeconds: 5 })).end).toEqual({ how: 'exit', code: 4 });
  });
});

describe('killAll', () => {
  test('ends the groups of everything that runs, and the runs end as killed', async () => {
    const some = createProcesses();
    const runs = ['a', 'b'].map((name) =>
      some.run(request('sh', ['-c', `sleep 30 & echo $! > killed-${name}; wait; sleep 30`])),
    );
    const deaf = some.run(request('sh', ['-c', "trap '' TERM; echo $$ > killed-deaf; while :; do sleep 1; done"]));
    const pids = [
      Number(await written('killed-a')),
      Number(await written('killed-b')),
      Number(await written('killed-deaf')),
    ];
    await some.killAll(200);
    for (const run of [...runs, deaf]) expect((await run).end).toEqual({ how: 'killed' });
    for (const pid of pids) expect(await gone(pid)).toBe(true);
  });

  test('with nothing running it is done at once', async () => {
    await createProcesses().killAll(60_000);
  });
});

describe('an environment that is not UTF-8', () => {
  const inherited = (script: string) => {
    // Only a process started with such an environment has one: a shell makes it, and runs this side in it.
    const program = `
      import { createProcesses } from ${JSON.stringify(join(import.meta.dirname, '../../src/adapters/processes.ts'))};
      const { end, stdout } = await createProcesses().run({ command: 'sh', args: ['-c', ${JSON.stringify(script)}],
        cwd: '/', inheritEnvironment: true, variables: { OWN: 'x' }, timeoutSeconds: 0 });
      process.stdout.write(JSON.stringify({ end, text: stdout.text }));`;
    const bundle = join(folder, 'environment.mjs');
    execFileSync(
      process.execPath,
      [
        '-e',
        `require('esbuild').buildSync({ stdin: { contents: ${JSON.stringify(program)}, resolveDir: '/', loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', outfile: ${JSON.stringify(bundle)} })`,
      ],
      { cwd: join(import.meta.dirname, '../..') },
    );
    const out = execFileSync('sh', [
      '-c',
      `BAD=$(printf 'a\\351b\\nc ') GOOD=ü exec "$0" "$1"`,
      process.execPath,
      bundle,
    ]);
    return JSON.parse(out.toString('utf8')) as { end: unknown; text: string };
  };

  test('its bytes pass through unharmed, and the rest of it as well', () => {
    const { end, text } = inherited('printf "%s|%s|%s" "$BAD" "$GOOD" "$OWN" | od -An -tx1 | tr -d " \\n"');
    expect(end).toEqual({ how: 'exit', code: 0 });
    expect(text).toBe(Buffer.concat([Buffer.from('a\xe9b\nc ', 'latin1'), Buffer.from('|ü|x')]).toString('hex'));
  });
});

test('a child gets no signal that is for us alone: it is in another group', async () => {
  const child = spawn('sh', ['-c', 'exit 0']);
  await new Promise((resolve) => child.once('exit', resolve));
  const { stdout } = await shell('ps -o pgid= -p $$');
  const ours = execFileSync('ps', ['-o', 'pgid=', '-p', String(process.pid)], { encoding: 'utf8' }).trim();
  expect(stdout.text.trim()).not.toBe(ours);
});

test('many commands at once are started in turns, and other things happen between them', async () => {
  let turns = 0;
  let goingOn = true;
  const count = (): void => {
    turns += 1;
    if (goingOn) setTimeout(count);
  };
  setTimeout(count);
  const runs = Promise.all(Array.from({ length: 150 }, () => processes.run(request('true', []))));
  const ends = await runs;
  goingOn = false;
  expect(ends.filter(({ end }) => end.how === 'exit' && end.code === 0)).toHaveLength(150);
  expect(turns).toBeGreaterThan(15);
});

test('a condition that starts very many commands does not delay those of others', async () => {
  const ended: string[] = [];
  const start = (condition: string) =>
    processes.run(request('true', [], { condition })).then(({ end }) => {
      expect(end).toEqual({ how: 'exit', code: 0 });
      ended.push(condition);
    });
  await Promise.all([...Array.from({ length: 200 }, () => start('Many')), start('One'), start('Other')]);
  expect(ended.indexOf('One')).toBeLessThan(100);
  expect(ended.indexOf('Other')).toBeLessThan(100);
});

test('commands that wait for their turn are not started any more when everything is ended', async () => {
  const some = createProcesses();
  const runs = Array.from({ length: 100 }, (_, i) => some.run(request('sh', ['-c', `echo > late-${i}; sleep 30`])));
  await some.killAll(0);
  const ends = await Promise.all(runs);
  expect(ends.map(({ end }) => end.how)).toEqual(Array(100).fill('killed'));
  expect(readdirSync(folder).filter((name) => name.startsWith('late-')).length).toBeLessThan(100);
});
