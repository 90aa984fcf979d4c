import { showDuration } from '../terminal/instant.ts';
import { table } from '../terminal/table.ts';
import type { SimulationCounts } from './counts.ts';

/** The tables at the end of a simulation: what each condition and each task came to. */
export const summarise = ({ conditions, tasks }: SimulationCounts): string => {
  const numeric = true;
  const conditionTable = table(
    [
      { heading: 'CONDITION' },
      { heading: 'RUNS', numeric },
      { heading: 'MISSES', numeric },
      { heading: 'LONGEST BUSY', numeric },
    ],
    [...conditions].map(([name, { fired, missed, longestBusyMs }]) => [
      name,
      String(fired),
      String(missed),
      showDuration(longestBusyMs),
    ]),
  );
  const taskTable = table(
    [
      { heading: 'TASK' },
      { heading: 'RUNS', numeric },
      { heading: 'SUCCESS', numeric },
      { heading: 'FAILURE', numeric },
      { heading: 'NO OUTCOME', numeric },
      { heading: 'ERROR', numeric },
    ],
    [...tasks].map(([name, { success, failure, none, error }]) =>
      [name, success + failure + none + error, success, failure, none, error].map(String),
    ),
  );
  return `${conditionTable}\n${taskTable}`;
};
