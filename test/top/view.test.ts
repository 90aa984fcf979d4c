import { join } from 'node:path';
import { styleText } from 'node:util';
import { describe, expect, test } from 'vitest';
import { widthOf } from '../../src/terminal/wrap.ts';
import { KEYS } from '../../src/top/keys.ts';
import { screenLines } from '../../src/top/view.ts';
import { BUSY, began, condition, last, NOW, report, shown, task, View } from './support.ts';

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

  test('at 60 columns has the next instant of each condition, also where names are long', () => {
    for (const name of ['A', 'A'.repeat(24)]) {
      const screen = screenOf(shown(report([condition(name, { last: last('failure') })]), 60, 20));
      expect(screen).toMatch(/CONDITION +STATE +NEXT /);
      expect(screen).toContain('12:08:07');
    }
  });

  test('has colours only where they are wanted', () => {
    const paint = (style: Parameters<typeof styleText>[0] | undefined, text: string) =>
      style === undefined ? text : styleText(style, text, { validateStream: false });
    const coloured = screenLines(shown(BUSY, 80, 20, { paint }).state).join('\n');
    expect(coloured).toContain('\u001b[31m');
    expect(screenLines(shown().state).join('\n')).not.toContain('\u001b');
  });

  test('has marks in ASCII there, the task that began first above, and a condition whose task is not known', () => {
    const two = report(
      [condition('A', { running: ['TA'] }), condition('B', { running: ['TB'] }), condition('C', { tasks: ['Gone'] })],
      [task('TA', { state: 'running' }), task('TB', { state: 'running' }), task('TC', { state: 'running' })],
    );
    const ascii = { unicode: false } as const;
    const view = shown(two, 80, 24, ascii).take(began('TA', NOW - 5000), began('TB', NOW - 9000));
    const lines = screenLines(view.state).map((line) => line.trim());
    const running = lines.filter((line) => line.startsWith('* '));
    expect(running.slice(-2)).toEqual(['* TB runs for 9 s (B)', '* TA runs for 5 s (A)']);
    expect(running.at(-3)).toBe('* TC runs');
    view.press('end', 'return');
    expect(screenLines(view.state).slice(1, 4).join('\n')).toMatch(/^condition C\s+CONDITION .*\nC +waiting /);
    const events = shown(two, 80, 24, ascii)
      .press('t')
      .take({ type: 'events', names: ['Go', 'Stop'] });
    events.press('/').type('stop');
    expect(screenLines(events.state).join('\n')).toContain('> Stop');
  });

  test('is ASCII where the locale has nothing else', () => {
    const names = report([condition('A'.repeat(50), { last: last('success') }), condition('B')]);
    const lines = screenLines(shown(names, 60, 20, { unicode: false }).state);
    expect(lines.join('\n')).toMatch(/^> A+/m);
    expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
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

describe('the list', () => {
  const note = (view: View) => screenLines(view.state).find((line) => /^\d+ (?:of \d+|conditions): /.test(line));

  test('says in which order it is, and what it leaves out', () => {
    expect(note(shown())).toBeUndefined();
    expect(note(shown().press('>'))).toBe('4 conditions: ordered by name');
    expect(note(shown().press('f'))).toBe('1 of 4: only failed');
    expect(note(shown().press('/').type('ff').press('return', '>', '>'))).toBe('1 of 4: ordered by next, with "ff"');
  });

  test('says so when it leaves out all', () => {
    const lines = screenLines(shown().press('/').type('nowhere').state);
    expect(lines).toContain('0 of 4: with "nowhere"');
    expect(lines.join('\n')).not.toContain('Nightly  ');
  });

  test('is sorted by the last run and by failures, those that never ran last', () => {
    const rows = [
      condition('Never'),
      condition('Fine', { last: last('success', { time: NOW - 5000 }) }),
      condition('Twice', { last: last('failure', { time: NOW - 9000, streak: { count: 2, time: NOW - 9000 } }) }),
      condition('Once', { last: last('failure', { time: NOW - 7000 }) }),
      condition('Other', { next: null }),
    ];
    const names = (...keys: string[]) =>
      screenLines(shown(report(rows)).press(...keys).state).flatMap(
        (line) => /^[▶ ] (Fine|Never|Once|Twice|Other) /.exec(line)?.[1] ?? [],
      );
    expect(names()).toEqual(['Fine', 'Never', 'Once', 'Twice', 'Other']);
    expect(names('>', '>', '>')).toEqual(['Fine', 'Once', 'Twice', 'Never', 'Other']);
    expect(names('>', '>', '>', '>')).toEqual(['Twice', 'Once', 'Fine', 'Never', 'Other']);
  });

  test('has the longest of many running tasks first, and counts the rest', () => {
    const tasks = Array.from({ length: 9 }, (_, i) => task(`T${i}`, { state: 'running' }));
    const view = shown(report([condition('All', { running: ['T8'] })], tasks), 80, 24);
    view.take(...tasks.slice(1).map(({ name }, i) => began(name, NOW - 1000 * i)));
    const lines = screenLines(view.state).filter((line) => /^▸|more tasks/.test(line));
    expect(lines).toEqual([
      '▸ T0 runs',
      '▸ T8 runs for 7 s (All)',
      expect.stringMatching(/^▸ T7/),
      expect.stringMatching(/^▸ T6/),
      '  and 5 more tasks',
    ]);
  });
});

describe('before and after an instance', () => {
  test('it says that it connects, or why it cannot', () => {
    expect(screenLines(new View().state)[0]).toMatch(/^whenever top: connecting/);
    expect(screenLines(new View().take({ type: 'lost', why: 'no\npermission' }).state)[0]).toMatch(/^no\\npermission/);
    expect(screenLines(new View().take({ type: 'lost', why: '' }).state)[0]).toMatch(/^not running; waiting for it/);
  });
});

describe('a page', () => {
  const lines = (view: View) => screenLines(view.state).map((line) => line.trimEnd());

  test('of a condition that a reload has removed says so', () => {
    const view = shown()
      .press('return')
      .take({ type: 'status', report: report([condition('New')]), whole: true });
    expect(lines(view)).toContain('It is not in the running configuration any more.');
  });

  test('of a condition waits for its story, which may be empty', () => {
    const view = shown().press('return');
    expect(lines(view)).toContain('…');
    view.take({ type: 'story', condition: 'Nightly', story: { dropped: 0, chapters: [] } });
    expect(lines(view)).toContain('(nothing)');
  });

  test('of a condition has the end of what its task writes, or that it wrote nothing', () => {
    const view = shown(BUSY, 80, 40).press('return');
    const wrote = (more: object) => view.take({ type: 'output', condition: 'Nightly', output: { ...output, ...more } });
    wrote({ run: null });
    expect(lines(view).join('\n')).not.toContain('What task Dump');
    wrote({ output: {} });
    expect(lines(view)).toContain('What task Dump wrote (run-9): nothing');
    const stdout = Array.from({ length: 20 }, (_, i) => `line ${i}\n`).join('');
    wrote({ running: true, output: { stdout, log: 'a record' } });
    expect(lines(view)).toContain('What task Dump has written so far (run-9)');
    expect(lines(view)).toContain('(9 lines before: o)');
    expect(lines(view)).toContain('a record');
    expect(lines(view)).not.toContain('line 8');
  });

  test('of events waits for them, says that there are none, and marks the chosen one', () => {
    const view = shown().press('t');
    expect(lines(view)).toContain('…');
    view.take({ type: 'events', names: [] });
    expect(lines(view)).toContain('There are no events of type cli here.');
    expect(view.press('return').state.prompt).toBeUndefined();
    view.take({ type: 'events', names: ['Go', 'Stop'] }).press('down');
    expect(lines(view)).toEqual(expect.arrayContaining(['  Go', '▶ Stop']));
    view.press('/').type('g').press('return');
    expect(lines(view)[1]).toContain('lines with "g"');
    expect(lines(view)).toContain('▶ Go');
  });

  test('of an output says of which run, and how many there are', () => {
    const view = shown().press('o');
    expect(lines(view)[1]).toContain('output of task Copy: … (1 of 3: Tab)');
    view.take({ type: 'ended', item: 'task/Copy', output: { ...output, item: 'task/Copy', run: null, output: {} } });
    expect(lines(view)[1]).toContain('no run is known');
    const alone = shown(report([condition('Bare', { tasks: [] })])).press('o');
    expect(lines(alone)[1]?.trimEnd()).toBe('output of condition Bare: …');
  });

  test('of the log says of what, and from which level on', () => {
    expect(lines(shown().press('l'))[1]?.trimEnd()).toBe('log: what is logged (+ -)');
    expect(lines(shown().press('L', '-'))[1]?.trimEnd()).toBe('log of condition Nightly: warn and more severe (+ -)');
  });
});
