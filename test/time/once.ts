import fc from 'fast-check';
import { test } from 'vitest';
import { isAccountedFor, lives } from './accounts.ts';
import { seed } from './every-zone.ts';

/** Zones, each with a moment at which its clock is set. */
const MOMENTS = [
  ['UTC', '2026-12-31T23:00:00Z'],
  ['Europe/Rome', '2026-03-29T01:00:00Z'],
  ['Europe/Rome', '2026-10-25T01:00:00Z'],
  ['America/New_York', '2026-11-01T06:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  ['Africa/Cairo', '2026-04-23T22:00:00Z'],
  ['America/Santiago', '2026-09-06T04:00:00Z'],
] as const;

/** One test of so many daemons. */
export const onceProperty = (runs: number): void => {
  test(`every instant is accounted for exactly once, whatever happens to the daemon and its clock (${runs} cases)`, async () => {
    try {
      await fc.assert(fc.asyncProperty(lives(MOMENTS), isAccountedFor), { numRuns: runs, seed });
    } catch (error) {
      throw new Error(`WHENEVER_SEED=${seed} repeats it: ${(error as Error).message}`, { cause: error });
    }
  });
};
