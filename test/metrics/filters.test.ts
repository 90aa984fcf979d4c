import { describe, expect, test, vi } from 'vitest';
import {
  FormatDictFilter,
  IsMappingFilter,
  IsRank0Filter,
  type MetricFilter,
  passThrough,
} from '../../src/metrics/filters.ts';
import type { MetricRecord } from '../../src/metrics/record.ts';

const record = (message: unknown, more: Partial<MetricRecord> = {}): MetricRecord => ({
  ...{ name: 'whenever.metrics', level: 20, time: 0, message },
  ...more,
});

describe('IsMappingFilter', () => {
  test.each<[string, unknown, boolean]>([
    ['a mapping passes', { a: 1 }, true],
    ['an empty one too', {}, true],
    ['one without a prototype too', Object.create(null), true],
    ['a text does not', 'a=1', false],
    ['a list does not', [1], false],
    ['null does not', null, false],
    ['a value of a class does not', new Map(), false],
  ])('%s', (_, message, passes) => {
    expect(new IsMappingFilter().filter(record(message))).toBe(passes);
  });
});

describe('IsRank0Filter: the first rank that is defined counts', () => {
  const environment = { RANK: '3', LOCAL_RANK: '2' };
  test.each<[string, IsRank0Filter, MetricRecord, boolean]>([
    ['nothing is defined: it is 0', new IsRank0Filter(), record({}), true],
    ['the environment says 3', new IsRank0Filter({ environment }), record({}), false],
    ['the message says 0', new IsRank0Filter({ environment }), record({ rank: 0 }), true],
    ['the message says 1', new IsRank0Filter(), record({ rank: 1 }), false],
    ['the record says 0', new IsRank0Filter({ environment }), record({ rank: 1 }, { rank: 0 }), true],
    ['the record says 1', new IsRank0Filter(), record({ rank: 0 }, { rank: 1 }), false],
    [
      '0 was given, whatever the others say',
      new IsRank0Filter({ rankVal: 0, environment }),
      record({ rank: 1 }, { rank: 2 }),
      true,
    ],
    ['1 was given', new IsRank0Filter({ rankVal: 1 }), record({ rank: 0 }, { rank: 0 }), false],
    ['a rank in a text', new IsRank0Filter({ environment: { RANK: '0' } }), record('text'), true],
    ['an empty variable is none', new IsRank0Filter({ environment: { RANK: '' } }), record({}), true],
    [
      'the local rank of the environment',
      new IsRank0Filter({ localRank: true, environment }),
      record({ rank: 0 }),
      false,
    ],
    [
      'the local rank of the message',
      new IsRank0Filter({ localRank: true, environment }),
      record({ local_rank: 0 }),
      true,
    ],
    [
      'the local rank of the record',
      new IsRank0Filter({ localRank: true, environment }),
      record({}, { localRank: 0, rank: 1 }),
      true,
    ],
  ])('%s', (_, filter, told, passes) => {
    expect(filter.filter(told)).toBe(passes);
  });
});

describe('FormatDictFilter', () => {
  const shown = (message: unknown): unknown => passThrough([new FormatDictFilter()], record(message))?.message;

  test.each<[string, unknown, string]>([
    ['0 is a whole number', 0, 'v=0'],
    ['-0 too', -0, 'v=0'],
    ['0.001', 0.001, 'v=0.001'],
    ['less than that in powers of ten', 0.00099, 'v=9.90e-04'],
    ['far less', 1.5e-100, 'v=1.50e-100'],
    ['999', 999, 'v=999'],
    ['998.9996', 998.9996, 'v=999.000'],
    ['more than 999 in powers of ten', 999.5, 'v=1.00e+03'],
    ['1000 is a whole number', 1000, 'v=1000'],
    ['below zero', -0.5, 'v=-0.500'],
    ['far below zero', -12345.6, 'v=-1.23e+04'],
    ['no number', Number.NaN, 'v=nan'],
    ['infinity', Number.POSITIVE_INFINITY, 'v=inf'],
    ['minus infinity', Number.NEGATIVE_INFINITY, 'v=-inf'],
    ['true', true, 'v=1'],
    ['false', false, 'v=0'],
    ['a text is quoted', 'say "x"', 'v="say \\"x\\""'],
    ['null', null, 'v=null'],
    ['a list', [1, 'a'], 'v=[1,"a"]'],
    ['what JSON has no word for', Symbol('x'), 'v=Symbol(x)'],
    ['a large integer', 2n ** 64n, 'v=18446744073709551616'],
  ])('%s', (_, value, text) => {
    expect(shown({ v: value })).toBe(text);
  });

  test('names are flattened', () => {
    expect(shown({ task: { Backup: { seconds: 0.5234, outcome: 'success' } } })).toBe(
      'task/Backup/seconds=0.523, task/Backup/outcome="success"',
    );
  });

  test('a message that is no mapping passes unchanged', () => {
    const told = record('as it is');
    expect(passThrough([new FormatDictFilter()], told)).toBe(told);
  });

  test('the record itself stays as it is', () => {
    const message = { a: { b: 1 } };
    const told = record(message, { step: 0 });
    const copy = passThrough([new FormatDictFilter()], told);
    expect(copy).toEqual({ ...told, message: 'a/b=1' });
    expect(told.message).toBe(message);
    expect(message).toEqual({ a: { b: 1 } });
  });

  test('a mapping that contains itself is said to', () => {
    const round: Record<string, unknown> = {};
    round.me = round;
    expect(shown(round)).toBe('(a metric cannot be stored: me is part of itself)');
  });
});

test('filters are asked in order, and the next sees what the one before has made', () => {
  const seen: unknown[] = [];
  const spy: MetricFilter = {
    filter: ({ message }) => {
      seen.push(message);
      return true;
    },
  };
  const stop: MetricFilter = { filter: () => false };
  expect(passThrough([spy, new FormatDictFilter(), spy, stop, spy], record({ a: 1 }))).toBeUndefined();
  expect(seen).toEqual([{ a: 1 }, 'a=1']);
});

test('without other options the rank is that of the process', () => {
  vi.stubEnv('RANK', '1');
  expect(new IsRank0Filter().filter(record({ a: 1 }))).toBe(false);
  vi.stubEnv('RANK', '0');
  expect(new IsRank0Filter().filter(record({ a: 1 }))).toBe(true);
  vi.unstubAllEnvs();
});
