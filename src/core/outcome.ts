import type { Why } from '../journal/ledger.ts';

/** How a task run ended. `why` is for the story: `exit status 1, not 0`. */
export type Outcome =
  | { readonly kind: 'success' | 'failure' | 'none'; readonly why?: string }
  | { readonly kind: 'error'; readonly reason: string };

export const SUCCESS: Outcome = { kind: 'success' };
export const FAILURE: Outcome = { kind: 'failure' };
export const NONE: Outcome = { kind: 'none' };
/** The task could not do its work at all. */
export const failed = (reason: string): Outcome => ({ kind: 'error', reason });

/** How the test of a condition ended. `why` is for the story: `stdout lacked "ready"`. */
export type Verdict =
  | { readonly kind: 'positive' | 'none'; readonly why?: Why }
  /** `early`: it was not due yet, which is no news. */
  | { readonly kind: 'negative'; readonly why?: Why; readonly early?: true }
  | { readonly kind: 'error'; readonly reason: string };

export const POSITIVE: Verdict = { kind: 'positive' };
export const NEGATIVE: Verdict = { kind: 'negative' };
/** It was not due yet. */
export const EARLY: Verdict = { kind: 'negative', early: true };
/** With the reason for the story. */
export const positive = (why: Why): Verdict => ({ kind: 'positive', why });
export const negative = (why: Why): Verdict => ({ kind: 'negative', why });
export const UNDECIDED: Verdict = { kind: 'none' };

/** Failure and error count against a run; "no outcome" does not (`scheduling.md` §6.3). */
export const countsAsFailed = (outcome: Outcome): boolean => outcome.kind === 'failure' || outcome.kind === 'error';
