import { formatInstant } from '../../terminal/instant.ts';
import type { Span, SpanData } from '../span-data.ts';
import { badge, html, type Markup, type Part, sortableTable } from './markup.ts';
import { spanStyle } from './page/legend.ts';

/** So many rows are shown at most, the newest ones: a page with ten thousand failures has to open, too. */
const MOST = 500;
/** So many letters of a reason are shown at most; the log has all of them. */
const LONGEST = 600;

interface ErrorRow {
  readonly time: number;
  readonly item: string;
  readonly what: Part;
  readonly word: string;
  readonly why: string;
  /** Where it is in the page: `span` or `record`, and its place there. */
  readonly place: readonly [kind: 'span' | 'record', index: number];
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** Why a span ended as it did, in its own words. */
const reasonOf = ({ ended }: Span): string | undefined => {
  const { how, exit_status, signal } = ended;
  const status = exit_status === undefined || exit_status === null ? undefined : `exit status ${textOf(exit_status)}`;
  const end = signal ? `signal ${textOf(signal)}` : (status ?? (how === 'exit' ? undefined : textOf(how)));
  return [textOf(ended.why), end, textOf(ended.rule)].filter((part) => part !== undefined).join('; ') || undefined;
};

const failed = ({ category, item, outcome }: Span): boolean =>
  ['failure', 'error'].includes(spanStyle(category, item, outcome));

/** Failed spans by what they are part of: a run, and in it an item. */
const keysOf = ({ run, item, category }: Span): string | undefined =>
  run === null || category === 'run' ? undefined : category === 'task' ? run : `${run} ${item}`;

/** Failed runs with the reasons of their tasks; other spans that failed and are not part of one. */
const failures = (spans: readonly Span[]): ErrorRow[] => {
  const bad = spans.map((span, index) => ({ span, index })).filter(({ span }) => failed(span));
  const inside = new Map<string, Span[]>();
  for (const { span } of bad) {
    const key = keysOf(span);
    if (key !== undefined) inside.set(key, [...(inside.get(key) ?? []), span]);
  }
  const runs = new Set(bad.flatMap(({ span }) => (span.category === 'run' && span.run !== null ? [span.run] : [])));
  const tasks = new Set(bad.flatMap(({ span }) => (span.category === 'task' ? [`${span.run} ${span.item}`] : [])));
  const reasons = (span: Span): string => {
    const key = span.category === 'run' ? span.run : `${span.run} ${span.item}`;
    const parts = (inside.get(key ?? '') ?? []).filter((part) => part.category !== span.category);
    const told = parts.map((part) =>
      span.category === 'run' ? `${part.name}: ${reasons(part)}` : (reasonOf(part) ?? ''),
    );
    const own = reasonOf(span);
    return own ?? ([...new Set(told)].filter(Boolean).join('; ') || `ended with ${span.outcome}`);
  };
  return bad.flatMap(({ span, index }) => {
    const { category, item, run, name, outcome = '', time } = span;
    // A task is told with its run, what it started with the task.
    if (category === 'task' && run !== null && runs.has(run)) return [];
    if (['command', 'lua'].includes(category) && tasks.has(`${run} ${item}`)) return [];
    return [{ time, item: item ?? name, what: category, word: outcome, why: reasons(span), place: ['span', index] }];
  });
};

const said = ({ records }: SpanData): ErrorRow[] =>
  records.flatMap(({ level, time, item, context, message }, index) =>
    level === 'error'
      ? [
          {
            time,
            item: item ?? context.item ?? context.emitter,
            what: 'record',
            word: 'error',
            why: message,
            place: ['record', index],
          },
        ]
      : [],
  );

/** What went wrong: failed runs and records at level error, newest first. */
export const errorsSection = (chronicle: SpanData): Markup => {
  const all = [...failures(chronicle.spans), ...said(chronicle)].sort((a, b) => b.time - a.time);
  const rows = all.slice(0, MOST).map(({ time, item, what, word, why, place: [kind, index] }) => [
    {
      shown: html`<button type="button" class="link" data-${kind}="${index}">${formatInstant(time)}</button>`,
      key: time,
    },
    { shown: what, key: typeof what === 'string' ? what : undefined },
    { shown: item, key: item },
    { shown: badge(word), key: word },
    { shown: html`<span class="why">${why.length > LONGEST ? `${why.slice(0, LONGEST)}…` : why}</span>` },
  ]);
  const columns = ['When', 'What', 'Item', 'Outcome', 'Why'].map((heading) => ({ heading }));
  const more =
    all.length > MOST
      ? html`<p class="note">These are the newest ${MOST} of ${all.length}. The log, at level error, has all records.</p>`
      : undefined;
  return html`<section id="errors" aria-labelledby="errors-title"><h2 id="errors-title">Errors <span class="count">${all.length}</span></h2>
${all.length === 0 ? html`<p class="empty">Nothing went wrong.</p>` : sortableTable('Failed runs and errors in the log', columns, rows)}${more}
</section>`;
};
