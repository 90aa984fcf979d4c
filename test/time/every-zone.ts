import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agrees, cases } from './instants.property.ts';
import { WallClock } from './oracle.ts';

/** Every zone that Node knows. */
export const ZONES: readonly string[] = Intl.supportedValuesOf('timeZone');

/** What makes a run the same again: WHENEVER_SEED, or chance. It is part of the message of a failure. */
export const seed = Number(process.env.WHENEVER_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** One test of so many cases in each zone and at least `least` in all, near the days on which its clock was or will be set between the two years. */
export const everyZone = (runs: number, firstYear: number, lastYear: number, least: number): void => {
  test(`in every zone the instants of a specification are those its clock shows, second by second (at least ${least} cases, ${firstYear} to ${lastYear})`, async () => {
    expect(ZONES.length).toBeGreaterThan(400);
    let tried = 0;
    for (const [i, zone] of ZONES.entries()) {
      await new Promise((resolve) => setImmediate(resolve));
      const clock = new WallClock(zone);
      const settings = clock.settings(Date.UTC(firstYear, 0, 1) / 1000, Date.UTC(lastYear + 1, 0, 1) / 1000);
      const property = fc.property(cases(clock, settings), (one) => {
        tried += 1;
        agrees(zone, clock, one);
      });
      try {
        fc.assert(property, { numRuns: settings.length > 0 ? runs : Math.ceil(runs / 4), seed: seed + i });
      } catch (error) {
        throw new Error(`${zone}: WHENEVER_SEED=${seed} repeats it: ${(error as Error).message}`, { cause: error });
      }
    }
    expect(tried).toBeGreaterThanOrEqual(least);
  });
};
