import { expect, it } from 'vitest';
import { simulateFleet } from '../support/fleet-simulation.ts';

it.each([1, 2, 3, 4])('Every instant is run once over all nodes, or reported: seed %i', async (seed) => {
  const { runs, reported, instants } = await simulateFleet(seed, 150);
  const twice = [...runs].filter(([, times]) => times > 1).map(([key]) => key);
  const lost = instants.filter((key) => !runs.has(key) && !reported.has(key));
  expect({ twice, lost }).toEqual({ twice: [], lost: [] });
  expect(runs.size).toBeGreaterThan(120);
});
