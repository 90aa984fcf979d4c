import { formatInstant } from '../../terminal/instant.ts';
import type { Span, SpanData } from '../span-data.ts';
import { grouped, p95Of, statsOf } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { badge, outcomeBars } from './outcomes.ts';
import { lengthCell } from './summary.ts';
import { itemButton, sortableTable, type TableRow } from './table.ts';

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
export const tasksSection = ({ spans, items: plan }: SpanData): Markup => {
  const ran = grouped(
    spans.filter(({ category }) => category === 'task'),
    ({ item, name }) => item ?? name,
  );
  const items = new Set([...(plan?.tasks ?? []).map(({ name }) => `task/${name}`), ...ran.keys()]);
  const rows = [...items].map((item) => rowOf(item, ran.get(item) ?? []));
  return html`<section id="tasks" aria-labelledby="tasks-title"><h2 id="tasks-title">Tasks</h2>
${rows.length === 0 ? html`<p class="empty">No task has run.</p>` : sortableTable('Runs of each task', COLUMNS, rows)}
</section>`;
};
