import type { HistoryReader } from '../adapters/history/reader.ts';
import { suggest } from '../config/suggest.ts';
import { type AccountedRun, ConditionAccounts, type InstantAccount } from '../history/accounts.ts';
import type { WindowKeys } from '../items/common/condition-window.ts';
import type { TimeFields } from '../items/common/specification.ts';
import { zoneOf } from '../items/common/zone.ts';
import { oneLine, printedJson } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { formatInstant, isoInstant, showDuration } from '../terminal/instant.ts';
import { paragraph } from '../terminal/wrap.ts';
import { openHistoryOf } from './open-history.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { printMessage, stdoutTerminal, writeAll } from './stdio.ts';

/** The instant that is asked for; without seconds the whole minute is meant. */
export interface AskedInstant {
  readonly at: number;
  readonly lengthMs: number;
}

/** Instants of one question that are explained. */
const MOST_EXPLAINED = 5;

/** The instants of a schedule, as the history has it, within a range. */
const instantsWithin = async (schedule: string | null, { at, lengthMs }: AskedInstant): Promise<readonly number[]> => {
  if (schedule === null) return [];
  const { compileInstants, InstantsWithin } = await import('../items/common/calendar.ts');
  const [specifications, timezone, keys] = JSON.parse(schedule) as [TimeFields[], string | null, WindowKeys?];
  const zone = timezone ?? undefined;
  const window = keys && (await import('../items/common/condition-window.ts')).conditionWindow(keys);
  const instants = await compileInstants(specifications, zone, window?.holidays);
  const found: number[] = [];
  for (const firing of new InstantsWithin(instants, zoneOf(zone), window).firings(at - 1)) {
    if (firing.at >= at + lengthMs || found.length === MOST_EXPLAINED) break;
    found.push(firing.at);
  }
  return found;
};

const outcomeClause = ({ outcome, ended, claimed, task, reason, lastLine }: AccountedRun): string => {
  if (outcome === null || ended === null) return 'it runs, or its end is not known';
  const took = showDuration(Math.max(0, ended - claimed));
  if (outcome === 'success') return `it succeeded in ${took}`;
  if (outcome === 'none') return `it ended in ${took} without an outcome`;
  if (outcome === 'cancelled') return `it was cancelled after ${took}`;
  if (outcome === 'replaced') return `a new run has taken its place after ${took}`;
  const line = lastLine === null ? '' : `: ${JSON.stringify(lastLine)}`;
  if (outcome === 'interrupted') return `it was interrupted${task === null ? '' : `, task ${task}: ${reason}`}${line}`;
  return `it failed in ${took}, task ${task}: ${reason}${line}`;
};

/** The first run after an instant that made up for misses, if there is one. */
const caughtUp = (at: number, runs: readonly AccountedRun[]): string => {
  const run = runs.find(({ code, claimed }) => code === 'catching-up' && claimed >= at);
  return run ? ` Misses were made up for at ${formatInstant(run.claimed)} by ${run.run}: ${outcomeClause(run)}.` : '';
};

const accountSentence = (account: InstantAccount, runs: readonly AccountedRun[]): string => {
  const { at, verdict, run, why } = account;
  const when = formatInstant(at);
  if (run !== null) {
    const late = run.claimed - at >= 1000 ? ` ${showDuration(run.claimed - at)} later` : '';
    return `${when}: it ran${late}, as ${run.run}: ${outcomeClause(run)}.`;
  }
  if (verdict === 'open') return `${when}: ${why}.`;
  if (verdict === 'elsewhere') return `${when}: it did not run here: ${why}.`;
  const more = verdict === 'missed' || verdict === 'not-running' ? caughtUp(at, runs) : '';
  return `${when}: it did not run: ${why}.${more}`;
};

/** The runs before and after an instant, without the one that was under way. */
const neighbours = (at: number, running: AccountedRun | null, runs: readonly AccountedRun[]): readonly string[] => {
  const before = runs.findLast((run) => run.claimed <= at && run !== running);
  const after = runs.find(({ claimed }) => claimed > at);
  const show = (run: AccountedRun): string => `${formatInstant(run.claimed)}, ${run.why}; ${outcomeClause(run)}`;
  return [
    before ? `The run before: ${show(before)}.` : 'There was no run before.',
    after ? `The run after: ${show(after)}.` : 'There was no run after.',
  ];
};

/** How a condition was at an instant that its schedule does not have. */
const stateSentence = (at: number, { run, why }: ReturnType<ConditionAccounts['stateAt']>): string =>
  run === null
    ? `${formatInstant(at)}: ${why}.`
    : `${formatInstant(at)}: it was running, as ${run.run}, because ${why}; ${outcomeClause(run)}.`;

/** What a condition did at the instant that is asked for, or in its minute. @param explained the instants of its schedule then. */
export const instantSentences = (
  accounts: ConditionAccounts,
  asked: AskedInstant,
  explained: readonly InstantAccount[],
  now: number,
): readonly string[] => {
  const { runs } = accounts;
  const { at, lengthMs } = asked;
  if (explained.length > 0) return explained.map((account) => accountSentence(account, runs));
  const began = runs.filter(({ claimed }) => claimed >= at && claimed < at + lengthMs);
  const state = accounts.stateAt(at, now);
  if (began.length === 0) return [stateSentence(at, state), ...neighbours(at, state.run, runs)];
  const goesOn = state.run !== null && state.run.claimed < at;
  const more = began.length - MOST_EXPLAINED;
  return [
    ...(goesOn ? [stateSentence(at, state)] : []),
    ...began
      .slice(0, MOST_EXPLAINED)
      .map((run) => `${formatInstant(run.claimed)}: it ran, as ${run.run}, because ${run.why}; ${outcomeClause(run)}.`),
    ...(more > 0 ? [`It began ${counted(more, 'more run', 'more runs')} in this minute.`] : []),
  ];
};

/** What the history says of an instant of a condition. */
export interface ExplainedInstant {
  /** Why there is nothing to say; undefined: the history knows the condition. */
  readonly unknown: string | undefined;
  /** The instants of its schedule that are explained. */
  readonly instants: readonly InstantAccount[];
  readonly state: ReturnType<ConditionAccounts['stateAt']>;
  readonly sentences: readonly string[];
}

/** Explains what a condition did at an instant, by the history. @throws Error of the system */
export const accountForInstant = async (
  reader: HistoryReader,
  condition: string,
  asked: AskedInstant,
  now: number,
): Promise<ExplainedInstant> => {
  const accounts = new ConditionAccounts(condition);
  const others = new Set<string>();
  for (const line of reader.lines()) {
    accounts.apply(line);
    if (line.kind === 'item') others.add(line.condition);
  }
  if (!reader.isAlive(now)) accounts.killed(reader.written ?? now);
  const found = await instantsWithin(accounts.scheduleAt(asked.at), asked);
  const instants = found.map((at) => accounts.verdict(at, undefined, now));
  return {
    unknown: accounts.known
      ? undefined
      : `the history has no condition "${condition}"${suggest(condition, [...others])}`,
    ...{ instants, state: accounts.stateAt(asked.at, now) },
    sentences: instantSentences(accounts, asked, instants, now),
  };
};

/** Prints what a condition did at an instant, by the history. Returns the exit status. @throws UsageError: there is no history. */
export const explainInstant = async (
  condition: string,
  asked: AskedInstant,
  { json = false, config }: { readonly json?: boolean; readonly config?: string },
  now: number,
): Promise<number> => {
  const reader = await openHistoryOf(config);
  const { unknown, instants, state, sentences } = await accountForInstant(reader, condition, asked, now);
  if (unknown !== undefined) {
    printMessage(unknown);
    return NOTHING;
  }
  if (json) {
    const answer = { condition, at: isoInstant(asked.at), instants, state };
    const times = new Set(['at', 'claimed', 'ended']);
    const replace = (key: string, value: unknown) =>
      times.has(key) && typeof value === 'number' ? isoInstant(value) : value;
    writeAll(1, `${printedJson(JSON.stringify(answer, replace))}\n`);
    return FOUND;
  }
  const { width } = stdoutTerminal();
  writeAll(1, sentences.map((sentence) => paragraph(oneLine(sentence), width, 2)).join(''));
  return FOUND;
};
