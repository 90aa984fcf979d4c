import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { have } from '../desktop/support/programs.ts';
import { always, commandTask, Place, PROGRAM, Program, RUNNER } from '../support/program.ts';

const KEYBOARD = join(import.meta.dirname, 'keyboard.py');

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** Runs the program on a terminal: what is typed are keys. */
const onTerminal = (args: readonly string[]): Program => {
  const words = [KEYBOARD, '100', '24', RUNNER, PROGRAM, ...args];
  return new Program(spawn('python3', words, { cwd: place.path, env: place.environment({ TERM: 'xterm' }) }));
};
const type = (program: Program, keys: string): void => void program.child.stdin?.write(keys);

/** Makes a log of many records. */
const writeLog = (name: string, count: number): void => {
  const context = { emitter: 'TASK', action: 'run', item: 'T', item_id: 1 };
  const record = {
    header: { application: 'whenever', level: 'INFO', time: '2026-11-28T10:00:00.000000' },
    contents: { context, message: 'something happened', message_type: { when: 'PROC', status: 'MSG' } },
  };
  place.write(name, `${JSON.stringify(record)}\n`.repeat(count));
};

/** Makes a recording of some runs, over and over again, and larger than this many bytes. */
const writeRecording = async (name: string, bytes: number): Promise<void> => {
  const toml = place.write('c.toml', `${commandTask('T', ['true'])}${always('C', ['T'])}`);
  const end = await place.run(['simulate', toml, '--to', '30m', '--journal', place.file(name), '-L', 'error']);
  expect(end.end.code).toBe(0);
  const text = readFileSync(place.file(name), 'utf8');
  const facts = text.slice(text.indexOf('\n') + 1);
  for (let size = text.length; size < bytes; size += facts.length) appendFileSync(place.file(name), facts);
};

// What is missing is skipped, and that is a failure where CI is set.
describe.runIf(have('python3') || Boolean(process.env.CI))('work that takes over a second', () => {
  test('has a line on the terminal with share, rate and time left, which is erased at its end', async () => {
    writeLog('log', 250_000);
    const program = onTerminal(['verify', 'log']);
    await program.ended;
    expect(program.stdout).toMatch(/\rreading log: \d+ %, \d+ lines\/s, [\d. minsh]+ left/);
    const [, rest] = program.stdout.split(/\r {30,}\r/);
    expect(rest).toMatch(/^log: a log of 250000 records/);
    expect(rest).not.toContain('reading');
  });

  test('has no line in a pipe', async () => {
    writeLog('log', 250_000);
    const { stdout, stderr } = await place.run(['verify', 'log']);
    expect(stdout).toContain('a log of 250000 records');
    expect(stderr).toBe('');
  });

  test('ends at once with Ctrl-C', async () => {
    writeLog('log', 1_000_000);
    const program = onTerminal(['verify', 'log']);
    await program.until(() => program.stdout.includes(' left'), 'the line');
    type(program, '\x03');
    await program.ended;
    // By the signal: 130 for a shell.
    expect(program.stdout).toMatch(/\nended -2\n$/);
    expect(program.stdout).not.toContain('a log of');
  });

  test('leaves the file as it was with Ctrl-C, and nothing beside it', async () => {
    await writeRecording('day', 60 << 20);
    place.write('day.json', 'before');
    const files = readdirSync(place.path).sort();
    const program = onTerminal(['show', 'day', '-o', 'day.json']);
    const drafts = () => readdirSync(place.path).filter((name) => /^day\.json\.\d+\.tmp$/.test(name));
    await program.until(() => program.stdout.includes(' left') && drafts().length === 1, 'the line');
    expect(program.stdout).toMatch(/\rreading day: \d+ %, [\d.]+ MiB\/s, [\d. minsh]+ left/);
    type(program, '\x03');
    await program.ended;
    expect(program.stdout).toMatch(/\nended -2\n$/);
    expect(place.read('day.json')).toBe('before');
    expect(readdirSync(place.path).sort()).toEqual(files);
  });

  test('leaves no recording of a part of a simulation', async () => {
    place.write('c.toml', `${commandTask('T', ['true'])}${always('C', ['T'])}`);
    const files = readdirSync(place.path).sort();
    const program = onTerminal(['simulate', 'c.toml', '--to', '9d', '--journal', 'day', '-L', 'error']);
    await program.until(() => program.stdout.includes(' left'), 'the line');
    expect(program.stdout).toMatch(/\rsimulating c\.toml: \d+ %, [\d.]+ days\/s, [\d. dminsh]+ left/);
    expect(readdirSync(place.path)).toContain('day');
    type(program, '\x03');
    await program.ended;
    expect(program.stdout).toMatch(/\nended -2\n$/);
    expect(readdirSync(place.path).sort()).toEqual(files);
  });
});
