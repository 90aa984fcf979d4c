import type { InstantName, SpanName } from '../../../journal/span-names.ts';

/** How a span is drawn: each style has its own colour and pattern. */
export const SPAN_STYLES = ['success', 'failure', 'error', 'negative', 'none', 'other', 'open'] as const;
/** One of {@link SPAN_STYLES}. */
export type SpanStyle = (typeof SPAN_STYLES)[number];

/** What the styles mean, for the legend. */
export const SPAN_LABELS: Readonly<Record<SpanStyle, string>> = {
  success: 'success, positive',
  failure: 'failure',
  error: 'error',
  negative: 'negative',
  none: 'inconclusive',
  other: 'no outcome',
  open: 'still open at the end',
};

/** Outcomes that are not the name of their style. */
const SYNONYMS: ReadonlyMap<string, SpanStyle> = new Map([
  ['positive', 'success'],
  ['checked', 'success'],
  ['dropped', 'none'],
]);

/** The style of an outcome; `other` for no outcome and for unknown ones. */
export const outcomeStyle = (outcome: string | null | undefined): SpanStyle =>
  SYNONYMS.get(outcome ?? '') ?? SPAN_STYLES.find((style) => style === outcome) ?? 'other';

export const isBad = (style: SpanStyle): boolean => style === 'failure' || style === 'error';

const CHECKING: readonly string[] = ['command', 'lua'] satisfies SpanName[];

/** The style of a span. If the command or script of a condition fails, the check is negative, which is not a failure. */
export const spanStyle = (category: string, item: string | null, outcome: string | null | undefined): SpanStyle => {
  const style = outcomeStyle(outcome);
  return style === 'failure' && CHECKING.includes(category) && item?.startsWith('condition/') ? 'negative' : style;
};

/** One of {@link INSTANT_STYLES}: a decision of the daemon, or another one. */
export type InstantStyle = Exclude<InstantName, 'linked'> | 'other';

/** What the shapes mean, for the legend. */
export const INSTANT_LABELS: Readonly<Record<InstantStyle, string>> = {
  fired: 'event fired',
  skipped: 'check skipped',
  retry: 'to be tried again',
  broken: 'sequence broken off',
  missed: 'instants missed',
  input: 'command given',
  other: 'other decision',
};

/** Styles of decisions without duration. */
export const INSTANT_STYLES = Object.keys(INSTANT_LABELS) as readonly InstantStyle[];

/** The style of a category of instants. */
export const instantStyle = (category: string): InstantStyle =>
  INSTANT_STYLES.find((style) => style === category) ?? 'other';
