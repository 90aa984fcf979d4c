import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { have } from '../desktop/support/programs.ts';
import { always, onDemand, Place, PROGRAM, Program, RUNNER, shellTask, TICK } from '../support/program.ts';

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

/** A command on a terminal of so many columns and lines; Ctrl-C is pressed when `mark` is shown, or `keys`; null closes the terminal. */
const openTerminal = (
  args: readonly string[],
  size = [80, 24],
  mark = '',
  env: Record<string, string> = {},
  keys: string | null = '\x03',
) => {
  const steps = JSON.stringify(mark === '' ? [] : [[mark, 1, keys]]);
  const words = [TERMINAL, ...size.map(String), steps, RUNNER, PROGRAM, ...args];
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
    ['the view', ['top'], 'waiting for it'],
    ['the daemon', ['-L', 'debug', 'my.toml'], 'starting'],
  ])('that is closed %s ends, and is not ended by an abort of Node', async (_, args, mark) => {
    place.write('my.toml', `${TICK}${ITEMS}`);
    const { end } = await whole(openTerminal(args, [80, 24], mark, {}, null));
    // Not SIGABRT or SIGSEGV, which leave an image of the memory behind.
    expect(end).toMatch(/^ended (?:-1|\d+)$/);
  });

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

  test.each([
    ['status', ['status'], ''],
    ['status --watch', ['status', '--watch'], 'suspended'],
    ['logs', ['logs', '-L', 'debug'], ''],
  ])('%s has no escape sequences where the terminal knows none', async (_, args, mark) => {
    await running();
    const { shown } = await onTerminal(args, [80, 24], mark, { TERM: 'dumb' });
    expect(shown).not.toBe('');
    expect(shown).not.toContain('\x1b');
  });

  test.each([
    ['dumb', false],
    ['xterm', true],
  ])('records and simulations on a terminal of type %s have colours: %s', async (TERM, colours) => {
    const file = place.write('config.toml', `${TICK}${ITEMS}`);
    const daemon = await onTerminal(['-L', 'info', file], [80, 24], '[START/MSG]', { TERM });
    expect(daemon.shown).toContain('MAIN');
    expect(daemon.shown.includes('\x1b[')).toBe(colours);
    const simulated = await onTerminal(['simulate', file, '-L', 'info'], [80, 24], '', { TERM });
    expect(simulated.shown).toContain('MAIN');
    expect(simulated.shown.includes('\x1b[')).toBe(colours);
  });

  test.each([
    ['a wrong file', ['bad.toml'], /comand/],
    ['a missing file', ['missing.toml'], /missing\.toml/],
    ['a log that cannot be opened', ['outputs.toml'], /not-there/],
  ])('the refusal of %s is said once', async (_, args, words) => {
    place.write('bad.toml', '[[task]]\nname = "A"\ntype = "comand"\n');
    place.write('outputs.toml', '[[logging.outputs]]\ntarget = "/dev/null/not-there/log"\n');
    const { shown, end } = await onTerminal(args);
    expect(end, shown).toBe('ended 2');
    expect(shown).toMatch(words);
    expect(shown.match(/refused|invalid configuration|no such file|cannot open/g), shown).toHaveLength(1);
    // A program that reads the records gets them all the same.
    expect((await place.run(['-J', ...args])).stdout).toMatch(/START/);
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
      const child = spawn('sh', ['-c', `"$0" "$@" | head -n 1`, RUNNER, PROGRAM, ...args], {
        cwd: place.path,
        env: place.environment(),
      });
      expect(await text(child.stdout)).toMatch(/\S/);
      expect(child.exitCode ?? (await new Promise((resolve) => child.once('close', resolve)))).toBe(0);
    },
  );
});
