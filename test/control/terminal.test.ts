import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { have } from '../desktop/support/programs.ts';
import { always, onDemand, Place, PROGRAM, Program, shellTask, TICK } from '../support/program.ts';

const LONG = 'DriveIsThereAndSomethingWithAVeryLongNameIndeed';
const ITEMS = `${shellTask('T', 'exit 0')}${onDemand('Asked', ['T'])}${always('Off', ['T'], 'suspended = true')}`;
const TERMINAL = join(import.meta.dirname, 'support', 'terminal.py');

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const running = async (toml = `${TICK}${ITEMS}`) => {
  const program = place.start(['-J', '-L', 'debug'], { toml });
  await program.record(/^MAIN starting/);
  expect((await place.run(['status'])).end.code).toBe(0);
  return program;
};

/** A command on a terminal of so many columns and lines; Ctrl-C is pressed when `mark` is shown. */
const openTerminal = (args: readonly string[], size = [80, 24], mark = '', env: Record<string, string> = {}) => {
  const words = [TERMINAL, ...size.map(String), mark, process.execPath, PROGRAM, ...args];
  return new Program(spawn('python3', words, { cwd: place.path, env: place.environment({ TERM: 'xterm', ...env }) }));
};
/** What it has shown when it has ended, and how it ended. */
const whole = async (terminal: Program) => {
  await terminal.ended;
  const said = terminal.stdout.replaceAll('\r\n', '\n');
  return { shown: said.slice(0, said.lastIndexOf('\nended')), end: said.trim().split('\n').at(-1) };
};
const onTerminal = (...what: Parameters<typeof openTerminal>) => whole(openTerminal(...what));

// biome-ignore lint/suspicious/noControlCharactersInRegex: what paints
const PAINT = /\x1b\[[\d;]*m/g;
const widest = (shown: string): number =>
  Math.max(
    ...shown
      .replace(PAINT, '')
      .split('\n')
      .map(({ length }) => length),
  );

// What is missing is skipped, and that is a failure where CI is set.
const available = have('python3') || Boolean(process.env.CI);

describe.runIf(available)('on a terminal', () => {
  test.each([
    [80, ['status']],
    [80, ['explain', LONG]],
    [80, ['story', LONG]],
    [120, ['events']],
    [120, ['events', 'all']],
  ])('on %i columns %j fits and has colours, and through a pipe it has none', async (columns, args) => {
    await running(`${TICK}${ITEMS}${onDemand(LONG, ['T'])}`);
    const { shown, end } = await onTerminal(args, [columns, 24]);
    expect(end, shown).toBe('ended 0');
    expect(widest(shown)).toBeLessThanOrEqual(columns);
    expect(shown).toMatch(PAINT);
    expect((await place.run(args)).stdout).not.toMatch(PAINT);
  });

  test('NO_COLOR keeps colours away', async () => {
    await running();
    expect((await onTerminal(['status'], [80, 24], '', { NO_COLOR: '1' })).shown).not.toMatch(PAINT);
  });

  test('status --watch stays on one screen, and ends with Ctrl-C', async () => {
    const many = Array.from({ length: 40 }, (_, i) => always(`C${i}`, ['T'], 'suspended = true')).join('');
    await running(`${TICK}${shellTask('T', 'exit 0')}${many}`);
    const { shown, end } = await onTerminal(['status', '--watch'], [80, 12], 'more lines');
    const [, first = ''] = shown.split('\x1b[H');
    expect(first.split('\x1b[J')[0]!.trimEnd().split('\n')).toHaveLength(11);
    expect(first).toMatch(/… and \d+ more lines/);
    expect(end).toBe('ended -2');
  });

  test('logs --follow shows colours and ends with the daemon', async () => {
    await running();
    const terminal = openTerminal(['logs', '--follow', '-L', 'debug']);
    // Earlier records are shown in the moment in which it begins to follow.
    await terminal.until(() => terminal.stdout.includes('\n'), 'a record');
    await place.run(['ctl', 'exit']);
    const { shown, end } = await whole(terminal);
    expect(end, shown).toBe('ended 0');
    expect(shown).toMatch(PAINT);
    expect(shown.replace(PAINT, '')).toContain('scheduler ended');
  });
});

describe('through a pipe', () => {
  test.each([[['events', '--follow']], [['logs', '--follow', '-L', 'trace']], [['status', '--watch']]])(
    'whenever %j ends when nobody reads on',
    async (args) => {
      // That nobody reads is seen at the next line.
      await running(`${TICK}${shellTask('T', 'exit 0')}${always('Busy', ['T'])}`);
      const child = spawn('sh', ['-c', `"$0" "$@" | head -n 1`, process.execPath, PROGRAM, ...args], {
        cwd: place.path,
        env: place.environment(),
      });
      expect(await text(child.stdout)).toMatch(/\S/);
      expect(child.exitCode ?? (await new Promise((resolve) => child.once('close', resolve)))).toBe(0);
    },
  );
});
