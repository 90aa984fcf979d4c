import type { Span } from '../span-data.ts';
import type { Stats } from '../statistics.ts';
import { html, type Markup, type Part } from './markup.ts';
import { outcomeStyle, type SpanStyle, spanStyle } from './page/legend.ts';

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
