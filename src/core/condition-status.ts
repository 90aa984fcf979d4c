import type { ConditionState, Eligibility } from './condition-state.ts';
import type { Operation } from './desk.ts';
import type { Due } from './instance.ts';
import { countsAsFailed } from './outcome.ts';
import { reasonText } from './reasons.ts';
import type { Traits } from './spec.ts';
import type { Executed } from './task-runner.ts';

/** How a condition stands and why, in words for a person. */
export interface ConditionStatus {
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly why: string;
  /** When it is looked at next: wall-clock ms, or `soon`, at the next tick at the latest; undefined: not before something happens. */
  readonly due: number | 'soon' | undefined;
  readonly tasks: readonly string[];
  /** Those of its tasks that run for it now. */
  readonly running: readonly string[];
}

/** A task that a condition waits for. */
interface Queued {
  readonly name: string;
  /** Those that want it, in order. */
  readonly conditions: readonly string[];
  /** What it waits for itself. */
  readonly blocked: string | undefined;
}

/** The state of a condition that is not busy. */
export const restingState = (
  gate: Eligibility,
  { succeeded, tasksFailed }: ConditionState,
  { recurring }: Traits,
): string => {
  switch (gate) {
    case 'no-tasks':
      return 'idle';
    case 'given-up':
      return 'exhausted';
    case 'open':
      return !recurring && succeeded && tasksFailed ? 'retrying' : 'waiting';
    default:
      return gate;
  }
};

/** Why a condition is not checked, by the rows of `scheduling.md` §4.1; that it is suspended says who did it. */
export const SKIPPED: Readonly<Record<Exclude<Eligibility, 'open' | 'suspended'>, string>> = {
  'no-tasks': 'no tasks are listed',
  finished: 'it is not recurring, and its tasks have run without a failure',
  'given-up': 'it is not recurring, its tasks failed, and there are no retries left',
};

/** Why it is suspended from the start. */
export const SUSPENDED_IN_FILE = 'suspended = true in the file';

/** What an operation did, as a reason. */
export const PERFORMED: Readonly<Record<Operation, string>> = {
  reset: 'reset by a command',
  suspend: 'suspended by a command',
  resume: 'resumed and reset by a command',
};

/** What is done to a condition as soon as it is free. */
export const QUEUED: Readonly<Record<Operation, string>> = {
  reset: 'a reset',
  suspend: 'a suspension',
  resume: 'a resumption',
};

/** Why the run of a condition waits for a task: what the task waits for, and the conditions it runs for before. */
export const queuedWords = ({ name: task, conditions, blocked }: Queued, name: string): string => {
  const place = conditions.indexOf(name);
  const [first, ...more] = place === -1 ? conditions : conditions.slice(0, place);
  const runs = `runs for ${[first ?? 'this condition', ...more].join(', then for ')}`;
  if (blocked === undefined) return `task ${task} ${runs}`;
  return `task ${task} ${blocked}${first === undefined ? '' : `, then ${runs}`}`;
};

/** Reasons for checks whose kind gives none. */
export const UNSAID = {
  passed: 'the check was positive',
  failed: 'the check was negative',
  inconclusive: 'the check had no outcome',
} as const;

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** `17:30:05`, or `2026-03-29 17:30:05 Sun` when that is another day than the one of `now`. Wall-clock ms. */
export const shownInstant = (at: number, now: number): string => {
  const [d, today] = [new Date(at), new Date(now)];
  const time = `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  const sameDay =
    d.getDate() === today.getDate() && d.getMonth() === today.getMonth() && d.getFullYear() === today.getFullYear();
  if (sameDay) return time;
  const day = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  return `${day} ${time} ${d.toDateString().slice(0, 3)}`;
};

/** When it is due, as a reason. `at`: the instant on the wall clock, ms, if there is one. */
export const dueWords = (due: Due, at: number | undefined, now: number): string => {
  if (due === 'any-tick') return 'it is checked at every tick';
  if (due === 'on-event' || at === undefined) return 'nothing it could wait for is in sight';
  if (Number.isNaN(new Date(at).getTime())) return 'not due before the end of the calendar';
  return at <= now ? 'it is due' : `not due until ${shownInstant(at, now)}`;
};

const SUCCEEDED = 'its tasks have run without a failure';

/** What came of the tasks, as a reason. */
export const runWords = (
  executed: readonly Executed[],
  { recurring }: Traits,
  { retriesLeft }: ConditionState,
): string => {
  if (!executed.some(({ outcome }) => countsAsFailed(outcome))) return SUCCEEDED;
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
