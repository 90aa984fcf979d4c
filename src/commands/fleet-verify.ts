import { type Cause, readPresence, worstClock } from '../fleet/causes.ts';
import { DEAD_AFTER_MS } from '../fleet/heartbeat.ts';
import { readClaims } from '../fleet/snapshot.ts';
import { type ConditionAccount, type OpenRange, verifyFirings } from '../fleet/verify.ts';
import { printedJson } from '../log/one-line.ts';
import { agree, counted } from '../plural.ts';
import { formatInstant, isoInstant } from '../terminal/instant.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { askFleet, readStanding, sharedOf } from './fleet-connect.ts';
import { clockDifference, keyText } from './fleet-status.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { stdoutTerminal, writeAll } from './stdio.ts';

/** What is said of a fleet. */
export interface Verified {
  readonly accounts: readonly ConditionAccount[];
  /** The clock that was farthest from that of the server in all this time; undefined: none is known. */
  readonly worst: ReturnType<typeof worstClock>;
}

const COLUMNS = [
  { heading: 'CONDITION' },
  { heading: 'FROM', rank: 1 },
  { heading: 'TO', rank: 2 },
  ...['RUN', 'REPEATED', 'RUNNING', 'REPORTED', 'TWICE', 'UNPROVEN', 'OPEN'].map((heading) => ({
    heading,
    numeric: true,
  })),
];

const CAUSES: { readonly [K in Cause['kind']]: (machines: readonly string[]) => string } = {
  connected: (machines) => `${machines.join(', ')} ${agree(machines.length, 'was', 'were')} connected`,
  paused: (machines) =>
    `${machines.join(', ')} ${agree(machines.length, 'was', 'were')} paused, and what is open is reported after the pause`,
  clock: (machines) => `only ${machines.join(', ')} connected, with a clock that was off by more than a tick`,
  'cut-off': (machines) => `${machines.join(', ')} ran, cut off from the server`,
  none: () => 'no machine is known to have run',
};

const rangeText = (condition: string, { from, to, count, cause }: OpenRange): string => {
  const when =
    count === 1
      ? `${condition} at ${formatInstant(from)}`
      : `${condition}: ${count} instants from ${formatInstant(from)} to ${formatInstant(to)}`;
  return `${when}; ${CAUSES[cause.kind](cause.machines)}`;
};

const rangesOf = (accounts: readonly ConditionAccount[], of: 'open' | 'unproven'): string =>
  accounts.flatMap((one) => one[of].map((range) => `  ${rangeText(one.condition, range)}\n`)).join('');

const sum = (accounts: readonly ConditionAccount[], state: keyof ConditionAccount['counts']): number =>
  accounts.reduce((all, { counts }) => all + counts[state], 0);

const twiceText = (accounts: readonly ConditionAccount[]): string =>
  accounts
    .flatMap(({ condition, twice }) =>
      twice.map(({ key, nodes }) => `  ${condition}, ${keyText(key)}: ${nodes.join(', ')}\n`),
    )
    .join('');

/** What came of the instants, as text. */
export const verifiedText = ({ accounts, worst }: Verified, terminal: Terminal): string => {
  if (accounts.length === 0) return 'the file has no shared conditions\n';
  const rows = accounts.map(({ condition, from, to, counts }) => [
    ...[condition, from === null ? 'not foretold' : formatInstant(from), formatInstant(to)],
    ...[counts.run, counts.repeated, counts.running, counts.reported, counts.twice, counts.unproven, counts.open].map(
      String,
    ),
  ]);
  const [open, twice, unproven] = [sum(accounts, 'open'), sum(accounts, 'twice'), sum(accounts, 'unproven')];
  return [
    table(COLUMNS, rows, terminal),
    '\n',
    open + twice > 0 ? '' : `every instant is accounted for${unproven > 0 ? '' : ', none twice'}\n`,
    open === 0 ? '' : `no machine has asked for ${counted(open, 'instant')}:\n`,
    rangesOf(accounts, 'open'),
    twice === 0 ? '' : `run on several machines, because a server was missing: ${counted(twice, 'firing')}:\n`,
    twiceText(accounts),
    unproven === 0 ? '' : `run without a server, perhaps on several machines: ${counted(unproven, 'instant')}:\n`,
    rangesOf(accounts, 'unproven'),
    worst === undefined ? '' : `greatest difference of a clock: ${clockDifference(worst.skew)} (${worst.node})\n`,
  ].join('');
};

const verifiedJson = ({ accounts, worst }: Verified): string => {
  const range = ({ from, to, ...rest }: OpenRange) => ({ from: isoInstant(from), to: isoInstant(to), ...rest });
  const all = accounts.map(({ from, to, open, unproven, ...rest }) => ({
    ...rest,
    ...{
      from: from === null ? null : isoInstant(from),
      to: isoInstant(to),
      open: open.map(range),
      unproven: unproven.map(range),
    },
  }));
  const clock = worst ? { machine: worst.node, clockMs: worst.skew } : null;
  return `${printedJson(JSON.stringify({ conditions: all, worstClock: clock }))}\n`;
};

/** Prints what came of the instants of shared conditions. Returns the exit status. @param since wall-clock ms */
export const fleetVerify = (file: string | undefined, since: number | undefined, json: boolean): Promise<number> =>
  askFleet(file, async (store, config) => {
    const { now, nodes } = await readStanding(store, config);
    const tickMs = config.settings.tickSeconds * 1000;
    const presence = await readPresence(store);
    // What is due now is being asked for.
    const until = now - tickMs - DEAD_AFTER_MS;
    const accounts = verifyFirings(sharedOf(config), await readClaims(store), {
      ...{ from: since, until, tickMs, presence },
    });
    const worst = worstClock(presence, nodes, Math.min(since ?? until, ...accounts.map(({ from }) => from ?? until)));
    const verified = { accounts, worst };
    writeAll(1, json ? verifiedJson(verified) : verifiedText(verified, stdoutTerminal()));
    const isProved = (['open', 'twice', 'unproven'] as const).every((state) => sum(accounts, state) === 0);
    return isProved ? FOUND : NOTHING;
  });
