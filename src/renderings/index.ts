export type { Chronicle, Instant, Plan, Span } from './chronicle.ts';
export { Gatherer } from './gather.ts';
export { type HtmlOptions, renderHtml } from './html/html.ts';
export { readLogSpans } from './log-spans.ts';
export type { FetchedLogs } from './logs.ts';
export { beginRendering, knownModes, type Maker, type Mode, modeOf, registerRendering } from './makers.ts';
export { MODES, type ModeRow, type Target } from './modes.ts';
export { type Limits, PAGE_LIMITS, Recent } from './recent.ts';
export {
  type Out,
  type Rendering,
  RenderingError,
  type RenderingOptions,
  type Selection,
  type Window,
} from './rendering.ts';
export { Selected } from './select.ts';
export { renderLogs, type Shown, type ShowOptions, showLogs } from './show.ts';
export { type CategoryStats, type InstantStats, type Stats, type Summary, Tally } from './tally.ts';
