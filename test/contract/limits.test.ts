import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OrphanProcesses } from '../../src/adapters/orphan-processes.ts';
import { ProcessGroup } from '../../src/adapters/process-group.ts';
import { createProcesses } from '../../src/adapters/processes.ts';
import { ResourceLimiter } from '../../src/adapters/resource-limits.ts';
import type { ProcessRequest, ResourceLimits } from '../../src/core/ports.ts';

const MIB = 2 ** 20;

let folder: string;
let warnings: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-limits-'));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of a daemon without a user manager of systemd. */
const alone = (more: Environment = {}): Environment => ({ ...process.env, XDG_RUNTIME_DIR: folder, ...more });

const request = (command: string, args: readonly string[], more: Partial<ProcessRequest>): ProcessRequest => ({
  ...{ command, args, cwd: folder, inheritEnvironment: true, variables: {}, timeoutSeconds: 0, item: 'task/T' },
  unlimited: (text) => warnings.push(text),
  ...more,
});

/** Runs a shell script once under limits. */
const limited = (limits: ResourceLimits, script: string, more: Partial<ProcessRequest> = {}, own = alone()) =>
  createProcesses({}, own).run(request('sh', ['-c', script], { limits, ...more }));

const tool = (name: string, script: string): string => {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
};

describe('without a user manager, by tools of the system', () => {
  test('nice is added to the niceness of the scheduler', async () => {
    const { stdout } = await limited({ nice: 7 }, 'nice');
    expect(stdout.text).toBe(`${Math.min(19, getPriority() + 7)}\n`);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['idle', 'idle'],
    ['best-effort', 'best-effort: prio 4'],
    ['best-effort:7', 'best-effort: prio 7'],
  ])('ionice is the class of disk access: %s', async (ionice, shown) => {
    expect((await limited({ ionice }, 'ionice')).stdout.text).toBe(`${shown}\n`);
    expect(warnings).toEqual([]);
  });

  test('memory_max is the size of the address space, of each of its processes', async () => {
    const { stdout } = await limited({ memory_max: 300 * MIB }, 'ulimit -v; ulimit -H -v; sh -c "ulimit -v"');
    expect(stdout.text).toBe(`${300 * 1024}\n`.repeat(3));
    expect(warnings).toEqual([]);
  });

  test('cpu_percent is not applied: one WARN for an item names it and why; the other limits are', async () => {
    const processes = createProcesses({}, alone());
    const limits = { nice: 3, cpu_percent: 50 };
    const one = request('nice', [], { limits });
    expect((await processes.run(one)).stdout.text).toBe(`${getPriority() + 3}\n`);
    await processes.run(one);
    const text = 'limits that are not applied: cpu_percent (it needs a user manager of systemd: none is running)';
    expect(warnings).toEqual([text]);
    await processes.run({ ...one, item: 'task/Other' });
    expect(warnings).toEqual([text, text]);
  });

  test('where a tool is missing, or does not work, the program is run without its limit', async () => {
    tool('nice', 'echo "nice: not here" >&2; exit 125');
    const { stdout } = await limited({ nice: 3 }, 'echo ran', {}, alone({ PATH: `${folder}/bin:${process.env.PATH}` }));
    expect(stdout.text).toBe('ran\n');
    expect(warnings).toEqual(['limits that are not applied: nice (nice: not here)']);
  });
});

describe('the process is the program, not the tool', () => {
  const limits: ResourceLimits = { nice: 1, ionice: 'best-effort:5', memory_max: 2048 * MIB };

  test('its exit status and its signal are its own', async () => {
    expect((await limited(limits, 'exit 77')).end).toEqual({ how: 'exit', code: 77 });
    expect((await limited(limits, 'kill -SEGV $$')).end).toEqual({ how: 'signal', signal: 'SIGSEGV' });
  });

  test('it leads its process group, which a time limit ends', async () => {
    const script = 'echo $$ $(cut -d" " -f5 /proc/$$/stat); sleep 1000 & sleep 1000';
    const { end, stdout } = await limited(limits, script, { timeoutSeconds: 0.3 });
    expect(end).toEqual({ how: 'timeout' });
    const [pid = '', group = ''] = stdout.text.trim().split(' ');
    expect(group).toBe(pid);
    expect(new ProcessGroup(Number(group)).alive).toBe(false);
  });

  test('it has the arguments, the environment and the directory of the request, and nothing of the tools', async () => {
    const variables = { A: 'x y', 'odd.name': '1' };
    const more = { inheritEnvironment: false, variables };
    const { stdout } = await createProcesses({}, alone()).run(
      request(
        process.execPath,
        ['-p', 'JSON.stringify([process.argv.slice(1), process.env, process.cwd()])', '--', '-n', '$A', ''],
        {
          ...more,
          limits: { nice: 1, ionice: 'idle' },
        },
      ),
    );
    expect(JSON.parse(stdout.text)).toEqual([['-n', '$A', ''], variables, folder]);
  });

  test('its use of the machine is measured, and its mark is noted for the next instance', async () => {
    const orphans = new OrphanProcesses(join(folder, 'notes'), { warn: () => {}, info: () => {} });
    const busy = 'echo "$WHENEVER_START"; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done';
    const { stdout, usage } = await createProcesses({}, alone(), orphans).run(
      request('sh', ['-c', busy], { limits, measure: true, events: { line: () => {}, bad: () => {} } }),
    );
    orphans.close();
    expect(stdout.text.trim()).not.toBe('');
    expect(usage!.cpuMs).toBeGreaterThan(10);
    expect(usage!.peakBytes).toBeGreaterThan(100_000);
  });

  test('a relative command is that of its directory, whatever its name looks like', async () => {
    mkdirSync(join(folder, '-n'));
    writeFileSync(join(folder, '-n', 'a=b'), '#!/bin/sh\necho "$0" "$@"\n');
    chmodSync(join(folder, '-n', 'a=b'), 0o755);
    const { stdout } = await createProcesses({}, alone()).run(request('-n/a=b', ['-x'], { limits }));
    expect(stdout.text).toBe('./-n/a=b -x\n');
  });

  test.each<[title: string, command: string, content: string | undefined, reason: string]>([
    ['a bare name', 'no-such-program', undefined, 'no such program: "no-such-program"'],
    ['a path', './gone', undefined, 'no such program: "./gone"'],
    [
      'a script without its interpreter',
      './lost',
      '#!/no/such/sh\n',
      'the interpreter "/no/such/sh" of the script "./lost" does not exist',
    ],
    ['a text', './text', 'echo\n', '"./text" is not a program: a script needs a #! line'],
    ['a directory', './bin', '', '"./bin" is a directory, not a program'],
  ])('what cannot be started is reported as without limits: %s', async (_, command, content, reason) => {
    if (command === './bin') mkdirSync(join(folder, 'bin'));
    else if (content !== undefined) {
      writeFileSync(join(folder, command), content);
      chmodSync(join(folder, command), 0o755);
    }
    const processes = createProcesses({}, alone());
    const end = { how: 'not-started', reason };
    expect((await processes.run(request(command, [], {}))).end).toEqual(end);
    expect((await processes.run(request(command, [], { limits }))).end).toEqual(end);
  });

  test('a program whose loader is missing is not started either', async () => {
    const bytes = readFileSync('/bin/true');
    const at = bytes.indexOf('/lib64/ld-linux');
    expect(at).toBeGreaterThan(0);
    bytes.write('/lib64/ld-nowher', at);
    writeFileSync(join(folder, 'other'), bytes);
    chmodSync(join(folder, 'other'), 0o755);
    const processes = createProcesses({}, alone());
    const reason = '"./other" is there, but not the loader it needs: it is for another system';
    expect((await processes.run(request('./other', [], {}))).end).toEqual({ how: 'not-started', reason });
    expect((await processes.run(request('./other', [], { limits }))).end).toEqual({ how: 'not-started', reason });
  });

  test('a directory that is gone is reported as without limits', async () => {
    const { end } = await limited(limits, ':', { cwd: join(folder, 'gone') });
    expect(end).toEqual({ how: 'not-started', reason: `the working directory "${folder}/gone" does not exist` });
  });
});

describe('a limit of memory that was in force', () => {
  test('is part of the result of a program that failed, but not as its cause', async () => {
    const { end, memoryLimit } = await limited({ memory_max: 256 * MIB }, 'exit 3');
    expect(end).toEqual({ how: 'exit', code: 3 });
    expect(memoryLimit).toEqual({ bytes: 256 * MIB, reached: false });
    expect((await limited({ memory_max: 256 * MIB }, 'exit 0')).memoryLimit).toBeUndefined();
    expect((await limited({ nice: 1 }, 'exit 3')).memoryLimit).toBeUndefined();
    const late = await limited({ memory_max: 256 * MIB }, 'sleep 100', { timeoutSeconds: 0.1 });
    expect(late).toMatchObject({ end: { how: 'timeout' } });
    expect(late.memoryLimit).toBeUndefined();
  });

  test('keeps a program from having more', async () => {
    const take = 'python3 -c "x = bytearray(200 << 20); print(len(x))"';
    expect((await limited({ memory_max: 1024 * MIB }, take)).stdout.text).toBe(`${200 * MIB}\n`);
    const { end, stderr } = await limited({ memory_max: 100 * MIB }, take);
    expect(end).toEqual({ how: 'exit', code: 1 });
    expect(stderr.text).toContain('MemoryError');
  });

  test('that is too small for any program is applied all the same', async () => {
    const { end, stdout } = await limited({ memory_max: MIB }, 'echo ran');
    expect(end).not.toEqual({ how: 'exit', code: 0 });
    expect(stdout.text).toBe('');
    expect(warnings).toEqual([]);
  });
});

describe('with a user manager of systemd', () => {
  /** Stand-ins on the PATH: systemd-run notes its arguments and becomes the program, systemctl answers as it is told to. */
  const managed = ({
    controllers = 'cpu memory pids',
    shown = 'ActiveState=inactive\nResult=success',
    old = false,
  } = {}): Environment => {
    mkdirSync(join(folder, 'systemd'));
    writeFileSync(join(folder, 'systemd', 'private'), '');
    writeFileSync(join(folder, 'shown'), shown);
    tool(
      'systemd-run',
      `${old ? 'case "$*" in *--expand-environment*) echo "unrecognized option" >&2; exit 1;; esac' : ''}
printf '%s\\n' "$XDG_RUNTIME_DIR" "$@" '' >> "${folder}/scopes"
while [ "$1" != -- ]; do shift; done; shift
case "$*" in *cgroup.controllers*) echo "${controllers}"; exit;; esac
INVOCATION_ID=of-the-scope; export INVOCATION_ID
exec "$@"`,
    );
    tool('systemctl', `printf '%s\\n' "$*" >> "${folder}/asked"; cat "${folder}/shown"`);
    return alone({ PATH: `${folder}/bin:${process.env.PATH}`, INVOCATION_ID: undefined });
  };
  /** The command lines of the scopes, the trial first, with plain names for units and folders. */
  const scopes = (): readonly (readonly string[])[] =>
    readFileSync(join(folder, 'scopes'), 'utf8')
      .replaceAll(folder, 'FOLDER')
      .replaceAll(/(whenever-\w+)-\d+-\w+-(\d+)\.scope/g, '$1-$2.scope')
      .split('\n\n')
      .slice(0, -1)
      .map((scope) => scope.trim().split('\n'));
  const asked = (): string => (existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : '');

  test('memory_max and cpu_percent are those of a scope, which is tried once; the rest is as without one', async () => {
    const processes = createProcesses({}, managed());
    const limits = { nice: 10, ionice: 'idle', memory_max: 1024 * MIB, cpu_percent: 50 };
    const one = request('/bin/sh', ['-c', 'nice; ionice; ulimit -v; exit 0'], { limits });
    const { stdout } = await processes.run(one);
    expect(stdout.text).toBe(`${getPriority() + 10}\nidle\nunlimited\n`);
    await processes.run(one);
    const [tried, first, second, ...more] = scopes();
    expect(tried?.slice(0, 8)).toEqual([
      ...['FOLDER', '--user', '--scope', '--quiet', '--expand-environment=no', '--unit=whenever-try-1.scope'],
      ...['--property=MemoryMax=67108864', '--property=CPUQuota=100%'],
    ]);
    expect(first).toEqual([
      ...['FOLDER', '--user', '--scope', '--quiet', '--expand-environment=no', '--unit=whenever-T-2.scope'],
      ...['--property=MemoryMax=1073741824', '--property=CPUQuota=50%', '--'],
      ...['/usr/bin/env', '-u', 'INVOCATION_ID', '/usr/bin/nice', '-n', '10', '/usr/bin/ionice', '-c', '3'],
      ...['/bin/sh', '-c', 'nice; ionice; ulimit -v; exit 0'],
    ]);
    expect(second?.[5]).toBe('--unit=whenever-T-3.scope');
    expect(more).toEqual([]);
    expect(asked()).toBe('');
    expect(warnings).toEqual([]);
  });

  test('an earlier systemd, which does not know an option, is used without it', async () => {
    await limited({ cpu_percent: 50 }, ':', {}, managed({ old: true }));
    expect(scopes().map((scope) => scope.includes('--expand-environment=no'))).toEqual([false, false]);
    expect(warnings).toEqual([]);
  });

  test('the program has its own environment, not that of the scope', async () => {
    const own = managed();
    const script = 'echo "$XDG_RUNTIME_DIR,$DBUS_SESSION_BUS_ADDRESS,$INVOCATION_ID"';
    const run = async (more: Partial<ProcessRequest>, environment: Environment) =>
      (await limited({ cpu_percent: 50 }, script, more, environment)).stdout.text.trim();
    expect(await run({}, own)).toBe(`${folder},,`);
    expect(await run({ inheritEnvironment: false }, { ...own, INVOCATION_ID: 'of-the-daemon' })).toBe(',,');
    const variables = { XDG_RUNTIME_DIR: '/elsewhere', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/a b' };
    const daemon = { ...own, INVOCATION_ID: 'of-the-daemon', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/bus' };
    expect(await run({ variables }, daemon)).toBe('/elsewhere,unix:path=/a b,of-the-daemon');
    for (const [runtime] of scopes()) expect(runtime).toBe('FOLDER');
  });

  test('a program with an equals sign in its name is started', async () => {
    writeFileSync(join(folder, 'a=b'), '#!/bin/sh\necho "$0" "$@"\n');
    chmodSync(join(folder, 'a=b'), 0o755);
    const { stdout } = await createProcesses({}, managed()).run(
      request('./a=b', ['-x'], { limits: { cpu_percent: 5 } }),
    );
    expect(stdout.text).toBe('./a=b -x\n');
  });

  test('what the manager has no controller for is limited by prlimit, or not at all', async () => {
    const { stdout } = await limited(
      { memory_max: 300 * MIB, cpu_percent: 5 },
      'ulimit -v',
      {},
      managed({ controllers: 'pids' }),
    );
    expect(stdout.text).toBe(`${300 * 1024}\n`);
    expect(warnings).toEqual([
      'limits that are not applied: cpu_percent (it needs a user manager of systemd: it has no controller for it)',
    ]);
    expect(scopes()).toHaveLength(1);
  });

  test('a scope that was ended for its memory says so, and is forgotten by the manager', async () => {
    const own = managed({ shown: 'ActiveState=failed\nResult=oom-kill' });
    const { end, memoryLimit } = await limited({ memory_max: 512 * MIB }, 'kill -KILL $$', {}, own);
    expect(end).toEqual({ how: 'signal', signal: 'SIGKILL' });
    expect(memoryLimit).toEqual({ bytes: 512 * MIB, reached: true });
    expect(asked().replaceAll(/whenever-T-\S+/g, 'UNIT')).toBe(
      '--user show --property=ActiveState --property=Result UNIT\n--user reset-failed UNIT\n',
    );
  });

  test('the end of a scope is awaited, but not for long', async () => {
    const own = managed({ shown: 'ActiveState=active\nResult=success' });
    const run = limited({ memory_max: 512 * MIB }, 'exit 137', {}, own);
    for (let i = 0; i < 500 && !asked().includes('show'); i++) await pause(10);
    writeFileSync(join(folder, 'shown'), 'ActiveState=failed\nResult=oom-kill');
    expect((await run).memoryLimit).toEqual({ bytes: 512 * MIB, reached: true });
    writeFileSync(join(folder, 'shown'), 'ActiveState=active\nResult=success');
    const other = await createProcesses({}, own).run(
      request('sh', ['-c', 'exit 137'], { limits: { memory_max: 512 * MIB } }),
    );
    expect(other.memoryLimit).toEqual({ bytes: 512 * MIB, reached: false });
  });

  test('a failure of another kind has nothing to do with its memory', async () => {
    const own = managed();
    expect((await limited({ memory_max: 512 * MIB }, 'exit 3', {}, own)).memoryLimit).toBeUndefined();
    expect((await limited({ memory_max: 512 * MIB }, 'kill -TERM $$', {}, own)).memoryLimit).toBeUndefined();
    // Earlier managers do not say why a scope has ended.
    const killed = await limited({ memory_max: 512 * MIB }, 'kill -KILL $$', {}, own);
    expect(killed.memoryLimit).toEqual({ bytes: 512 * MIB, reached: false });
  });

  test('a manager that cannot be reached is as none, and is tried again after a failure', async () => {
    const own = managed();
    tool('systemd-run', 'echo "Failed to connect to bus: No such file" >&2; exit 1');
    await limited({ cpu_percent: 5 }, ':', {}, own);
    expect(warnings).toEqual([
      'limits that are not applied: cpu_percent (it needs a user manager of systemd: Failed to connect to bus: No such file)',
    ]);
  });

  test('a manager that is gone after it was used is tried again', async () => {
    const processes = createProcesses({}, managed());
    const one = request('sh', ['-c', 'exit 1'], { limits: { memory_max: 512 * MIB } });
    await processes.run(one);
    tool('systemctl', 'exit 1');
    await processes.run(one);
    tool('systemd-run', 'echo gone >&2; exit 1');
    const { memoryLimit } = await processes.run(one);
    expect(memoryLimit).toEqual({ bytes: 512 * MIB, reached: false });
    expect(warnings).toEqual([]);
  });
});

describe('on a machine without the tools', () => {
  const ended = { how: 'exit', code: 1 } as const;
  const nothing = { text: '', bytes: 0, dropped: 0 };

  test('each limit is named with the tool that is missing, and the command stays as it is', async () => {
    const limiter = new ResourceLimiter({ PATH: '/nowhere' }, '/no/where');
    const all = { nice: 1, ionice: 'idle', memory_max: MIB, cpu_percent: 5 };
    const run = await limiter.plan(all, 'task/T', (text) => warnings.push(text));
    expect(warnings).toEqual([
      'limits that are not applied: nice (there is no program nice), ionice (there is no program ionice), ' +
        'memory_max (there is no program prlimit; user manager: there is no program systemd-run), ' +
        'cpu_percent (it needs a user manager of systemd: there is no program systemd-run)',
    ]);
    const command = { file: '/bin/true', args: ['a'], env: { A: 'b' } };
    expect(run.wrap(command)).toBe(command);
    const result = { end: ended, stdout: nothing, stderr: nothing };
    expect(await run.conclude(result)).toBe(result);
  });

  test('nice = 0 changes nothing', async () => {
    const limiter = new ResourceLimiter({ PATH: '/nowhere' }, '/no/where');
    await limiter.plan({ nice: 0 }, 'task/T', (text) => warnings.push(text));
    expect(warnings).toEqual([]);
  });

  test('without XDG_RUNTIME_DIR the user manager is looked for where it is by default', async () => {
    tool('systemd-run', 'echo "$XDG_RUNTIME_DIR"');
    const limiter = new ResourceLimiter({ PATH: join(folder, 'bin') }, '/no/where');
    await limiter.plan({ cpu_percent: 5 }, 'task/T', (text) => warnings.push(text));
    expect(warnings).toEqual([
      expect.stringMatching(/^limits .*: cpu_percent \(it needs a user manager of systemd: none is running\)$/),
    ]);
  });

  test('a tool that is ended by a signal, or cannot be started, does not work', async () => {
    tool('nice', 'kill -KILL $$');
    tool('prlimit', 'exit 1');
    writeFileSync(join(folder, 'bin', 'ionice'), '#!/no/such/interpreter\n');
    chmodSync(join(folder, 'bin', 'ionice'), 0o755);
    const limiter = new ResourceLimiter({ PATH: join(folder, 'bin') }, '/no/where');
    await limiter.plan({ nice: 5, ionice: 'idle', memory_max: MIB }, 'task/T', (text) => warnings.push(text));
    expect(warnings).toEqual([
      expect.stringMatching(
        /^limits that are not applied: nice \(it was ended by signal SIGKILL\), ionice \(spawn .* ENOENT\), memory_max \(it ended with exit code 1; .*\)$/,
      ),
    ]);
  });
});
