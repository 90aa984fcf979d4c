import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { countFirings } from '../../src/forecast/firing-counts.ts';
import { upcomingFirings } from '../../src/forecast/upcoming-firings.ts';
import { registry } from '../../src/items/registry.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-02T00:00:00Z');

const configOf = (tickSeconds: number, conditions: readonly string[]) =>
  loadConfig(
    'my.toml',
    `scheduler_tick_seconds = ${tickSeconds}
[[task]]
name = "T"
type = "internal"
command = "pause"
${conditions.map((lines, i) => `[[condition]]\nname = "C${i}"\ntasks = ["T"]\n${lines}\n`).join('')}`,
    registry,
    { isDirectory: () => true, isFile: () => true, platform: 'linux' },
  );

const interval = (seconds: number, recurring: boolean, more = '') =>
  `type = "interval"\ninterval_seconds = ${seconds}\nrecurring = ${recurring}\n${more}`;
const hours = (count: number) => Array.from({ length: count }, (_, i) => START + i * HOUR);

test('Counted firings are those that are listed, hour by hour.', async () => {
  const conditions = fc.array(
    fc.oneof(
      fc
        .tuple(
          fc.integer({ min: 0, max: 9000 }),
          fc.boolean(),
          fc.constantFrom('', 'start = "at once"', 'after_end = true', 'only = [{ minute = "10-40" }]'),
        )
        .map(([seconds, recurring, more]) => interval(seconds, recurring, more)),
      fc
        .tuple(fc.integer({ min: 0, max: 59 }), fc.boolean())
        .map(
          ([minute, recurring]) =>
            `type = "time"\nrecurring = ${recurring}\ntime_specifications = [{ minute = ${minute} }, { second = ${minute} }]`,
        ),
    ),
    { minLength: 1, maxLength: 3 },
  );
  const instants = fc.integer({ min: 0, max: 2 * HOUR });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 90 }),
      conditions,
      instants,
      instants,
      async (tick, items, ahead, held) => {
        const config = await configOf(tick, items);
        const range = { from: START + ahead, to: START + 5 * HOUR, notBefore: () => START + held };
        const listed = new Map<string, number>();
        const all = { ...range, to: range.to - 1, count: 1_000_000, all: true, conditions: [] };
        for (const { at, condition } of upcomingFirings(config, all).coming) {
          const key = `${condition} ${Math.floor((at - START) / HOUR)}`;
          listed.set(key, (listed.get(key) ?? 0) + 1);
        }
        const counted = new Map<string, number>();
        const parts = { parts: hours(5), starts: true, budgetMs: Number.POSITIVE_INFINITY } as const;
        const until = await countFirings(config, { ...range, ...parts }, (condition, part, count) =>
          counted.set(`${condition} ${(part - START) / HOUR}`, count),
        );
        expect(until).toBe(range.to);
        expect(counted).toEqual(listed);
      },
    ),
    { numRuns: 60 },
  );
});

test('What takes too long is counted up to the end of an hour, which is said; intervals take no time.', async () => {
  const range = {
    from: START,
    to: START + 168 * HOUR,
    parts: hours(168),
    notBefore: () => START,
    budgetMs: -1,
  };
  let count = 0;
  const add = (_: string, __: number, more: number) => {
    count += more;
  };
  const config = await configOf(1, [interval(1, true)]);
  expect(await countFirings(config, range, add)).toBe(START + HOUR);
  expect(count).toBe(3599);
  count = 0;
  const began = performance.now();
  const many = await configOf(
    1,
    Array.from({ length: 100 }, () => interval(1, true)),
  );
  expect(await countFirings(many, { ...range, budgetMs: 60_000 }, add)).toBe(range.to);
  expect(count).toBe(100 * (168 * 3600 - 1));
  // Listing them takes minutes.
  expect(performance.now() - began).toBeLessThan(5000);
});
