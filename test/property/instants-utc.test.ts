import { describe, expect, test } from 'vitest';
import { instantProperties } from '../support/instant-properties.ts';

process.env.TZ = 'UTC';

describe('time specifications in a place where clocks are never set', () => {
  test('the tests run in UTC', () => {
    expect(new Date(0).getHours()).toBe(0);
    expect(new Date('2026-07-01T00:00:00Z').getHours()).toBe(0);
  });

  instantProperties([
    '2026-01-31T23:59:00Z',
    '2026-02-28T23:59:00Z',
    '2028-02-29T23:59:00Z',
    '2026-06-30T23:59:00Z',
    '2026-12-31T23:59:00Z',
  ]);
});
