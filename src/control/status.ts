import type { Standing } from '../core/standing.ts';
import type { Chapter } from '../journal/fact.ts';
import { VERSION } from '../version.ts';

/** What a condition is up to. */
export const GROUPS = [
  'running',
  'queued',
  'checking',
  'due',
  'waiting',
  'suspended',
  'given up',
  'finished',
  'without tasks',
] as const;
/** One of {@link GROUPS}. */
export type Group = (typeof GROUPS)[number];

/** One condition of a status. */
export interface ConditionStatus {
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
  readonly conditions: readonly ConditionStatus[];
  /** Names that were asked for and are none. */
  readonly unknown: readonly string[];
}

/** What a status is made of. */
export interface Overview {
  readonly pid: number;
  readonly config: string;
  readonly started: number;
  readonly now: number;
  readonly state: StatusReport['state'];
  readonly tickMs: number;
  readonly standings: readonly Standing[];
  /** Whether an event for it waits for its next check. */
  pending(condition: string): boolean;
  /** What was told last in its story, where that is known. */
  told?(condition: string): Chapter | undefined;
}

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
const groupOf = ({ state, due }: Standing): Group =>
  GROUP_OF[state] ?? (due === undefined || due === Number.POSITIVE_INFINITY ? 'waiting' : 'due');
/** Groups of conditions that are free and may be checked. */
const isIdle = (group: Group): boolean => group === 'due' || group === 'waiting';

/** What a command does to a condition, as its reason begins. */
export const BY_COMMAND = /^(?:reset|suspended|resumed and reset) by a command/;

/** The reason of a check that was not positive. */
const checkIn = (chapter: Chapter | undefined): string | null => {
  if (chapter === undefined) return null;
  const { start, finish, why } = chapter;
  return (start === 'checking' || start === finish) && finish !== 'running' && !BY_COMMAND.test(why) ? why : null;
};

const EVENT_CAME = 'its event has come';
/** Why a condition whose event has come does not run yet. */
const PENDING: Readonly<Record<StatusReport['state'], string | undefined>> = {
  running: `${EVENT_CAME}, it is checked at the next tick`,
  paused: `the scheduler is paused; ${EVENT_CAME}`,
  ending: undefined,
  ended: undefined,
};

const statusOf = (standing: Standing, overview: Overview): ConditionStatus => {
  const { name, type, state, why, due, tasks, running } = standing;
  const { now, tickMs } = overview;
  const group = groupOf(standing);
  const soonest = (Math.floor(now / tickMs) + 1) * tickMs;
  const words = isIdle(group) && overview.pending(name) ? (PENDING[overview.state] ?? why) : why;
  const lastCheck = isIdle(group) ? checkIn(overview.told?.(name)) : null;
  return {
    ...{ name, type, group, state, tasks, running },
    next: typeof due !== 'number' || !Number.isFinite(due) ? null : Math.max(soonest, Math.ceil(due / tickMs) * tickMs),
    why: words,
    lastCheck: lastCheck === words ? null : lastCheck,
  };
};

/** What runs first, then what is due, the soonest first, then the rest. `only`: names; empty: all. */
export const statusReport = (overview: Overview, only: readonly string[]): StatusReport => {
  const counts = Object.fromEntries(GROUPS.map((group) => [group, 0])) as Record<Group, number>;
  for (const standing of overview.standings) counts[groupOf(standing)] += 1;
  const asked = new Set(only.map((name) => name.replace(/^condition\//, '')));
  const wanted = asked.size > 0 ? overview.standings.filter(({ name }) => asked.has(name)) : overview.standings;
  const conditions = wanted.map((standing) => statusOf(standing, overview));
  const rank = new Map(GROUPS.map((group, i) => [group, i]));
  const soonness = ({ next }: ConditionStatus) => next ?? Number.MAX_SAFE_INTEGER;
  conditions.sort((a, b) => rank.get(a.group)! - rank.get(b.group)! || soonness(a) - soonness(b));
  for (const { name } of conditions) asked.delete(name);
  const { pid, config, started, now, state, tickMs } = overview;
  return {
    ...{ version: VERSION, pid, config, started, now, state, tickSeconds: tickMs / 1000, counts, conditions },
    unknown: [...asked],
  };
};
