import { showDuration } from '../core/duration.ts';
import type { InterruptedRun } from '../core/earlier.ts';
import type { Executed, HeldFiring, NextCheck, QueuedRun, TaskRef } from '../core/engine-events.ts';
import type { GuardAnswer } from '../core/instance.ts';
import { type CheckResult, countsAsFailed, type EarlyEnd, type Outcome } from '../core/outcome.ts';
import { reasonText, WINDOW_OF } from '../core/reasons.ts';
import type { Attempt } from '../core/task-run.ts';

/** Reasons of checks whose kind gives none. */
const CHECK_RESULTS = {
  passed: 'the check was positive',
  failed: 'the check was negative',
  inconclusive: 'the check had no outcome',
} as const;

/** Reasons of outcomes whose kind gives none. */
const TASK_RESULTS = { success: 'it succeeded', failure: 'it failed', none: 'it had no outcome' } as const;

/** Why a check ended as it did, in words. */
export const checkReason = (result: CheckResult): string =>
  result.reason === undefined ? CHECK_RESULTS[result.kind as 'passed'] : reasonText(result.reason);
/** Why a run of a task ended as it did, in words. */
export const outcomeReason = (outcome: Outcome): string =>
  outcome.reason === undefined ? TASK_RESULTS[outcome.kind as 'success'] : reasonText(outcome.reason);

/** `attempt 1 of 4 failed: exit code 1 …`. */
export const attemptFailed = ({ number, of }: Attempt, { reason }: Outcome): string =>
  `attempt ${number} of ${of} failed${reason === undefined ? '' : `: ${reasonText(reason)}`}`;

/** When a failed attempt is followed by the next one. */
export const againText = (delayMs: number): string =>
  delayMs > 0 ? `again in ${showDuration(delayMs)}` : 'again at once';

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `17:30:05`, or `2026-03-29 17:30:05 Sun` when that is another day than the one of `now`. Wall-clock ms. */
export const shownInstant = (at: number, now: number): string => {
  const [d, today] = [new Date(at), new Date(now)];
  const time = `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  const sameDay =
    d.getDate() === today.getDate() && d.getMonth() === today.getMonth() && d.getFullYear() === today.getFullYear();
  if (sameDay) return time;
  const day = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  return `${day} ${time} ${DAYS[d.getDay()]}`;
};

/** How long it takes until something: `0:28`, `1:02:00`. */
export const countdown = (ms: number): string => {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const rest = `${Math.floor((s % 3600) / 60)}:${two(s % 60)}`;
  return s < 3600 ? rest : `${Math.floor(s / 3600)}:${rest.padStart(5, '0')}`;
};

/** When a condition is due, as a reason. `now`: wall-clock ms. */
export const dueWords = (at: NextCheck['at'], now: number): string => {
  if (at === 'any-tick') return 'it is checked at every tick';
  if (at === 'on-event') return 'nothing it could wait for is in sight';
  if (Number.isNaN(new Date(at).getTime())) return 'not due before the end of the calendar';
  return at <= now ? 'it is due' : `not due until ${shownInstant(at, now)}`;
};
export const waitWords = ({ at, waits }: NextCheck, now: number): string =>
  waits === undefined ? dueWords(at, now) : reasonText(waits);

/** Why the run of a condition waits for a task: what the task waits for, and the conditions it runs for before. */
export const queueWords = ({ name: task, conditions, blocked }: TaskRef, condition: string): string => {
  const place = conditions.indexOf(condition);
  const [first, ...more] = place === -1 ? conditions : conditions.slice(0, place);
  const runs = `runs for ${[first ?? 'this condition', ...more].join(', then for ')}`;
  if (blocked === undefined) return `task ${task} ${runs}`;
  return `task ${task} ${blocked}${first === undefined ? '' : `, then ${runs}`}`;
};

/** What came of the tasks of a run without a failure, as a reason. */
export const NO_FAILURE = 'its tasks have run without a failure';

/** What came of the tasks of a run with failures, as a reason. */
export const failureWords = (executed: readonly Executed[], recurring: boolean, retriesLeft: number): string => {
  const failures = executed
    .filter(({ outcome }) => countsAsFailed(outcome))
    .map(({ task, outcome }) => {
      const why = outcome.reason && reasonText(outcome.reason);
      return `task ${task.name} ${outcome.kind === 'error' ? 'ended with an error' : 'failed'}${why === undefined ? '' : `: ${why}`}`;
    })
    .join('; ');
  if (recurring) return failures;
  if (retriesLeft === Number.POSITIVE_INFINITY) return `${failures}; it is tried again without limit`;
  return `${failures}; ${retriesLeft > 0 ? `retries left: ${retriesLeft}` : 'no retries left'}`;
};

/** The answer of a guard, as a clause. */
export const guardWords = (name: string, answer: GuardAnswer | undefined): string => {
  if (answer === undefined) return `${name} has not answered yet`;
  if (!answer.holds && answer.reason && name.startsWith(WINDOW_OF)) return reasonText(answer.reason);
  return `${name} is ${answer.holds ? 'true' : 'false'}${answer.reason ? ` (${reasonText(answer.reason)})` : ''}`;
};

/** Why a firing is held. `now`: wall-clock ms. */
export const heldWords = ({ since, guard, answer, joined }: HeldFiring, now: number): string => {
  const more = joined === 0 ? '' : `; later firings that have joined it: ${joined}`;
  // With the answer that it holds, its condition is busy.
  const waits = answer?.holds ? 'its guards hold, and it is busy' : guardWords(guard, answer);
  return `held since ${shownInstant(since, now)}: ${waits}${more}`;
};

/** What is known of a guard. */
export interface AskedGuard {
  readonly answer: GuardAnswer | undefined;
  /** Since when its answer is what it is, wall-clock ms. */
  readonly since: number;
  /** It was asked and has not answered yet; undefined: it has. */
  readonly asking?: unknown;
}

/** How a guard stands. `now`: wall-clock ms. */
export const askedWords = (of: readonly string[], asked: AskedGuard | undefined, now: number): string => {
  const guard = `guard of ${of.join(', ')}`;
  if (asked?.answer === undefined) return `${guard}, ${asked?.asking ? 'has not answered yet' : 'not asked yet'}`;
  const { holds, reason } = asked.answer;
  const why = reason ? ` (${reasonText(reason)})` : '';
  return `${guard}, ${holds ? 'true' : 'false'} since ${shownInstant(asked.since, now)}${why}`;
};

/** The tasks of a list that an early end has kept from running. */
export const notBegun = (tasks: readonly string[], executed: readonly Executed[]): readonly string[] =>
  tasks.filter((name) => !executed.some(({ task }) => task.name === name));

/** What is said of a run that was ended early. @param left tasks that have not begun */
export const earlyEndText = (ended: EarlyEnd, left: readonly string[]): string =>
  `the run was ended early: ${reasonText(ended)}${left.length > 0 ? `; not begun: ${left.join(', ')}` : ''}`;

const times = (count: number): string => (count > 1 ? ` (${count} times)` : '');

/** A run that was queued: since when, and how many firings it stands for. */
export const queuedText = ({ since, count }: Pick<QueuedRun, 'since' | 'count'>): string =>
  `the run that was queued since ${shownInstant(since, since)}${times(count)}`;

/** A run that is queued. `now`: wall-clock ms. */
export const oneMoreText = ({ since, count }: Pick<QueuedRun, 'since' | 'count'>, now: number): string =>
  `one more run is queued since ${shownInstant(since, now)}${times(count)}`;

/** What is said of a run that an earlier instance has left. */
export const interruptedText = ({ began, tasks }: InterruptedRun): string => {
  const left = tasks.length > 0 ? `, ${tasks.length === 1 ? 'task' : 'tasks'} ${tasks.join(', ')} had not ended` : '';
  return `its run of ${shownInstant(began, Number.NaN)} was interrupted when whenever ended${left}`;
};
