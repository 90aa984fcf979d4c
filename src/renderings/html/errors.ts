import { formatInstant } from '../../terminal/instant.ts';
import type { Span, SpanData } from '../span-data.ts';
import { badge, html, type Markup, section, sortableTable } from './markup.ts';
import { isBad, spanStyle } from './page/legend.ts';

/** Rows that are shown, the newest ones: a page with ten thousand failures has to open as well. */
const MOST = 500;
/** Characters of a reason that are shown; the log has all of them. */
const LONGEST = 600;

interface ErrorRow {
  readonly time: number;
  readonly item: string;
  readonly what: string;
  readonly outcome: string;
  readonly why: string;
  /** The last lines that were written. */
  readonly output?: string | undefined;
  /** The span or record that it links to. */
  readonly link: readonly [kind: 'span' | 'record', index: number];
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** The recorded reason for the outcome of a span. */
const reasonOf = ({ ended }: Span): string | undefined => {
  const { how, exit_status, signal } = ended;
  const status = textOf(exit_status);
  const end = signal ? `signal ${textOf(signal)}` : status === undefined ? textOf(how) : `exit status ${status}`;
  return [textOf(ended.why), end, textOf(ended.rule)].filter((part) => part !== undefined).join('; ') || undefined;
};

/** A span that ended badly has an outcome. */
type FailedSpan = Span & { readonly outcome: string };

const hasFailed = (span: Span): span is FailedSpan => isBad(spanStyle(span.category, span.item, span.outcome));

/** Whether a span has tasks: that of a run, or of a hook. */
const hasTasks = ({ category }: Span): boolean => category === 'run' || category === 'hook';

/** What a failed span is part of: a task of its run, a command or script of its run and item. */
const parentKey = (span: Span): string | undefined => {
  const { run, item, category } = span;
  return run === null || hasTasks(span) ? undefined : category === 'task' ? run : `${run} ${item}`;
};

/** Failed runs with the reasons of their tasks, and other failed spans that are not part of one. */
const failureRows = (spans: readonly Span[]): ErrorRow[] => {
  const bad = spans.flatMap((span, index) => (hasFailed(span) ? [{ span, index }] : []));
  const children = new Map<string | null, FailedSpan[]>();
  const parents = new Set<string>();
  const attempts = new Set<string>();
  for (const { span } of bad) {
    const parent = parentKey(span);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), span]);
    if (hasTasks(span) && span.run !== null) parents.add(span.run);
    if (span.category === 'task') parents.add(`${span.run} ${span.item}`);
    if (span.category === 'attempt') attempts.add(`${span.run} ${span.item}`);
  }
  const reasons = (span: FailedSpan): string => {
    const own = reasonOf(span);
    if (own !== undefined) return own;
    const key = hasTasks(span) ? span.run : `${span.run} ${span.item}`;
    const parts = (children.get(key) ?? []).filter((part) => part.category !== span.category);
    const theirs = parts.map((part) => (hasTasks(span) ? `${part.name}: ${reasons(part)}` : (reasonOf(part) ?? '')));
    return [...new Set(theirs)].filter(Boolean).join('; ') || `ended with ${span.outcome}`;
  };
  /** Of a run: what the first of its tasks that failed has written. */
  const outputOf = (span: FailedSpan): string | undefined => {
    if (!hasTasks(span)) return textOf(span.ended.output);
    return children
      .get(span.run)
      ?.map((part) => textOf(part.ended.output))
      .find((output) => output !== undefined);
  };
  const isPart = ({ category, run, item }: Span): boolean => {
    if (category === 'task') return run !== null && parents.has(run);
    const whole = `${run} ${item}`;
    if (category === 'attempt') return parents.has(whole);
    return ['command', 'lua'].includes(category) && (parents.has(whole) || attempts.has(whole));
  };
  return bad
    .filter(({ span }) => !isPart(span))
    .map(
      ({ span, index }): ErrorRow => ({
        ...{ time: span.time, item: span.item ?? span.name, what: span.category, outcome: span.outcome },
        ...{ why: reasons(span), output: outputOf(span), link: ['span', index] },
      }),
    );
};

const recordRows = ({ records }: SpanData): ErrorRow[] =>
  records.flatMap(({ level, time, item, context, message }, index): ErrorRow[] => {
    if (level !== 'error') return [];
    const where = item ?? context.item ?? context.emitter;
    return [{ time, item: where, what: 'record', outcome: 'error', why: message, link: ['record', index] }];
  });

/** Failed runs and records at level error, newest first. */
export const errorsSection = (data: SpanData): Markup => {
  const all = [...failureRows(data.spans), ...recordRows(data)].sort((a, b) => b.time - a.time);
  const rows = all.slice(0, MOST).map(({ time, item, what, outcome, why, output, link: [kind, index] }) => [
    {
      shown: html`<button type="button" class="link" data-${kind}="${index}">${formatInstant(time)}</button>`,
      key: time,
    },
    ...[what, item, { shown: badge(outcome), key: outcome }],
    {
      shown: html`<span class="why">${why.length > LONGEST ? `${why.slice(0, LONGEST)}…` : why}</span>${output === undefined ? '' : html`<span class="output">${output}</span>`}`,
    },
  ]);
  const columns = ['When', 'What', 'Item', 'Outcome', 'Why'].map((heading) => ({ heading }));
  const more =
    all.length > MOST
      ? html`<p class="note">These are the newest ${MOST} of ${all.length}. The log, at level error, has all records.</p>`
      : undefined;
  const body =
    all.length === 0
      ? html`<p class="empty">No failed runs and no errors.</p>`
      : sortableTable('Failed runs and errors in the log', columns, rows);
  return section('Errors', [body, more], all.length);
};
