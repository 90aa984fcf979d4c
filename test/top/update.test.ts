import { describe, expect, test } from 'vitest';
import { actionOf, KEYS, readKey } from '../../src/top/keys.ts';
import { listed, ORDERS } from '../../src/top/model.ts';
import { update } from '../../src/top/update.ts';
import { screenLines } from '../../src/top/view.ts';
import { BUSY, began, condition, last, NOW, report, shown } from './support.ts';

const names = (view: ReturnType<typeof shown>) => listed(view.state).map(({ name }) => name);
const command = (line: string) => [{ do: 'command', line }];

describe('keys', () => {
  test('of the table do one thing each', () => {
    const all = KEYS.flatMap(({ keys }) => keys);
    expect(new Set(all).size).toBe(all.length);
    for (const { id, keys, place } of KEYS)
      for (const name of keys) expect(actionOf({ name, text: '' }, [place])).toBe(id);
  });

  test('are read as Node gives them', () => {
    expect(readKey('R', { name: 'r', shift: true })).toEqual({ name: 'R', text: 'R' });
    expect(readKey(' ', { name: 'space' })).toEqual({ name: 'space', text: ' ' });
    expect(readKey('\u001b[A', { name: 'up' })).toEqual({ name: 'up', text: '' });
    expect(readKey('\u0003', { name: 'c', ctrl: true })).toEqual({ name: 'ctrl-c', text: '' });
    expect(readKey('\r', { name: 'return' })).toEqual({ name: 'return', text: '' });
    expect(readKey('é', { name: undefined } as never)).toEqual({ name: 'é', text: 'é' });
    expect(readKey('?', { sequence: '?' })).toEqual({ name: '?', text: '?' });
  });
});

describe('the keys of a condition', () => {
  test('give the commands', () => {
    const view = shown().press('down');
    expect(view.press('r').done()).toEqual(command('run Backup'));
    expect(view.press('s').done()).toEqual(command('suspend_condition Backup'));
    expect(view.press('end', 's').done()).toEqual(command('resume_condition Off'));
    expect(view.press('p').done()).toEqual(command('pause'));
    expect(view.press('R').done()).toEqual(command('reload'));
  });

  test.each([
    ['c', 'cancel Nightly'],
    ['x', 'reset_conditions Nightly'],
  ])('%s asks before something is lost', (key, line) => {
    expect(shown().press(key, 'n').done()).toEqual([]);
    expect(shown().press(key, 'return').done()).toEqual([]);
    expect(screenLines(shown().press(key).state).at(-2)).toMatch(/Nightly.*\? y\/n$/);
    expect(shown().press(key, 'y').done()).toEqual(command(line));
  });

  test('take a time, and Escape takes it back', () => {
    expect(shown().press('u').type('2hx').press('backspace', 'return').done()).toEqual(
      command('suspend_condition Nightly 2h'),
    );
    expect(shown().press('P').type('1h').press('return').done()).toEqual(command('pause 1h'));
    const view = shown().press('u').type('2h').press('escape');
    expect(view.done()).toEqual([]);
    expect(view.press('r').done()).toEqual(command('run Nightly'));
  });

  test('are about the same one while the list is sorted anew', () => {
    const view = shown().press('down');
    const changed = report([
      condition('Backup', { group: 'finished' }),
      condition('Mails'),
      condition('Zero', { group: 'running' }),
    ]);
    view.take({ type: 'status', report: changed, whole: true });
    expect(view.press('r').done()).toEqual(command('run Backup'));
  });

  test('work on its page and on its output', () => {
    const view = shown().press('down', 'return');
    expect(view.done()).toEqual([
      { do: 'leave' },
      { do: 'read-condition', condition: 'Backup', items: ['task/Dump', 'condition/Backup'] },
    ]);
    expect(view.press('r').done()).toEqual(command('run Backup'));
    expect(view.press('o').done()).toEqual([{ do: 'leave' }, { do: 'follow-output', item: 'task/Dump' }]);
    expect(view.press('tab').done()).toEqual([{ do: 'leave' }, { do: 'follow-output', item: 'condition/Backup' }]);
    expect(view.press('r').done()).toEqual(command('run Backup'));
    expect(view.press('q', 'q').done()).toEqual([{ do: 'leave' }, { do: 'quit' }]);
  });

  test('resume while the scheduler is paused', () => {
    expect(
      shown(report([], [], { state: 'paused' }))
        .press('p')
        .done(),
    ).toEqual(command('resume'));
  });

  test('do nothing where there is no condition', () => {
    expect(shown(report([])).press('r', 'c', 's', 'return', 'o', 'down', 'end').done()).toEqual([]);
  });
});

describe('an event', () => {
  test('is chosen from a list, with data', () => {
    const view = shown().press('t');
    expect(view.done()).toEqual([{ do: 'leave' }, { do: 'read-events' }]);
    view
      .take({ type: 'events', names: ['Go_A', 'Go_B'] })
      .press('down', 'return')
      .type('{"a":1}')
      .press('return');
    expect(view.done()).toEqual(command('trigger Go_B {"a":1}'));
    expect(view.state.page).toBeUndefined();
  });

  test('is found by its name, and needs no data', () => {
    const view = shown()
      .press('t')
      .take({ type: 'events', names: ['Go_A', 'Go_B'] });
    view.done();
    view.press('/').type('b').press('return', 'return', 'return');
    expect(view.done()).toEqual(command('trigger Go_B'));
  });
});

describe('what comes for a page', () => {
  const output = { item: 'task/TMails', run: 'run-2', running: false, output: { stdout: 'of another one' } } as const;
  test('that is not open is dropped', () => {
    const view = shown().press('down', 'return');
    view.take(
      { type: 'output', condition: 'Mails', output },
      { type: 'story', condition: 'Mails', story: { dropped: 0, chapters: [] } },
      { type: 'events', names: ['Go_A'] },
      { type: 'records', records: [{} as never] },
    );
    expect(view.state.page).toMatchObject({ kind: 'condition', condition: 'Backup' });
    expect(screenLines(view.state).join('\n')).not.toContain('of another one');
    expect(view.state.page).not.toHaveProperty('names');
    expect(view.state.page).not.toHaveProperty('records');
  });

  test('of the log says more or less, and nowhere else', () => {
    const view = shown().press('l');
    view.done();
    const levelOf = () => {
      const followed = view.done().filter((effect) => effect.do === 'follow-log');
      return followed.map((effect) => (effect as { readonly level?: string }).level);
    };
    view.press('+');
    const [more] = levelOf();
    view.press('-', '-');
    const [, less] = levelOf();
    expect([more, less]).toEqual(['debug', 'warn']);
    expect(shown().press('+', '-').done()).toEqual([]);
  });
});

describe('the list', () => {
  test('by the next instant has last what has none', () => {
    const view = shown(report([condition('A', { next: null }), condition('B'), condition('C', { next: NOW })]));
    while (view.state.order !== 'next') view.press('>');
    expect(names(view)).toEqual(['C', 'B', 'A']);
  });

  test('has only names with a text, until Escape', () => {
    const view = shown().press('/').type('BA');
    expect(names(view)).toEqual(['Backup']);
    view.press('return');
    expect(names(view)).toEqual(['Backup']);
    expect(view.press('r').done()).toEqual(command('run Backup'));
    expect(names(view.press('escape'))).toHaveLength(4);
    expect(names(view.press('/').type('zz').press('escape'))).toHaveLength(4);
  });

  test('has only what failed', () => {
    expect(names(shown().press('f'))).toEqual(['Backup']);
    expect(names(shown().press('f', 'f'))).toHaveLength(4);
  });

  test('has an order', () => {
    const view = shown(
      report([
        condition('B', { next: NOW + 1, last: last('success', { time: 3 }) }),
        condition('A', { next: NOW + 2, last: last('failure', { time: 2, streak: { count: 2, time: 1 } }) }),
        condition('C', { next: null, group: 'running', last: last('failure', { time: 1 }) }),
      ]),
    );
    const orders = ORDERS.map(() => {
      const order = names(view).join('');
      view.press('>');
      return [...order].join('');
    });
    expect(orders).toEqual(['CBA', 'ABC', 'BAC', 'BAC', 'ACB']);
    expect(view.state.order).toBe('state');
  });
});

describe('what comes', () => {
  test('replaces the conditions that it has, and leaves the others', () => {
    const view = shown().take({
      type: 'status',
      report: report([condition('Off', { group: 'waiting' })]),
      whole: false,
    });
    expect(view.state.conditions.get('Off')?.group).toBe('waiting');
    expect(names(view)).toHaveLength(4);
    view.take({ type: 'status', report: report([condition('Off')]), whole: true });
    expect(names(view)).toEqual(['Off']);
  });

  test('reads the page of a condition again when it has changed', () => {
    const view = shown().press('return');
    view.done();
    view.take({ type: 'status', report: report([condition('Backup')]), whole: false });
    expect(view.done()).toEqual([]);
    view.take({ type: 'status', report: report([condition('Nightly')]), whole: false });
    expect(view.done()).toEqual([
      { do: 'read-condition', condition: 'Nightly', items: ['task/TNightly', 'condition/Nightly'] },
    ]);
  });

  test('counts how long a task runs', () => {
    const view = shown().take(began('Copy', NOW - 5000));
    expect(screenLines(view.state).join('\n')).toContain('Copy runs for 5 s');
    view.take({ type: 'clock', now: NOW + 60_000 });
    expect(screenLines(view.state).join('\n')).toContain('Copy runs for 1 min 05 s');
  });

  test('names the command that caused it', () => {
    const view = shown().press('r');
    const event = { seq: 1, time: NOW, mono: 0, topics: ['scheduler'], item: null, run: null, cause: 'command-3' };
    view.take({
      type: 'event',
      event: { ...event, message: { action: 'command', line: 'run Nightly', answer: 'done' } },
    });
    view.take({ type: 'message', message: { kind: 'good', text: 'run Nightly: it runs', line: 'run Nightly' } });
    expect(screenLines(view.state).at(-2)).toMatch(/^run Nightly: it runs +command-3$/);
    view.take({
      type: 'event',
      event: { ...event, cause: 'command-4', message: { action: 'command', line: 'pause' } },
    });
    expect(screenLines(view.state).at(-2)).toMatch(/command-3$/);
  });

  test('of an output goes to its page, and to no other', () => {
    const piece = { stream: 'stdout', text: 'one\ntwo' } as const;
    const view = shown()
      .press('o')
      .take({ type: 'follows', item: 'task/Copy', run: 'run-4' }, { type: 'piece', item: 'task/Copy', piece });
    view.take({ type: 'piece', item: 'task/Other', piece: { stream: 'stdout', text: 'lost' } });
    view.take({ type: 'piece', item: 'task/Copy', piece: { stream: 'stdout', text: ' and more\n' } });
    expect(screenLines(view.state).slice(1, 5)).toEqual([
      expect.stringContaining('output of task Copy: run-4, which is under way'),
      ...['one', 'two and more', ''],
    ]);
    view.take({ type: 'ended', item: 'task/Copy' });
    expect(screenLines(view.state)[1]).toContain('run-4, ended');
    view.take({ type: 'follows', item: 'task/Copy', run: 'run-5' });
    expect(screenLines(view.state).join('\n')).not.toContain('two');
  });

  test('of an output stays where it is read, and follows at the end', () => {
    const lines = (from: number) => Array.from({ length: 30 }, (_, i) => `line ${from + i}\n`).join('');
    const text = (at: number) =>
      ({ type: 'piece', item: 'task/Copy', piece: { stream: 'stdout', text: lines(at) } }) as const;
    const view = shown().press('o').take({ type: 'follows', item: 'task/Copy', run: 'run-4' }, text(0));
    expect(screenLines(view.state).slice(0, -2).join('\n')).toContain('line 29');
    view.press('home').take(text(30));
    expect(screenLines(view.state)[2]).toBe('line 0');
    view.press('end').take(text(60));
    expect(screenLines(view.state).slice(0, -2).at(-1)).toMatch(/line 89/);
  });

  test('of the log is asked for at more or less severe levels', () => {
    const view = shown().press('l');
    expect(view.done()).toEqual([{ do: 'leave' }, { do: 'follow-log' }]);
    expect(view.press('+').done()).toEqual([{ do: 'leave' }, { do: 'follow-log', level: 'debug' }]);
    expect(view.press('-', '-').done().at(-1)).toEqual({ do: 'follow-log', level: 'warn' });
    expect(shown().press('L').done().at(-1)).toEqual({ do: 'follow-log', item: 'condition/Nightly' });
  });

  test('is dropped where its page is not open', () => {
    const { state } = shown();
    const view = shown().take({ type: 'records', records: [] }, { type: 'events', names: [] });
    expect(view.state.page).toBe(state.page);
  });
});

test('Ctrl-C quits from everywhere', () => {
  for (const keys of [[], ['return'], ['u'], ['?'], ['/']])
    expect(
      shown()
        .press(...keys, 'ctrl-c')
        .done()
        .at(-1),
    ).toEqual({ do: 'quit' });
  expect(shown(BUSY).press('q').done()).toEqual([{ do: 'quit' }]);
});

describe('a text that is typed', () => {
  test('loses its last letter, its last word or all', () => {
    const view = shown().press('u').type('for two hours');
    expect(view.press('backspace').state.prompt?.text).toBe('for two hour');
    expect(view.press('ctrl-w').state.prompt?.text).toBe('for two ');
    expect(view.press('ctrl-u').state.prompt?.text).toBe('');
  });
});

describe('a key', () => {
  test('that means nothing here changes nothing', () => {
    const { state } = shown();
    for (const key of ['+', 'f12', 'é'])
      expect(update(state, { type: 'key', key: { name: key, text: '' } })).toEqual({ state, effects: [] });
    expect(readKey(undefined, { ctrl: true })).toEqual({ name: 'ctrl-', text: '' });
    expect(readKey('xy', { name: 'x', meta: true })).toEqual({ name: 'x', text: '' });
  });

  test('opens the help, and closes it again', () => {
    const view = shown().press('?');
    expect(view.state.page?.kind).toBe('help');
    expect(view.press('h').state.page).toBeUndefined();
    expect(shown().press('ctrl-l').done()).toEqual([{ do: 'redraw' }]);
  });

  test('gives the size of the terminal to all that is shown', () => {
    const view = shown().take({ type: 'resized', width: 60, height: 10 });
    expect(screenLines(view.state)).toHaveLength(10);
  });
});

test('A task that has ended does not count as running.', () => {
  const view = shown().take(began('Copy', NOW - 5000));
  const ended = { action: 'transition', start: 'running', finish: 'idle', why: '' };
  const event = { ...{ seq: 2, time: NOW, mono: 0, topics: [], item: 'task/Copy', run: 'run-1', cause: null } };
  view.take({ type: 'event', event: { ...event, message: ended } });
  expect(view.state.began.size).toBe(0);
  const { state } = view;
  view.take(
    { type: 'event', event: { ...event, message: 'a text' } },
    { type: 'event', event: { ...event, item: null, message: ended } },
  );
  expect(view.state).toBe(state);
});
