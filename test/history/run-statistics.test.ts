import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunOutcome } from '../../src/history/history-line.ts';
import { Durations, RunStatistics } from '../../src/history/run-statistics.ts';
import { runLine, THEN } from '../support/history-lines.ts';

const OUTCOMES: readonly RunOutcome[] = ['success', 'failure', 'none', 'error', 'interrupted'];
const aRun = fc.record({
  condition: fc.constantFrom('A', 'B', 'C'),
  outcome: fc.constantFrom(...OUTCOMES),
  seconds: fc.double({ min: 0, max: 100_000, noNaN: true }),
});

const linesOf = (runs: readonly { condition: string; outcome: RunOutcome; seconds: number }[]) =>
  runs.map(({ condition, outcome, seconds }, i) => ({
    ...runLine(condition, `r${i}`, THEN + i * 1000, outcome),
    seconds,
  }));

const count = (lines: ReturnType<typeof linesOf>): RunStatistics => {
  const statistics = new RunStatistics();
  for (const line of lines) statistics.add(line);
  return statistics;
};

describe('statistics of runs', () => {
  test('parts of the history, merged in order, are the whole, wherever it is cut, also as JSON', () => {
    fc.assert(
      fc.property(fc.array(aRun, { maxLength: 120 }), fc.array(fc.nat(120), { maxLength: 4 }), (runs, cuts) => {
        const lines = linesOf(runs);
        const merged = new RunStatistics();
        const ends = [...cuts, 0, lines.length].sort((a, b) => a - b);
        for (const [i, end] of ends.entries()) {
          const part = count(lines.slice(ends[i - 1] ?? 0, end));
          merged.merge(new RunStatistics(JSON.parse(JSON.stringify(part.stored))));
        }
        expect(merged.stored).toEqual(count(lines).stored);
      }),
    );
  });

  test('the streak is that of the runs at the end', () => {
    const outcomes: readonly RunOutcome[] = ['failure', 'success', 'none', 'error', 'interrupted', 'failure'];
    const { items } = count(linesOf(outcomes.map((outcome) => ({ condition: 'A', outcome, seconds: 1 }))));
    const of = items.get('condition/A')!;
    expect(of.streak).toEqual({ failed: true, count: 3, since: THEN + 3000 });
    expect([of.runs, of.failures, of.lastSuccess, of.lastFailure]).toEqual([6, 4, THEN + 2000, THEN + 5000]);
    expect(of.durations.count).toBe(5);
  });

  test('the last 30 runs are kept for a picture', () => {
    const runs = Array.from({ length: 40 }, (_, i) => ({ condition: 'A', outcome: 'success' as const, seconds: i }));
    expect(
      count(linesOf(runs))
        .items.get('condition/A')!
        .recent.map(([, seconds]) => seconds),
    ).toEqual(Array.from({ length: 30 }, (_, i) => i + 10));
  });
});

test('quantiles of durations are right to one percent and a millisecond, and the greatest is exact', () => {
  const some = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(some, fc.constantFrom(0.05, 0.5, 0.95, 1), (seconds, part) => {
      const durations = new Durations();
      for (const each of seconds) durations.add(each);
      const sorted = [...seconds].sort((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(part * sorted.length)) - 1]!;
      const found = durations.quantile(part)!;
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.0101 * exact + 0.001);
      if (part === 1) expect(found).toBe(Math.max(...seconds));
    }),
  );
  expect(new Durations().quantile(0.5)).toBeUndefined();
});
