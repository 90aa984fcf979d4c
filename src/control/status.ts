import type { LastOutcome } from '../history/last-outcome.ts';
import type { Punctuality } from '../history/usual.ts';
import type { LastReason } from '../journal/item-transitions.ts';
import type { ConditionStatus, GuardStatus, HeldStatus, SettlingStatus } from '../projections/condition-status.ts';
import type { Refusal } from '../projections/refusal.ts';
import { shownInstant } from '../projections/state-reasons.ts';
import { VERSION } from '../version.ts';

export type { GuardStatus, HeldStatus, LastOutcome, SettlingStatus };

/** The states of conditions in a status, in the order in which they are shown. */
export const GROUPS = [
  'running',
  'queued',
  'held',
  'checking',
  'waiting',
  'suspended',
  'exhausted',
  'finished',
  'no-tasks',
] as const;
/** One of {@link GROUPS}. */
export type Group = (typeof GROUPS)[number];

/** A firing that is missed, because guards held it back for too long. */
export interface MissedFiring {
  readonly time: number;
  readonly reason: string;
}

/** One condition of a status. */
export interface ConditionReport {
  readonly name: string;
  readonly type: string;
  /** The file that it is in; absent: the main one. */
  readonly file?: string;
  readonly group: Group;
  /** The state in its story, which has more of them. */
  readonly state: string;
  /** The tick at which it can be true next, wall clock in ms; null: at each tick, or only after an event. */
  readonly next: number | null;
  /** Why it does not run now. */
  readonly why: string;
  /** The reason of its last check, if that keeps it from running; null: unknown. */
  readonly lastCheck: string | null;
  readonly tasks: readonly string[];
  /** Its tasks that run for it now. */
  readonly running: readonly string[];
  /** The firing that guards hold back; absent: none is held. */
  readonly held?: HeldStatus;
  /** What it is a guard of, and its last answer; absent: it is not a guard. */
  readonly guard?: GuardStatus;
  /** The files that an event of it waits for; absent: there are none. */
  readonly settling?: SettlingStatus;
  /** Its last run, also one of an earlier instance; null: none is known. */
  readonly last: LastOutcome | null;
  /** A firing after that which guards held back for too long: when it was missed, wall-clock ms, and why; absent: there is none. */
  readonly missed?: MissedFiring;
  /** When its suspension ends by itself, wall-clock ms; null: not before a command, or it is not suspended. */
  readonly suspendedUntil: number | null;
  /** Whether it is overdue, and why, or what is usual; absent: it has neither `overdue_seconds` nor `overdue`. */
  readonly overdue?: Punctuality;
}

/** One task of a status. */
export interface TaskReport {
  readonly name: string;
  readonly type: string;
  /** The file that it is in; absent: the main one. */
  readonly file?: string;
  /** The state in its story: `running` while it runs. */
  readonly state: string;
  /** Its last run, also one of an earlier instance; null: none is known. */
  readonly last: LastOutcome | null;
}

/** A plugin as the status shows it. */
export interface PluginStatus {
  readonly name: string;
  /** Its file, as it is known from any directory; absent: the program around the daemon has it. */
  readonly file?: string;
  /** `starting`: its `setup` has not ended; `left-out`: it cannot be loaded, or its `setup` has failed. */
  readonly state: 'starting' | 'running' | 'left-out';
  /** Why it is left out; null: it is not. */
  readonly reason: string | null;
  /** How many events its `event` was called with. */
  readonly events: number;
  /** How many calls threw, or rejected. */
  readonly failures: number;
  /** How many calls took over 50 ms of the main thread. */
  readonly slow: number;
  /** How many events were dropped because it was too slow. */
  readonly dropped: number;
}

/** The answer to `status`. Instants are wall-clock ms. */
export interface StatusReport {
  readonly version: string;
  readonly pid: number;
  readonly config: string;
  readonly started: number;
  readonly now: number;
  /** `ended`: in a recording only. */
  readonly state: 'running' | 'paused' | 'ending' | 'ended';
  /** When the pause ends by itself; null: not before a command, or there is none. */
  readonly pausedUntil: number | null;
  /** Why the last reload was refused; absent: it was not. */
  readonly refused?: Refusal;
  readonly tickSeconds: number;
  /** Of all conditions, also if only some are requested. */
  readonly counts: Readonly<Record<Group, number>>;
  /** The conditions whose last run failed, of all, the latest first; null: the source does not know. */
  readonly failed: readonly string[] | null;
  readonly conditions: readonly ConditionReport[];
  /** All tasks, or those of the requested conditions. */
  readonly tasks: readonly TaskReport[];
  /** Absent: there are none. */
  readonly plugins?: readonly PluginStatus[];
  /** Requested names that are unknown. */
  readonly unknown: readonly string[];
}

/** What a status is made from. */
export interface StatusInput {
  readonly pid: number;
  readonly config: string;
  readonly started: number;
  readonly now: number;
  readonly state: StatusReport['state'];
  /** Default: null. */
  readonly pausedUntil?: number | null;
  readonly refused?: Refusal | undefined;
  readonly tickMs: number;
  readonly conditions: readonly ConditionStatus[];
  readonly tasks: readonly Omit<TaskReport, 'last'>[];
  readonly plugins?: readonly PluginStatus[] | undefined;
  /** The last run of `condition/NAME` or `task/NAME`. */
  lastRun(item: string): LastOutcome | null;
  /** The last firing of a condition that was held for too long; undefined: none was, or the source does not know. */
  lastMissed?(condition: string): MissedFiring | undefined;
  /** Whether an event for it waits for its next check. */
  pending(condition: string): boolean;
  /** Whether a condition is overdue; undefined: it cannot be. */
  overdue?(condition: string): Punctuality | undefined;
  /** Why its last transition came, if known. */
  lastReason?(condition: string): LastReason | undefined;
}

/** States of stories that a status has other words for; recordings of earlier versions have `busy` and `idle`. */
const OTHER_STATES: Readonly<Record<string, Group>> = { busy: 'queued', replaced: 'queued', idle: 'no-tasks' };
const OF_STATE: ReadonlyMap<string, Group> = new Map([
  ...Object.entries(OTHER_STATES),
  ...GROUPS.map((group) => [group, group] as const),
]);
const groupOf = ({ state }: ConditionStatus): Group => OF_STATE.get(state) ?? 'waiting';

const EVENT_CAME = 'its event has come';
/** Why a condition whose event has come does not run yet. */
const pendingWords = ({ state, pausedUntil = null, now }: StatusInput): string | undefined => {
  if (state === 'running') return `${EVENT_CAME}, it is checked at the next tick`;
  if (state !== 'paused') return undefined;
  const until = pausedUntil === null ? '' : ` until ${shownInstant(pausedUntil, now)}`;
  return `the scheduler is paused${until}; ${EVENT_CAME}`;
};

/** What is set property by property. */
type Building<T> = { -readonly [K in keyof T]?: T[K] };

/** A firing after its last run which was missed. */
const missedAfter = (last: LastOutcome | null, name: string, { lastMissed }: StatusInput): MissedFiring | undefined => {
  const missed = lastMissed?.(name);
  return missed && missed.time > (last?.time ?? 0) ? missed : undefined;
};

/** The reason of its last check, if that is another one. */
const lastCheckOf = (found: LastReason | undefined, words: string): string | null => {
  const reason = found?.code === 'check' || found?.code === 'clock' ? (found.reason ?? found.why) : null;
  return reason === words ? null : reason;
};

/** The tick at which it can be true next. */
const nextTick = ({ due }: ConditionStatus, { now, tickMs }: StatusInput): number | null =>
  typeof due !== 'number' || !Number.isFinite(due)
    ? null
    : Math.max((Math.floor(now / tickMs) + 1) * tickMs, Math.ceil(due / tickMs) * tickMs);

const statusOf = (condition: ConditionStatus, input: StatusInput): ConditionReport => {
  const { name, type, file, state, tasks, running, held, guard, settling, why: ownWhy, until = null } = condition;
  const group = groupOf(condition);
  const isWaiting = group === 'waiting';
  const why = isWaiting && input.pending(name) ? (pendingWords(input) ?? ownWhy) : ownWhy;
  const lastCheck = isWaiting ? lastCheckOf(input.lastReason?.(name), why) : null;
  const overdue = input.overdue?.(name);
  const last = input.lastRun(`condition/${name}`);
  const next = nextTick(condition, input);
  const missed = missedAfter(last, name, input);
  // There are many of them: copying properties into an object takes a hundred times as long as setting them.
  const report: Building<ConditionReport> = { name, type };
  if (file !== undefined) report.file = file;
  report.group = group;
  report.state = state;
  report.tasks = tasks;
  report.running = running;
  report.next = next;
  report.why = why;
  report.lastCheck = lastCheck;
  if (held) report.held = held;
  if (guard) report.guard = guard;
  if (settling) report.settling = settling;
  report.last = last;
  if (missed) report.missed = missed;
  report.suspendedUntil = until;
  if (overdue) report.overdue = overdue;
  return report as ConditionReport;
};

/** The tasks of these conditions, in the order of the file; all: of all. */
const tasksOf = (
  { tasks, lastRun }: StatusInput,
  conditions: readonly ConditionStatus[],
  all: boolean,
): TaskReport[] => {
  const listed = new Set(conditions.flatMap((one) => one.tasks));
  const shown = all ? tasks : tasks.filter(({ name }) => listed.has(name));
  return shown.map((task) => ({ ...task, last: lastRun(`task/${task.name}`) }));
};

/** The names of those whose last run failed, the latest first. */
const failedOf = (conditions: readonly Pick<ConditionReport, 'name' | 'last'>[]): string[] =>
  conditions
    .flatMap(({ name, last }) => (last?.failed ? { name, time: last.time } : []))
    .sort((a, b) => b.time - a.time)
    .map(({ name }) => name);

/** Conditions in the order of {@link GROUPS}, those of one group by when they are due. `only`: names; empty: all. */
export const statusReport = (input: StatusInput, only: readonly string[]): StatusReport => {
  const counts = Object.fromEntries(GROUPS.map((group) => [group, 0])) as Record<Group, number>;
  for (const condition of input.conditions) counts[groupOf(condition)] += 1;
  const asked = new Set(only.map((name) => name.replace(/^condition\//, '')));
  const wanted = asked.size > 0 ? input.conditions.filter(({ name }) => asked.has(name)) : input.conditions;
  const conditions = wanted.map((condition) => statusOf(condition, input));
  const failed = failedOf(
    asked.size === 0
      ? conditions
      : input.conditions.map(({ name }) => ({ name, last: input.lastRun(`condition/${name}`) })),
  );
  const rank = new Map(GROUPS.map((group, i) => [group, i]));
  const soon = new Set(wanted.filter(({ due }) => due === 'soon').map(({ name }) => name));
  const soonness = ({ name, next }: ConditionReport) =>
    next ?? (soon.has(name) ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE);
  conditions.sort((a, b) => rank.get(a.group)! - rank.get(b.group)! || soonness(a) - soonness(b));
  for (const { name } of conditions) asked.delete(name);
  const { pid, config, started, now, state, pausedUntil = null, refused, tickMs, plugins } = input;
  return {
    ...{ version: VERSION, pid, config, started, now, state, pausedUntil, tickSeconds: tickMs / 1000, counts },
    ...(refused ? { refused } : {}),
    ...{ failed, conditions, tasks: tasksOf(input, wanted, only.length === 0) },
    ...(plugins?.length ? { plugins } : {}),
    unknown: [...asked],
  };
};
