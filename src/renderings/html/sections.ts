import { LEVELS } from '../../log/record.ts';
import type { SpanData } from '../span-data.ts';
import { html, type Markup } from './markup.ts';
import { INSTANT_LABELS, INSTANT_STYLES, instantStyle, SPAN_LABELS, SPAN_STYLES } from './page/legend.ts';
import { byCategory } from './tables.ts';

const button = (id: string, name: string, shown: string): Markup =>
  html`<button type="button" id="${id}" aria-label="${name}" title="${name}">${shown}</button>`;

const keys = (names: readonly string[], does: string): Markup =>
  html`<span>${names.map((name) => html`<kbd>${name}</kbd>`)} ${does}</span>`;

const legend = ({ instants }: SpanData): Markup => {
  const marks = INSTANT_STYLES.filter((mark) => instants.some(({ category }) => instantStyle(category) === mark));
  return html`<ul class="legend" aria-label="Signs">${SPAN_STYLES.map(
    (kind) => html`<li class="badge" data-kind="${kind}"><i></i>${SPAN_LABELS[kind]}</li>`,
  )}${marks.map((mark) => html`<li class="badge" data-mark="${mark}"><i></i>${INSTANT_LABELS[mark]}</li>`)}</ul>`;
};

/** The frame in which the script draws the timeline, and what steers it. */
export const timelineSection = (chronicle: SpanData): Markup => {
  const { spans, instants } = chronicle;
  const heading = html`<h2 id="timeline-title">Timeline</h2>`;
  if (spans.length + instants.length === 0)
    return html`<section id="timeline" aria-labelledby="timeline-title">${heading}<p class="empty">No timespans are recorded.</p></section>`;
  const categories = [...new Set(spans.map(({ category }) => category))].sort(byCategory);
  const boxes = categories.map(
    (category) => html`<label><input type="checkbox" name="category" value="${category}" checked> ${category}</label>`,
  );
  return html`<section id="timeline" aria-labelledby="timeline-title">${heading}
<p class="scriptless">The timeline needs scripts, which are switched off.</p>
<div class="tools" role="group" aria-label="Timeline">
<div class="buttons">${button('zoom-in', 'Zoom in', '+')}${button('zoom-out', 'Zoom out', '−')}${button('earlier', 'Earlier', '◀')}${button('later', 'Later', '▶')}${button('fit', 'Fit everything', 'Fit')}</div>
<fieldset><legend>Show</legend>${boxes}<label><input type="checkbox" name="decisions" checked> decisions</label></fieldset>
<label>Items <input type="search" id="lanes" placeholder="part of a name" autocomplete="off" spellcheck="false"></label>
</div>
<canvas id="strip" aria-hidden="true"></canvas>
<div id="stage">
<div id="chart">
<div id="scroller"><canvas id="canvas" tabindex="0" role="application" aria-label="Timeline of ${spans.length} spans" aria-describedby="timeline-keys"></canvas><div id="spacer"></div></div>
<div id="tip" hidden></div>
</div>
<div id="details" role="region" aria-label="Details" tabindex="-1" hidden></div>
</div>
${legend(chronicle)}
<p class="keys" id="timeline-keys">${[
    keys(['←', '→'], 'move in time'),
    keys(['+', '−'], 'zoom'),
    keys(['0'], 'show everything'),
    keys(['↑', '↓'], 'other item'),
    keys(['<', '>'], 'span before, after'),
    keys(['Enter'], 'details'),
    keys(['Esc'], 'close them'),
  ]}<span>The wheel zooms once the timeline is clicked, or with Ctrl; drag to move.</span></p>
<p id="said" class="unseen" aria-live="polite"></p>
</section>`;
};

/** The frame in which the script shows the log, and its filters. */
export const logSection = ({ records }: SpanData): Markup => {
  const heading = html`<h2 id="log-title">Log <span class="count">${records.length}</span></h2>`;
  if (records.length === 0)
    return html`<section id="log" aria-labelledby="log-title">${heading}<p class="empty">No log records are recorded.</p></section>`;
  const items = [...new Set(records.map(({ item, context }) => item ?? context.item))].filter((item) => item !== null);
  return html`<section id="log" aria-labelledby="log-title">${heading}
<p class="scriptless">The log needs scripts, which are switched off.</p>
<form class="tools" id="filters" aria-label="Filters of the log">
<label>Level <select id="level">${LEVELS.map((level, i) => html`<option value="${i}">${i === 0 ? 'all' : i === LEVELS.length - 1 ? level : `${level} and above`}</option>`)}</select></label>
<label>Item <select id="item"><option value="">all</option>${items.sort().map((item) => html`<option>${item}</option>`)}</select></label>
<label>Text <input type="search" id="text" placeholder="in message or place" autocomplete="off" spellcheck="false"></label>
<label>Cause or run <input type="search" id="cause" placeholder="tick-17, run-5" autocomplete="off" spellcheck="false"></label>
<button type="reset" id="clear">Clear</button>
<output id="shown" for="level item text cause"></output>
</form>
<div id="grid" role="grid" aria-label="Log records" aria-colcount="5" tabindex="0">
<div class="row head" role="row" aria-rowindex="1">${['Time', 'Level', 'Item', 'Cause', 'Message'].map((name) => html`<span role="columnheader">${name}</span>`)}</div>
<div id="rows" role="rowgroup"></div>
</div>
<p class="keys">${[keys(['↑', '↓'], 'other record'), keys(['Enter'], 'all of it'), keys(['Esc'], 'close it')]}</p>
<div id="record" role="region" aria-label="Record" tabindex="-1" hidden></div>
<p class="printed">The log is in the page, not in the print.</p>
</section>`;
};
