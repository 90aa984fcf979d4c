import type { InstantName, SpanName } from '../../../journal/span-names.ts';

/** How a span is drawn: each kind has a colour and a pattern of its own. */
export const KINDS = ['success', 'failure', 'error', 'negative', 'none', 'other', 'open'] as const;
/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];

/** What the kinds mean, for the legend. */
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  success: 'success, positive',
  failure: 'failure',
  error: 'error',
  negative: 'negative',
  none: 'no outcome',
  other: 'nothing told',
  open: 'still open at the end',
};

const BY_OUTCOME: Readonly<Record<string, Kind>> = {
  success: 'success',
  positive: 'success',
  checked: 'success',
  failure: 'failure',
  error: 'error',
  negative: 'negative',
  none: 'none',
  dropped: 'none',
  open: 'open',
};

/** The kind of an outcome; one that is not known, or none, is `other`. */
export const kindOf = (outcome: string | null | undefined): Kind =>
  (outcome !== null && outcome !== undefined && Object.hasOwn(BY_OUTCOME, outcome) && BY_OUTCOME[outcome]) || 'other';

/** It went wrong. */
export const isBad = (kind: Kind): boolean => kind === 'failure' || kind === 'error';

const ASKED: readonly string[] = ['command', 'lua'] satisfies SpanName[];

/** The kind of a span. What a condition asks a command or a script, and does not get, is no failure: the check is negative. */
export const spanKind = (category: string, item: string | null, outcome: string | null | undefined): Kind => {
  const kind = kindOf(outcome);
  return kind === 'failure' && ASKED.includes(category) && item?.startsWith('condition/') ? 'negative' : kind;
};

/** One of {@link MARKS}: a decision that the daemon tells, or another. */
export type Mark = InstantName | 'other';

/** What the marks mean, for the legend. */
export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  fired: 'event fired',
  skipped: 'check skipped',
  retry: 'to be tried again',
  broken: 'sequence broken off',
  missed: 'instants missed',
  input: 'command given',
  other: 'other decision',
};

/** Marks of decisions without duration. */
export const MARKS = Object.keys(MARK_WORDS) as readonly Mark[];

/** The mark of a category of instants. */
export const markOf = (category: string): Mark => MARKS.find((mark) => mark === category) ?? 'other';
