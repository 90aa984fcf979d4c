import type { HistoryLine } from '../history/history-line.ts';
import type { SharedEvent } from '../journal/fact.ts';
import type { SharedRecord } from './fleet-log.ts';
import { type LogEntry, type LogGap, LogReader, type SharedLog } from './shared-log.ts';

/** What is in the log of the fleet of one machine, in the order in which it was numbered. */
export interface MachineLog {
  readonly lines: readonly HistoryLine[];
  readonly records: readonly SharedRecord[];
  readonly events: readonly SharedEvent[];
}

/** What is in the log of the fleet. */
export interface FleetLogContents {
  /** By their names. */
  readonly machines: ReadonlyMap<string, MachineLog>;
  /** What is missing: a machine has dropped it, or the server has lost it. */
  readonly gaps: readonly LogGap[];
}

interface OpenMachineLog {
  readonly lines: HistoryLine[];
  readonly records: SharedRecord[];
  readonly events: SharedEvent[];
}

const isDropped = (value: unknown): boolean => typeof (value as { dropped?: unknown } | null)?.dropped === 'number';

const sort = ({ lines, records, events }: OpenMachineLog, { kind, value }: LogEntry): void => {
  if (isDropped(value)) return;
  const lists: Partial<Record<string, unknown[]>> = { history: lines, record: records, event: events };
  // A later version can have other kinds.
  lists[kind]?.push(value);
};

/** Reads the log of the fleet. @param since of the clock of the server, wall-clock ms; -Infinity: all of it @throws UnreachableError */
export const readFleetLog = async (log: SharedLog, since: number): Promise<FleetLogContents> => {
  const reader = new LogReader();
  const machines = new Map<string, OpenMachineLog>();
  await log.read(since, (batch) => {
    let machine = machines.get(batch.node);
    if (machine === undefined) {
      machine = { lines: [], records: [], events: [] };
      machines.set(batch.node, machine);
    }
    for (const entry of reader.take(batch)) sort(machine, entry);
  });
  return { machines, gaps: reader.gaps };
};
