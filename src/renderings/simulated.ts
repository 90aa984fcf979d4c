import type { Rendering } from './rendering.ts';

export const SIMULATION = 'This is a simulation.';
export const ASSUMED =
  'Nothing of it happened: the clock was virtual, and what commands, scripts and events did was assumed.';

/** What stands above the figures of a simulation. */
export const SIMULATION_NOTE = `${SIMULATION} ${ASSUMED}`;

/** Makes a rendering that can ask, when it is done, whether what it shows is a simulation. */
export const withSimulationFlag = (make: (simulated: () => boolean) => Rendering): Rendering => {
  let simulated = false;
  return Object.assign(
    make(() => simulated),
    {
      simulated: () => {
        simulated = true;
      },
    },
  );
};
