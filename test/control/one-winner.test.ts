import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRunning, takeInstance } from '../../src/adapters/instance.ts';

/** Times as many rounds in the long tests. */
const TIMES = process.env.WHENEVER_TEST_LONG === '1' ? 10 : 1;

const SOURCE = join(import.meta.dirname, '..', '..', 'src', 'adapters', 'instance.ts');

let folder: string;
let run: string;
let socket: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-race-'));
  run = join(folder, 'run');
  socket = join(run, 'whenever.sock');
  await build({
    ...{ entryPoints: [SOURCE], bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
    outfile: join(folder, 'instance.cjs'),
  });
  writeFileSync(
    join(folder, 'start.cjs'),
    `const { takeInstance } = require('./instance.cjs');
let held;
require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  if (line === 'release') {
    held?.release();
    held = undefined;
    return console.log('released');
  }
  while (Date.now() < Number(line));
  try {
    const taken = await takeInstance(process.env.XDG_RUNTIME_DIR + '/whenever.sock');
    held ??= taken;
    console.log(taken ? 'won' : 'lost');
  } catch (error) {
    console.log('error: ' + error.message);
  }
});
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process that takes the instance when it is asked to. */
class Start {
  readonly child: ChildProcess;
  readonly #answers: ((line: string) => void)[] = [];

  constructor() {
    this.child = spawn(process.execPath, [join(folder, 'start.cjs')], {
      env: { ...process.env, XDG_RUNTIME_DIR: run },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.#answers.shift()!(line));
    this.child.once('exit', () => {
      for (const answer of this.#answers) answer('killed');
    });
    this.child.stdin!.on('error', () => {});
  }
  ask(line: string): Promise<string> {
    return new Promise((resolve) => {
      this.#answers.push(resolve);
      this.child.stdin!.write(`${line}\n`);
    });
  }
}

/** An empty runtime directory with the socket that a killed instance has left. */
const leaveStale = async (): Promise<void> => {
  rmSync(run, { recursive: true, force: true });
  mkdirSync(run, { mode: 0o700 });
  const script = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', script]), 'exit');
};

describe('of many starts at one moment over the socket of a killed instance', () => {
  test('exactly one wins, and can be reached', async () => {
    const starts = Array.from({ length: 12 }, () => new Start());
    try {
      for (let round = 0; round < 12 * TIMES; round++) {
        await leaveStale();
        const at = String(Date.now() + 15);
        const answers = await Promise.all(starts.map((start) => start.ask(at)));
        expect(answers.sort()).toEqual([...Array(11).fill('lost'), 'won']);
        expect(await isRunning(socket)).toBe(true);
        expect(readdirSync(run)).toEqual(['whenever.sock']);
        await Promise.all(starts.map((start) => start.ask('release')));
        expect(readdirSync(run)).toEqual([]);
      }
    } finally {
      for (const { child } of starts) child.kill('SIGKILL');
    }
  });

  test('at most one of those that are left wins when some are killed on their way, and the next start works', async () => {
    let starts: Start[] = [];
    try {
      for (let round = 0; round < 8 * TIMES; round++) {
        while (starts.length < 8) starts.push(new Start());
        await leaveStale();
        const at = Date.now() + 15;
        const asked = starts.map((start, i) => start.ask(String(at + (i % 3))));
        const killed = starts.slice(0, 3).map(({ child }) => once(child, 'exit'));
        for (const [i, { child }] of starts.slice(0, 3).entries())
          setTimeout(() => child.kill('SIGKILL'), at - Date.now() + ((round + i * 5) % 12));
        const answers = (await Promise.all(asked)).slice(3);
        await Promise.all(killed);
        const winners = answers.filter((answer) => answer === 'won').length;
        expect(answers.filter((answer) => answer !== 'won')).toEqual(Array(5 - winners).fill('lost'));
        expect(winners).toBeLessThanOrEqual(1);
        starts = starts.slice(3);
        // The one that won may be among the killed: then the place is free for the next.
        expect(await starts[0]!.ask('0')).toBe(winners === 1 ? 'lost' : 'won');
        await Promise.all(starts.map((start) => start.ask('release')));
        // What killed ones have left is cleared away by the next that wins.
        expect(await starts[0]!.ask('0')).toBe('won');
        expect(readdirSync(run)).toEqual(['whenever.sock']);
        await starts[0]!.ask('release');
      }
    } finally {
      for (const { child } of starts) child.kill('SIGKILL');
    }
  });
});

test('an instance whose queue of connections is full is running all the same', async () => {
  mkdirSync(run, { recursive: true, mode: 0o700 });
  const path = join(run, 'full.sock');
  // A process that is stopped accepts nothing.
  const script = `require('node:net').createServer().listen({ path: ${JSON.stringify(path)}, backlog: 1 }, () => process.kill(process.pid, 'SIGSTOP'))`;
  const child = spawn(process.execPath, ['-e', script]);
  try {
    await expect.poll(() => isRunning(path)).toBe(true);
    for (let i = 0; i < 20; i++) expect(await isRunning(path)).toBe(true);
    process.env.XDG_RUNTIME_DIR = run;
    expect(await takeInstance(path)).toBeUndefined();
  } finally {
    child.kill('SIGKILL');
  }
});
