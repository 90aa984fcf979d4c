import type { Traits } from './spec.ts';

/** The life of a condition (`scheduling.md` §3): what decides whether it is checked. Never changed in place. */
export interface ConditionState {
  readonly suspended: boolean;
  /** Result of the last performed check. */
  readonly succeeded: boolean;
  /** The last task run had a failure or an error, or nothing has run yet. */
  readonly tasksFailed: boolean;
  /** Task runs that may still fail; Infinity when unlimited. */
  readonly retriesLeft: number;
}

/** What happens to a condition. */
export type Action =
  /** A check is performed. */
  | { readonly kind: 'checking' }
  /** The check was positive. */
  | { readonly kind: 'positive' }
  /** The tasks have run. */
  | { readonly kind: 'ran'; readonly failed: boolean }
  | { readonly kind: 'reset' }
  | { readonly kind: 'suspend' }
  /** Ends a suspension; the condition is as at start. */
  | { readonly kind: 'resume' };

type LifeTraits = Pick<Traits, 'tasks' | 'recurring' | 'max_tasks_retries' | 'suspended'>;

const attempts = ({ max_tasks_retries }: LifeTraits): number =>
  max_tasks_retries < 0 ? Number.POSITIVE_INFINITY : max_tasks_retries + 1;

/** The life a condition begins with. */
export const initialState = (traits: LifeTraits): ConditionState => ({
  suspended: traits.suspended,
  succeeded: false,
  tasksFailed: true,
  retriesLeft: attempts(traits),
});

/** What a fact makes of a life. */
export const reduce = (life: ConditionState, fact: Action, traits: LifeTraits): ConditionState => {
  switch (fact.kind) {
    case 'checking':
      return life.succeeded ? { ...life, succeeded: false } : life;
    case 'positive':
      return { ...life, succeeded: true };
    case 'ran':
      return {
        ...life,
        tasksFailed: fact.failed,
        retriesLeft: fact.failed && !traits.recurring ? life.retriesLeft - 1 : life.retriesLeft,
      };
    case 'reset':
      return { ...life, succeeded: false, tasksFailed: true, retriesLeft: attempts(traits) };
    case 'suspend':
      return { ...life, suspended: true };
    case 'resume':
      return { suspended: false, succeeded: false, tasksFailed: true, retriesLeft: attempts(traits) };
  }
};

/** Whether a condition may be checked, or why not (`scheduling.md` §4.1, rows 1 to 5). */
export type Eligibility = 'open' | 'no-tasks' | 'suspended' | 'finished' | 'given-up';

/** The first row of the decision list that applies. */
export const eligibility = (life: ConditionState, { tasks, recurring }: LifeTraits): Eligibility => {
  if (tasks.length === 0) return 'no-tasks';
  if (life.suspended) return 'suspended';
  if (recurring || !life.succeeded) return 'open';
  if (!life.tasksFailed) return 'finished';
  return life.retriesLeft > 0 ? 'open' : 'given-up';
};

/** The gate in words, for records. */
export const GATE_WORDS: Readonly<Record<Exclude<Eligibility, 'open'>, string>> = {
  'no-tasks': 'check skipped: no tasks are listed',
  suspended: 'check skipped: suspended',
  finished: 'check skipped: not recurring and finished',
  'given-up': 'check skipped: not recurring and no retries left',
};
