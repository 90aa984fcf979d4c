import { fleetEntries, fleetItems, type MachineEntry } from '../fleet/fleet-history.ts';
import { readFleetLog } from '../fleet/read-log.ts';
import type { LogGap } from '../fleet/shared-log.ts';
import type { HistoryEntry, RunFilter } from '../history/history-entries.ts';
import { oneLine } from '../log/one-line.ts';
import { agree, counted } from '../plural.ts';
import { formatRuns } from '../terminal/run-table.ts';
import { askFleet, readStanding } from './fleet-connect.ts';
import { chosenItems, historyJson, printUnknownItems } from './history.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { printMessage, stdoutTerminal, writeAll } from './stdio.ts';
import { UsageError } from './subcommand.ts';

/** What of the log of the fleet is shown. */
export interface FleetLogOptions {
  readonly json: boolean;
  /** Wall-clock ms; undefined: all that is kept. */
  readonly since: number | undefined;
  readonly count: number;
  /** Only of this machine. */
  readonly machine: string | undefined;
  /** Only about this item. */
  readonly item: string | undefined;
}

/** Only what is of the machine that was asked for. @throws UsageError when there is none of this name */
export const ofMachine = <T>(all: ReadonlyMap<string, T>, machine: string | undefined): ReadonlyMap<string, T> => {
  if (machine === undefined) return all;
  const found = all.get(machine);
  if (found !== undefined) return new Map([[machine, found]]);
  const names = [...all.keys()].sort();
  throw new UsageError(
    `--machine: no machine "${machine}" is in the log${names.length === 0 ? '' : `; there are ${names.join(', ')}`}`,
  );
};

/** A line for each range of numbers that is missing. */
export const gapLines = (gaps: readonly LogGap[]): readonly string[] =>
  gaps.map(
    ({ node, from, to }) =>
      `${oneLine(node)}: ${counted(to - from + 1, 'entry', 'entries')} of its log ${agree(to - from + 1, 'is', 'are')} missing (${from === to ? from : `${from} to ${to}`})`,
  );

const isRun = ({ entry }: MachineEntry): boolean => entry.kind !== 'not-running' && entry.kind !== 'lost';

/** So many runs, and what is between them; 0: all. */
const takeRuns = (all: readonly MachineEntry[], count: number): readonly MachineEntry[] => {
  if (count === 0) return all;
  let runs = 0;
  return all.filter((one) => {
    if (runs >= count) return false;
    if (isRun(one)) runs += 1;
    return true;
  });
};

interface FleetHistoryOptions extends FleetLogOptions {
  readonly failed: boolean;
  readonly verbose: boolean;
}

/** The runs as a table, with the machine of each. */
const tableOf = (rows: readonly MachineEntry[], now: number, verbose: boolean): string => {
  const machines = new Map(rows.map((one) => [one.entry, one.machine]));
  const machineOf = (entry: HistoryEntry): string => machines.get(entry) ?? '';
  const entries = rows.map(({ entry }) => entry);
  return formatRuns(entries, { now, verbose, machineOf }, stdoutTerminal());
};

/** Prints what was found. Returns the exit status. */
const printRuns = (
  shown: readonly MachineEntry[],
  gaps: readonly LogGap[],
  now: number,
  { json, failed, verbose }: FleetHistoryOptions,
): number => {
  const runs = shown.filter(isRun);
  if (json) writeAll(1, historyJson({ runs: runs.map((one) => ({ machine: one.machine, ...one.entry })), gaps }));
  else if (runs.length > 0) writeAll(1, tableOf(failed ? runs : shown, now, verbose));
  else printMessage(failed ? 'nothing has failed' : 'the log of the fleet has no runs');
  if (!json) for (const line of gapLines(gaps)) printMessage(line);
  return runs.length > 0 ? FOUND : NOTHING;
};

/** Prints the runs of all machines. Returns the exit status. */
export const fleetHistory = (file: string | undefined, options: FleetHistoryOptions): Promise<number> =>
  askFleet(file, async (store, config, log) => {
    const { since = Number.NEGATIVE_INFINITY, count, machine, item, failed } = options;
    const [{ nodes, now }, { machines, gaps }] = await Promise.all([
      readStanding(store, config),
      readFleetLog(log, since),
    ]);
    const chosen = ofMachine(machines, machine);
    const known = new Set([...fleetItems(machines), ...config.conditions.map(({ name }) => `condition/${name}`)]);
    const items = chosenItems(item === undefined ? [] : [item], known);
    if (items.unknown.length > 0) {
      if (options.json) writeAll(1, historyJson({ runs: [], gaps }));
      else printUnknownItems(items, known);
      return NOTHING;
    }
    const filter: RunFilter = { ...items, failed, since, until: Number.POSITIVE_INFINITY };
    const isAlive = (name: string): boolean => nodes.some(({ node, state }) => node === name && state === 'alive');
    return printRuns(takeRuns(fleetEntries(chosen, filter, isAlive), count), gaps, now, options);
  });
