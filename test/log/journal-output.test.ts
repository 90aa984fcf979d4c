import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dropCounts } from '../../src/adapters/files/dropped.ts';
import { JournalOutput } from '../../src/adapters/journal-output.ts';
import { parseCommandLine } from '../../src/command-line.ts';
import { makeFormat } from '../../src/log/format-choice.ts';
import type { LogRecord } from '../../src/log/record.ts';
import { load } from '../support/daemon.ts';
import { always, shellTask, TICK } from '../support/program.ts';

const record = (message: string, more: Partial<LogRecord> = {}): LogRecord => ({
  ...{ time: Date.UTC(2026, 2, 31, 9, 38, 45, 986), level: 'warn', mark: 'PROC/MSG', message },
  context: { emitter: 'TASK', action: 'active', item: 'Save', itemId: 7 },
  origin: { run: 'run-3', cause: 'tick-9' },
  ...more,
});
const entry = makeFormat({ format: 'journal' }, { pid: 4711, host: '', environment: {}, thread: 0, ids: false });

describe('an entry of the journal', () => {
  const FIELDS =
    'PRIORITY=4\nSYSLOG_IDENTIFIER=whenever\nSYSLOG_PID=4711\nWHENEVER_TIME=2026-03-31T09:38:45.986Z\nWHENEVER_LEVEL=warn\nWHENEVER_MARK=PROC/MSG\nWHENEVER_EMITTER=TASK\nWHENEVER_ACTION=active\n';

  test('has the fields that the record has', () => {
    expect(entry(record('failed'))).toBe(
      `MESSAGE=TASK Save/7: failed\n${FIELDS}WHENEVER_ITEM=Save\nWHENEVER_RUN=run-3\nWHENEVER_CAUSE=tick-9\n`,
    );
    const details = { source: { file: 'task Save', line: 2 } };
    expect(entry(record('x', { details }))).toContain('CODE_FILE=task Save\nCODE_LINE=2\n');
    expect(
      ['trace', 'debug', 'info', 'warn', 'error'].map(
        (level) => /PRIORITY=\d/.exec(entry(record('', { level: level as 'info' })))![0],
      ),
    ).toEqual(['7', '7', '6', '4', '3'].map((priority) => `PRIORITY=${priority}`));
  });

  test('a message of several lines is one message, and cannot be taken for other fields', () => {
    const [first, second, third, next] = entry(record('a\nPRIORITY=0\nb\0c')).split('\n');
    expect([first, second, third]).toEqual(['MESSAGE=TASK Save/7: a', 'MESSAGE=PRIORITY=0', 'MESSAGE=b\\x00c']);
    expect(next).toBe('PRIORITY=4');
    const details = { source: { file: 'a\nPRIORITY=0', line: 1 } };
    expect(entry(record('x', { details })).match(/^PRIORITY=/gm)).toHaveLength(1);
  });
});

describe('the journal', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'whenever-journal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** An output with a program in the place of `logger`, what came instead, and what was said. */
  const output = (script: string | undefined, socket = folder, mostWaiting = 1000) => {
    const program = join(folder, 'logger');
    if (script !== undefined) writeFileSync(program, `#!/bin/sh\n${script}\n`);
    if (script !== undefined) chmodSync(program, 0o755);
    const [instead, reasons, unwritten]: [string[], string[], number[]] = [[], [], []];
    const journal = new JournalOutput({
      ...{ entry, program, socket, mostWaiting },
      lost: (count) => record(`${count} lost`),
      unwritten: (count) => unwritten.push(count),
      fallBack: (reason) => {
        reasons.push(reason);
        return ({ message }) => instead.push(message);
      },
    });
    return { journal, instead, reasons, unwritten };
  };

  test('gets each record by a process of its own, one after the other', async () => {
    const { journal, instead, unwritten } = output(`cat >> ${folder}/out; echo "$*" >> ${folder}/out`);
    const messages = ['one', 'two\nlines', 'three'];
    for (const message of messages) journal.write(record(message));
    await journal.flush(20_000);
    const expected = messages.map((message) => `${entry(record(message))}--journald\n`).join('');
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe(expected);
    expect([instead, unwritten]).toEqual([[], []]);
  });

  test.each<[what: string, script: string | undefined, reason: RegExp]>([
    ['there is no program', undefined, /ENOENT/],
    [
      'the program fails',
      'echo "logger: unrecognized option" >&2; exit 1',
      /logger --journald failed: logger: unrecognized option/,
    ],
    ['the program says nothing', 'exit 3', /logger --journald failed: exit code 3/],
  ])('is given up once when %s, and no record is lost', async (_, script, reason) => {
    const { journal, instead, reasons, unwritten } = output(script);
    for (const message of ['one', 'two']) journal.write(record(message));
    await journal.flush(20_000);
    journal.write(record('three'));
    expect(instead).toEqual(['one', 'two', 'three']);
    expect([reasons, unwritten]).toEqual([[expect.stringMatching(reason)], []]);
  });

  test('is not written where there is none: logger would not say so', () => {
    const { journal, instead, reasons } = output('exit 0', join('/nowhere', 'socket'));
    journal.write(record('one'));
    expect([instead, reasons]).toEqual([['one'], ['the journal is missing: /nowhere/socket does not exist']]);
  });

  test('does not let the end wait for a program that hangs, and what is left is counted', async () => {
    const { journal, instead, unwritten } = output('exec sleep 60');
    const before = dropCounts.of('log');
    for (let i = 0; i < 1003; i++) journal.write(record(String(i)));
    const began = performance.now();
    await journal.flush(50);
    expect(performance.now() - began).toBeLessThan(2000);
    expect([instead, unwritten, dropCounts.of('log') - before]).toEqual([[], [1003], 1003]);
  });

  test('drops what is too much, and a record says how many were dropped', async () => {
    const { journal, unwritten } = output(`grep '^MESSAGE' >> ${folder}/out`, folder, 2);
    const before = dropCounts.of('log');
    for (let i = 0; i < 5; i++) journal.write(record(String(i)));
    await journal.flush(20_000);
    const lines = readFileSync(join(folder, 'out'), 'utf8').trimEnd().split('\n');
    expect(lines).toEqual(['0', '1', '2', '2 lost'].map((message) => `MESSAGE=TASK Save/7: ${message}`));
    expect([unwritten, dropCounts.of('log') - before]).toEqual([[], 2]);
  });
});

describe('what cannot be', () => {
  const problem = async (keys: string) =>
    load(`${TICK}${shellTask('T', 'exit 0')}${always('A', ['T'])}[[logging.outputs]]\n${keys}\n`).then(
      () => '',
      (error: { lines: readonly string[] }) => error.lines.join('\n'),
    );

  test('the target journal and the format journal go together', async () => {
    expect(await problem('target = "journal"\nformat = "journal"')).toBe('');
    expect(await problem('target = "./journal"')).toBe('');
    expect(await problem('target = "journal"')).toContain(
      'target: "journal" is the journal of systemd, which needs its format',
    );
    expect(await problem('target = "x"\nformat = "journal"')).toContain(
      'target: expected "journal", because the format is journal',
    );
  });

  test('--log-format journal is not for a file', async () => {
    expect(await parseCommandLine(['--log-format', 'journal', 'x.toml'])).toMatchObject({ format: 'journal' });
    expect(await parseCommandLine(['--log-format', 'journal', '-l', 'x', 'x.toml'])).toMatchObject({
      stderr: expect.stringContaining('--log-format journal writes to the journal of systemd, and --log to a file'),
    });
  });
});
