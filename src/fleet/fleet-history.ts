import { beganAt, HistoryEntries, type HistoryEntry, type RunFilter } from '../history/history-entries.ts';
import type { MachineLog } from './read-log.ts';

/** An entry of the history of one machine. */
export interface MachineEntry {
  readonly machine: string;
  readonly entry: HistoryEntry;
}

/** When an entry has its place in a row, wall-clock ms. */
export const instantOf = (entry: HistoryEntry): number => {
  if (entry.kind === 'lost') return entry.at;
  return entry.kind === 'not-running' ? entry.to : beganAt(entry);
};

/** @param lines of one machine, the oldest first */
const entriesOf = ({ lines }: MachineLog, filter: RunFilter, alive: boolean): readonly HistoryEntry[] => {
  const entries = new HistoryEntries(filter, alive);
  const found = lines.toReversed().flatMap((line) => {
    try {
      return entries.take(line);
    } catch {
      // Another program has written it.
      return [];
    }
  });
  return [...found, ...entries.rest()];
};

/**
 * The history of all machines in one row, the newest entry first, by the clocks of the machines.
 * @param isAlive whether a machine is running
 */
export const fleetEntries = (
  machines: ReadonlyMap<string, MachineLog>,
  filter: RunFilter,
  isAlive: (machine: string) => boolean,
): readonly MachineEntry[] =>
  [...machines]
    .flatMap(([machine, log]) => entriesOf(log, filter, isAlive(machine)).map((entry) => ({ machine, entry })))
    .sort((a, b) => instantOf(b.entry) - instantOf(a.entry));

/** The names of conditions and tasks in the lines of all machines: `condition/NAME`, `task/NAME`. */
export const fleetItems = (machines: ReadonlyMap<string, MachineLog>): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { lines } of machines.values())
    for (const line of lines) {
      if ('condition' in line) names.add(`condition/${line.condition}`);
      if (line.kind === 'task') names.add(`task/${line.task}`);
    }
  return names;
};
