import { describe, expect, test } from 'vitest';
import { formatEvent, formatEvents } from '../../src/commands/events.ts';
import { formatExplanation } from '../../src/commands/explain.ts';
import { answerJson, formatUnknown, STATUS_INSTANTS } from '../../src/commands/query-common.ts';
import { refreshed } from '../../src/commands/status.ts';
import { formatStory } from '../../src/commands/story.ts';
import type { StoryAnswer } from '../../src/control/queries.ts';
import type { StatusReport } from '../../src/control/status.ts';
import type { TopicEvent, Transition } from '../../src/journal/fact.ts';
import { localTime } from '../../src/metrics/record-snapshot.ts';
import { formatInstant, isoInstant as formatIso, showDuration } from '../../src/terminal/instant.ts';
import { formatStatus } from '../../src/terminal/status-text.ts';
import { table } from '../../src/terminal/table.ts';
import { PLAIN, type Terminal } from '../../src/terminal/terminal.ts';
import { paragraph, wrap } from '../../src/terminal/wrap.ts';

const LONG = 'DriveIsThereAndSomethingWithAVeryLongNameIndeed';
const wide = (width: number): Terminal => ({ ...PLAIN, width });
const lines = (text: string): string[] => text.trimEnd().split('\n');
/** The letters of a text that another one does not have. */
const missing = (text: string, other: string): string => {
  const left = [...letters(other)];
  return [...letters(text)].filter((one) => left.splice(left.indexOf(one) >>> 0, 1).length === 0).join('');
};
const widest = (text: string): number => Math.max(...lines(text).map(({ length }) => length));
/** All letters of a text, without blanks and line ends. */
const letters = (text: string): string => [...text.replace(/\s/g, '')].sort().join('');

const chapter = {
  ...{ seq: 1, key: `condition/${LONG}`, start: 'waiting', finish: 'waiting', cause: 'tick-1', run: null },
  ...{ why: 'stdout lacked "ready", and so on '.repeat(4).trim(), time: 0, mono: 0 },
  ...{ count: 1, lastTime: 0, lastCause: 'tick-1', lastRun: null, order: 1 },
};
const report: StatusReport = {
  ...{ version: '2.0.0', pid: 17, config: '/etc/my.toml', started: 0, now: 60_000, state: 'running', tickSeconds: 5 },
  pausedUntil: null,
  counts: {
    ...{ running: 0, queued: 0, held: 0, checking: 0, waiting: 1 },
    ...{ suspended: 1, exhausted: 0, finished: 0, 'no-tasks': 0 },
  },
  conditions: [
    {
      ...{ name: LONG, type: 'command', group: 'waiting', state: 'waiting', next: 86_400_000 * 3, why: chapter.why },
      ...{ lastCheck: null, tasks: [], running: [], last: null, suspendedUntil: null },
    },
    {
      ...{ name: 'Off', type: 'bucket', group: 'suspended', state: 'suspended', next: null },
      ...{
        why: 'suspended = true in the file',
        lastCheck: null,
        tasks: [],
        running: [],
        last: null,
        suspendedUntil: null,
      },
    },
  ],
  failed: [],
  tasks: [],
  unknown: [],
};
const event = (message: TopicEvent['message'], more: Partial<TopicEvent> = {}): TopicEvent => ({
  ...{ seq: 1, time: 0, mono: 0, topics: ['mine'], item: 'task/T', run: 'run-1', cause: 'tick-1', message },
  ...more,
});

describe('what is shown on a terminal', () => {
  test('an event of another machine has its name', () => {
    expect(formatEvent(event({ free: 12 }, { machine: 'attic' }))).toMatch(
      /Thu mine task\/T tick-1 on attic: \{"free":12\}$/m,
    );
  });

  test.each([60, 80, 120])('fits %i columns, and nothing of it is lost', (width) => {
    const story: StoryAnswer = { chapters: [chapter], dropped: 0 };
    const explained = {
      condition: LONG,
      known: true,
      status: report.conditions[0]!,
      asOf: 0,
      chapters: [chapter],
      more: 0,
    };
    const shown: ((terminal: Terminal) => string)[] = [
      (terminal) => formatExplanation(explained, 60_000, terminal),
      (terminal) => formatEvent(event({ action: 'transition', start: 'a', finish: 'b', why: chapter.why }), terminal),
    ];
    for (const show of shown) {
      expect(widest(show(wide(width)))).toBeLessThanOrEqual(width);
      expect(letters(show(wide(width)))).toBe(letters(show(PLAIN)));
    }
    const status = formatStatus(report, wide(width));
    expect(widest(status)).toBeLessThanOrEqual(width);
    const [head, counts] = lines(formatStatus(report));
    const cells = report.conditions.map(({ name, group, why }) => `${name}${group}${why}`).join('');
    expect(missing(`${head}${counts}CONDITION STATE OUTCOME WHY${cells}`, status)).toBe('');
    const told = formatStory(story, wide(width));
    expect(widest(told)).toBeLessThanOrEqual(width);
    for (const text of [chapter.key, 'waiting', 'tick-1', chapter.why])
      expect(told.replace(/\s/g, '')).toContain(text.replace(/\s/g, ''));
  });

  test('a story is a table where its reasons have room in one, else paragraphs', () => {
    const story: StoryAnswer = {
      chapters: [{ ...chapter, key: 'task/T', run: 'run-7', lastRun: 'run-7' }],
      dropped: 3,
    };
    expect(lines(formatStory(story, wide(120)))[0]).toMatch(/^WHEN +ITEM +STATE +CAUSE +WHY$/);
    const narrow = lines(formatStory(story, wide(80)));
    expect(narrow[0]).toMatch(/^1970-01-01 \S+ Thu task\/T waiting \[tick-1 run-7\]$/);
    expect(narrow[1]).toMatch(/^ {6}stdout lacked "ready"/);
    expect(narrow.at(-1)).toBe('(3 older chapters of all items are no longer kept)');
  });

  test('a story without causes has none in its paragraphs', () => {
    const own = { ...chapter, key: 'task/T', cause: null, lastCause: null };
    expect(lines(formatStory({ chapters: [own], dropped: 0 }, wide(60)))[0]).toMatch(/ waiting$/);
  });

  test('counts columns, not characters', () => {
    const columns = [{ heading: 'TOPIC' }, { heading: 'N', numeric: true }];
    expect(
      table(columns, [
        ['磁盘', '1'],
        ['e\u0301', '2'],
        ['disk🎉', '3'],
      ]),
    ).toBe(['TOPIC   N', '磁盘    1', 'e\u0301       2', 'disk🎉  3', ''].join('\n'));
    expect(wrap('日本語の長い文 x', 6)).toEqual(['日本語', 'の長い', '文 x']);
    expect(wrap('🎉🎉🎉', 1)).toEqual(['🎉', '🎉', '🎉']);
  });

  test('is one line for each row where there is no terminal, however long', () => {
    expect(lines(formatStatus(report))).toHaveLength(6);
    expect(lines(formatStory({ chapters: [chapter], dropped: 0 }))).toHaveLength(2);
  });

  test('of a status is one line for each condition where it is to be', () => {
    const shown = lines(formatStatus(report, { ...wide(80), clipped: true }));
    expect(shown).toHaveLength(6);
    expect(shown[4]).toMatch(/^DriveIsThere.* stdout lacked.*…$/);
    expect(Math.max(...shown.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  test('tells the day of what comes this week by its name', () => {
    const [due, off] = report.conditions;
    const on = (next: number) => lines(formatStatus({ ...report, conditions: [{ ...due!, next }, off!] }))[4];
    expect(on(3 * 86_400_000)).toMatch(/ {2}Sun \d\d:\d\d:\d\d {2}/);
    expect(on(30 * 86_400_000)).toMatch(/ {2}1970-01-31 \d\d:\d\d:\d\d Sat {2}/);
  });

  test('an instant that comes twice, when clocks are set back, has its offset on either side of Greenwich', () => {
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'America/New_York';
      const [first, second] = [5, 6].map((hour) => Date.UTC(2026, 10, 1, hour, 30));
      expect([first, second].map((ms) => formatInstant(ms!))).toEqual([
        ...['2026-11-01 01:30:00 Sun -04:00', '2026-11-01 01:30:00 Sun -05:00'],
      ]);
      expect(localTime(first!)).toBe('2026-11-01T01:30:00.000-04:00');
      process.env.TZ = 'Europe/Rome';
      expect(formatInstant(Date.UTC(2026, 9, 25, 0, 30))).toBe('2026-10-25 02:30:00 Sun +02:00');
    } finally {
      process.env.TZ = zone;
    }
  });

  test('durations have no more digits than they need', () => {
    expect([940, 9940, 9960, 59_600].map(showDuration)).toEqual(['0.9 s', '9.9 s', '10 s', '1 min']);
  });

  test('is painted by its meaning', () => {
    const marked: Terminal = { paint: (style, text) => (style === undefined ? text : `<${style}>${text}</${style}>`) };
    const text = formatStatus(report, marked);
    expect(text).toContain('<yellow>suspended</yellow>');
    expect(text).toContain('<bold>CONDITION</bold>');
    expect(text.replace(/<\/?\w+>/g, '')).toBe(formatStatus(report));
  });

  test('does not obey what programs and scripts have written', () => {
    const nasty = 'red \x1b[31m, a bell \x07, \x9b2J and\na line, \u202ebackwards\u202c';
    const shown = [
      formatEvent(event(nasty)),
      formatEvent(event({ nasty })),
      formatStory({ chapters: [{ ...chapter, why: nasty }], dropped: 0 }),
      formatStatus({ ...report, conditions: [{ ...report.conditions[1]!, why: nasty }] }),
      formatEvents({ topics: [{ topic: nasty, total: 1, last: 0 }] }),
      formatUnknown(nasty, 'item', { known: false, hint: '', elsewhere: [], names: [nasty], total: 1 }),
    ];
    for (const text of shown) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
      expect(text).not.toMatch(/^a line/m);
    }
    expect(shown[0]).toContain('red \\x1b[31m, a bell \\x07, \\x9b2J and\\na line, \\u202ebackwards\\u202c');
  });
});

describe('a table', () => {
  const columns = [{ heading: 'NAME' }, { heading: 'N', numeric: true }, { heading: 'WHY' }];

  test('breaks the widest columns first, between words', () => {
    expect(table(columns, [['Backup', '17', 'the disk is nearly full and so on']], wide(30))).toBe(
      ['NAME     N  WHY', 'Backup  17  the disk is nearly', '            full and so on', ''].join('\n'),
    );
  });

  test('breaks words last, and no column away', () => {
    const text = table(columns, [['a'.repeat(40), '1', 'b'.repeat(40)]], wide(40));
    expect(widest(text)).toBeLessThanOrEqual(40);
    expect(letters(text)).toBe(letters(`NAMENWHY1${'a'.repeat(40)}${'b'.repeat(40)}`));
  });

  test('has no blanks at the ends of its lines', () => {
    expect(table(columns, [['A', '1', '']])).toBe('NAME  N  WHY\nA     1\n');
  });
});

describe('a paragraph', () => {
  test('is broken between words, and hangs', () => {
    expect(paragraph('  one two three four five six', 21, 6)).toBe('  one two three\n      four five six\n');
    expect(paragraph('one two', undefined)).toBe('one two\n');
  });

  test('A word longer than the line is broken anywhere.', () => {
    expect(wrap('ab cdefghij k', 4)).toEqual(['ab', 'cdef', 'ghij', 'k']);
    expect(wrap('', 4)).toEqual(['']);
  });
});

describe('an event', () => {
  test('names the topics it was told under, its item, and its cause', () => {
    expect(formatEvent(event({ free: 12 }, { topics: ['disk', 'lua', 'task/T'] }))).toMatch(
      /^\S+ \S+ \w{3} disk task\/T tick-1: \{"free":12\}\n$/,
    );
  });

  test('says how many earlier ones there are', () => {
    const events = [event('last')];
    expect(formatEvents({ topic: 'mine', total: 1, events })).toMatch(/^1970-/);
    expect(formatEvents({ topic: 'mine', total: 2, events })).toMatch(/^\(an earlier one is not shown\)\n1970-/);
    expect(formatEvents({ topic: 'mine', total: 3, events })).toMatch(/^\(2 earlier ones are not shown\)\n1970-/);
  });

  test('is broken where it has no room, also among its topics', () => {
    const topics = ['one', 'two', 'three', 'four'].map((word) => word.repeat(6));
    const shown = formatEvent(event('x', { topics }), wide(40));
    expect(widest(shown)).toBeLessThanOrEqual(40);
    expect(letters(shown)).toBe(letters(formatEvent(event('x', { topics }))));
  });

  test('that is a change of state is told in words', () => {
    const change = { action: 'transition', start: 'idle', finish: 'running', why: 'run by condition C' };
    expect(formatEvent(event(change, { topics: ['task/T'] }))).toMatch(
      / task\/T tick-1: idle → running: run by condition C\n$/,
    );
  });
});

describe('the status that is watched', () => {
  const text = 'one\ntwo\nthree\n';

  test('takes the place of the one before, from the first line on', () => {
    expect(refreshed(text, PLAIN)).toBe('\x1b[Hone\x1b[K\ntwo\x1b[K\nthree\x1b[K\n\x1b[J');
  });

  test('is as high as the terminal, and says how many lines more there are', () => {
    expect(refreshed(text, { ...PLAIN, height: 4 })).toContain('three');
    expect(refreshed(text, { ...PLAIN, height: 3 })).toBe('\x1b[Hone\x1b[K\n… and 2 more lines\x1b[K\n\x1b[J');
  });
});

describe('an explanation', () => {
  const known = { condition: 'C', known: true, status: null, asOf: 0, more: 0 };
  const clauseOf = (more: Partial<Transition>) =>
    lines(formatExplanation({ ...known, chapters: [{ ...chapter, key: 'condition/C', why: 'w', ...more }] }, 0)).at(-1);
  test.each<readonly [Partial<Transition>, string]>([
    [{ start: 'queued', finish: 'running' }, 'its turn came: w'],
    [{ start: 'waiting', finish: 'running' }, 'it ran its tasks, because w'],
    [{ start: 'queued', finish: 'waiting', run: 'run-1' }, 'its run ended: w'],
    [{ start: 'waiting', finish: 'removed' }, 'it was removed: w'],
    [{ key: 'event/E', start: 'listening', finish: 'stopped' }, 'event E stopped: w'],
    [{ key: 'event/E', start: 'listening', finish: 'of a later version' }, 'event E of a later version: w'],
  ])('of %j is in words', (transition, words) => {
    expect(clauseOf(transition)).toContain(`: ${words}. [tick-1]`);
  });

  test('names the tasks that run, if any are known', () => {
    const status = { ...report.conditions[0]!, name: 'C', group: 'running', why: 'w' } as const;
    const head = (running: readonly string[]) =>
      lines(formatExplanation({ ...known, status: { ...status, running }, chapters: [] }, 0))[0];
    expect(head([])).toBe('C is running: w.');
    expect(head(['A', 'B'])).toBe('C is running: w (A, B).');
  });
});

describe('a name that is none', () => {
  const near = { known: false, hint: '', elsewhere: [], names: ['A', 'B'], total: 2 };
  test.each([
    ['the one that was meant', { ...near, hint: ', did you mean "A"?' }, 'no condition "a", did you mean "A"?'],
    [
      'what has the name',
      { ...near, elsewhere: ['task/a'] },
      'no condition "a", but there is a task: whenever story task/a',
    ],
    ['those that are known', near, 'no condition "a" (known: A, B)'],
    ['how many more', { ...near, total: 12 }, 'no condition "a" (known: A, B and 10 more)'],
    ['that there are none', { ...near, names: [], total: 0 }, 'no condition "a"; there are no conditions'],
  ])('tells %s', (_, answer, text) => {
    expect(formatUnknown('a', 'condition', answer)).toBe(text);
  });
});

test('all instants of a status are ISO 8601 in JSON; values of programs under the same names stay as they are', () => {
  const held = { since: 0, until: 60_000, earliest: null, joined: 2 };
  const status = { now: 1000, refused: { since: 2000 }, conditions: [{ held, guard: { since: null } }] };
  expect(JSON.parse(answerJson(status, STATUS_INSTANTS))).toEqual({
    now: formatIso(1000),
    refused: { since: formatIso(2000) },
    conditions: [{ held: { ...held, since: formatIso(0), until: formatIso(60_000) }, guard: { since: null } }],
  });
  expect(JSON.parse(answerJson({ message: { since: 5, until: 6 } }))).toEqual({ message: { since: 5, until: 6 } });
});
