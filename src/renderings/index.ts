export { type FormatRow, type OutputType, RENDERING_FORMATS } from './formats.ts';
export { type HtmlOptions, renderHtml } from './html/html.ts';
export { readLogSpans } from './log-spans.ts';
export {
  beginRendering,
  formatOf,
  knownFormats,
  type OutputFormat,
  type Renderer,
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
export { type FetchedLogs, renderLogs, type Shown, type ShowOptions, showLogs } from './show-logs.ts';
export type { Instant, ItemList, Span, SpanData } from './span-data.ts';
