import type { RenderingOptions } from './rendering.ts';

/** The language of the output. */
export type OutputType = 'text' | 'svg' | 'html' | 'dot' | 'json';

/** One way to show a recording: the command, its help and the manual are made from it. */
export interface FormatRow {
  readonly name: string;
  /** One sentence without its full stop. */
  readonly doc: string;
  readonly target: OutputType;
  /** File extensions that select this format if none is given. */
  readonly endings: readonly string[];
  /** The format for programs that display more than text; default: this one. */
  readonly display?: string;
  readonly options: readonly (keyof RenderingOptions)[];
}

/** The built-in formats. */
export const RENDERING_FORMATS = [
  {
    name: 'summary',
    doc: 'how often, how long and with which outcome, by category and by item',
    target: 'text',
    endings: ['.txt'],
    options: ['width', 'paint'],
  },
  {
    name: 'gantt',
    doc: 'a line for each condition and task with its runs over time, as text; written to a file that ends in .svg, as svg',
    target: 'text',
    endings: [],
    display: 'svg',
    options: ['width', 'paint', 'title'],
  },
  {
    name: 'svg',
    doc: 'the same as a picture, with titles that browsers show beside the pointer',
    target: 'svg',
    endings: ['.svg'],
    options: ['title'],
  },
  {
    name: 'graphviz',
    doc: 'events, conditions and tasks as a graph for dot(1), with counts and last outcomes; suspended ones are dashed',
    target: 'dot',
    endings: ['.dot', '.gv'],
    options: ['times', 'colorBy', 'title'],
  },
  {
    name: 'chrome_trace',
    doc: 'JSON for Perfetto or about:tracing: a track for each item, every run, decisions, and arrows from cause to effect',
    target: 'json',
    endings: ['.json'],
    options: ['title'],
  },
  {
    name: 'html',
    doc: 'a page that needs nothing else: figures, a timeline to zoom, tables of tasks and errors, the log with filters; of a long recording the last part',
    target: 'html',
    endings: ['.html', '.htm'],
    options: ['title'],
  },
] as const satisfies readonly FormatRow[];

/** The format that only the command has: a program has the packages of OpenTelemetry itself. */
export const OTLP_FORMAT = {
  name: 'otlp',
  doc: 'traces as lines of OTLP/JSON, with the ids that `--otlp` sends',
  target: 'json',
  endings: ['.otlp.jsonl'],
  options: [],
} as const satisfies FormatRow;

/** Values of the option `colorBy`. */
export const COLOR_BY = ['outcome', 'kind', 'none'] as const;

/** Options of the command for single formats, by their names in {@link RenderingOptions}. */
export const FORMAT_OPTIONS = {
  times: { flags: '--no-times', help: 'for graphviz: leave out how long things take' },
  colorBy: { flags: '--color-by <WHAT>', help: 'for graphviz: what colours stand for', choices: COLOR_BY },
  title: { flags: '--title <TEXT>', help: 'what stands above a picture, graph, trace or page' },
} as const satisfies Partial<Record<keyof RenderingOptions, unknown>>;
