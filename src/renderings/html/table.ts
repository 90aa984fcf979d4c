import { html, type Markup, type Part } from './markup.ts';

/** A column: its heading, and whether it holds numbers; `plain`: it cannot be sorted. */
export interface TableColumn {
  readonly heading: string;
  readonly numeric?: boolean;
  readonly plain?: boolean;
}

/** A cell: what is shown, and by what it is sorted when that is something else. */
export interface TableCell {
  readonly shown: Part;
  readonly key?: string | number | undefined;
}

/** A row; the first cell is its heading. */
export type TableRow = readonly TableCell[];

const head = ({ heading, numeric, plain }: TableColumn): Markup =>
  plain
    ? html`<th scope="col">${heading}</th>`
    : html`<th scope="col"${numeric ? html` class="number"` : ''}><button type="button">${heading}</button></th>`;

const cell = (column: TableColumn, { shown, key }: TableCell, first: boolean): Markup => {
  const sorted = key === undefined ? '' : html` data-key="${key}"`;
  const number = column.numeric ? html` class="number"` : '';
  return first ? html`<th scope="row"${sorted}>${shown}</th>` : html`<td${number}${sorted}>${shown}</td>`;
};

/** A table whose headings sort it once the script runs. It scrolls in its own frame when it is too wide. */
export const sortableTable = (
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
): Markup => html`
<div class="frame" tabindex="0" role="region" aria-label="${caption}"><table class="sortable">
<caption>${caption}</caption>
<thead><tr>${columns.map(head)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((one, i) => cell(columns[i]!, one, i === 0))}</tr>\n`)}</tbody>
</table></div>`;

/** A button that shows an item in the timeline and the log; without the script it is text. */
export const itemButton = (item: string, name: string): Markup =>
  html`<button type="button" class="link" data-item="${item}">${name}</button>`;
