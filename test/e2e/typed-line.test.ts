import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { have } from '../desktop/support/programs.ts';
import { always, Place, PROGRAM, Program, RUNNER, shellTask, TICK } from '../support/program.ts';

const TERMINAL = join(import.meta.dirname, '../control/support/terminal.py');
const COLUMNS = 60;

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** Where a sequence with a letter and a number moves the cursor. */
const MOVES: Readonly<Record<string, (row: number, column: number, n: number) => [row: number, column: number]>> = {
  A: (row, column, n) => [row - n, column],
  B: (row, column, n) => [row + n, column],
  C: (row, column, n) => [row, column + n],
  D: (row, column, n) => [row, column - n],
  G: (row, _, n) => [row, n - 1],
  '\r': (row) => [row, 0],
  '\n': (row, column) => [row + 1, column],
};

const moveOf = (letter: string | undefined, piece: string) => MOVES[letter ?? (piece < ' ' ? piece : '')];

const withPiece = (line = '', column: number, piece: string): string =>
  line.padEnd(column).slice(0, column) + piece + line.slice(column + 1);

/** The rows of a terminal that has been sent a text, the first one on top. */
const screenOf = (text: string): string[] => {
  const rows: string[] = [''];
  let [row, column] = [0, 0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor
  for (const [piece, count = '', move] of text.matchAll(/\x1b\[(\d*)([A-Z])|./gsu)) {
    const moved = moveOf(move, piece);
    if (move === 'J') rows.length = row + 1;
    if (moved) [row, column] = moved(row, column, Number(count || 1));
    else if (move === 'J' || move === 'K') rows[row] = rows[row]!.slice(0, column);
    else {
      [row, column] = column === COLUMNS ? [row + 1, 0] : [row, column];
      rows[row] = withPiece(rows[row], column, piece);
      column += 1;
    }
    while (rows.length <= row) rows.push('');
  }
  return rows;
};

type Step = readonly [mark: string, times: number, keys: string];
const typed = async (steps: readonly Step[], env: Record<string, string> = {}) => {
  const toml = place.write('c.toml', TICK + shellTask('T', 'true') + always('C', ['T']));
  const args = [TERMINAL, String(COLUMNS), '24', JSON.stringify(steps), RUNNER, PROGRAM, '-P', '-L', 'info', toml];
  const program = new Program(
    spawn('python3', args, { cwd: place.path, env: place.environment({ TERM: 'xterm', ...env }) }),
  );
  await program.ended;
  const [shown = '', end] = program.stdout.split('\nended ');
  // A record is longer than a row.
  const rows = screenOf(shown)
    .join('\n')
    .replaceAll(/(?<=^.{60})\n(?=\S)/gm, '');
  return { shown, rows, end: end?.trim() };
};
const RUN = 'task T ended';

// What is missing is skipped, and that is a failure where CI is set.
describe.runIf(have('python3') || Boolean(process.env.CI))('a line that is typed while records are shown', () => {
  test('stands whole below the records, and is a command', async () => {
    const { rows, end, shown } = await typed([
      [RUN, 1, 'no such com'],
      [RUN, 2, 'mand\r'],
      ['unknown command', 1, 'exit\r'],
    ]);
    expect(end, shown).toBe('0');
    expect(rows).toContain('\nno such command\n');
    expect(rows).toContain('unknown command "no"');
    // Each record begins a row.
    expect(rows.match(/.(?=\[\d{4}-\d\d-\d\dT)/g)).toBeNull();
  });

  test('may be longer than a row, and be edited in its middle', async () => {
    const long = 'x'.repeat(130);
    const { rows, end, shown } = await typed([
      [RUN, 1, `trigger ${long}`],
      [RUN, 2, '\x1b[D\x1b[D\x1b[D'],
      [RUN, 2, 'y'],
      [RUN, 2, '\r'],
      ['there is no event', 1, 'exit\r'],
    ]);
    expect(end, shown).toBe('0');
    expect(rows.replaceAll('\n', '')).toContain(`there is no event ${'x'.repeat(127)}yxxx`);
    expect(rows.match(/x(?=\[\d{4}-\d\d-\d\dT)/g), rows).toBeNull();
  });

  test('is dropped by Ctrl-C, which ends the scheduler', async () => {
    const { rows, end, shown } = await typed([
      [RUN, 1, 'half a com'],
      [RUN, 1, '\x03'],
    ]);
    expect(end, shown).toBe('0');
    expect(shown).toContain('SIGINT received');
    expect(rows).not.toContain('half a com');
  });

  test('is left to a terminal that cannot draw again', async () => {
    const { shown, end } = await typed([[RUN, 1, 'exit\r']], { TERM: 'dumb' });
    expect(end, shown).toBe('0');
    expect(shown).not.toContain('\x1b');
  });
});
