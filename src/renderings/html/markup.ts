import type { Span } from '../span-data.ts';
import type { Stats } from '../statistics.ts';
import { isBad, outcomeStyle, type SpanStyle, spanStyle } from './page/legend.ts';

/** Text that is already HTML and is not escaped. */
export interface Markup {
  readonly html: string;
}

/** A value in a template: nothing, text, markup, or a list of them. */
export type Part = Markup | string | number | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text for an element or a quoted attribute. Control characters are made visible: HTML cannot hold them, and terminals would
 * interpret them.
 */
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

/** A value as JSON for `<script type="application/json">`; characters that could end the element or a line are escaped. */
export const embedded = (value: unknown): Markup => ({
  html: JSON.stringify(value).replace(
    /[<>&\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ),
});

/** Text that is inserted unchanged: the scripts and style sheets of the page. */
export const verbatim = (text: string): Markup => ({ html: text });

/** A section of the page with its heading; `count` is shown beside it. */
export const section = (title: string, body: Part, count?: number): Markup => {
  const id = title.toLowerCase();
  const shown = count === undefined ? '' : html` <span class="count">${count}</span>`;
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}${shown}</h2>
${body}
</section>`;
};

/** A column; `plain`: it cannot be sorted. */
interface TableColumn {
  readonly heading: string;
  readonly numeric?: boolean;
  readonly plain?: boolean;
}

/** A cell; `key`: its sort key, if that is not its text. Text and numbers are their own keys. */
export type TableCell = string | number | { readonly shown: Part; readonly key?: string | number | undefined };

/** A row; the first cell is its heading. */
export type TableRow = readonly TableCell[];

const head = ({ heading, numeric, plain }: TableColumn): Markup =>
  plain
    ? html`<th scope="col">${heading}</th>`
    : html`<th scope="col"${numeric ? html` class="number"` : ''}><button type="button">${heading}</button></th>`;

const cell = (column: TableColumn, content: TableCell, first: boolean): Markup => {
  const { shown, key } = typeof content === 'object' ? content : { shown: content, key: content };
  const sorted = key === undefined ? '' : html` data-key="${key}"`;
  const number = column.numeric ? html` class="number"` : '';
  return first ? html`<th scope="row"${sorted}>${shown}</th>` : html`<td${number}${sorted}>${shown}</td>`;
};

/** A table that the script makes sortable by its headings. It scrolls in its own frame if it is too wide. */
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

/** A button that shows an item in the timeline. */
export const itemButton = (item: string, name: string): Markup =>
  html`<button type="button" class="link" data-item="${item}">${name}</button>`;

/** An outcome with its colour and sign. */
export const badge = (outcome: string, count?: number, style: SpanStyle = outcomeStyle(outcome)): Markup =>
  html`<span class="badge" data-kind="${style}"><i></i>${outcome}${count === undefined ? '' : ` ${count}`}</span>`;

/** The outcomes of a group of spans of one category, and of one item if it is given. */
export const badges = ({ outcomes, open }: Stats, category: string, item: string | null = null): Part => [
  [...outcomes].map(([outcome, count]) => badge(outcome, count, spanStyle(category, item, outcome))),
  open > 0 ? badge('open', open) : undefined,
];

/** How many outcomes are shown as bars. */
const MOST_BARS = 30;

/** The last outcomes as a row of bars, oldest first. The height differs too, so that colour is not the only sign. */
export const outcomeBars = (spans: readonly Span[]): Markup => {
  const last = spans.slice(-MOST_BARS);
  const words = `the last ${last.length}, oldest first: ${last.map(({ outcome = 'open' }) => outcome).join(', ')}`;
  const bars = last.map(({ outcome, finish }, i) => {
    const style = finish === undefined ? 'open' : outcomeStyle(outcome);
    const [y, height] = style === 'success' ? [4, 8] : isBad(style) ? [0, 16] : [7, 2];
    return html`<rect data-kind="${style}" x="${i * 5}" y="${y}" width="4" height="${height}"/>`;
  });
  return html`<svg class="outcomes" width="${last.length * 5}" height="16" role="img" aria-label="${words}"><title>${words}</title>${bars}</svg>`;
};
