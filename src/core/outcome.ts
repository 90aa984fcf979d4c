import type { Why } from '../journal/ledger.ts';

/** How a task run ended. `why` is for the story: `exit status 1, not 0`. */
export type Outcome =
  | { readonly kind: 'success' | 'failure' | 'none'; readonly why?: string }
  | { readonly kind: 'error'; readonly reason: string };

export const SUCCESS: Outcome = { kind: 'success' };
export const FAILURE: Outcome = { kind: 'failure' };
export const NONE: Outcome = { kind: 'none' };
/** The task could not do its work at all. */
export const taskError = (reason: string): Outcome => ({ kind: 'error', reason });

/** How the test of a condition ended. `why` is for the story: `stdout lacked "ready"`. */
export type CheckResult =
  | { readonly kind: 'passed' | 'inconclusive'; readonly why?: Why }
  /** `early`: it was not due yet, which is no news. */
  | { readonly kind: 'failed'; readonly why?: Why; readonly early?: true }
  | { readonly kind: 'error'; readonly reason: string };

export const PASSED: CheckResult = { kind: 'passed' };
export const FAILED: CheckResult = { kind: 'failed' };
/** It was not due yet. */
export const NOT_DUE: CheckResult = { kind: 'failed', early: true };
/** With the reason for the story. */
export const passed = (why: Why): CheckResult => ({ kind: 'passed', why });
export const failed = (why: Why): CheckResult => ({ kind: 'failed', why });
export const INCONCLUSIVE: CheckResult = { kind: 'inconclusive' };

/** The words of timespans, stories and recordings, which programs read. */
export const RECORDED_RESULT: Readonly<Record<CheckResult['kind'], string>> = {
  passed: 'positive',
  failed: 'negative',
  inconclusive: 'none',
  error: 'error',
};

/** Failure and error count against a run; "no outcome" does not (`scheduling.md` §6.3). */
export const countsAsFailed = (outcome: Outcome): boolean => outcome.kind === 'failure' || outcome.kind === 'error';
