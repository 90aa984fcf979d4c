import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SAME_CAUSE_MS } from '../../src/adapters/sighup.ts';
import { alive, always, Place, PROGRAM, Program, RUNNER, shellTask, TICK } from '../support/program.ts';
import { eventually } from './support/eventually.ts';
import { have } from './support/programs.ts';

const FILE = (extra = '') => `scheduler_tick_seconds = 3600\n[[condition]]\nname = "A"\ntype = "bucket"\n${extra}`;
const MORE = '[[condition]]\nname = "More"\ntype = "bucket"\n';

describe('SIGHUP', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'whenever-hangup-'));
    file = join(folder, 'file name.toml');
    writeFileSync(file, FILE());
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const environment = () => ({ ...process.env, XDG_RUNTIME_DIR: folder });

  it('loads the file again that the scheduler was started with', async () => {
    // A session of its own has no terminal.
    const child = spawn(RUNNER, [PROGRAM, '-J', '-L', 'trace', file], { env: environment(), detached: true });
    const program = new Program(child);
    await program.record(/BUCKET_CONDITION new A\/0/);
    child.stdin.write('pause\n');
    await program.record(/PAUSE\/YES/);
    writeFileSync(file, FILE(MORE));
    child.kill('SIGHUP');
    await program.record(/MAIN reconfigure \[END\/OK\]/);
    expect(program.told.join('\n')).toContain(`MAIN reconfigure [START/MSG] SIGHUP received, loading ${file} again`);
    expect(program.told.join('\n')).toContain('CONFIGURATION reconfigure [PROC/OK] condition More added');
    writeFileSync(file, 'nonsense');
    child.kill('SIGHUP');
    await program.record(/MAIN reconfigure \[START\/FAIL\]/);
    child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });

  it('goes on with its ticks, and ends when asked to, after the file has become one that cannot be read to its end', async () => {
    writeFileSync(file, FILE().replace('3600', '1'));
    const child = spawn(RUNNER, [PROGRAM, '-J', '-L', 'trace', file], { env: environment(), detached: true });
    const program = new Program(child);
    await program.record(/scheduler_tick/);
    rmSync(file);
    expect(spawnSync('mkfifo', [file]).status).toBe(0);
    child.kill('SIGHUP');
    await program.record(/\[START\/FAIL\] configuration refused, nothing changed: .*: it is a named pipe/);
    for (const path of ['/dev/zero', '/dev/stdin', folder]) {
      child.stdin.write(`configure ${path}\n`);
      await program.record(new RegExp(`configuration refused, nothing changed: ${path}: it is a`));
    }
    const before = program.told.filter((text) => text.includes('scheduler_tick')).length;
    await eventually(() => program.told.filter((text) => text.includes('scheduler_tick')).length > before + 1, 'ticks');
    child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });

  describe.skipIf(!have('python3'))('in a terminal (needs python3)', () => {
    const inTerminal = (how: string, mark: string, follow: string, ...program: string[]): string => {
      const script = join(import.meta.dirname, 'support/terminal.py');
      const args = [script, how, mark, follow, ...program];
      return spawnSync('python3', args, { env: environment(), encoding: 'utf8' }).stdout;
    };
    const whenever = [RUNNER, PROGRAM, '-L', 'trace', '--log-plain'];
    it('ends the scheduler when the terminal is gone', () => {
      expect(inTerminal('hangup', 'START/MSG', '', ...whenever, file)).toBe('ended 0\n');
    });
    it('loads the file again while the terminal is there', () => {
      expect(inTerminal('reload', 'BUCKET_CONDITION', 'reconfigure: [END/OK]', ...whenever, file)).toBe(
        'reloaded\nended 0\n',
      );
    });
  });
});

/** What an interactive shell may be asked to start, with the file of the log in `LOG`, and whether that outlives its terminal. */
const STARTS = [
  ['ends', 'the foreground', 'whenever -L info -l $LOG my.toml'],
  ['ends', 'the background', 'whenever -L info -l $LOG my.toml &'],
  ['ends', 'the background, with one stream on the terminal', 'whenever -L info -l $LOG my.toml < /dev/null > out &'],
  ['ends', 'a pipeline whose beginning ends with the terminal', 'cat | whenever -L info -l $LOG my.toml 2>&1 | cat'],
  ['goes on', 'nohup', 'nohup whenever -L info -l $LOG my.toml &'],
  ['goes on', 'nohup in the foreground', 'nohup whenever -L info -l $LOG my.toml'],
  ['goes on', 'nohup with a log on standard output', 'nohup whenever -L info my.toml > $LOG 2>&1 < /dev/null &'],
  [
    'goes on',
    'a program that nohup protects and that drives it',
    'nohup sh -c "sleep 20 | whenever -L info -l $LOG my.toml" &',
  ],
  [
    'goes on',
    'the background with no stream on the terminal',
    'whenever -L info -l $LOG my.toml < /dev/null > out 2>&1 &',
  ],
  ['goes on', 'setsid', 'setsid whenever -L info -l $LOG my.toml &'],
  ['goes on', 'the background with disown', 'whenever -L info -l $LOG my.toml & disown'],
] as const;

const lineOfReadme = (): string => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  return /^.*whenever -q .* -l .* &$/m.exec(readme)?.[0] ?? '';
};

describe.skipIf(!have('python3', 'bash'))(
  'when the terminal of an interactive shell closes (needs python3 and bash)',
  () => {
    let place: Place;
    beforeEach(() => {
      place = new Place();
      mkdirSync(place.file('bin'));
      symlinkSync(PROGRAM, place.file('bin/whenever'));
      place.write('my.toml', `${TICK}${shellTask('T', 'true')}${always('A', ['T'])}`);
    });
    let started = 0;
    afterEach(() => {
      if (started > 0 && alive(started)) process.kill(started, 'SIGKILL');
      started = 0;
      return place.clear();
    });

    /** Types `line` into a shell, waits until the scheduler runs, and closes the terminal. Answers its process and its log. */
    const closed = async (line: string, name: string) => {
      const log = place.file(name);
      const PATH = `${place.file('bin')}:${process.env.PATH}`;
      const shell = spawn('python3', [join(import.meta.dirname, 'support/closing.py')], {
        cwd: place.path,
        env: place.environment({ PATH, HOME: place.path, LOG: log, TERM: 'xterm' }),
        stdio: ['pipe', 'inherit', 'inherit'],
      });
      const gone = once(shell, 'exit');
      shell.stdin.write(`${line}\n`);
      const told = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');
      const ask = () => place.run(['status', '--json']);
      const { pid } = await eventually(async () => {
        const { end, stdout } = await ask();
        return end.code === 0 && (JSON.parse(stdout) as { readonly pid: number });
      }, told);
      started = pid;
      shell.stdin.end();
      await gone;
      return { pid, told };
    };
    const isOver = (pid: number) => eventually(() => !alive(pid), `the end of ${pid}`);
    const loads = (text: string): number => text.split('configuration my.toml loaded').length - 1;

    it.each(STARTS.filter(([what]) => what === 'ends'))('%s what was started in %s', async (_what, _where, line) => {
      const { pid, told } = await closed(line, 'log');
      await isOver(pid);
      expect(told()).toContain('SIGHUP received, ending when running work is done');
      expect(told()).toContain('scheduler ended');
    });
    it.each([...STARTS.filter(([what]) => what === 'goes on'), ['goes on', 'the line of the README', ''] as const])(
      '%s when it was started by %s, and loads its file again at the next SIGHUP',
      async (_what, _where, line) => {
        const { pid, told } = await closed(line || lineOfReadme(), line ? 'log' : 'whenever.log');
        // When it has run so often, what the end of the terminal brings about has come.
        const runs = (): number => told().split('running tasks').length - 1;
        const enough = runs() + Math.ceil(SAME_CAUSE_MS / 1000) + 2;
        await eventually(() => runs() >= enough, told);
        const before = loads(told());
        process.kill(pid, 'SIGHUP');
        await eventually(() => loads(told()) > before, told);
        process.kill(pid, 'SIGTERM');
        await isOver(pid);
        expect(told()).not.toContain('SIGHUP received, ending');
        expect(told()).toContain('SIGTERM received, ending');
      },
    );
  },
);
