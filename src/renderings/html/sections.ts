import { LEVELS } from '../../log/record.ts';
import type { SpanData } from '../span-data.ts';
import { byCategory } from '../statistics.ts';
import { html, type Markup, section } from './markup.ts';
import { INSTANT_LABELS, INSTANT_STYLES, instantStyle, SPAN_LABELS, SPAN_STYLES } from './page/legend.ts';

const button = (id: string, name: string, shown: string): Markup =>
  html`<button type="button" id="${id}" aria-label="${name}" title="${name}">${shown}</button>`;

const keys = (names: readonly string[], does: string): Markup =>
  html`<span>${names.map((name) => html`<kbd>${name}</kbd>`)} ${does}</span>`;

const legend = ({ instants }: SpanData): Markup => {
  const styles = INSTANT_STYLES.filter((style) => instants.some(({ category }) => instantStyle(category) === style));
  return html`<ul class="legend" aria-label="Signs">${SPAN_STYLES.map(
    (style) => html`<li class="badge" data-kind="${style}"><i></i>${SPAN_LABELS[style]}</li>`,
  )}${styles.map((style) => html`<li class="badge" data-mark="${style}"><i></i>${INSTANT_LABELS[style]}</li>`)}</ul>`;
};

/** The elements in which the script draws the timeline, and its controls. */
export const timelineSection = (data: SpanData): Markup => {
  const { spans, instants } = data;
  if (spans.length + instants.length === 0)
    return section('Timeline', html`<p class="empty">No timespans are recorded.</p>`);
  const categories = [...new Set(spans.map(({ category }) => category))].sort(byCategory);
  const boxes = categories.map(
    (category) => html`<label><input type="checkbox" name="category" value="${category}" checked> ${category}</label>`,
  );
  return section(
    'Timeline',
    html`<p class="scriptless">The timeline needs scripts, which are switched off.</p>
<div class="tools" role="group" aria-label="Timeline">
<div class="buttons">${button('zoom-in', 'Zoom in', '+')}${button('zoom-out', 'Zoom out', '−')}${button('earlier', 'Earlier', '◀')}${button('later', 'Later', '▶')}${button('fit', 'Fit everything', 'Fit')}</div>
<fieldset><legend>Show</legend>${boxes}<label><input type="checkbox" name="decisions" checked> decisions</label></fieldset>
<label>Items <input type="search" id="lanes" placeholder="part of a name" autocomplete="off" spellcheck="false"></label>
</div>
<canvas id="minimap" aria-hidden="true"></canvas>
<div id="stage">
<div id="chart">
<div id="scroller"><canvas id="canvas" tabindex="0" role="application" aria-label="Timeline of ${spans.length} spans" aria-describedby="timeline-keys"></canvas><div id="spacer"></div></div>
<div id="tip" hidden></div>
</div>
<div id="details" role="region" aria-label="Details" tabindex="-1" hidden></div>
</div>
${legend(data)}
<p class="keys" id="timeline-keys">${[
      keys(['←', '→'], 'move in time'),
      keys(['+', '−'], 'zoom'),
      keys(['0'], 'show everything'),
      keys(['↑', '↓'], 'other item'),
      keys(['<', '>'], 'previous or next span'),
      keys(['Enter'], 'details'),
      keys(['Esc'], 'close the details'),
    ]}<span>Drag to move. The wheel zooms after a click into the timeline, or with Ctrl.</span></p>
<p id="said" class="unseen" aria-live="polite"></p>`,
  );
};

/** The elements in which the script shows the log, and its filters. */
export const logSection = ({ records }: SpanData): Markup => {
  if (records.length === 0) return section('Log', html`<p class="empty">No log records are recorded.</p>`, 0);
  const items = [...new Set(records.map(({ item, context }) => item ?? context.item))].filter((item) => item !== null);
  const levels = LEVELS.map((level, i) => {
    const name = i === 0 ? 'all' : i === LEVELS.length - 1 ? level : `${level} and above`;
    return html`<option value="${i}">${name}</option>`;
  });
  return section(
    'Log',
    html`<p class="scriptless">The log needs scripts, which are switched off.</p>
<form class="tools" id="filters" aria-label="Filters of the log">
<label>Level <select id="level">${levels}</select></label>
<label>Item <select id="item"><option value="">all</option>${items.sort().map((item) => html`<option>${item}</option>`)}</select></label>
<label>Text <input type="search" id="text" placeholder="message, emitter" autocomplete="off" spellcheck="false"></label>
<label>Cause or run <input type="search" id="cause" placeholder="tick-17, run-5" autocomplete="off" spellcheck="false"></label>
<button type="reset" id="clear">Clear</button>
<output id="shown" for="level item text cause"></output>
</form>
<div id="grid" role="grid" aria-label="Log records" aria-colcount="5" tabindex="0">
<div class="row head" role="row" aria-rowindex="1">${['Time', 'Level', 'Item', 'Cause', 'Message'].map((name) => html`<span role="columnheader">${name}</span>`)}</div>
<div id="rows" role="rowgroup"></div>
</div>
<p class="keys">${[keys(['↑', '↓'], 'other record'), keys(['Enter'], 'whole record'), keys(['Esc'], 'close it')]}</p>
<div id="record" role="region" aria-label="Record" tabindex="-1" hidden></div>
<p class="printed">The log is not part of the printed page.</p>`,
    records.length,
  );
};
