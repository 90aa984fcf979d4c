import type { ConditionRef, HeldFiring, NextCheck, Operation, QueuedRun } from '../core/engine-events.ts';
import type { GuardAnswer, SettlingFiles } from '../core/instance.ts';
import { reasonText } from '../core/reasons.ts';
import { INELIGIBLE } from '../core/states.ts';
import type { TraceContext } from '../log/record.ts';
import type { ConditionEntry } from './condition-entry.ts';
import { type AskedGuard, askedWords, heldWords, oneMoreText, waitWords } from './state-reasons.ts';

/** How a condition stands, and why, in words for a person. */
export interface ConditionStatus {
  readonly name: string;
  readonly type: string;
  /** The file that it is in; absent: the main one. */
  readonly file?: string;
  readonly state: string;
  readonly why: string;
  /** When it is looked at next: wall-clock ms, or `soon`, at the next tick at the latest; undefined: not before something happens. */
  readonly due: number | 'soon' | undefined;
  /** When its suspension ends by itself, wall-clock ms; absent: not before a command, or it is not suspended. */
  readonly until?: number;
  readonly tasks: readonly string[];
  /** Those of its tasks that run for it now. */
  readonly running: readonly string[];
  /** The firing that guards hold back. */
  readonly held?: HeldStatus;
  /** The conditions that it is a guard of, and its last answer. */
  readonly guard?: GuardStatus;
  /** The files that an event of it waits for. */
  readonly settling?: SettlingStatus;
}

/** The files that an event waits for, because they are still changing. */
export interface SettlingStatus extends SettlingFiles {
  readonly event: string;
}

/** A firing that is held. Instants are wall-clock ms. */
export interface HeldStatus {
  readonly since: number;
  /** When it is missed. */
  readonly until: number;
  /** When it can run at the earliest; null: it is not known. */
  readonly earliest: number | null;
  /** The guard that does not hold, and why. */
  readonly guard: string;
  readonly reason: string | null;
  /** How many firings came later and are part of it. */
  readonly joined: number;
}

/** A guard. */
export interface GuardStatus {
  readonly of: readonly string[];
  /** Its last answer, since when it is so (wall-clock ms), and why; null: it was not asked yet. */
  readonly holds: boolean | null;
  readonly since: number | null;
  readonly reason: string | null;
}

const textOf = (answer: GuardAnswer | undefined): string | null =>
  answer?.reason === undefined ? null : reasonText(answer.reason);

const heldStatus = ({ since, until, guard, answer, joined }: HeldFiring): HeldStatus => {
  const { notBefore = null } = answer ?? {};
  return { since, until, earliest: notBefore, guard, reason: textOf(answer), joined };
};

const guardStatus = (of: readonly string[], asked: LiveCondition['asked']): GuardStatus =>
  asked?.answer === undefined
    ? { of, holds: null, since: null, reason: null }
    : { of, holds: asked.answer.holds, since: asked.since, reason: textOf(asked.answer) };

/** What a condition knows of itself that no event says. */
export interface LiveCondition extends ConditionRef {
  readonly busy: boolean;
  /** Its check waits for a moment within the tick. */
  readonly delayed: boolean;
  /** Its firing that is held; undefined: none is. */
  readonly held?: HeldFiring | undefined;
  /** What it answered last as a guard; undefined: it was not asked. */
  readonly asked?: AskedGuard | undefined;
  /** The run that begins when the one in progress has ended. */
  readonly queued: Pick<QueuedRun, 'since' | 'count'> | undefined;
  /** Operations that are done when it is free. */
  readonly pendingOperations: readonly { readonly operation: Operation; readonly origin: TraceContext }[];
  next(): NextCheck;
}

const OPERATION_QUEUED: Readonly<Record<Operation, string>> = {
  reset: 'a reset',
  suspend: 'a suspension',
  resume: 'a resumption',
};

const pendingWords = ({ operation, origin }: LiveCondition['pendingOperations'][number]): string =>
  `${OPERATION_QUEUED[operation]} follows when it is free (${origin.cause})`;

/** Why a condition does not run this moment. */
const whyOf = (
  entry: ConditionEntry,
  condition: LiveCondition,
  next: NextCheck,
  now: number,
  guardOf: readonly string[],
): string => {
  const { busy, delayed, held, asked } = condition;
  const { ineligible } = next;
  const queued = condition.queued && oneMoreText(condition.queued, now);
  if (busy)
    return [
      entry.business(now),
      ...(queued ? [queued] : []),
      ...(held ? [heldWords(held, now)] : []),
      ...condition.pendingOperations.map(pendingWords),
    ].join('; ');
  if (queued) return queued;
  if (held) return heldWords(held, now);
  if (ineligible === 'suspended') return entry.suspendedWords(next, now);
  if (ineligible === 'no-tasks' && guardOf.length > 0) return askedWords(guardOf, asked, now);
  if (ineligible !== undefined) return INELIGIBLE[ineligible].why;
  if (delayed) return 'its check waits for a moment within the tick';
  return waitWords(next, now);
};

/** How a condition stands. `now`: wall-clock ms. `guardOf`: the conditions that it is a guard of. */
export const conditionStatus = (
  entry: ConditionEntry,
  condition: LiveCondition,
  now: number,
  guardOf: readonly string[],
): ConditionStatus => {
  const { name, spec, busy, delayed, held, asked } = condition;
  const next = condition.next();
  const { ineligible, at } = next;
  const why = whyOf(entry, condition, next, now, guardOf);
  const soon = delayed || at === 'any-tick' ? 'soon' : at;
  const due = busy || ineligible !== undefined || soon === 'on-event' ? undefined : soon;
  const { type, traits, file } = spec;
  // There are many of them: copying properties into an object takes a hundred times as long as setting them.
  const status: { -readonly [K in keyof ConditionStatus]: ConditionStatus[K] } = {
    name,
    type,
    state: entry.state,
    why,
    due,
    tasks: traits.tasks,
    running: [...entry.running],
  };
  if (file !== undefined) status.file = file;
  if (next.until !== undefined) status.until = next.until;
  if (held) status.held = heldStatus(held);
  if (guardOf.length > 0) status.guard = guardStatus(guardOf, asked);
  return status;
};
