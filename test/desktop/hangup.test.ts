import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROGRAM, Program } from '../support/program.ts';
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
    const child = spawn(process.execPath, [PROGRAM, '-J', '-L', 'trace', file], { env: environment(), detached: true });
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
    const child = spawn(process.execPath, [PROGRAM, '-J', '-L', 'trace', file], { env: environment(), detached: true });
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
    const whenever = [process.execPath, PROGRAM, '-L', 'trace', '--log-plain'];
    it('ends the scheduler when the terminal is gone', () => {
      expect(inTerminal('hangup', 'START/MSG', '', ...whenever, file)).toBe('ended 0\n');
    });
    it('loads the file again while the terminal is there', () => {
      expect(inTerminal('reload', 'BUCKET_CONDITION', 'reconfigure: [END/OK]', ...whenever, file)).toBe(
        'reloaded\nended 0\n',
      );
    });
    it('leaves one alone that is started as the README starts it in the background', () => {
      const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
      const line = /^.*whenever -q .* -l ~\/whenever\.log .*&$/m.exec(readme)?.[0] ?? '';
      const script = [
        line.replace('whenever -q', '"$@" -q').replace('~/', `"${folder}"/`).replace('my.toml', '"$FILE"'),
        'pid=$!; trap "" HUP',
        `until grep -q START/MSG "${folder}/whenever.log"; do sleep 0.05; done`,
        'echo STARTED; sleep 0.7',
        '"$@" --check-running -q; there=$?',
        'kill $pid; wait $pid',
        'exit $((there * 10 + $?))',
      ].join('\n');
      const program = ['env', `FILE=${file}`, 'sh', '-c', script, 'sh', process.execPath, PROGRAM];
      expect(inTerminal('hangup', 'STARTED', '', ...program)).toBe('ended 0\n');
    });
    it('leaves a scheduler alone that nohup protects', () => {
      const script = [
        `nohup "$@" > "${folder}/log" 2>&1 & pid=$!`,
        'trap "" HUP',
        `until grep -q BUCKET_CONDITION "${folder}/log"; do sleep 0.05; done`,
        'echo PROTECTED; sleep 0.7',
        'kill -0 $pid; there=$?',
        'kill $pid; wait $pid',
        'exit $((there * 10 + $?))',
      ].join('\n');
      expect(inTerminal('hangup', 'PROTECTED', '', 'sh', '-c', script, 'sh', ...whenever, file)).toBe('ended 0\n');
    });
  });
});
