import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wantsColours } from '../../src/log/colours.ts';
import { printedColours } from '../../src/log/one-line.ts';
import { formatInstant, isoInstant } from '../../src/terminal/instant.ts';
import { formatRuns } from '../../src/terminal/run-table.ts';
import { formatStatus, headOf } from '../../src/terminal/status-text.ts';
import { table } from '../../src/terminal/table.ts';
import { PLAIN, type Style } from '../../src/terminal/terminal.ts';
import { wrap } from '../../src/terminal/wrap.ts';
import { condition, last, NOW, report } from '../top/support.ts';

const paint = (style: Style | undefined, text: string) => (style === undefined ? text : `<${style}>${text}</>`);

describe('a status as text', () => {
  const status = (more: object, conditions = [condition('A')]) =>
    formatStatus(report(conditions, [], more)).split('\n');

  test('says that the file is refused, why, and what is wrong besides', () => {
    const refused = { file: 'my.toml', since: NOW - 60_000 };
    expect(status({ refused: { ...refused, problems: ['my.toml:3: bad', 'another', 'third'] } })[0]).toBe(
      'Refused since 12:02, what runs is older: my.toml:3: bad (and 2 more: whenever check)',
    );
    expect(status({ refused: { ...refused, problems: [] } })[0]).toBe(
      'Refused since 12:02, what runs is older: my.toml',
    );
  });

  test('names five of what failed and of what is overdue, and counts the rest', () => {
    const names = Array.from({ length: 7 }, (_, i) => `C${i}`);
    const overdue = { state: 'overdue', since: NOW, text: 'no success for 3 days' } as never;
    const lines = status(
      {},
      names.map((name) => condition(name, { last: last('failure'), overdue })),
    );
    expect(lines[0]).toBe('7 of 7 conditions failed at their last run: C0, C1, C2, C3, C4 and 2 more');
    expect(lines[1]).toBe('7 conditions are overdue: C0, C1, C2, C3, C4 and 2 more');
    expect(lines.find((line) => line.startsWith('C0'))).toContain('overdue: no success for 3 days; not due');
  });

  test('says until when it is paused, and when it was read from a file', () => {
    const head = report([condition('A')]);
    expect(headOf({ ...head, state: 'paused', pausedUntil: NOW + 60_000 }, undefined)).toContain(
      'is paused until 2026-11-28 12:04:07 Sat: process 17',
    );
    const { config } = head;
    expect(headOf({ ...head, state: 'ended' } as never, config)).toBe(
      `${config}, as of 2026-11-28 12:03:07 Sat: whenever 2.0.0 has ended: process 17, for 2 h 05 min`,
    );
    expect(headOf({ ...head, pid: 0 }, 'day.jsonl')).toBe(
      'day.jsonl, as of 2026-11-28 12:03:07 Sat: whenever 2.0.0 was running: for 2 h 05 min, with /home/ann/my.toml',
    );
  });

  test('has the plugins, and why one of them is left out', () => {
    const counts = { events: 3, failures: 1, slow: 0, dropped: 0 };
    const plugins = [
      { name: 'good', state: 'running', reason: null, ...counts },
      { name: 'bad', state: 'left-out', reason: 'no\nsetup', ...counts },
    ];
    const text = formatStatus(report([], [], { plugins } as never), { ...PLAIN, paint });
    expect(text).toContain('<red>left-out</>');
    expect(text).toContain('no\\nsetup');
    expect(text).toMatch(/good +running +3 +1 +0 +0\n/);
    expect(text).toContain('There are no conditions.');
  });

  test('has what was checked last, the reason of a task, and when what is held can run', () => {
    const held = { earliest: null } as never;
    const lines = status({}, [
      condition('Checked', { lastCheck: 'checked, exit code 1', why: 'not due' }),
      condition('Held', { group: 'held', held }),
      condition('Later', { group: 'held', held: { earliest: NOW + 60_000 } as never }),
    ]);
    expect(lines.find((line) => line.startsWith('Checked'))).toContain('checked, exit code 1 (not due)');
    expect(lines.find((line) => line.startsWith('Held'))).toMatch(/^Held +held +- /);
    expect(lines.find((line) => line.startsWith('Later'))).toMatch(/^Later +held +12:04:07 +1 min/);
  });
});

describe('runs as a table', () => {
  const run = (more: object) =>
    ({
      ...{ kind: 'run', session: 's', run: 'run-1', cause: 'tick-1', condition: 'C', began: NOW - 60_000, seconds: 2 },
      ...{ outcome: 'success', lastLine: null, code: 'interval', why: '', instant: null, task: null, reason: null },
      ...{ tasks: [], ...more },
    }) as never;
  const task = (more: object) =>
    ({
      ...{ kind: 'task', session: 's', run: 'run-1', cause: 'tick-1', condition: 'C', task: 'T', began: NOW - 60_000 },
      ...{ seconds: 2, outcome: 'success', why: 'exit code 0', lastLine: null, ...more },
    }) as never;
  const rows = (entries: readonly never[], verbose = false) =>
    formatRuns(entries, { now: NOW, verbose }, PLAIN).trimEnd().split('\n');
  const by = (more: object) => rows([run(more)])[1]!.split(/ {2,}/)[2];

  test('says what began each run', () => {
    expect(by({ instant: new Date(2026, 10, 28, 9, 30).getTime() })).toBe('09:30');
    expect(by({ instant: new Date(2026, 10, 28, 9, 30, 5).getTime() })).toBe('09:30:05');
    expect(by({ cause: 'command-3' })).toBe('trigger');
    expect(by({ cause: 'command-3', code: 'run-command' })).toBe('run command');
    expect(by({ code: 'a-new-code' })).toBe('a-new-code');
    expect(by({ code: '' })).toBe('-');
  });

  test('calls the column by what is in it', () => {
    expect(rows([run({})])[0]).toMatch(/^WHEN +CONDITION +BY /);
    expect(rows([task({})])[0]).toMatch(/^WHEN +TASK +CONDITION /);
    expect(rows([run({}), task({})])[0]).toMatch(/^WHEN +ITEM +BY /);
  });

  test('has the instants that were missed, and those that passed in a pause', () => {
    const missed = { kind: 'missed', condition: 'C', count: 3, first: 0, last: NOW, why: 'it slept' };
    const lines = rows([
      { ...missed, code: 'instants-missed' },
      { ...missed, code: 'instants-paused' },
    ] as never[]);
    expect(lines[1]).toMatch(/missed 3 +- +it slept$/);
    expect(lines[2]).toMatch(/passed 3 +- +it slept$/);
  });

  test('has the attempts and the end of each stream below', () => {
    const stdout = Array.from({ length: 12 }, (_, i) => `line ${i}\n`).join('');
    const failedAttempts = [
      { attempt: 1, seconds: 0.5, why: 'exit code 3', lastLine: 'disk full' },
      { attempt: 2, seconds: 3, why: 'exit code 4', lastLine: null },
    ];
    const lines = rows([task({ outcome: 'failure', attempts: 3, failedAttempts, stdout, stderr: 'bad\n' })], true);
    expect(lines.slice(2, 6).map((line) => line.trim())).toEqual([
      'attempt 1, 500 ms: exit code 3: disk full',
      'attempt 2, 3 s: exit code 4',
      'stdout:',
      '(2 lines before)',
    ]);
    expect(lines.slice(-2).map((line) => line.trim())).toEqual(['stderr:', 'bad']);
    expect(lines[1]).toContain('3 attempts; exit code 0');
  });
});

describe('texts for a terminal', () => {
  test('have colours where the terminal and the environment want them', () => {
    expect(wantsColours(true, {})).toBe(true);
    expect(wantsColours(true, { TERM: 'dumb' })).toBe(false);
    expect(wantsColours(false, {})).toBe(false);
    expect(wantsColours(false, { FORCE_COLOR: '1' })).toBe(true);
    expect(wantsColours(true, { FORCE_COLOR: '0' })).toBe(false);
    expect(wantsColours(true, { FORCE_COLOR: 'false' })).toBe(false);
    expect(wantsColours(true, { FORCE_COLOR: '' })).toBe(true);
    expect(wantsColours(true, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
  });

  test('keep their colours, and nothing else that a terminal obeys', () => {
    expect(printedColours('\u001b[31mred\u001b[0m\u0007 \u202e\n')).toBe('\u001b[31mred\u001b[0m\\x07 \\u202e\n');
  });

  test('have instants that no date can hold', () => {
    expect(isoInstant(Number.POSITIVE_INFINITY)).toBeNull();
    expect(isoInstant(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(formatInstant(Number.NaN)).toBe('after year 275760');
  });

  test('are broken where a word is longer than a line', () => {
    expect(wrap('abcdefgh', 4)).toEqual(['abcd', 'efgh']);
    expect(wrap('a abcdefgh', 4)).toEqual(['a', 'abcd', 'efgh']);
    expect(wrap('', 4)).toEqual(['']);
  });
});

describe('a table', () => {
  const columns = [
    { heading: 'NAME' },
    { heading: 'IN', numeric: true, style: () => 'cyan' as const },
    { heading: 'STATE', style: (cell: string) => (cell.startsWith('a') ? ('red' as const) : undefined) },
    { heading: 'WHY', least: 8 },
  ];
  const cells = ['', 'a', 'ab\tc', '日本', 'a longer text of words', 'unbreakable'.repeat(3)];
  const cell = fc.constantFrom(...cells);

  test.each([undefined, 30, 50, 100])('shows a row as it is whatever is above it (width %s)', (width) => {
    const terminal = { ...PLAIN, paint, ...(width === undefined ? {} : { width }) };
    // Rows with each cell in each column, so that all tables have the same widths.
    const all = cells.map((text) => columns.map(() => text));
    const shown = (rows: readonly string[][]) => table(columns, [...all, ...rows], terminal);
    const above = shown([]);
    const rowOf = (row: string[]) => shown([row]).slice(above.length);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell, cell), { maxLength: 8 }), (rows) => {
        expect(shown(rows).slice(above.length)).toBe(rows.map(rowOf).join(''));
      }),
      { numRuns: 60 },
    );
  });
});
