import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProcessGroup } from '../../src/adapters/process-group.ts';
import { isStillRunning, RunningProcessesFile } from '../../src/adapters/running-processes-file.ts';

const fs = vi.hoisted(() => ({ fails: '', hides: false }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const readFile = (path: string, ...more: []) => {
    if (fs.fails !== '' && String(path).startsWith('/proc/'))
      throw Object.assign(new Error(`${fs.fails}: ${path}`), { code: fs.fails });
    return real.readFileSync(path, ...more);
  };
  const readdir = (path: string) => (fs.hides && path === '/proc' ? ['1'] : real.readdirSync(path));
  return { ...real, readFileSync: readFile, readdirSync: readdir };
});

let folder: string;
const sleeper = () => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
let child: ReturnType<typeof sleeper>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-notes-'));
  child = sleeper();
});
afterEach(() => {
  vi.useRealTimers();
  Object.assign(fs, { fails: '', hides: false });
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const notesIn = (warn: (text: string) => void = () => {}) => {
  const path = join(folder, 'whenever.running');
  return { path, notes: new RunningProcessesFile(path, warn) };
};

describe('a process that was noted', () => {
  test.each(['EMFILE', 'ENFILE', 'EACCES', 'ENOENT'])('still runs when the system answers %s', async (code) => {
    const { path, notes } = notesIn();
    notes.add(child.pid!, { item: 'task/A', limit: 0 });
    const note = JSON.parse(readFileSync(path, 'utf8'));
    fs.fails = code;
    expect(isStillRunning(note)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isStillRunning(note)).toBe(false);
    notes.close();
  });

  test('stands in the file again soon after the file could not be written', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const warnings: string[] = [];
    const { path, notes } = notesIn((text) => warnings.push(text));
    mkdirSync(path);
    notes.add(child.pid!, { item: 'task/A', limit: 0 });
    vi.advanceTimersByTime(5000);
    expect(warnings).toHaveLength(1);
    rmdirSync(path);
    vi.advanceTimersByTime(1000);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: child.pid, item: 'task/A' });
    notes.close();
  });
});

describe('the notes of an earlier instance', () => {
  const note = (more: object = {}) => ({ pid: child.pid, item: 'task/A', at: Date.now(), limit: 0, ...more });
  const after = (...lines: (object | string)[]) => {
    const warnings: string[] = [];
    const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    writeFileSync(join(folder, 'whenever.running'), `${texts.join('\n')}\n`);
    const { notes } = notesIn((text) => warnings.push(text.replaceAll(folder, '')));
    notes.close();
    return { previous: notes.previous.map(({ item }) => item), warnings };
  };
  const left = (count: string): string => `/whenever.running: ${count} left out`;
  const ONE = left('1 line does not say which process it means, and is');

  test.each<[what: string, lines: () => (object | string)[], previous: string[], warnings: string[]]>([
    ['a process that runs', () => [note()], ['task/A'], []],
    ['one whose end is noted', () => [note(), { ended: child.pid }], [], []],
    ['one of another run of the system', () => [note({ system: 'other', started: 1 })], [], []],
    ['one whose number belongs to another by now', () => [note({ started: 1 })], [], []],
    ['one of an unknown start, noted long ago', () => [note({ at: 0 })], [], []],
    ['a start that left no process', () => [{ ...note(), pid: undefined, starting: 'mark' }], [], []],
    ['a line cut off', () => [note(), '{"pid":'], ['task/A'], [ONE]],
    ['the number of no process', () => [note({ pid: 1 })], [], [ONE]],
    ['a time that is not a number', () => [note({ at: 'noon' })], [], [ONE]],
    [
      'several such lines',
      () => ['[]', '7', '{"starting":5}'],
      [],
      [left('3 lines do not say which process they mean, and are')],
    ],
  ])('%s', (_, lines, previous, warnings) => {
    expect(after(...lines())).toEqual({ previous, warnings });
  });

  test('are not read from what is not a file, nor from one that is too long', () => {
    const path = join(folder, 'whenever.running');
    const warnings: string[] = [];
    const open = () => new RunningProcessesFile(path, (text) => warnings.push(text.replaceAll(path, ''))).close();
    writeFileSync(path, '');
    truncateSync(path, 16 * 2 ** 20 + 1);
    open();
    symlinkSync(join(folder, 'elsewhere'), path);
    open();
    expect(warnings).toEqual([
      'cannot read what an earlier instance has left running from : it has more than 16777216 bytes',
      'cannot read what an earlier instance has left running from : it is not a file',
    ]);
  });
});

describe('the file of the notes', () => {
  test('is emptied when nothing runs any more, and removed at the end', () => {
    const { path, notes } = notesIn();
    const start = notes.beforeStart({ item: 'task/A', limit: 5 });
    notes.add(child.pid!, { item: 'task/A', limit: 5 }, start);
    notes.add(process.pid, { item: 'task/B', limit: 0 });
    notes.remove(process.pid);
    notes.remove(process.pid);
    expect(
      readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => Object.keys(JSON.parse(line))[0]),
    ).toEqual(['starting', 'pid', 'pid', 'ended']);
    notes.remove(child.pid!);
    expect(readFileSync(path, 'utf8')).toBe('');
    notes.beforeStart({ item: 'task/A', limit: 5 });
    notes.startFailed();
    expect(readFileSync(path, 'utf8')).toBe('');
    notes.close();
    expect(existsSync(path)).toBe(false);
  });

  test('is written anew with what runs when it has grown', () => {
    const { path, notes } = notesIn();
    notes.add(child.pid!, { item: 'task/A', limit: 0 });
    for (let i = 0; i < 300; i++) notes.beforeStart({ item: 'x'.repeat(1000), limit: 0 });
    expect(statSync(path).size).toBeLessThan(100_000);
    expect(JSON.parse(readFileSync(path, 'utf8').split('\n')[0]!)).toMatchObject({ pid: child.pid });
    notes.close();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: child.pid });
  });

  test('does not outlast a process whose end was not noted', async () => {
    const { path, notes } = notesIn();
    notes.add(child.pid!, { item: 'task/A', limit: 0 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    notes.close();
    expect(existsSync(path)).toBe(false);
  });
});

describe('a process group', () => {
  test.each([
    ['counts other processes', { hides: true }],
    ['cannot be read', { fails: 'EMFILE' }],
  ])('lives while it can get a signal and /proc %s', async (_, trouble) => {
    const group = new ProcessGroup(child.pid!);
    Object.assign(fs, trouble);
    expect(group.alive).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(group.alive).toBe(false);
  });
});
