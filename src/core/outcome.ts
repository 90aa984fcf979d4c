/** How a task run ended. An `error` says why; the other three need no words. */
export type Outcome =
  | { readonly kind: 'success' }
  | { readonly kind: 'failure' }
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly reason: string };

export const SUCCESS: Outcome = { kind: 'success' };
export const FAILURE: Outcome = { kind: 'failure' };
export const NONE: Outcome = { kind: 'none' };
/** The task could not do its work at all. */
export const failed = (reason: string): Outcome => ({ kind: 'error', reason });

/** How the test of a condition ended. */
export type Verdict =
  | { readonly kind: 'positive' }
  | { readonly kind: 'negative' }
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly reason: string };

export const POSITIVE: Verdict = { kind: 'positive' };
export const NEGATIVE: Verdict = { kind: 'negative' };
export const UNDECIDED: Verdict = { kind: 'none' };

/** Failure and error count against a run; "no outcome" does not (`scheduling.md` §6.3). */
export const countsAsFailed = (outcome: Outcome): boolean => outcome.kind === 'failure' || outcome.kind === 'error';
