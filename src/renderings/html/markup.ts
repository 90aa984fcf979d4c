import type { Span } from '../span-data.ts';
import type { Stats } from '../statistics.ts';
import { outcomeStyle, type SpanStyle, spanStyle } from './page/legend.ts';

/** Text that is HTML already; everything else is escaped. */
export interface Markup {
  readonly html: string;
}

/** What may stand in a template: nothing, text, markup, or many of them. */
export type Part = Markup | string | number | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute. Control characters, which HTML cannot hold and terminals obey, are made visible. */
export const escapeText = (text: string): string =>
  text
    .replace(/[&<>"']/g, (c) => ENTITIES[c]!)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);

const written = (part: Part): string => {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(written).join('');
};

/** A template whose values are escaped unless they are markup. */
export const html = (strings: TemplateStringsArray, ...values: readonly Part[]): Markup => ({
  html: strings.reduce((text, string, i) => text + written(values[i - 1]) + string),
});

/** A value as JSON for `<script type="application/json">`: nothing in it can end the element or a line. */
export const embedded = (value: unknown): Markup => ({
  html: JSON.stringify(value).replace(
    /[<>&\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ),
});

/** Text that stands as it is: scripts and style sheets of our own. */
export const verbatim = (text: string): Markup => ({ html: text });

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

/** An outcome as a word with its colour and sign. */
export const badge = (outcome: string, count?: number, kind: SpanStyle = outcomeStyle(outcome)): Markup =>
  html`<span class="badge" data-kind="${kind}"><i></i>${outcome}${count === undefined ? '' : ` ${count}`}</span>`;

/** What a group of spans of a category, and perhaps of one item, came to, as words. */
export const badges = ({ outcomes, open }: Stats, category: string, item: string | null = null): Part => [
  [...outcomes].map(([outcome, count]) => badge(outcome, count, spanStyle(category, item, outcome))),
  open > 0 ? html`<span class="badge" data-kind="open"><i></i>open ${open}</span>` : undefined,
];

/** How many of the last ones a strip shows. */
const STRIP = 30;

/** The last outcomes as a row of little bars, oldest first; the height tells them apart where the colour does not. */
export const outcomeBars = (spans: readonly Span[]): Markup => {
  const last = spans.slice(-STRIP);
  const words = `the last ${last.length}, oldest first: ${last.map(({ outcome = 'open' }) => outcome).join(', ')}`;
  const bars = last.map(({ outcome, finish }, i) => {
    const kind = finish === undefined ? 'open' : outcomeStyle(outcome);
    const [y, height] = kind === 'success' ? [4, 8] : kind === 'failure' || kind === 'error' ? [0, 16] : [7, 2];
    return html`<rect data-kind="${kind}" x="${i * 5}" y="${y}" width="4" height="${height}"/>`;
  });
  return html`<svg class="strip" width="${last.length * 5}" height="16" role="img" aria-label="${words}"><title>${words}</title>${bars}</svg>`;
};
