import type { Traits } from './spec.ts';
import type { ConditionStateName, Ineligible } from './states.ts';

/** What decides whether a condition is checked. Never changed in place. */
export interface ConditionState {
  readonly suspended: boolean;
  /** Result of the last performed check. */
  readonly succeeded: boolean;
  /** The last task run had a failure or an error, or nothing has run yet. */
  readonly tasksFailed: boolean;
  /** Its check has passed, and a guard holds its tasks back. */
  readonly held: boolean;
  /** Task runs that may still fail; Infinity when unlimited. */
  readonly retriesLeft: number;
}

/** What happens to a condition. */
export type Action =
  /** A check is performed. */
  | { readonly kind: 'checking' }
  /** The check passed. */
  | { readonly kind: 'passed' }
  /** A guard holds its tasks back. */
  | { readonly kind: 'held' }
  /** No guard holds its tasks back any more. */
  | { readonly kind: 'released' }
  /** Its firing is not held any more, and its tasks do not run for it now. */
  | { readonly kind: 'hold-ended' }
  /** The tasks have run. */
  | { readonly kind: 'ran'; readonly failed: boolean }
  | { readonly kind: 'reset' }
  | { readonly kind: 'suspend' }
  /** Ends a suspension; the condition is as at start. */
  | { readonly kind: 'resume' };

type StateTraits = Pick<Traits, 'tasks' | 'recurring' | 'max_tasks_retries' | 'suspended'>;

const attempts = ({ max_tasks_retries }: StateTraits): number =>
  max_tasks_retries < 0 ? Number.POSITIVE_INFINITY : max_tasks_retries + 1;

/** The states in which conditions begin, by what is left of their retries; those of suspended ones besides. */
const INITIAL = { active: new Map<number, ConditionState>(), suspended: new Map<number, ConditionState>() };

/** The state in which a condition begins: the same object for all that begin alike. */
export const initialState = (traits: StateTraits): ConditionState => {
  const { suspended } = traits;
  const known = INITIAL[suspended ? 'suspended' : 'active'];
  const retriesLeft = attempts(traits);
  let state = known.get(retriesLeft);
  if (state === undefined) {
    state = { suspended, succeeded: false, tasksFailed: true, held: false, retriesLeft };
    known.set(retriesLeft, state);
  }
  return state;
};

/** The state that an earlier instance has left, as far as it still applies. */
export const restoredState = (
  { name, retriesLeft }: { readonly name: ConditionStateName; readonly retriesLeft: number },
  traits: StateTraits,
): ConditionState => {
  const initial = initialState(traits);
  const state = { ...initial, suspended: name === 'suspended' };
  if (name === 'finished') return { ...state, succeeded: true, tasksFailed: false };
  if (name !== 'retrying' && name !== 'exhausted') return state;
  // More attempts may be allowed now, or fewer.
  const left =
    name === 'exhausted' ? 0 : Math.min(retriesLeft < 0 ? Number.POSITIVE_INFINITY : retriesLeft, initial.retriesLeft);
  return { ...state, succeeded: true, retriesLeft: left };
};

/** Its tasks have run without a failure, or there are no retries left. */
const isOver = ({ tasksFailed, retriesLeft }: ConditionState): boolean => !tasksFailed || retriesLeft <= 0;

/** The state after an action. */
export const reduce = (state: ConditionState, action: Action, traits: StateTraits): ConditionState => {
  switch (action.kind) {
    case 'checking':
      return state.succeeded ? { ...state, succeeded: false } : state;
    case 'passed':
      return { ...state, succeeded: true };
    case 'held':
      return { ...state, held: true };
    case 'released':
      return { ...state, succeeded: true, held: false };
    case 'hold-ended':
      // One that was held while the tasks ran does not undo what came of them.
      return { ...state, succeeded: state.succeeded && isOver(state), held: false };
    case 'ran':
      return {
        ...state,
        succeeded: true,
        tasksFailed: action.failed,
        retriesLeft: action.failed && !traits.recurring ? state.retriesLeft - 1 : state.retriesLeft,
      };
    case 'reset':
      return { ...state, succeeded: false, tasksFailed: true, held: false, retriesLeft: attempts(traits) };
    case 'suspend':
      return { ...state, suspended: true, held: false };
    case 'resume':
      return { ...initialState(traits), suspended: false };
  }
};

/** Why a condition is not checked; undefined: it is. The first of the reasons that applies. */
export const ineligibility = (state: ConditionState, { tasks, recurring }: StateTraits): Ineligible | undefined => {
  if (tasks.length === 0) return 'no-tasks';
  if (state.suspended) return 'suspended';
  if (recurring) return undefined;
  if (state.succeeded && isOver(state)) return state.tasksFailed ? 'exhausted' : 'finished';
  return state.held ? 'held' : undefined;
};

/** What the state of a condition that is not busy is called. */
export const restingState = (state: ConditionState, traits: StateTraits): ConditionStateName => {
  const ineligible = ineligibility(state, traits);
  if (ineligible !== undefined) return ineligible;
  if (state.held) return 'held';
  return !traits.recurring && state.succeeded && state.tasksFailed ? 'retrying' : 'waiting';
};
