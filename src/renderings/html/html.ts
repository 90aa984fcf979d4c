import { expectOptions, expectType, TYPES } from '../../check-arguments.ts';
import { formatInstant } from '../../terminal/instant.ts';
import type { SpanData } from '../span-data.ts';
import { errorsSection } from './errors.ts';
import { embedded, html, verbatim } from './markup.ts';
import { configFileOf, overviewSection } from './overview.ts';
import { pack } from './pack.ts';
import script from './page/main.ts?bundle';
import style from './page/style.css?bundle';
import { logSection, timelineSection } from './sections.ts';
import { summarySection, tasksSection } from './tables.ts';

/** How the page is made. */
export interface HtmlOptions {
  /** Heading and title; default: the configuration file and the day. */
  readonly title?: string | undefined;
}

/** Allows only the style and the script of the page itself; nothing is loaded. */
const POLICY = [
  "default-src 'none'",
  `style-src '${style.hash}'`,
  `script-src '${script.hash}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const ICON =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><path d='M1 3h9v3H1zM5 7h10v3H5zM3 11h6v3H3z' fill='%231a7f5a'/></svg>";

const SECTIONS = ['Timeline', 'Tasks', 'Errors', 'Summary', 'Log'];

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/**
 * Renders recorded data as one page without other files: figures, a timeline to zoom, tables of tasks and errors, the log with
 * filters. It makes no request and runs no code from the recording. Times are in the local zone of this process.
 */
export const renderHtml = (data: SpanData, options: HtmlOptions = {}): string => {
  expectType('renderHtml', 'data', data, TYPES.table);
  expectOptions('renderHtml', options, { title: TYPES.text });
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const zone = data.time > 0 ? timeZone : 'UTC';
  const packed = pack(data, zone);
  const end = packed.time + packed.length / 1e6 + packed.steps.at(-1)![1];
  const title =
    options.title ??
    `${baseName(configFileOf(data) ?? 'whenever')}, ${formatInstant(data.time).slice(0, 10)}${data.simulated ? ' (simulated)' : ''}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="whenever">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<style>${verbatim(style.text)}</style>
</head>
<body class="still">
<nav aria-label="Sections"><ul>${SECTIONS.map((name) => html`<li><a href="#${name.toLowerCase()}">${name}</a></li>`)}</ul></nav>
<main>
${overviewSection(data, title, zone, end)}
${timelineSection(data)}
${tasksSection(data)}
${errorsSection(data)}
${summarySection(data)}
${logSection(data)}
</main>
<script type="application/json" id="data">${embedded(packed)}</script>
<script>${verbatim(script.text)}</script>
</body>
</html>
`.html;
};
