import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retryDelayMs } from '../../src/core/retries.ts';
import type { TaskTraits } from '../../src/core/spec.ts';
import { settings } from '../support/property.ts';

const traits = (more: Partial<TaskTraits>): TaskTraits => ({
  ...{ retries: 9, retry_delay_seconds: 10, retry_factor: 1, retry_max_delay_seconds: undefined },
  ...{ retry_jitter: 0, retry_timeout_seconds: 0, where: 'here' },
  ...more,
});
const delays = (more: Partial<TaskTraits>, count = 5, random = 0): number[] =>
  Array.from({ length: count }, (_, i) => retryDelayMs(traits(more), i + 1, () => random));

describe('the wait for the next attempt', () => {
  test('is as long each time, grows by the factor, and not beyond the limit', () => {
    expect(delays({})).toEqual([10_000, 10_000, 10_000, 10_000, 10_000]);
    expect(delays({ retry_factor: 2 })).toEqual([10_000, 20_000, 40_000, 80_000, 160_000]);
    expect(delays({ retry_factor: 2, retry_max_delay_seconds: 50 })).toEqual([10_000, 20_000, 40_000, 50_000, 50_000]);
    expect(delays({ retry_factor: 1.5 }, 3)).toEqual([10_000, 15_000, 22_500]);
    expect(delays({ retry_max_delay_seconds: 3 }, 2)).toEqual([3000, 3000]);
  });

  test('is shorter by a random share, at most by that of the jitter', () => {
    expect(delays({ retry_jitter: 0.5 }, 1, 0)).toEqual([10_000]);
    expect(delays({ retry_jitter: 0.5 }, 1, 0.5)).toEqual([7500]);
    expect(delays({ retry_jitter: 1 }, 1, 0.75)).toEqual([2500]);
  });

  test('draws no random number without jitter, so that other random times stay as they are', () => {
    const never = () => {
      throw new Error('drawn');
    };
    expect(retryDelayMs(traits({}), 1, never)).toBe(10_000);
  });

  test('is within its limits, whatever the keys and however many attempts', () => {
    const keys = fc.record({
      retry_delay_seconds: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
      retry_factor: fc.double({ min: 1, max: 1e9, noNaN: true }),
      retry_max_delay_seconds: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
      retry_jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 1_000_000 }), random, (more, failures, drawn) => {
        const ms = retryDelayMs(traits(more), failures, () => drawn);
        // Not NaN, which is never greater.
        expect(ms).toBeGreaterThanOrEqual(0);
        const most = (more.retry_max_delay_seconds ?? Number.MAX_SAFE_INTEGER) * 1000;
        expect(ms).toBeLessThanOrEqual(most);
        if (more.retry_delay_seconds === 0) expect(ms).toBe(0);
      }),
      settings(1000),
    );
  });
});
