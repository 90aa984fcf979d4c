import { formatInstant } from '../../terminal/instant.ts';
import { showNs } from '../duration.ts';
import type { Span, SpanData } from '../span-data.ts';
import { SpanCounter, Statistics, type Stats, type Summary } from '../statistics.ts';
import {
  badge,
  badges,
  html,
  itemButton,
  type Markup,
  outcomeBars,
  section,
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

/** The 95th percentile of lengths, ns; undefined: no span has ended. */
const p95Of = (spans: readonly Span[]): number | undefined => {
  const lengths = spans.flatMap(({ start, finish }) => (finish === undefined ? [] : [finish - start]));
  return lengths.sort((a, b) => a - b)[Math.ceil(lengths.length * 0.95) - 1];
};

/** A length as a cell; undefined: a dash. */
const lengthCell = (ns: number | undefined): TableCell => ({
  shown: ns === undefined ? '–' : showNs(ns),
  key: ns ?? -1,
});

const numeric = (...headings: readonly string[]) => headings.map((heading) => ({ heading, numeric: true }));

const TASK_COLUMNS = [
  { heading: 'Task' },
  ...numeric('Runs', 'Success', 'Failure', 'Other', 'Mean', 'p95', 'Max'),
  ...[{ heading: 'Last outcome' }, { heading: 'Last run' }, { heading: 'Recent', plain: true }],
];

const taskRow = (item: string, spans: readonly Span[]): TableRow => {
  const name = item.replace(/^task\//, '');
  const { count, open, outcomes, mean, max } = statsOf(spans);
  const [success = 0, failure = 0] = [outcomes.get('success'), outcomes.get('failure')];
  const last = spans.at(-1);
  const figures = [count, success, failure, count - success - failure];
  if (last === undefined)
    return [
      ...[name, ...figures, lengthCell(undefined), lengthCell(undefined), lengthCell(undefined)],
      ...[{ shown: badge('never run'), key: 'never run' }, { shown: '–', key: -1 }, { shown: undefined }],
    ];
  const outcome = last.finish === undefined ? 'open' : (last.outcome ?? 'no outcome');
  const ended = count > open;
  return [
    { shown: itemButton(item, name), key: name },
    ...figures,
    lengthCell(ended ? mean : undefined),
    lengthCell(p95Of(spans)),
    lengthCell(ended ? max : undefined),
    { shown: badge(outcome), key: outcome },
    { shown: formatInstant(last.time), key: last.time },
    { shown: outcomeBars(spans) },
  ];
};

/** A table of the tasks, with tasks of the configuration that never ran. */
export const tasksSection = ({ spans, items }: SpanData): Markup => {
  const ran = new Map<string, Span[]>((items?.tasks ?? []).map(({ name }) => [`task/${name}`, []]));
  for (const span of spans) {
    if (span.category !== 'task') continue;
    const key = span.item ?? span.name;
    const group = ran.get(key);
    if (group) group.push(span);
    else ran.set(key, [span]);
  }
  const rows = [...ran].map(([item, group]) => taskRow(item, group));
  return section(
    'Tasks',
    rows.length === 0
      ? html`<p class="empty">No task has run.</p>`
      : sortableTable('Runs of each task', TASK_COLUMNS, rows),
  );
};

const cells = (stats: Stats, category: string, item: string | null = null): TableRow => {
  const { count, open, mean, min, max, total } = stats;
  const lengths = [mean, min, max, total].map((ns) => lengthCell(count === open ? undefined : ns));
  return [count, ...lengths, { shown: badges(stats, category, item) }];
};

const summaryOf = ({ spans, from, to, time }: SpanData): Summary => {
  let summary: Summary | undefined;
  const statistics = new Statistics((made) => {
    summary = made;
  });
  for (const span of spans) statistics.ended(span);
  statistics.end({ from, to, time, lost: 0 });
  return summary!;
};

/** A table of all categories, and one of each category and item. */
export const summarySection = (data: SpanData): Markup => {
  const { categories } = summaryOf(data);
  const columns = [...numeric('Count', 'Mean', 'Min', 'Max', 'Total'), { heading: 'Outcomes', plain: true }];
  const all = categories.map((one) => [one.category, ...cells(one, one.category)]);
  const each = categories.flatMap(({ category, items }) =>
    items.map((one) => [
      category,
      { shown: itemButton(one.item, one.item), key: one.item },
      ...cells(one, category, one.item),
    ]),
  );
  return section('Summary', [
    all.length > 0
      ? sortableTable('Time by category', [{ heading: 'Category' }, ...columns], all)
      : html`<p class="empty">No timespans are recorded.</p>`,
    each.length > 0
      ? sortableTable('Time by category and item', [{ heading: 'Category' }, { heading: 'Item' }, ...columns], each)
      : undefined,
  ]);
};
