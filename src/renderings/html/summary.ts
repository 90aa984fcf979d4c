import { showNs } from '../duration.ts';
import type { SpanData } from '../span-data.ts';
import { Statistics, type Stats, type Summary } from '../statistics.ts';
import { html, type Markup } from './markup.ts';
import { badges } from './outcomes.ts';
import { itemButton, sortableTable, type TableCell, type TableRow } from './table.ts';

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
