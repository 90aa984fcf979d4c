import type { InstantName } from '../../journal/span-names.ts';
import { counted } from '../../plural.ts';
import { formatInstant, showDuration } from '../../terminal/instant.ts';
import { showNs } from '../duration.ts';
import { ASSUMED, SIMULATION } from '../rendering.ts';
import type { Span, SpanData } from '../span-data.ts';
import { badges, html, type Markup, type Part } from './markup.ts';
import { isBad, spanStyle } from './page/legend.ts';
import { statsOf } from './tables.ts';

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The file that was loaded, as the start-up tells it. */
export const configFileOf = ({ spans }: SpanData): string | undefined =>
  textOf(spans.find(({ category }) => category === 'startup')?.began.file);

/** The version that ran, as the start-up or the first records tell it. */
const versionOf = ({ spans, records }: SpanData): string | undefined => {
  const { began, ended } = spans.find(({ category }) => category === 'startup') ?? {};
  const told = records.slice(0, 100).flatMap(({ context, message }) => {
    const [, version] = /^whenever (\d[\w.+-]*\w)/.exec(message) ?? [];
    return context.emitter === 'MAIN' && version !== undefined ? [version] : [];
  });
  return textOf(ended?.version) ?? textOf(began?.version) ?? told[0];
};

const tile = (label: string, value: Part, below: Part): Markup =>
  html`<div class="tile"><dt>${label}</dt><dd><b>${value}</b> <span class="below">${below}</span></dd></div>`;

/** A run whose tick began so much late, ms, is late. */
const LATE_MS = 1000;

/** Runs that began late, and by how much the latest, ms. */
const lateRuns = (runs: readonly Span[], ticks: readonly Span[]): readonly number[] => {
  const late = new Map(
    ticks.flatMap(({ id, began: { late_ms } }) =>
      typeof late_ms === 'number' && late_ms >= LATE_MS ? [[id, late_ms] as const] : [],
    ),
  );
  return runs.flatMap(({ cause }) => late.get(cause ?? '') ?? []);
};

const MISSED: InstantName = 'missed';

/** Instants of time conditions that were missed. */
const missedIn = ({ instants }: SpanData): number =>
  instants.reduce((sum, { category, timeline: { count } }) => {
    return category === MISSED && typeof count === 'number' ? sum + count : sum;
  }, 0);

/** What went wrong: a tile that draws attention when it is not 0. */
const badTile = (label: string, count: number, below: Part): Markup =>
  html`<div class="tile${count > 0 ? ' bad' : ''}"><dt>${label}</dt><dd><b>${count}</b> <span class="below">${below}</span></dd></div>`;

const tileOf = (label: string, category: string, all: readonly Span[]): Markup => {
  const spans = all.filter((span) => span.category === category);
  const figures = statsOf(spans);
  return tile(label, figures.count, badges(figures, category));
};

/** Notice of what the chronicle does not show; undefined: it shows everything. */
const leftOut = ({ leftOut: { spans, instants, records }, ...kept }: SpanData): Markup | undefined => {
  const parts = [
    spans > 0 ? counted(spans, 'span') : undefined,
    instants > 0 ? counted(instants, 'decision') : undefined,
    records > 0 ? counted(records, 'record') : undefined,
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  const [span, record] = [kept.spans[0], kept.records[0]];
  const since = [
    spans > 0 && span ? `Spans begin at ${formatInstant(span.time)}. ` : '',
    records > 0 && record ? `The log begins at ${formatInstant(record.time)}. ` : '',
  ];
  return html`<p class="notice" role="note"><b>Not everything is shown.</b> The oldest were left out because there are too many: ${parts.join(', ')}. ${since}All figures on this page are those of what is shown.</p>`;
};

/** How late the latest of some ticks was, ms; undefined: it is not told. */
const latest = (ticks: readonly Span[]): number | undefined =>
  ticks.reduce<number | undefined>(
    (most, { began: { late_ms } }) => (typeof late_ms === 'number' ? Math.max(most ?? 0, late_ms) : most),
    undefined,
  );

/** The head of the page: what was recorded, when (`end`: wall clock, ms), and what came of it. */
export const overviewSection = (chronicle: SpanData, title: string, zone: string, end: number): Markup => {
  const { spans, instants, records, time } = chronicle;
  const ticks = spans.filter(({ category }) => category === 'tick');
  const late = latest(ticks);
  const fired = instants.filter(({ category }) => category === 'fired').length;
  const errors = records.filter(({ level }) => level === 'error').length;
  const warnings = records.filter(({ level }) => level === 'warn').length;
  const version = versionOf(chronicle);
  const file = configFileOf(chronicle);
  const runs = spans.filter(({ category }) => category === 'run');
  const failed = runs.filter(({ item, outcome }) => isBad(spanStyle('run', item, outcome))).length;
  const tardy = lateRuns(runs, ticks);
  return html`<header>
<div class="title"><h1>${title}</h1><button type="button" id="theme" hidden>Dark</button></div>
<p class="when"><span>${formatInstant(time)} to ${formatInstant(end)}</span><span>${showDuration(end - time)}</span><span>${time > 0 ? zone : 'the time of day is not known: times count from the beginning'}</span>${
    file === undefined ? undefined : html`<span class="file">${file}</span>`
  }${version === undefined ? undefined : html`<span>whenever ${version}</span>`}</p>
${chronicle.simulated ? html`<p class="notice" role="note"><b>${SIMULATION}</b> ${ASSUMED}</p>` : undefined}${leftOut(chronicle)}
<dl class="tiles">
${badTile('Failed runs', failed, runs.length === 0 ? undefined : `of ${counted(runs.length, 'run')}`)}
${badTile('Missed', missedIn(chronicle), undefined)}
${badTile('Late runs', tardy.length, tardy.length === 0 ? undefined : `at most ${showNs(Math.max(...tardy) * 1e6)} late`)}
${tileOf('Runs', 'run', spans)}
${tileOf('Task runs', 'task', spans)}
${tileOf('Checks', 'check', spans)}
${tile('Ticks', ticks.length, late === undefined ? undefined : late > 0 ? `at most ${showNs(late * 1e6)} late` : 'none late')}
${tile('Events fired', fired, undefined)}
${tile('Errors logged', errors, warnings === 0 ? undefined : counted(warnings, 'warning'))}
</dl>
</header>`;
};
