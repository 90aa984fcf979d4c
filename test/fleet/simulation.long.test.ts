import { expect, it } from 'vitest';
import { simulateFleet } from '../support/fleet-simulation.ts';

it.each(Array.from({ length: 100 }, (_, i) => i + 1))('10,000 instants with faults: seed %i', async (seed) => {
  const { runs, reported, instants } = await simulateFleet(seed, 10_000);
  const twice = [...runs].filter(([, times]) => times > 1).map(([key]) => key);
  const lost = instants.filter((key) => !runs.has(key) && !reported.has(key));
  expect({ twice, lost }).toEqual({ twice: [], lost: [] });
  expect(runs.size).toBeGreaterThan(8000);
});
