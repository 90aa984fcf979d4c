import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alive, always, commandTask, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const lua = (script: string, more = ''): string =>
  `[[task]]\nname = "Script"\ntype = "lua"\nscript = ${JSON.stringify(script)}\n${more}\n`;

/** Runs the task of a file with one task. Returns what came of it. */
const runOne = async (toml: string, ...more: readonly string[]) => {
  const name = /name = "(\w+)"/.exec(toml)![1]!;
  const { end, stdout, stderr } = await place.run(['run', place.write('one.toml', toml), name, ...more]);
  return { status: end.code, stdout, stderr };
};

describe('whenever run', () => {
  test.each([
    ['its own', shellTask('T', 'echo out; echo err >&2; exit 3'), 3, 'out\n', 'err\n'],
    [
      'its own, whatever a criterion says',
      shellTask('T', 'exit 3', 'failure_status = 3'),
      3,
      '',
      'whenever: task T failed: exit code 3 is the failure status\n',
    ],
    [
      '0, with the criterion that was not met',
      commandTask('T', ['echo', 'a'], 'success_stdout = "b"'),
      0,
      'a\n',
      'whenever: task T failed: stdout lacked "b"\n',
    ],
    [
      '128 and the number of the signal',
      shellTask('T', 'kill -SEGV $$'),
      139,
      '',
      'whenever: task T failed: ended by signal SIGSEGV\n',
    ],
    [
      '124 at the time limit',
      shellTask('T', 'echo a; sleep 60', 'timeout_seconds = 1'),
      124,
      'a\n',
      'whenever: task T failed: it reached its time limit of 1 s\n',
    ],
    [
      '127 for a program that is not there',
      commandTask('T', ['no-such-program']),
      127,
      '',
      'whenever: task T failed: it could not be started: no such program: "no-such-program"\n',
    ],
    [
      '126 for one that cannot be run',
      commandTask('T', ['/etc/hostname']),
      126,
      '',
      'whenever: task T failed: it could not be started: "/etc/hostname" is not a program: a script needs a #! line\n',
    ],
    [
      '0 for a script whose expected results hold',
      lua('x = 1 log.info("hello") log.warn("careful")', 'expected_results = { x = 1 }'),
      0,
      'hello\n',
      'careful\n',
    ],
    [
      '1 for one whose expected results do not hold',
      lua('x = 1', 'expected_results = { x = 2 }'),
      1,
      '',
      'whenever: task Script failed: none of the expected results holds\n',
    ],
    [
      '0 for one without expected results',
      lua('x = 1'),
      0,
      '',
      'whenever: task Script has no outcome: it has no expected_results, so there is no outcome\n',
    ],
    [
      '1 for one that fails',
      lua('error("boom")'),
      1,
      '',
      'whenever: task Script failed: the script failed: task Script:1: boom\n',
    ],
    [
      '124 for one at its time limit',
      lua('while true do end', 'timeout_seconds = 1'),
      124,
      '',
      'whenever: task Script failed: it reached its time limit of 1 s\n',
    ],
  ])('the exit status is %s', async (_, toml, status, stdout, stderr) => {
    expect(await runOne(toml)).toEqual({ status, stdout, stderr });
  });

  test('gives the task what the daemon gives it', async () => {
    const show =
      'pwd; echo $FOO; env | grep ^WHENEVER_ | grep -v -e _FD -e _TEST_ | sort; cat; ps -o pgid= $$ | grep -c "^ *$$\\$"';
    const directory = place.path.replaceAll('\\', '/');
    const toml = `${TICK}[[task]]\nname = "Shows"\ntype = "command"\nstartup_path = "${directory}"\ncommand = "sh"\ncommand_arguments = ${JSON.stringify(['-c', show])}\nenvironment_variables = { FOO = "bar" }\n${always('First', ['Shows'])}${always('Second', ['Shows'])}`;
    const variables = 'WHENEVER_CAUSE=command-1\nWHENEVER_CONDITION=First\nWHENEVER_RUN=run-1\nWHENEVER_TASK=Shows\n';
    expect(await runOne(toml)).toEqual({ status: 0, stdout: `${directory}\nbar\n${variables}1\n`, stderr: '' });
    const other = await runOne(toml, '--condition', 'Second');
    expect(other.stdout).toContain('WHENEVER_CONDITION=Second\n');
    const without = shellTask('Shows', 'env', 'set_environment_variables = false\ninclude_environment = false');
    const { stdout } = await runOne(without);
    expect(stdout.split('\n').filter((line) => /^(WHENEVER|PATH|HOME|XDG)/.test(line))).not.toContainEqual(
      expect.stringMatching(/^(WHENEVER|HOME|XDG)/),
    );
  });

  test('shows no secret that was read from a file', async () => {
    place.write('token', 'pl4inword\n');
    place.write('x.env', 'API_KEY=fromFile99\n');
    const more = 'environment_file = "x.env"\nenvironment_variables = { TOKEN = { file = "token" } }';
    const script = 'printf "a pl4"; sleep 0.2; printf "inword\\n$TOKEN "; echo b $API_KEY >&2; exit 3';
    expect(await runOne(shellTask('T', script, more))).toEqual({ status: 3, stdout: 'a •••\n••• ', stderr: 'b •••\n' });
    const secret = 'variables_to_set = { secret = { file = "token" } }';
    const { stdout, stderr } = await runOne(lua('print(secret); log.warn(secret); error(secret)', secret));
    expect([stdout, stderr]).toEqual(['•••\n', expect.stringMatching(/^•••\nwhenever: .*•••/)]);
    expect(stderr).not.toContain('pl4inword');
  });

  test('shows what it writes at once, and ends it with all it has started at Ctrl-C', async () => {
    const file = place.write('one.toml', shellTask('T', 'sleep 60 & echo $!; echo $$; wait'));
    const program = place.start(['run', file, 'T']);
    await program.until(() => program.stdout.split('\n').length === 3, 'two lines');
    const pids = program.stdout.trim().split('\n').map(Number);
    program.kill('SIGINT');
    expect(await program.ended).toEqual({ code: 130, signal: null });
    expect(program.stderr).toBe('');
    expect(pids.map(alive)).toEqual([false, false]);
  });

  test('a second signal kills at once what does not end at the first one', async () => {
    const script = "trap 'echo asked' TERM; echo $$; while :; do sleep 0.1; echo on; done";
    const program = place.start(['run', place.write('one.toml', shellTask('T', script)), 'T']);
    await program.until(() => program.stdout.includes('\n'), 'a line');
    program.kill('SIGTERM');
    await program.until(() => program.stdout.includes('asked'), 'the trap');
    program.kill('SIGINT');
    expect(await program.ended).toEqual({ code: 143, signal: null });
    const [pid, ...lines] = program.stdout.trim().split('\n');
    expect(alive(Number(pid))).toBe(false);
    // The two seconds after the first signal are worth twenty.
    expect(lines.slice(lines.indexOf('asked')).length).toBeLessThan(12);
  });

  test('ends the task when its output is closed', async () => {
    place.write('one.toml', shellTask('T', 'echo $$; while :; do echo more; done'));
    const program = place.startShell('"$1" "$2" run one.toml T | head -n 1; exec echo done');
    await program.ended;
    const [pid, done] = program.stdout.trim().split('\n');
    expect(done).toBe('done');
    await expect.poll(() => alive(Number(pid))).toBe(false);
  });

  test('ends the task with a message and status 2 when its output cannot be written', async () => {
    place.write('one.toml', shellTask('T', `echo $$ > ${place.file('pid')}; while :; do echo more; done`));
    const program = place.startShell('"$1" "$2" run one.toml T > /dev/full; echo $?');
    await program.ended;
    expect(program.stdout).toBe('2\n');
    expect(program.stderr).toMatch(/^whenever: cannot write to standard output: ENOSPC: [^\n]*\n/);
    await expect.poll(() => alive(Number(place.read('pid')))).toBe(false);
  });

  test('needs no instance, and leaves nothing in the history', async () => {
    await runOne(shellTask('T', 'true'));
    expect(readdirSync(place.path)).not.toContain('state');
    expect(readdirSync(place.file('run'))).toEqual([]);
  });

  test.each([
    ['Buckup', 'whenever: no task "Buckup", did you mean "Backup"?\n'],
    ['Nightly', 'whenever: no task "Nightly", but there is a condition: whenever ctl run Nightly\n'],
    [
      'Off',
      'whenever: task "Off" is of type internal: it gives the running instance a command; to give it by hand: whenever ctl pause 1h\n',
    ],
  ])('refuses %s', async (name, stderr) => {
    const toml = `${shellTask('Backup', 'true')}[[task]]\nname = "Off"\ntype = "internal"\ncommand = "pause 1h"\n[[condition]]\nname = "Nightly"\ntype = "bucket"\ntasks = ["Backup"]\n`;
    const program = await place.run(['run', place.write('one.toml', toml), name]);
    expect([program.end.code, program.stdout, program.stderr]).toEqual([2, '', stderr]);
  });

  test('refuses a condition that is not in the file', async () => {
    expect(await runOne(shellTask('T', 'true'), '--condition', 'None')).toEqual({
      ...{ status: 2, stdout: '', stderr: 'whenever: --condition: no condition "None"\n' },
    });
  });
});
