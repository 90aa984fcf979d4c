import { join } from 'node:path';
import { styleText } from 'node:util';
import { describe, expect, test } from 'vitest';
import { widthOf } from '../../src/terminal/wrap.ts';
import { KEYS } from '../../src/top/keys.ts';
import { screenLines } from '../../src/top/view.ts';
import { BUSY, began, condition, last, NOW, report, shown, View } from './support.ts';

const screenOf = (view: View): string => `${screenLines(view.state).join('\n')}\n`;
const golden = (name: string) => join(import.meta.dirname, 'screens', `${name}.txt`);

const story = {
  dropped: 0,
  chapters: [
    {
      ...{ seq: 1, key: 'condition/Backup', start: 'running', finish: 'waiting', cause: 'tick-7', run: 'run-9' },
      ...{ why: 'task Dump failed: exit code 3', time: NOW, mono: 0, count: 1, lastTime: NOW },
      ...{ lastCause: 'command-3', lastRun: 'run-9', order: 1 },
    },
  ],
};
const output = {
  ...{ item: 'task/Dump', run: 'run-9', running: false },
  output: { stdout: 'dumping\n 10 %\r100 %\n', stderr: 'disk 日本語 full\n\u001b[31mgiving\tup\u001b[0m \u0008\n' },
};
const record = {
  ...{ kind: 'log', seq: 3, time: NOW, mono: 0, item: 'condition/Backup', run: null, cause: null, level: 'warn' },
  ...{
    context: { emitter: 'CONDITION', action: 'active', item: 'Backup', itemId: 3 },
    mark: 'END/FAIL',
    message: 'it failed',
  },
} as never;

describe('the screen', () => {
  test.each([60, 80, 120])('of the list is as it was at %i columns', async (width) => {
    const view = shown(BUSY, width, 16).take(began('Copy', NOW - 42_000));
    await expect(screenOf(view)).toMatchFileSnapshot(golden(`list-${width}`));
  });

  test.each([60, 80, 120])('of a condition is as it was at %i columns', async (width) => {
    const view = shown(BUSY, width, 30).press('down', 'return');
    view.take({ type: 'story', condition: 'Backup', story }, { type: 'output', condition: 'Backup', output });
    await expect(screenOf(view)).toMatchFileSnapshot(golden(`condition-${width}`));
  });

  test.each([60, 80, 120])('of the help is as it was at %i columns', async (width) => {
    await expect(screenOf(shown(BUSY, width, 50).press('?'))).toMatchFileSnapshot(golden(`help-${width}`));
  });

  const pages: readonly (readonly [string, (view: View) => View])[] = [
    ['list', (view) => view],
    [
      'condition',
      (view) =>
        view
          .press('return')
          .take({ type: 'story', condition: 'Nightly', story }, { type: 'output', condition: 'Nightly', output }),
    ],
    [
      'output',
      (view) => view.press('o').take({ type: 'ended', item: 'task/Copy', output: { ...output, item: 'task/Copy' } }),
    ],
    ['log', (view) => view.press('l').take({ type: 'records', records: [record, record] })],
    ['events', (view) => view.press('t').take({ type: 'events', names: ['Go', 'St\u001b[31mop'] })],
    ['help', (view) => view.press('?')],
    ['question', (view) => view.press('u').type('a long text that is typed, and goes on and on until it does not fit')],
    ['loss', (view) => view.take({ type: 'lost', since: NOW - 60_000, why: '' })],
    ['message', (view) => view.take({ type: 'message', message: { kind: 'bad', text: 'a\nlong '.repeat(30) } })],
  ];
  test.each(pages)('with a %s has as many lines as the terminal, and none is wider, whatever its size', (_, open) => {
    for (let width = 30; width <= 140; width += 5)
      for (let height = 5; height <= 40; height += 5) {
        const lines = screenLines(open(shown(BUSY, width, height).take(began('Copy', NOW - 1000))).state);
        expect(lines, `${width}x${height}`).toHaveLength(height);
        const widest = Math.max(...lines.map(widthOf));
        expect(widest, `${width}x${height}\n${lines.join('\n')}`).toBeLessThanOrEqual(width);
        // Nothing that a terminal obeys.
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(lines.join('')).not.toMatch(/[\x00-\x1f\x7f]/);
      }
  });

  test('at 12 lines and 60 columns has three rows of the list, what failed and what runs', () => {
    const lines = screenLines(shown(BUSY, 60, 12).take(began('Copy', NOW - 42_000)).state);
    expect(lines.join('\n')).toContain('1 of 4 conditions failed at its last run: Backup');
    expect(lines.join('\n')).toContain('Copy runs for 42 s (Nightly)');
    expect(lines.filter((line) => /^(?:▶| ) (?:Nightly|Backup|Mails|Off) /.test(line)).length).toBeGreaterThanOrEqual(
      3,
    );
  });

  test('has colours only where they are wanted', () => {
    const paint = (style: Parameters<typeof styleText>[0] | undefined, text: string) =>
      style === undefined ? text : styleText(style, text, { validateStream: false });
    const coloured = screenLines(shown(BUSY, 80, 20, { paint }).state).join('\n');
    expect(coloured).toContain('\u001b[31m');
    expect(screenLines(shown().state).join('\n')).not.toContain('\u001b');
  });

  test('is ASCII where the locale has nothing else', () => {
    const names = report([condition('A'.repeat(50), { last: last('success') }), condition('B')]);
    const lines = screenLines(shown(names, 60, 20, { unicode: false }).state);
    expect(lines.join('\n')).toMatch(/^> A+/m);
    expect(lines.slice(0, 3).join('')).toMatch(/^[\x20-\x7e]*$/);
  });

  test('keeps the selected row among a thousand in sight', () => {
    const many = report(Array.from({ length: 1000 }, (_, i) => condition(`C${String(i).padStart(3, '0')}`)));
    const view = shown(many);
    const rows = () => screenLines(view.state).filter((line) => /^(?:▶| ) C\d/.test(line));
    expect(rows()[0]).toMatch(/^▶ C000 /);
    view.press('end');
    expect(rows().at(-1)).toMatch(/^▶ C999 /);
    view.press('pageup', 'pageup', 'up');
    expect(rows().filter((line) => line.startsWith('▶'))).toHaveLength(1);
    expect(rows()).toHaveLength(15);
  });

  test('says since when nothing runs, and keeps what was known', () => {
    const view = shown().take({ type: 'lost', since: NOW - 4 * 60_000, why: '' });
    const lines = screenLines(view.state);
    expect(lines[0]).toMatch(/^not running since 11:59; waiting for it/);
    expect(lines.join('\n')).toContain('Backup');
    expect(screenLines(new View().take({ type: 'lost', why: '' }).state)[0]).toMatch(/^not running; waiting for it/);
    expect(screenLines(view.take({ type: 'status', report: BUSY, whole: true }).state)[0]).toMatch(
      /^whenever 2\.0\.0 is running/,
    );
  });

  test('shows what a program left on a line, and no colours of it', () => {
    const view = shown()
      .press('o')
      .take({ type: 'ended', item: 'task/Copy', output: { ...output, item: 'task/Copy' } });
    const lines = screenLines(view.state).slice(2, 6);
    expect(lines).toEqual(['dumping', '100 %', 'disk 日本語 full', 'giving  up \\x08']);
  });

  test('says why the marked condition failed, until there is an answer', () => {
    const view = shown().press('down');
    expect(screenLines(view.state).at(-2)).toBe('Backup with Dump failed at 11:30: exit code 3: "disk 日本語 full"');
    expect(screenLines(view.press('down').state).at(-2)).toBe('');
    view.press('up').take({ type: 'message', message: { kind: 'note', text: 'queued' } });
    expect(screenLines(view.state).at(-2)).toBe('queued');
    view.take({ type: 'message', message: { kind: 'note', text: '' } });
    expect(screenLines(view.press('return').state).at(-2)).toBe('');
  });

  test('the help has each key', () => {
    const text = screenLines(shown(BUSY, 120, 60).press('?').state).join('\n');
    for (const { shown: key } of KEYS) expect(text).toContain(`\n${key} `);
  });
});
