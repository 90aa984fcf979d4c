import type { Reason } from './reasons.ts';

/** The words for how a task run ended. */
export type OutcomeKind = Outcome['kind'];

/** How a task run ended. `error`: the task could not do its work at all. */
export type Outcome = (
  | { readonly kind: 'success' | 'failure' | 'none'; readonly reason?: Reason }
  | { readonly kind: 'error'; readonly reason: Reason }
) & {
  /** How often it was tried, if more than once; the rest is about the last attempt. */
  readonly attempts?: number;
};

export const SUCCESS: Outcome = { kind: 'success' };
export const FAILURE: Outcome = { kind: 'failure' };
export const NONE: Outcome = { kind: 'none' };
/** The task could not do its work at all. */
export const taskError = (reason: Reason): Outcome => ({ kind: 'error', reason });

/** Why a run is ended early. */
export type EarlyEnd = Extract<Reason, { code: 'cancelled' | 'replaced' }>;

/** How a run of a condition ended: `cancelled` and `replaced` are early ends, which are not failures. */
export type RunOutcomeKind = 'success' | 'failure' | 'none' | EarlyEnd['code'];

/** How the check of a condition ended. `error`: it could not be checked. */
export type CheckResult =
  | { readonly kind: 'passed' | 'inconclusive'; readonly reason?: Reason }
  /** `notDue`: nothing was checked yet. It is not recorded, unless `reason` says what is waited for. */
  | { readonly kind: 'failed'; readonly reason?: Reason; readonly notDue?: true }
  | { readonly kind: 'error'; readonly reason: Reason };

export const PASSED: CheckResult = { kind: 'passed' };
export const FAILED: CheckResult = { kind: 'failed' };
export const INCONCLUSIVE: CheckResult = { kind: 'inconclusive' };
/** It was not due yet: one object for all visits, which allocates nothing. */
export const NOT_DUE: CheckResult = { kind: 'failed', notDue: true };
export const passed = (reason: Reason): CheckResult => ({ kind: 'passed', reason });
export const failed = (reason: Reason): CheckResult => ({ kind: 'failed', reason });

/** The words of timespans, stories and recordings, which programs read. */
export const RECORDED_RESULT: Readonly<Record<CheckResult['kind'], string>> = {
  passed: 'positive',
  failed: 'negative',
  inconclusive: 'none',
  error: 'error',
};

/** How a run of these tasks ended. */
export const runOutcome = (
  executed: readonly { readonly outcome: Outcome }[],
  ended: EarlyEnd | undefined,
): RunOutcomeKind => {
  if (ended !== undefined) return ended.code;
  if (executed.some(({ outcome }) => countsAsFailed(outcome))) return 'failure';
  return executed.length > 0 && executed.every(({ outcome }) => outcome.kind === 'none') ? 'none' : 'success';
};

/** Failures and errors count against a run; a run without an outcome does not. */
export const countsAsFailed = (outcome: Outcome): boolean => outcome.kind === 'failure' || outcome.kind === 'error';
