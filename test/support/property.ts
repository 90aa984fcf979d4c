import type { Parameters } from 'fast-check';

/**
 * How often a property is tried; the long tests try more. WHENEVER_SEED repeats a run that failed: the seed is in the
 * message of the failure.
 */
export const settings = <T>(runs: number): Parameters<T> => ({
  numRuns: process.env.WHENEVER_TEST_LONG === '1' ? runs * 20 : runs,
  ...(process.env.WHENEVER_SEED ? { seed: Number(process.env.WHENEVER_SEED) } : {}),
});
