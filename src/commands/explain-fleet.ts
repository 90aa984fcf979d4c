import { fleetEntries, fleetItems, type MachineEntry } from '../fleet/fleet-history.ts';
import { readFleetLog } from '../fleet/read-log.ts';
import { type ClaimReport, type FleetSnapshot, type NodeReport, readClaims } from '../fleet/snapshot.ts';
import { oneLine } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { formatInstant, showDuration, showTook } from '../terminal/instant.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { paragraph } from '../terminal/wrap.ts';
import { OUTCOME_VERBS } from './explain.ts';
import { askFleet, readStanding, sharedOf } from './fleet-connect.ts';
import { keyText } from './fleet-status.ts';
import { chosenItems, historyJson, printUnknownItems } from './history.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { stdoutTerminal, writeAll } from './stdio.ts';

/** Something that has happened to a condition on one machine, or was reported for all. Wall-clock ms. */
export interface FleetHappening {
  readonly at: number;
  readonly machine: string;
  readonly text: string;
}

/** What is known of a condition over all machines. */
export interface FleetExplanation {
  readonly condition: string;
  /** Sentences about how it stands. */
  readonly present: readonly string[];
  /** The newest first. */
  readonly happenings: readonly FleetHappening[];
}

const DAY_MS = 86_400_000;

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

const stands = ({ node, state, heard }: NodeReport): string => {
  if (state === 'alive') return node;
  return `${node} (${state === 'silent' ? 'silent since' : 'ended'} ${formatInstant(heard)})`;
};

/** How a shared condition stands on the machines that have it. */
const presentOf = (
  condition: string,
  { nodes, running }: FleetSnapshot,
  tickMs: number,
  shared: boolean,
): readonly string[] => {
  const having = nodes.filter((one) => one.shared.includes(condition));
  if (having.length === 0 && shared)
    return [`${condition} is shared in the file, but no machine has taken part with it yet.`];
  if (having.length === 0) return [`No machine shares ${condition}: each runs it for itself, or does not have it.`];
  const differing = having.filter(({ differs }) => differs.some((one) => one.condition === condition));
  const off = having.filter(({ state, skew }) => state === 'alive' && Math.abs(skew ?? 0) > tickMs);
  const runs = running.filter((one) => one.condition === condition);
  return [
    `${condition} is shared by ${counted(having.length, 'machine')}: ${listed(having.map(stands))}.`,
    ...(having.some(({ state }) => state === 'alive') ? [] : ['None of them is alive, so it does not run.']),
    ...runs.map(
      ({ key, entry, at }) => `It is running on ${entry.node} for ${keyText(key)}, since ${formatInstant(at)}.`,
    ),
    ...off.map(
      ({ node, skew }) =>
        `It does not run on ${node}: its clock is off by ${showTook(Math.abs(skew ?? 0) / 1000)}, which is more than a tick.`,
    ),
    ...(differing.length === 0 ? [] : [`It is not defined alike on ${listed(differing.map(({ node }) => node))}.`]),
  ];
};

/** What an entry of a history says. */
const happeningOf = ({ machine, entry }: MachineEntry): readonly FleetHappening[] => {
  if (entry.kind === 'missed')
    return [
      { at: entry.last, machine, text: `${machine} did not run ${counted(entry.count, 'instant')}: ${entry.why}` },
    ];
  if (entry.kind !== 'run') return [];
  const { began, outcome, why, reason, instant, lastLine, seconds } = entry;
  const what = instant === null ? '' : ` for ${formatInstant(instant)}`;
  if (outcome === 'running') return [{ at: began, machine, text: `${machine} began to run it${what}: ${why}` }];
  const took = seconds === null ? '' : ` after ${showTook(seconds)}`;
  const line = lastLine === null ? '' : `: "${lastLine}"`;
  const ended = outcome === 'success' ? '' : `: ${reason ?? 'no reason was given'}${line}`;
  return [{ at: began, machine, text: `${machine} ran it${what}, which ${OUTCOME_VERBS[outcome]}${took}${ended}` }];
};

/** What the store has of firings that no machine has run to its end. */
const reportedOf = ({ key, entry, at, alsoOn }: ClaimReport): readonly FleetHappening[] => {
  const { node, state, from = [], taken } = entry;
  const what = keyText(key);
  if (state === 'lost')
    return [{ at, machine: node, text: `${listed(from)} died in its run for ${what}, which is not repeated` }];
  if (state === 'missed') return [{ at, machine: node, text: `no machine has run it for ${what}` }];
  if (alsoOn !== undefined)
    return [
      { at, machine: node, text: `it was run for ${what} on ${listed([node, ...alsoOn])}, without a server to ask` },
    ];
  if (from.length > 0)
    return [{ at: taken ?? at, machine: node, text: `${node} took its run for ${what} over from ${listed(from)}` }];
  return [];
};

/**
 * Puts together what is known of a condition.
 * @param entries of its history on all machines @param claims those of this condition @param shared whether it is in the file at hand
 */
export const explainOverMachines = (
  condition: string,
  snapshot: FleetSnapshot,
  entries: readonly MachineEntry[],
  claims: readonly ClaimReport[],
  tickMs: number,
  shared: boolean,
): FleetExplanation => ({
  condition,
  present: presentOf(condition, snapshot, tickMs, shared),
  happenings: [...entries.flatMap(happeningOf), ...claims.flatMap(reportedOf)].sort((a, b) => b.at - a.at),
});

/** The explanation as sentences. @param count how many happenings; 0: all */
export const fleetExplanationText = (
  { present, happenings }: FleetExplanation,
  { now, count }: { readonly now: number; readonly count: number },
  { width, paint }: Terminal,
): string => {
  const shown = count === 0 ? happenings : happenings.slice(0, count);
  const sentences = shown.map(({ at, text }) => {
    const when = `${formatInstant(at)}, ${showDuration(Math.max(0, now - at))} ago`;
    return paragraph(`  ${when}: ${oneLine(text)}.`, width, 6);
  });
  const head = paint('bold', paragraph(oneLine(present.join(' ')), width).trimEnd());
  const more = happenings.length - shown.length;
  const earlier = more > 0 ? `  (and ${more} earlier: --count 0 shows all that are kept)\n` : '';
  const heading =
    shown.length > 0 ? 'What happened on all machines, newest first:\n' : 'Nothing has happened to it yet.\n';
  return `${head}\n${heading}${sentences.join('')}${earlier}`;
};

/** How far back is looked, unless all is asked for, ms. */
const LOOKED_MS = 30 * DAY_MS;

/** Explains a condition over all machines of the fleet. Returns the exit status. */
export const explainFleet = (
  name: string,
  { config: file, count, json }: { readonly config?: string; readonly count: number; readonly json?: true },
  now: number,
): Promise<number> =>
  askFleet(file, async (store, config, log) => {
    const since = count === 0 ? Number.NEGATIVE_INFINITY : now - LOOKED_MS;
    const [snapshot, claims, { machines }] = await Promise.all([
      readStanding(store, config),
      readClaims(store),
      readFleetLog(log, since),
    ]);
    const known = new Set([
      ...[...fleetItems(machines)].filter((item) => item.startsWith('condition/')),
      ...config.conditions.map((one) => `condition/${one.name}`),
    ]);
    const items = chosenItems([name], known);
    const [condition] = items.conditions;
    if (condition === undefined) {
      printUnknownItems(items, known);
      return NOTHING;
    }
    const filter = { conditions: [condition], tasks: [], failed: false, since, until: Number.POSITIVE_INFINITY };
    const isAlive = (machine: string): boolean =>
      snapshot.nodes.some(({ node, state }) => node === machine && state === 'alive');
    const shared = sharedOf(config).some((one) => one.name === condition);
    const explanation = explainOverMachines(
      condition,
      snapshot,
      fleetEntries(machines, filter, isAlive),
      claims.filter((one) => one.condition === condition),
      config.settings.tickSeconds * 1000,
      shared,
    );
    if (json) writeAll(1, historyJson({ ...explanation, shared }));
    else writeAll(1, fleetExplanationText(explanation, { now, count }, stdoutTerminal()));
    return FOUND;
  });
