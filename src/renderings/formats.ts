import type { RenderingOptions } from './rendering.ts';

/** What a rendering is written in. */
export type OutputType = 'text' | 'svg' | 'html' | 'dot' | 'json';

/** One way to show a recording: what the command, its help and the manual are made of. */
export interface FormatRow {
  readonly name: string;
  /** One sentence without its full stop. */
  readonly doc: string;
  readonly target: OutputType;
  /** Names of files that mean this mode when none is given. */
  readonly endings: readonly string[];
  /** What it is shown as where text is not enough; default: itself. */
  readonly display?: string;
  readonly options: readonly (keyof RenderingOptions)[];
}

/** The modes there are from the beginning. */
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

/** What one may be given to say about each option. */
export const COLOR_BY = ['outcome', 'kind', 'none'] as const;

/** The options of the command that a mode may take, by their names in {@link RenderingOptions}. */
export const FORMAT_OPTIONS = {
  times: { flags: '--no-times', help: 'graphviz: leave out how long things take' },
  colorBy: { flags: '--color-by <WHAT>', help: 'graphviz: what colours stand for', choices: COLOR_BY },
  title: { flags: '--title <TEXT>', help: 'what stands above a picture, graph, trace or page' },
} as const satisfies Partial<Record<keyof RenderingOptions, unknown>>;
