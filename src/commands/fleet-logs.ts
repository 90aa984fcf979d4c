import type { SharedRecord } from '../fleet/fleet-log.ts';
import { readFleetLog } from '../fleet/read-log.ts';
import { LogReader, type SharedLog } from '../fleet/shared-log.ts';
import type { SharedEvent } from '../journal/fact.ts';
import { itemOf } from '../journal/item.ts';
import { colour, plain } from '../log/format.ts';
import { oneLine, printedColours, printedJson } from '../log/one-line.ts';
import { type Level, SEVERITY } from '../log/record.ts';
import { formatInstant, isoInstant } from '../terminal/instant.ts';
import { table } from '../terminal/table.ts';
import { askFleet } from './fleet-connect.ts';
import { type FleetLogOptions, gapLines, ofMachine } from './fleet-history.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { printMessage, stdoutTerminal, wantsColour, writeAll } from './stdio.ts';

/** Something that a machine has added to the log. */
type OfMachine<T> = T & { readonly machine: string };

/** The last ones by their time; 0: all. */
const lastOf = <T extends { readonly time: number }>(all: readonly T[], count: number): readonly T[] => {
  const sorted = all.toSorted((a, b) => a.time - b.time);
  return count === 0 ? sorted : sorted.slice(-count);
};

interface RecordOptions extends FleetLogOptions {
  readonly level: Level;
}

const isWanted = ({ level, item, machine }: RecordOptions, record: OfMachine<SharedRecord>): boolean =>
  SEVERITY[record.level] >= SEVERITY[level] &&
  (machine === undefined || record.machine === machine) &&
  (item === undefined || record.context.item === item || itemOf(record.context) === item);

/** A record as a line of the plain log, after the name of its machine. */
const recordLine = ({ machine, ...record }: OfMachine<SharedRecord>, width: number): string =>
  printedColours(`${oneLine(machine).padEnd(width)} ${(wantsColour() ? colour : plain)(record)}`);

const recordJson = ({ machine, time, ...record }: OfMachine<SharedRecord>): string =>
  `${printedJson(JSON.stringify({ machine, time: isoInstant(time), ...record }))}\n`;

/** Prints what is added to the log until standard output is closed, or the program is ended. */
const followRecords = (log: SharedLog, options: RecordOptions): Promise<void> =>
  new Promise((resolve) => {
    const reader = new LogReader();
    let width = 0;
    const end = log.follow(false, (batch) => {
      width = Math.max(width, batch.node.length);
      const wanted = reader
        .take(batch)
        .flatMap(({ kind, value }) => (kind === 'record' ? [{ ...(value as SharedRecord), machine: batch.node }] : []))
        .filter((record) => isWanted(options, record));
      const text = wanted.map((record) => (options.json ? recordJson(record) : recordLine(record, width))).join('');
      if (text === '' || writeAll(1, text)) return;
      end();
      resolve();
    });
  });

/** Prints the log records of all machines. Returns the exit status. */
export const fleetLogs = (
  file: string | undefined,
  options: RecordOptions & { readonly follow: boolean },
): Promise<number> =>
  askFleet(file, async (_, __, log) => {
    if (options.follow) {
      await followRecords(log, options);
      return FOUND;
    }
    const { json, since = Number.NEGATIVE_INFINITY, count } = options;
    const { machines, gaps } = await readFleetLog(log, since);
    const chosen = ofMachine(machines, options.machine);
    const all = [...chosen].flatMap(([machine, { records }]) => records.map((record) => ({ ...record, machine })));
    const shown = lastOf(
      all.filter((record) => record.time >= since && isWanted(options, record)),
      count,
    );
    const width = Math.max(0, ...shown.map(({ machine }) => machine.length));
    writeAll(1, shown.map((record) => (json ? recordJson(record) : recordLine(record, width))).join(''));
    if (!json && shown.length === 0) printMessage('no matching records in the log of the fleet');
    if (!json) for (const line of gapLines(gaps)) printMessage(line);
    return shown.length > 0 ? FOUND : NOTHING;
  });

const EVENT_COLUMNS = [{ heading: 'WHEN' }, { heading: 'MACHINE' }, { heading: 'TOPIC' }, { heading: 'MESSAGE' }];

const eventCells = ({ time, machine, topics, message }: OfMachine<SharedEvent>): readonly string[] => [
  ...[formatInstant(time), machine, topics.join(', ')],
  typeof message === 'string' ? message : JSON.stringify(message),
];

const eventJson = ({ time, ...event }: OfMachine<SharedEvent>): string =>
  `${printedJson(JSON.stringify({ time: isoInstant(time), ...event }))}\n`;

/** Prints the events of topics that all machines share. Returns the exit status. @param topic undefined: of all */
export const fleetEvents = (
  file: string | undefined,
  {
    json,
    since = Number.NEGATIVE_INFINITY,
    count,
    machine,
    topic,
  }: FleetLogOptions & { readonly topic: string | undefined },
): Promise<number> =>
  askFleet(file, async (_, __, log) => {
    const { machines, gaps } = await readFleetLog(log, since);
    const all = [...ofMachine(machines, machine)].flatMap(([name, { events }]) =>
      events.map((event) => ({ ...event, machine: name })),
    );
    const shown = lastOf(
      all.filter(({ time, topics }) => time >= since && (topic === undefined || topics.includes(topic))),
      count,
    );
    if (json) writeAll(1, shown.map(eventJson).join(''));
    else if (shown.length > 0) writeAll(1, table(EVENT_COLUMNS, shown.map(eventCells), stdoutTerminal()));
    else
      printMessage(
        `no shared events${topic === undefined ? '' : ` of topic "${oneLine(topic)}"`} in the log of the fleet`,
      );
    if (!json) for (const line of gapLines(gaps)) printMessage(line);
    return shown.length > 0 ? FOUND : NOTHING;
  });
