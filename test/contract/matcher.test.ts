import { createRequire } from 'node:module';
import { afterAll, expect, test } from 'vitest';
import { createMatcher } from '../../src/adapters/matcher.ts';
import type { Pattern, ProcessResult, RegexMatcher } from '../../src/core/ports.ts';
import { compileCriteria, evaluate, matchCriteriaOnThreads } from '../../src/items/common/command-criteria.ts';
import { compileExpression } from '../../src/items/common/regular-expression.ts';

const matcher = createMatcher(createRequire(import.meta.url).resolve('re2js'));
afterAll(() => matcher.close());

const values = {
  ...{ success_stdout: '(a?){500}a{500}b', success_stderr: '', failure_stdout: '', failure_stderr: '' },
  ...{ match_regular_expression: true, case_sensitive: true, match_exact: false },
};
const wrong = (key: unknown, text: string): never => {
  throw new Error(`${key}: ${text}`);
};
const result = (stdout: string): ProcessResult => ({
  end: { how: 'exit', code: 0 },
  stdout: { text: stdout, bytes: stdout.length, dropped: 0 },
  stderr: { text: '', bytes: 0, dropped: 0 },
});
const STATUS = { success_status: 0, failure_status: undefined };

test('A regular expression over a long output is looked for on a thread, and everything else goes on meanwhile', async () => {
  const criteria = await compileCriteria(values, wrong);
  const text = 'a'.repeat(60_000);
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  const began = performance.now();
  const settled = await matchCriteriaOnThreads(result(text), criteria, matcher);
  const took = performance.now() - began;
  clearInterval(timer);
  expect(settled).toBeDefined();
  expect(evaluate(result(text), STATUS, settled!).decidedBy).toBe('stdout');
  // The search is what takes long, and the longest time without a turn is a part of it.
  expect(longest).toBeLessThan(took / 2);
});

test.each<[Pattern, string, boolean]>([
  [{ source: 'b+', caseSensitive: true, whole: false }, 'aabbaa', true],
  [{ source: 'B+', caseSensitive: true, whole: false }, 'aabbaa', false],
  [{ source: 'B+', caseSensitive: false, whole: false }, 'aabbaa', true],
  [{ source: 'b+', caseSensitive: true, whole: true }, 'aabbaa', false],
  [{ source: '[ab]+', caseSensitive: true, whole: true }, 'aabbaa', true],
  [{ source: '^ü\\d$', caseSensitive: true, whole: false }, 'ü7', true],
])('The answer is the same as without a thread: %j in %s is %s', async (pattern, text, found) => {
  expect(await matcher.matches(pattern, text)).toBe(found);
  expect((await compileExpression(pattern.source, pattern)).found(text)).toBe(found);
});

test('Many searches at once are all answered', async () => {
  const all = Array.from({ length: 12 }, (_, i) =>
    matcher.matches({ source: `x${i}$`, caseSensitive: true, whole: false }, `${'y'.repeat(1000)}x${i % 2 ? i : 'z'}`),
  );
  expect(await Promise.all(all)).toEqual(Array.from({ length: 12 }, (_, i) => i % 2 === 1));
});

test('Short outputs are judged at once, and so is all where there is no thread', async () => {
  const criteria = await compileCriteria(values, wrong);
  expect(matchCriteriaOnThreads(result('a'.repeat(100)), criteria, matcher)).toBeUndefined();
  expect(matchCriteriaOnThreads(result('a'.repeat(60_000)), criteria, undefined)).toBeUndefined();
  const killed: ProcessResult = { ...result('a'.repeat(60_000)), end: { how: 'killed' } };
  expect(matchCriteriaOnThreads(killed, criteria, matcher)).toBeUndefined();
});

test('Where no thread can be had, the text is judged all the same', async () => {
  const broken: RegexMatcher = { matches: () => Promise.reject(new Error('no thread')) };
  const criteria = await compileCriteria({ ...values, success_stdout: 'a+b' }, wrong);
  const text = `${'a'.repeat(600_000)}b`;
  const settled = await matchCriteriaOnThreads(result(text), criteria, broken);
  expect(evaluate(result(text), STATUS, settled!).decidedBy).toBe('success');
});

test('After its end a matcher begins no search, and answers none', async () => {
  const ended = createMatcher('/nowhere');
  await ended.close();
  const answer = ended.matches({ source: 'a', caseSensitive: true, whole: false }, 'a');
  expect(await Promise.race([answer, new Promise((resolve) => setImmediate(() => resolve('nothing')))])).toBe(
    'nothing',
  );
});
