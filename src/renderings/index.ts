export { type FormatRow as ModeRow, type OutputType as Target, RENDERING_FORMATS as MODES } from './formats.ts';
export { type HtmlOptions, renderHtml } from './html/html.ts';
export { LastSpans as Recent, type Limits, PAGE_LIMITS } from './last-n.ts';
export { readLogSpans } from './log-spans.ts';
export {
  beginRendering,
  formatOf as modeOf,
  knownFormats as knownModes,
  type OutputFormat as Mode,
  type Renderer as Maker,
  registerRendering,
} from './renderers.ts';
export {
  type Out,
  type Rendering,
  RenderingError,
  type RenderingOptions,
  type Selection,
  type Window,
} from './rendering.ts';
export type { FetchedLogs } from './show.ts';
export { renderLogs, type Shown, type ShowOptions, showLogs } from './show.ts';
export { SpanBuilder as Gatherer } from './span-builder.ts';
export type { Instant, ItemList as Plan, Span, SpanData as Chronicle } from './span-data.ts';
export { SpanFilter as Selected } from './span-filter.ts';
export { type CategoryStats, type InstantStats, Statistics as Tally, type Stats, type Summary } from './statistics.ts';
