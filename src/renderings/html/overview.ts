import type { InstantName } from '../../journal/span-names.ts';
import { counted } from '../../plural.ts';
import { formatInstant, showDuration } from '../../terminal/instant.ts';
import { showNs } from '../duration.ts';
import { ASSUMED, SIMULATION } from '../rendering.ts';
import type { Span, SpanData } from '../span-data.ts';
import { badges, html, type Markup, type Part } from './markup.ts';
import { isBad, spanStyle } from './page/legend.ts';
import { statsOf } from './tables.ts';

/** The configuration file, from the span of the start-up. */
export const configFileOf = ({ spans }: SpanData): string | undefined => {
  const { file } = spans.find(({ category }) => category === 'startup')?.began ?? {};
  return typeof file === 'string' ? file : undefined;
};

/** A run whose tick began at least this late, ms, is late. */
const LATE_MS = 1000;

/** How late each tick was, ms, by its id. */
const delaysOf = (ticks: readonly Span[]): ReadonlyMap<unknown, number> =>
  new Map(ticks.flatMap(({ id, began: { late_ms } }) => (typeof late_ms === 'number' ? [[id, late_ms] as const] : [])));

/** How many instants of time conditions were missed. */
const missedIn = ({ instants }: SpanData): number =>
  instants.reduce((sum, { category, timeline: { count } }) => {
    return (category as InstantName) === 'missed' && typeof count === 'number' ? sum + count : sum;
  }, 0);

/** A figure; `bad`: it draws attention if it is not 0. */
const tile = (label: string, value: number, below: Part, bad = false): Markup =>
  html`<div class="tile${bad && value > 0 ? ' bad' : ''}"><dt>${label}</dt><dd><b>${value}</b> <span class="below">${below}</span></dd></div>`;

/** Says what the page leaves out; undefined: it shows everything. */
const leftOutNotice = ({ leftOut, ...kept }: SpanData): Markup | undefined => {
  const parts = [
    [leftOut.spans, 'span'] as const,
    [leftOut.instants, 'decision'] as const,
    [leftOut.records, 'record'] as const,
  ].flatMap(([count, word]) => (count > 0 ? [counted(count, word)] : []));
  if (parts.length === 0) return undefined;
  const [span, record] = [kept.spans[0], kept.records[0]];
  const since = [
    leftOut.spans > 0 && span ? `Spans begin at ${formatInstant(span.time)}. ` : '',
    leftOut.records > 0 && record ? `The log begins at ${formatInstant(record.time)}. ` : '',
  ];
  return html`<p class="notice" role="note"><b>Not everything is shown.</b> The oldest were left out because there are too many: ${parts.join(', ')}. ${since}All figures on this page are those of what is shown.</p>`;
};

/** The top of the page: what was recorded, when (`end`: wall clock, ms), and the main figures. */
export const overviewSection = (data: SpanData, title: string, zone: string, end: number): Markup => {
  const { spans, instants, records, time, version } = data;
  const of = (category: string) => spans.filter((span) => span.category === category);
  const tileOf = (label: string, category: string): Markup => {
    const figures = statsOf(of(category));
    return tile(label, figures.count, badges(figures, category));
  };
  const [ticks, runs] = [of('tick'), of('run')];
  const delays = delaysOf(ticks);
  const latest = [...delays.values()].reduce<number | undefined>((most, ms) => Math.max(most ?? 0, ms), undefined);
  const lateRuns = runs.map(({ cause }) => delays.get(cause) ?? 0).filter((ms) => ms >= LATE_MS);
  const failed = runs.filter(({ item, outcome }) => isBad(spanStyle('run', item, outcome))).length;
  const fired = instants.filter(({ category }) => (category as InstantName) === 'fired').length;
  const logged = (wanted: string) => records.filter(({ level }) => level === wanted).length;
  const warnings = logged('warn');
  const file = configFileOf(data);
  const atMost = (ms: number): string => `at most ${showNs(ms * 1e6)} late`;
  return html`<header>
<div class="title"><h1>${title}</h1><button type="button" id="theme" hidden>Dark</button></div>
<p class="when"><span>${formatInstant(time)} to ${formatInstant(end)}</span><span>${showDuration(end - time)}</span><span>${time > 0 ? zone : 'the time of day is not known: times count from the beginning'}</span>${
    file === undefined ? undefined : html`<span class="file">${file}</span>`
  }${version === undefined ? undefined : html`<span>whenever ${version}</span>`}</p>
${data.simulated ? html`<p class="notice" role="note"><b>${SIMULATION}</b> ${ASSUMED}</p>` : undefined}${leftOutNotice(data)}
<dl class="tiles">
${tile('Failed runs', failed, runs.length === 0 ? undefined : `of ${counted(runs.length, 'run')}`, true)}
${tile('Missed', missedIn(data), undefined, true)}
${tile('Late runs', lateRuns.length, lateRuns.length === 0 ? undefined : atMost(Math.max(...lateRuns)), true)}
${tileOf('Runs', 'run')}
${tileOf('Task runs', 'task')}
${tileOf('Checks', 'check')}
${tile('Ticks', ticks.length, latest === undefined ? undefined : latest > 0 ? atMost(latest) : 'none late')}
${tile('Events fired', fired, undefined)}
${tile('Errors logged', logged('error'), warnings === 0 ? undefined : counted(warnings, 'warning'))}
</dl>
</header>`;
};
