import { expectFunction, expectOptions, expectText, expectType, TYPES } from '../check-arguments.ts';
import { suggest } from '../config/suggest.ts';
import { COLOR_BY, type FormatRow, RENDERING_FORMATS } from './formats.ts';
import { gantt } from './gantt.ts';
import { graphviz } from './graphviz.ts';
import { renderHtml } from './html/html.ts';
import { LastSpans } from './last-n.ts';
import { type Out, type Rendering, RenderingError, type RenderingOptions } from './rendering.ts';
import { summary } from './summary.ts';
import { svg } from './svg.ts';
import { chromeTrace } from './trace/chrome-trace.ts';

/** Begins a rendering whose text goes to `out`. */
export type Renderer = (out: Out, options: RenderingOptions) => Rendering;

/** A format with its renderer. */
export interface OutputFormat extends FormatRow {
  readonly make: Renderer;
}

/** A page holds only the last part of a long recording. */
const html: Renderer = (out, { title }) => new LastSpans((data) => out(renderHtml(data, { title })));

const RENDERERS: Readonly<Record<(typeof RENDERING_FORMATS)[number]['name'], Renderer>> = {
  ...{ summary, gantt, svg, graphviz, chrome_trace: chromeTrace, html },
};

const formats = new Map<string, OutputFormat>(
  RENDERING_FORMATS.map((row: FormatRow) => [
    row.name,
    { ...row, make: RENDERERS[row.name as keyof typeof RENDERERS] },
  ]),
);

/** All formats, registered ones included. */
export const knownFormats = (): readonly OutputFormat[] => [...formats.values()];

/** Returns a format by its name. @throws RenderingError that lists the known ones */
export const formatOf = (name: string): OutputFormat => {
  expectType('a rendering', 'format', name, TYPES.text);
  const format = formats.get(name);
  if (format) return format;
  const known = [...formats.keys()];
  throw new RenderingError(`there is no format "${name}"${suggest(name, known)} (there are: ${known.join(', ')})`);
};

/**
 * Adds a format, or replaces one. `make` gets a function that writes text and the options, and returns a rendering. Defaults:
 * `target` is `text`, `options` are all options.
 */
export const registerRendering = (
  name: string,
  {
    make,
    doc = 'a format of your own',
    target = 'text',
    endings = [],
    ...more
  }: Partial<Omit<OutputFormat, 'name'>> & Pick<OutputFormat, 'make'>,
): void => {
  expectText('registerRendering', 'name', name);
  expectFunction('registerRendering', 'make', make);
  expectType('registerRendering', 'doc', doc, TYPES.text);
  expectType('registerRendering', 'endings', endings, TYPES.texts);
  if (more.options !== undefined) expectType('registerRendering', 'options', more.options, TYPES.texts);
  const options = more.options ?? (['width', 'paint', 'times', 'colorBy', 'title'] as const);
  formats.set(name, { ...more, name, doc, target, endings, options, make });
};

/** Begins a rendering. @throws RenderingError for an unknown format or option */
export const beginRendering = (name: string, out: Out, options: RenderingOptions = {}): Rendering => {
  const format = formatOf(name);
  expectFunction('beginRendering', 'out', out);
  const { positive, flag, text, function: callable } = TYPES;
  expectOptions('a rendering', options, { width: positive, paint: callable, times: flag, title: text });
  for (const [key, value] of Object.entries(options))
    if (value !== undefined && !(format.options as readonly string[]).includes(key))
      throw new RenderingError(
        `format "${name}" has no option "${key}"${suggest(key, format.options)} (there are: ${format.options.join(', ')})`,
      );
  const { colorBy } = options;
  if (colorBy !== undefined && !COLOR_BY.includes(colorBy))
    throw new RenderingError(`option "colorBy": expected one of ${COLOR_BY.join(', ')}, found "${String(colorBy)}"`);
  return format.make(out, options);
};
