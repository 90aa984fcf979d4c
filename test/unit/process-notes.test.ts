import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
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
    notes.add(child.pid!, 'task/A', 0);
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
    notes.add(child.pid!, 'task/A', 0);
    vi.advanceTimersByTime(5000);
    expect(warnings).toHaveLength(1);
    rmdirSync(path);
    vi.advanceTimersByTime(1000);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: child.pid, item: 'task/A' });
    notes.close();
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
