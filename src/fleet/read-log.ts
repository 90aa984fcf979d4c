import { asHistoryLine, type HistoryLine } from '../history/history-line.ts';
import type { SharedEvent } from '../journal/fact.ts';
import { LEVELS } from '../log/record.ts';
import type { SharedRecord } from './fleet-log.ts';
import { isEvent } from './shared-events.ts';
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

const isRecord = (value: unknown): value is SharedRecord => {
  const { time, level, context, mark, message } = (value ?? {}) as Partial<SharedRecord>;
  const { emitter, action, item } = context ?? {};
  const texts = [mark, message, emitter, action, item ?? ''];
  return Number.isFinite(time) && LEVELS.includes(level!) && texts.every((one) => typeof one === 'string');
};

/** Adds an entry where it belongs. What another version or another program has added in another form is left out. */
const sort = ({ lines, records, events }: OpenMachineLog, { kind, value }: LogEntry): void => {
  const line = kind === 'history' ? asHistoryLine(value) : undefined;
  if (line) lines.push(line);
  else if (kind === 'record' && isRecord(value)) records.push(value);
  else if (kind === 'event' && isEvent(value)) events.push(value);
};

/** Reads the log of the fleet. @param since of the clock of the server, wall-clock ms; -Infinity: all of it @throws UnreachableError */
export const readFleetLog = async (log: SharedLog, since: number): Promise<FleetLogContents> => {
  let reader: LogReader | undefined;
  const machines = new Map<string, OpenMachineLog>();
  await log.read(since, (batch) => {
    // The server lets the oldest go in time: then it is not known where a source begins.
    reader ??= new LogReader(since === Number.NEGATIVE_INFINITY && batch.place === 1);
    let machine = machines.get(batch.node);
    if (machine === undefined) {
      machine = { lines: [], records: [], events: [] };
      machines.set(batch.node, machine);
    }
    for (const entry of reader.take(batch)) sort(machine, entry);
  });
  return { machines, gaps: reader?.gaps ?? [] };
};
