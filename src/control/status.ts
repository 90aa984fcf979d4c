import type { ConditionStatus } from '../core/condition-status.ts';
import type { Transition } from '../journal/fact.ts';
import { VERSION } from '../version.ts';

/** What a condition is up to. */
export const GROUPS = [
  'running',
  'queued',
  'checking',
  'waiting',
  'suspended',
  'given up',
  'finished',
  'without tasks',
] as const;
/** One of {@link GROUPS}. */
export type Group = (typeof GROUPS)[number];

/** One condition of a status. */
export interface ConditionReport {
  readonly name: string;
  readonly type: string;
  readonly group: Group;
  /** As its story calls it. */
  readonly state: string;
  /** The tick at which it can be true next, wall clock in ms; null: at each tick, or not before something happens. */
  readonly next: number | null;
  /** Why it does not run this moment. */
  readonly why: string;
  /** What its last check came to, as long as that is what keeps it from running; null: nothing that is known. */
  readonly lastCheck: string | null;
  readonly tasks: readonly string[];
  /** Those of its tasks that run for it now. */
  readonly running: readonly string[];
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
  readonly tickSeconds: number;
  /** Of all conditions, also where only some are asked for. */
  readonly counts: Readonly<Record<Group, number>>;
  readonly conditions: readonly ConditionReport[];
  /** Names that were asked for and are none. */
  readonly unknown: readonly string[];
}

/** What a status is made of. */
export interface StatusInput {
  readonly pid: number;
  readonly config: string;
  readonly started: number;
  readonly now: number;
  readonly state: StatusReport['state'];
  readonly tickMs: number;
  readonly standings: readonly ConditionStatus[];
  /** Whether an event for it waits for its next check. */
  pending(condition: string): boolean;
  /** What was told last in its story, where that is known. */
  lastChapter?(condition: string): Transition | undefined;
}

/** What each state is called; every other one is `waiting`, however it is known: from the instance, a dump or a recording. */
const GROUP_OF: Readonly<Record<string, Group>> = {
  checking: 'checking',
  running: 'running',
  queued: 'queued',
  busy: 'queued',
  suspended: 'suspended',
  exhausted: 'given up',
  finished: 'finished',
  idle: 'without tasks',
};
const groupOf = ({ state }: ConditionStatus): Group => GROUP_OF[state] ?? 'waiting';

/** What a command does to a condition, as its reason begins. */
export const BY_COMMAND = /^(?:reset|suspended|resumed and reset) by a command/;

/** The reason of a check that was not positive. */
const checkIn = (chapter: Transition | undefined): string | null => {
  if (chapter === undefined) return null;
  const { start, finish, why } = chapter;
  return (start === 'checking' || start === finish) && finish !== 'running' && !BY_COMMAND.test(why) ? why : null;
};

/** A reason without its last clause, if that says when it is due, as `due` does. */
const withoutDue = (why: string, due: string): string => {
  const end = why.lastIndexOf('; ');
  const last = why.slice(end + 2);
  return end > 0 && (last === due || last.startsWith('not due until ')) ? why.slice(0, end) : why;
};

const EVENT_CAME = 'its event has come';
/** Why a condition whose event has come does not run yet. */
const PENDING: Readonly<Record<StatusReport['state'], string | undefined>> = {
  running: `${EVENT_CAME}, it is checked at the next tick`,
  paused: `the scheduler is paused; ${EVENT_CAME}`,
  ending: undefined,
  ended: undefined,
};

const statusOf = (standing: ConditionStatus, overview: StatusInput): ConditionReport => {
  const { name, type, state, why, due, tasks, running } = standing;
  const { now, tickMs } = overview;
  const group = groupOf(standing);
  const soonest = (Math.floor(now / tickMs) + 1) * tickMs;
  const words = group === 'waiting' && overview.pending(name) ? (PENDING[overview.state] ?? why) : why;
  const lastCheck = group === 'waiting' ? checkIn(overview.lastChapter?.(name)) : null;
  return {
    ...{ name, type, group, state, tasks, running },
    next: typeof due !== 'number' || !Number.isFinite(due) ? null : Math.max(soonest, Math.ceil(due / tickMs) * tickMs),
    why: words,
    lastCheck: lastCheck === words || lastCheck === null ? null : withoutDue(lastCheck, words),
  };
};

/** What runs first, then what waits, the soonest first, then the rest. `only`: names; empty: all. */
export const statusReport = (overview: StatusInput, only: readonly string[]): StatusReport => {
  const counts = Object.fromEntries(GROUPS.map((group) => [group, 0])) as Record<Group, number>;
  for (const standing of overview.standings) counts[groupOf(standing)] += 1;
  const asked = new Set(only.map((name) => name.replace(/^condition\//, '')));
  const wanted = asked.size > 0 ? overview.standings.filter(({ name }) => asked.has(name)) : overview.standings;
  const conditions = wanted.map((standing) => statusOf(standing, overview));
  const rank = new Map(GROUPS.map((group, i) => [group, i]));
  const soon = new Set(wanted.filter(({ due }) => due === 'soon').map(({ name }) => name));
  const soonness = ({ name, next }: ConditionReport) =>
    next ?? (soon.has(name) ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE);
  conditions.sort((a, b) => rank.get(a.group)! - rank.get(b.group)! || soonness(a) - soonness(b));
  for (const { name } of conditions) asked.delete(name);
  const { pid, config, started, now, state, tickMs } = overview;
  return {
    ...{ version: VERSION, pid, config, started, now, state, tickSeconds: tickMs / 1000, counts, conditions },
    unknown: [...asked],
  };
};
