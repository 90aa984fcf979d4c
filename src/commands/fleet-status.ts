import { keyWords } from '../fleet/entries.ts';
import type { ClaimReport, FleetSnapshot, NodeReport } from '../fleet/snapshot.ts';
import { printedJson } from '../log/one-line.ts';
import { formatInstant, isoInstant, showTook } from '../terminal/instant.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { askFleet, readStanding } from './fleet-connect.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { stdoutTerminal, writeAll } from './stdio.ts';

const NODE_COLUMNS = [
  { heading: 'MACHINE' },
  {
    heading: 'STATE',
    style: (cell: string) => (cell.startsWith('silent') ? ('red' as const) : undefined),
  },
  { heading: 'VERSION', rank: 1 },
  { heading: 'TAGS', rank: 2 },
  { heading: 'CLOCK', numeric: true },
  { heading: 'SHARED', numeric: true },
  { heading: 'DEFINED OTHERWISE' },
];
const RUN_COLUMNS = [{ heading: 'CONDITION' }, { heading: 'FOR' }, { heading: 'MACHINE' }, { heading: 'SINCE' }];

/** How far a clock is ahead: `+12 ms`. */
export const clockDifference = (ms: number | null): string => {
  if (ms === null) return 'unknown';
  return `${ms < 0 ? '-' : '+'}${showTook(Math.abs(ms) / 1000)}`;
};

/** What a firing is for. */
export const keyText = (key: string): string => keyWords(key, formatInstant);

const stateText = ({ state, heard, paused }: NodeReport): string => {
  if (state === 'alive') return paused ? 'alive, paused' : state;
  return state === 'silent' ? `silent since ${formatInstant(heard)}` : `ended ${formatInstant(heard)}`;
};

const nodeCells = (one: NodeReport): readonly string[] => [
  one.node,
  stateText(one),
  one.version,
  one.tags.join(', '),
  clockDifference(one.skew),
  String(one.shared.length),
  one.differs.map(({ condition, from }) => `${condition} (${from.join(', ')})`).join(', '),
];

/** What runs is not heard of any more where its machine is silent. */
const runCells = ({ condition, key, entry, at }: ClaimReport, nodes: readonly NodeReport[]): readonly string[] => {
  const state = nodes.find(({ node }) => node === entry.node)?.state ?? 'unknown';
  return [condition, keyText(key), state === 'alive' ? entry.node : `${entry.node} (${state})`, formatInstant(at)];
};

/** The report as tables. */
export const fleetText = ({ nodes, running }: FleetSnapshot, terminal: Terminal): string => {
  if (nodes.length === 0) return 'no machine has taken part yet\n';
  const machines = table(NODE_COLUMNS, nodes.map(nodeCells), terminal);
  if (running.length === 0) return `${machines}\nnothing shared is running\n`;
  const rows = running.map((one) => runCells(one, nodes));
  return `${machines}\n${table(RUN_COLUMNS, rows, terminal)}`;
};

/** The report as one line of JSON. */
export const fleetJson = ({ now, nodes, running }: FleetSnapshot): string =>
  `${printedJson(
    JSON.stringify({
      now: isoInstant(now),
      machines: nodes.map(({ node, heard, skew, ...rest }) => ({
        ...{ machine: node, heard: isoInstant(heard), clockMs: skew },
        ...rest,
      })),
      running: running.map(({ condition, key, entry, at }) => ({
        ...{ condition, key, machine: entry.node, since: isoInstant(at), from: entry.from ?? [] },
      })),
    }),
  )}\n`;

/** Prints how the machines of a fleet stand. Returns the exit status. */
export const fleetStatus = (file: string | undefined, json: boolean): Promise<number> =>
  askFleet(file, async (store, config) => {
    const report = await readStanding(store, config);
    writeAll(1, json ? fleetJson(report) : fleetText(report, stdoutTerminal()));
    return report.nodes.some(({ state }) => state === 'alive') ? FOUND : NOTHING;
  });
