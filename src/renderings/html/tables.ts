import { formatInstant } from '../../terminal/instant.ts';
import { showNs } from '../duration.ts';
import type { Span, SpanData } from '../span-data.ts';
import { CATEGORIES, SpanCounter, Statistics, type Stats, type Summary } from '../statistics.ts';
import {
  badge,
  badges,
  html,
  itemButton,
  type Markup,
  outcomeBars,
  sortableTable,
  type TableCell,
  type TableRow,
} from './markup.ts';

/** The figures of some spans. */
export const statsOf = (spans: readonly Span[]): Stats => {
  const counter = new SpanCounter();
  for (const span of spans) counter.add(span);
  return counter;
};

/** 95 of 100 took no longer, ns; undefined: none has ended. */
export const p95Of = (spans: readonly Span[]): number | undefined => {
  const lengths = spans.flatMap(({ start, finish }) => (finish === undefined ? [] : [finish - start]));
  return lengths.sort((a, b) => a - b)[Math.ceil(lengths.length * 0.95) - 1];
};

/** Spans by a key, in the order in which the keys appear. */
export const grouped = <K>(spans: readonly Span[], keyOf: (span: Span) => K): ReadonlyMap<K, readonly Span[]> => {
  const groups = new Map<K, Span[]>();
  for (const span of spans) {
    const group = groups.get(keyOf(span));
    if (group) group.push(span);
    else groups.set(keyOf(span), [span]);
  }
  return groups;
};

/** Compares categories: the known ones as one leads to the other, then by name. */
export const byCategory = (a: string, b: string): number => {
  const place = (category: string) =>
    CATEGORIES.includes(category) ? CATEGORIES.indexOf(category) : CATEGORIES.length;
  return place(a) - place(b) || a.localeCompare(b);
};

const COLUMNS = [
  { heading: 'Task' },
  { heading: 'Runs', numeric: true },
  { heading: 'Success', numeric: true },
  { heading: 'Failure', numeric: true },
  { heading: 'Other', numeric: true },
  { heading: 'Mean', numeric: true },
  { heading: 'p95', numeric: true },
  { heading: 'Max', numeric: true },
  { heading: 'Last outcome' },
  { heading: 'Last run' },
  { heading: 'Lately', plain: true },
] as const;

const rowOf = (item: string, spans: readonly Span[]): TableRow => {
  const name = item.replace(/^task\//, '');
  const { count, open, outcomes, mean, max } = statsOf(spans);
  const [success = 0, failure = 0] = [outcomes.get('success'), outcomes.get('failure')];
  const last = spans.at(-1);
  const lastOutcome =
    last === undefined ? 'never run' : last.finish === undefined ? 'open' : (last.outcome ?? 'not told');
  return [
    { shown: last === undefined ? name : itemButton(item, name), key: name },
    { shown: count, key: count },
    { shown: success, key: success },
    { shown: failure, key: failure },
    { shown: count - success - failure, key: count - success - failure },
    lengthCell(count === open ? undefined : mean),
    lengthCell(p95Of(spans)),
    lengthCell(count === open ? undefined : max),
    { shown: badge(lastOutcome), key: lastOutcome },
    { shown: last === undefined ? '–' : formatInstant(last.time), key: last?.time ?? -1 },
    { shown: last === undefined ? undefined : outcomeBars(spans) },
  ];
};

/** A table of the tasks, those of the configuration that never ran too. */
export const tasksSection = ({ spans, items: configured }: SpanData): Markup => {
  const ran = grouped(
    spans.filter(({ category }) => category === 'task'),
    ({ item, name }) => item ?? name,
  );
  const items = new Set([...(configured?.tasks ?? []).map(({ name }) => `task/${name}`), ...ran.keys()]);
  const rows = [...items].map((item) => rowOf(item, ran.get(item) ?? []));
  return html`<section id="tasks" aria-labelledby="tasks-title"><h2 id="tasks-title">Tasks</h2>
${rows.length === 0 ? html`<p class="empty">No task has run.</p>` : sortableTable('Runs of each task', COLUMNS, rows)}
</section>`;
};

/** A length as a cell, in order of length; none: a dash. */
export const lengthCell = (ns: number | undefined): TableCell => ({
  shown: ns === undefined ? '–' : showNs(ns),
  key: ns ?? -1,
});

const cells = (stats: Stats, category: string, item: string | null = null): TableRow => {
  const { count, open, mean, min, max, total } = stats;
  const lengths = [mean, min, max, total].map((ns) => lengthCell(count === open ? undefined : ns));
  return [{ shown: count, key: count }, ...lengths, { shown: badges(stats, category, item) }];
};

const summaryOf = ({ spans, from, to, time }: SpanData): Summary => {
  let summary: Summary | undefined;
  const tally = new Statistics((made) => {
    summary = made;
  });
  for (const span of spans) tally.ended(span);
  tally.end({ from, to, time, lost: 0 });
  return summary!;
};

/** A table of all categories, and one of each category and item. */
export const summarySection = (chronicle: SpanData): Markup => {
  const heading = html`<h2 id="summary-title">Summary</h2>`;
  const { categories } = summaryOf(chronicle);
  const numbers = ['Count', 'Mean', 'Min', 'Max', 'Total'].map((name) => ({ heading: name, numeric: true }));
  const outcomes = { heading: 'Outcomes', plain: true };
  const all = categories.map((one) => [{ shown: one.category, key: one.category }, ...cells(one, one.category)]);
  const each = categories.flatMap(({ category, items }) =>
    items.map((one) => [
      { shown: category, key: category },
      { shown: itemButton(one.item, one.item), key: one.item },
      ...cells(one, category, one.item),
    ]),
  );
  return html`<section id="summary" aria-labelledby="summary-title">${heading}
${all.length > 0 ? sortableTable('Time by category', [{ heading: 'Category' }, ...numbers, outcomes], all) : html`<p class="empty">No timespans are recorded.</p>`}
${each.length > 0 ? sortableTable('Time by category and item', [{ heading: 'Category' }, { heading: 'Item' }, ...numbers, outcomes], each) : undefined}
</section>`;
};
