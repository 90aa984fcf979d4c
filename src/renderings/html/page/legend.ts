import type { InstantName, SpanName } from '../../../journal/span-names.ts';

/** How a span is drawn: each kind has a colour and a pattern of its own. */
export const SPAN_STYLES = ['success', 'failure', 'error', 'negative', 'none', 'other', 'open'] as const;
/** One of {@link SPAN_STYLES}. */
export type SpanStyle = (typeof SPAN_STYLES)[number];

/** What the kinds mean, for the legend. */
export const SPAN_LABELS: Readonly<Record<SpanStyle, string>> = {
  success: 'success, positive',
  failure: 'failure',
  error: 'error',
  negative: 'negative',
  none: 'no outcome',
  other: 'nothing told',
  open: 'still open at the end',
};

const BY_OUTCOME: Readonly<Record<string, SpanStyle>> = {
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
export const outcomeStyle = (outcome: string | null | undefined): SpanStyle =>
  (outcome !== null && outcome !== undefined && Object.hasOwn(BY_OUTCOME, outcome) && BY_OUTCOME[outcome]) || 'other';

/** It went wrong. */
export const isBad = (kind: SpanStyle): boolean => kind === 'failure' || kind === 'error';

const ASKED: readonly string[] = ['command', 'lua'] satisfies SpanName[];

/** The kind of a span. What a condition asks a command or a script, and does not get, is no failure: the check is negative. */
export const spanStyle = (category: string, item: string | null, outcome: string | null | undefined): SpanStyle => {
  const kind = outcomeStyle(outcome);
  return kind === 'failure' && ASKED.includes(category) && item?.startsWith('condition/') ? 'negative' : kind;
};

/** One of {@link INSTANT_STYLES}: a decision that the daemon tells, or another. */
export type InstantStyle = InstantName | 'other';

/** What the marks mean, for the legend. */
export const INSTANT_LABELS: Readonly<Record<InstantStyle, string>> = {
  fired: 'event fired',
  skipped: 'check skipped',
  retry: 'to be tried again',
  broken: 'sequence broken off',
  missed: 'instants missed',
  input: 'command given',
  other: 'other decision',
};

/** Marks of decisions without duration. */
export const INSTANT_STYLES = Object.keys(INSTANT_LABELS) as readonly InstantStyle[];

/** The mark of a category of instants. */
export const instantStyle = (category: string): InstantStyle =>
  INSTANT_STYLES.find((mark) => mark === category) ?? 'other';
