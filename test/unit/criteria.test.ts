import { describe, expect, test } from 'vitest';
import type { ProcessResult } from '../../src/core/ports.ts';
import { reasonText } from '../../src/core/reasons.ts';
import { compileCriteria, evaluate, ruleText } from '../../src/items/common/command-criteria.ts';
import { compileExpression } from '../../src/items/common/regular-expression.ts';

const result = (stdout: string, stderr = '', code = 0): ProcessResult => ({
  end: { how: 'exit', code },
  stdout: { text: stdout, bytes: stdout.length, dropped: 0 },
  stderr: { text: stderr, bytes: stderr.length, dropped: 0 },
});

const compile = (values: Parameters<typeof compileCriteria>[0]) =>
  compileCriteria(values, (_, text) => {
    throw new Error(text);
  });

describe('the finding of a decision', () => {
  test('names the rule that decided, and those that were looked at before', async () => {
    const criteria = await compile({ success_stdout: 'out', failure_stderr: 'err' });
    const finding = evaluate(result('out', 'err'), { success_status: 0, failure_status: undefined }, criteria);
    expect(finding).toEqual({
      decidedBy: 'stderr',
      reason: { code: 'output', criterion: 'failure', stream: 'stderr', found: true, text: 'err' },
      met: [
        { code: 'exit-status', status: 0, criterion: 'success', expected: 0 },
        { code: 'output', criterion: 'success', stream: 'stdout', found: true, text: 'out' },
      ],
    });
    expect(ruleText(finding.reason)).toBe('failure_stderr "err" found on stderr');
    expect(finding.met.map(ruleText)).toEqual([
      'exit code 0 is the success status',
      'success_stdout "out" found on stdout',
    ]);
    expect(reasonText(finding.reason)).toBe('stderr had "err"');
  });

  test('of a process that did not end by itself is "other", whatever the criteria', async () => {
    const criteria = await compile({ success_stdout: 'out' });
    const ends: readonly ProcessResult['end'][] = [
      { how: 'signal', signal: 'SIGKILL' },
      { how: 'timeout' },
      { how: 'killed' },
      { how: 'not-started', reason: 'no such program' },
    ];
    for (const end of ends) {
      const finding = evaluate({ ...result('out'), end }, { success_status: 0, failure_status: undefined }, criteria);
      expect(finding.decidedBy).toBe('other');
      expect(reasonText(finding.reason)).not.toBe('');
    }
  });
});

describe('criteria are compiled when the file is loaded', () => {
  test('in the order they are applied, without empty ones', async () => {
    const criteria = await compile({
      failure_stderr: 'd',
      failure_stdout: '',
      success_stderr: 'b',
      success_stdout: 'a',
    });
    expect(criteria.map(({ key }) => key)).toEqual(['success_stdout', 'success_stderr', 'failure_stderr']);
  });

  test('an expression that is none is reported with its key', async () => {
    const told: unknown[] = [];
    const criteria = await compileCriteria(
      { match_regular_expression: true, success_stdout: '(', failure_stderr: 'ok' },
      (path, text) => told.push([path, text]),
    );
    expect(told).toEqual([
      [['success_stdout'], expect.stringMatching(/^success_stdout: expected a regular expression .*missing/)],
    ]);
    expect(criteria.map(({ key }) => key)).toEqual(['failure_stderr']);
  });
});

describe('regular expressions', () => {
  const found = async (source: string, text: string, caseSensitive = true, whole = false) =>
    (await compileExpression(source, { caseSensitive, whole })).found(text);

  test('have neither look-around nor back-references', async () => {
    for (const source of ['(?=a)', '(?!a)', '(?<=a)b', '(a)\\1', '(?P=name)'])
      await expect(compileExpression(source, { caseSensitive: true, whole: false }), source).rejects.toThrow();
  });

  test('flags may stand inside', async () => {
    expect(await found('(?i)GREEN', 'green')).toBe(true);
    expect(await found('(?s)a.b', 'a\nb')).toBe(true);
    expect(await found('a.b', 'a\nb')).toBe(false);
    expect(await found('(?m)^b$', 'a\nb\nc')).toBe(true);
    expect(await found('^b$', 'a\nb\nc')).toBe(false);
    expect(await found('(?x)a b', 'ab').catch(() => 'refused')).not.toBe(false);
  });

  test('know Unicode classes and characters beyond the first plane', async () => {
    expect(await found('^\\p{Greek}+$', 'αβγ')).toBe(true);
    expect(await found('^.$', '😀')).toBe(true);
    expect(await found('STRASSE|grün', 'GRÜN', false)).toBe(true);
  });

  test('take a time that grows with the text, not with its powers', async () => {
    const pathological = await compileExpression('^(a+)+$|(a|aa)+b|(.*)*x', { caseSensitive: true, whole: false });
    const time = (length: number) => {
      const text = `${'a'.repeat(length)}!`;
      const began = performance.now();
      expect(pathological.found(text)).toBe(false);
      return performance.now() - began;
    };
    time(2000);
    expect(time(40_000)).toBeLessThan(15_000);
  });

  test('may have to match the whole', async () => {
    expect(await found('b', 'abc', true, true)).toBe(false);
    expect(await found('a|abc', 'abc', true, true)).toBe(true);
    expect(await found('abc', 'abc\n', true, true)).toBe(false);
  });
});
