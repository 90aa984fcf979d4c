import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/journal/fact.ts';
import { renderLogs, type ShowOptions, showLogs } from '../../src/renderings/index.ts';
import { PLAN, recording } from '../support/recordings.ts';
import { EVENING, inOrder, planFact, spanFact, spanFacts, taskFacts } from '../support/span-facts.ts';

const H = 3_600_000;
const gantt = (facts: readonly Fact[], options: ShowOptions = {}): string => showLogs(facts, 'gantt', options);
/** The lane of an item, without its name. */
const lane = (text: string, name: string): string => {
  const line = text.split('\n').find((one) => one.trim().startsWith(`${name} `)) ?? '';
  return line.slice(line.indexOf(name) + name.length);
};
/** From 20:00 to 20:00. */
const day = (facts: readonly Fact[]): Fact[] => [
  ...spanFacts('task', 0, 1, { id: 'first', item: 'task/First' }),
  ...facts,
  ...spanFacts('task', 24 * H - 1, 24 * H, { id: 'last', item: 'task/Last' }),
];

describe('the chart as text', () => {
  test('has a lane for each condition and task, tasks under the condition that runs them.', () => {
    const facts = inOrder([
      ...spanFacts('run', 0, 100, { item: 'condition/C', run: 'run-1' }),
      ...taskFacts('B', 0, 50),
      ...taskFacts('A', 50, 100),
      ...spanFacts('run', 0, 100, { id: 'run-2', item: 'condition/D', run: 'run-2' }),
    ]);
    const names = gantt(facts)
      .split('\n')
      .slice(3, 7)
      .map((line) => line.slice(0, 6).trimEnd());
    expect(names).toEqual(['C', '  A', '  B', 'D']);
  });

  test('shows several runs, each where it was, and how many there were.', () => {
    const facts = day([2, 8, 14].flatMap((h) => taskFacts('Sync', h * H, (h + 3) * H)));
    const drawn = lane(gantt(facts), 'Sync');
    expect(drawn.match(/[▐▕█]+[▏▎▍▌▋▊▉█]?/g)?.map(({ length }) => length)).toEqual([9, 9, 9]);
    expect(drawn).toMatch(/ 3$/);
  });

  test('shows a short run as a mark.', () => {
    const facts = day(taskFacts('Short', 9 * H, 9 * H + 1));
    expect(lane(gantt(facts), 'Short').replaceAll(/[ ·\d]/g, '')).toMatch(/^[▏▕]$/);
    expect(gantt(facts)).toMatch(/█ success {3}▕ less than a column\n$/);
  });

  test('tells failures without colours, and counts them.', () => {
    const facts = day([...taskFacts('Flaky', H, 8 * H, 'failure'), ...taskFacts('Flaky', 12 * H, 18 * H)]);
    expect(gantt(facts)).toMatch(/RUNS {2}FAILED$/m);
    expect(lane(gantt(facts), 'Flaky')).toMatch(/^ *▒{5,}[ ·]+[▐▕]?█+[^█]* 2 +1$/);
    expect(gantt(facts)).toContain('▒ failure');
  });

  test('draws what is still open to the right edge.', () => {
    const facts = [
      ...day([]).slice(0, 2),
      spanFact('start', 'task', 12 * H, { id: 'x', item: 'task/Open' }),
      ...day([]).slice(2),
    ];
    expect(lane(gantt(facts), 'Open')).toMatch(/^[ ·]*▓+▶ +1$/);
  });

  test('has marks at whole hours of local time, midnight by its day.', () => {
    const axis = gantt(day([])).split('\n')[2] ?? '';
    expect(axis.match(/\d+ [A-Z][a-z]+|\d+:\d+/g)).toEqual([
      '21:00',
      '29 Mar',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
      '15:00',
    ]);
  });

  test('keeps its marks at whole hours when the clocks change.', () => {
    const zone = process.env.TZ;
    process.env.TZ = 'Europe/Rome';
    try {
      const axis = gantt(day([]), { width: 110 }).split('\n')[2] ?? '';
      expect(axis.match(/\d+ [A-Z][a-z]+|\d+:\d+/g)).toEqual(
        expect.arrayContaining(['22:00', '29 Mar', '04:00', '06:00', '20:00']),
      );
      expect(axis).not.toMatch(/[13579]:00/);
    } finally {
      process.env.TZ = zone;
    }
  });

  test('is as wide as the terminal.', () => {
    for (const width of [80, 120, 200]) {
      const lines = gantt([...recording({ seed: 3, facts: 4000 })], { width }).split('\n');
      expect(Math.max(...lines.slice(2, -2).map(({ length }) => length))).toBe(width);
    }
  });

  test('has colours only where they are asked for.', () => {
    const facts = taskFacts('A', 0, 10, 'failure');
    expect(gantt(facts)).not.toContain('\x1b');
    expect(gantt(facts, { paint: (style, text) => (style ? `<${style}>${text}</>` : text) })).toContain('<red>▒</>');
  });

  test('has its title above it.', () => {
    expect(gantt(taskFacts('A', 0, 10), { title: 'My night' })).toMatch(/^My night\n2026-03-28 /);
  });

  test('leaves out ticks and the start, unless there is nothing else.', () => {
    const tick = spanFacts('tick', 0, 10);
    expect(gantt([...tick, ...taskFacts('A', 10, 20)])).not.toContain('tick');
    expect(gantt(tick)).toMatch(/^tick +█+ +1$/m);
  });

  test('of nothing says so.', () => {
    expect(gantt([])).toBe('(no events recorded)\n');
  });

  test('counts time from its beginning where the time of day is not known.', () => {
    const core = (ms: number, kind: string) => ({ timestamp: ms * 1e6, category: 'mine', kind });
    const text = showLogs({ core: [core(1000, 'start'), core(61_000, 'finish')], id: ['a', 'a'] }, 'gantt');
    expect(text.split('\n')[0]).toMatch(/^1 min; one column is /);
    expect(text).toContain('│20.0 s');
  });
});

describe('the chart as a picture', () => {
  const svg = (facts: readonly Fact[], options: ShowOptions = {}): string => renderLogs(facts, 'gantt', options);

  test('has the same lanes, and titles that tell outcome, length, time and run.', () => {
    const facts = [
      planFact(PLAN),
      ...taskFacts('Backup', 0, 90_000, 'failure').map((fact) => ({ ...fact, run: 'run-7' })),
    ];
    const text = svg(facts);
    expect(text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(text).toContain(
      '<title>Backup: failure, 1 min 30 s, 2026-03-28 20:00:00 Sat, run-7</title><rect class="bad"',
    );
    expect(showLogs(facts, 'svg')).toBe(text);
  });

  test('is well formed whatever names are in it.', () => {
    const facts = taskFacts(`<script>"&'</script>\u0000`, 0, 10);
    const text = svg(facts, { title: 'a < b & "c"' });
    expect(text).not.toContain('<script>');
    expect(text.replaceAll(/<(\w+)[^<>]*\/>|<style>[^<]*<\/style>/g, '').match(/<\w+/g)?.length).toBe(
      text.replaceAll(/<(\w+)[^<>]*\/>|<style>[^<]*<\/style>/g, '').match(/<\/\w+/g)?.length,
    );
    expect(text).toContain('a &lt; b &amp; &quot;c&quot;');
  });

  test('has the time since the beginning where the time of day is not known, and shortens long names.', () => {
    const core = (ms: number, kind: string) => ({ timestamp: ms * 1e6, category: 'mine', kind });
    const text = renderLogs({ core: [core(1000, 'start'), core(61_000, 'finish')], id: ['a', 'a'] }, 'gantt');
    expect(text).toContain('<title>mine: ended, 1 min, 0 ns</title>');
    const name = 'N'.repeat(60);
    expect(svg(taskFacts(name, 0, 10))).toMatch(new RegExp(`<title>task/${name}</title>N+…</text>`));
  });

  test('of one instant is drawn too.', () => {
    expect(svg(taskFacts('A', 5, 5))).toContain('<title>A: success, 0 ns, 2026-03-28 20:00:00 Sat</title>');
    const core = ['start', 'finish'].map((kind) => ({ timestamp: 1e9, category: 'mine', kind }));
    expect(showLogs({ core, id: ['a', 'a'] }, 'gantt')).toMatch(/^mine .* 1$/m);
  });

  test('says how many of the runs that it puts together failed.', () => {
    const facts = day(
      Array.from({ length: 9 }, (_, i) => taskFacts('Often', i, i + 1, i < 2 ? 'failure' : 'success')).flat(),
    );
    expect(svg(facts)).toContain('<title>Often: 9 times from 2026-03-28 20:00:00 Sat, 2 failed</title>');
  });

  test('puts runs together that are too near to be told apart.', () => {
    const facts = day(Array.from({ length: 5000 }, (_, i) => taskFacts('Often', i * 1000, i * 1000 + 10)).flat());
    const bars = svg(facts).match(/<title>Often: /g)?.length ?? 0;
    expect(bars).toBeGreaterThan(5);
    expect(bars).toBeLessThan(200);
    expect(svg(facts)).toMatch(/<title>Often: \d+ times from 2026-03-28 20:/);
  });

  test('draws what is still open to the right edge.', () => {
    const facts = [
      ...taskFacts('A', 0, 10),
      spanFact('start', 'task', 5, { id: 'x', item: 'task/B' }),
      ...taskFacts('A', 20, 30),
    ];
    const [, x, width] =
      /Open|<title>B: still open[^>]*>.*?<rect class="open" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/.exec(
        svg(facts),
      ) ?? [];
    const [, , right] =
      /<title>A: success[^>]*>.*<rect class="good" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/.exec(svg(facts)) ?? [];
    expect(Number(x) + Number(width)).toBeGreaterThan(800);
    expect(right).toBeDefined();
  });

  test('of nothing says so.', () => {
    expect(svg([])).toContain('(no events recorded)');
  });
});

test('a chart of thousands of years has labels that do not overlap.', () => {
  const YEARS = 3000 * 365 * 24 * H;
  const text = gantt([...taskFacts('A', 0, 1), ...taskFacts('A', YEARS, YEARS + 1)]);
  expect(text.split('\n')[2]).toMatch(/^ +\d+ Jan│ +RUNS$/);
});

test('a chart of a part of the time begins and ends with it.', () => {
  const facts = day(taskFacts('A', 0, 20 * H));
  const text = gantt(facts, { from: EVENING + 2 * H, to: EVENING + 4 * H, items: ['A'] });
  expect(text.split('\n')[0]).toContain('2026-03-28 22:00:00 Sat to 2026-03-29 00:00:00 Sun');
  expect(lane(text, 'A')).toMatch(/^ +█+ +1$/);
});
