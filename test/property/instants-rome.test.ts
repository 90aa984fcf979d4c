import { describe, expect, test } from 'vitest';
import { instantProperties } from '../support/instant-properties.ts';

process.env.TZ = 'Europe/Rome';

describe('time specifications in a place with daylight saving', () => {
  test('the tests run in local time of Rome', () => {
    expect(new Date('2026-03-29T00:59:59Z').getHours()).toBe(1);
    expect(new Date('2026-03-29T01:00:00Z').getHours()).toBe(3);
    expect(new Date('2026-10-25T00:59:59Z').getHours()).toBe(2);
    expect(new Date('2026-10-25T01:00:00Z').getHours()).toBe(2);
  });

  instantProperties([
    '2026-03-29T00:00:00Z',
    '2026-03-29T01:00:00Z',
    '2026-10-25T00:00:00Z',
    '2026-10-25T01:00:00Z',
    '2027-03-28T01:00:00Z',
    '2026-12-31T22:59:00Z',
    '2028-02-29T22:59:00Z',
  ]);
});
