import { extname } from 'node:path';
import { isatty } from 'node:tty';
import { type RecordingInfo, readFacts } from '../adapters/recording-reader.ts';
import { suggest } from '../config/suggest.ts';
import type { Fact } from '../journal/fact.ts';
import { isSimulated } from '../journal/verify.ts';
import { printedColours } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { FORMAT_OPTIONS, OTLP_FORMAT, RENDERING_FORMATS } from '../renderings/formats.ts';
import { readLogSpans } from '../renderings/log-spans.ts';
import {
  beginRendering,
  formatOf,
  knownFormats,
  type OutputFormat,
  registerRendering,
} from '../renderings/renderers.ts';
import type { Rendering, RenderingOptions, Selection } from '../renderings/rendering.ts';
import { SpanBuilder } from '../renderings/span-builder.ts';
import { SpanFilter } from '../renderings/span-filter.ts';
import { bytesText, type Progress } from '../terminal/progress.ts';
import { PLAIN } from '../terminal/terminal.ts';
import { instant } from './option-values.ts';
import { batched, type OutputFile, openOutput, type TextSink } from './output-file.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { printMessage, showProgress, stdoutTerminal, writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

type ShowOptions = {
  readonly as?: string;
  readonly output?: string;
  readonly item?: string;
  readonly category?: string;
  readonly from?: number;
  readonly to?: number;
  readonly times?: boolean;
  readonly colorBy?: string;
  readonly title?: string;
};

const FORMATS = [...RENDERING_FORMATS, OTLP_FORMAT];

/** Names that a message about an unknown one lists. */
const MAX_NAMES = 20;

/** Thrown when standard output is closed. */
class OutputClosedError extends Error {}

const outputError = (error: unknown): UsageError =>
  new UsageError(`--output: ${error instanceof Error ? error.message : String(error)}`);

const sizeOf = (bytes: number): string => (bytes < 1024 ? counted(bytes, 'byte') : bytesText(bytes));

const toTerminal = (progress: Progress): TextSink =>
  batched(
    (text) => {
      progress.clear();
      if (!writeAll(1, isatty(1) ? printedColours(text) : text)) throw new OutputClosedError();
    },
    () => {},
    () => {},
  );

const toFile = (path: string, recording: string, progress: Progress): TextSink => {
  let output: OutputFile;
  try {
    output = openOutput(path, recording);
  } catch (error) {
    throw outputError(error);
  }
  return batched(
    (text) => {
      try {
        output.write(text);
      } catch (error) {
        throw outputError(error);
      }
    },
    () => {
      const bytes = output.close();
      progress.clear();
      printMessage(`wrote ${path} (${sizeOf(bytes)})`);
    },
    () => output.drop(),
  );
};

/** The file to write; undefined: standard output. */
const outputOf = ({ output }: ShowOptions): string | undefined =>
  typeof output === 'string' && output !== '-' ? output : undefined;

/** The format: that of --as, or else by the extension of the output. @throws UsageError for an unknown extension. */
const formatFor = ({ as, output = '' }: ShowOptions): OutputFormat => {
  const ends = String(output).toLowerCase();
  const meant = knownFormats().find(({ endings }) => endings.some((ending) => ends.endsWith(ending)));
  const ending = extname(ends);
  if (as === undefined && meant === undefined && ending !== '') {
    const known = knownFormats().flatMap(({ endings }) => endings);
    const list = `${known.join(', ')}; any other with --as`;
    throw new UsageError(
      `--output: nothing is shown as a file that ends in ${ending}${suggest(ending, known)} (known: ${list})`,
    );
  }
  const format = formatOf(typeof as === 'string' ? as : (meant?.name ?? 'summary'));
  // gantt is written as SVG to a file with that extension.
  return format.display !== undefined && format.display === meant?.name ? meant : format;
};

/** Makes the format known that needs packages, if it may be wanted. */
const loadOtlp = async ({ as, output = '' }: ShowOptions): Promise<void> => {
  const { name, endings, ...row } = OTLP_FORMAT;
  if (as !== name && !endings.some((ending) => output.endsWith(ending))) return;
  const { OtlpRendering } = await import('../otlp/otlp-rendering.ts');
  registerRendering(name, { ...row, endings, make: (out) => new OtlpRendering(out) });
};

/** The options of the command that the format takes. @throws UsageError for an option that it does not take. */
const optionsFor = (format: OutputFormat, given: ShowOptions): RenderingOptions => {
  // A file has no width and no colours.
  const { width, paint } = outputOf(given) === undefined ? stdoutTerminal() : PLAIN;
  const wanted: Record<string, unknown> = {
    times: given.times === false ? false : undefined,
    ...{ colorBy: given.colorBy, title: given.title },
  };
  for (const [name, { flags }] of Object.entries(FORMAT_OPTIONS)) {
    if (wanted[name] === undefined || (format.options as readonly string[]).includes(name)) continue;
    const takers = knownFormats().filter(({ options }) => (options as readonly string[]).includes(name));
    throw new UsageError(`${flags} goes with ${takers.map((one) => one.name).join(', ')}, not with ${format.name}`);
  }
  const known = Object.entries({ ...wanted, width, paint }).filter(
    ([name, value]) => value !== undefined && (format.options as readonly string[]).includes(name),
  );
  return Object.fromEntries(known);
};

const selectionFor = ({ item, category, from, to }: ShowOptions): Selection => {
  const list = (value: string) => value.split(',').filter((one) => one !== '');
  if (from !== undefined && to !== undefined && from > to) throw new UsageError('--from is later than --to');
  return {
    ...(item === undefined ? {} : { items: list(item) }),
    ...(category === undefined ? {} : { categories: list(category) }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
};

/** A message about each item and category that is not in the recording. */
const unknownOnes = ({ items = [], categories = [] }: Selection, { found }: SpanFilter): string[] => {
  const named =
    (what: string, known: readonly string[], is: (one: string, word: string) => boolean) => (word: string) => {
      if (known.some((one) => is(one, word))) return [];
      const all = known.length > MAX_NAMES ? `${known.slice(0, MAX_NAMES).join(', ')} …` : known.join(', ');
      const near = suggest(word, [...known, ...known.map((one) => one.slice(one.indexOf('/') + 1))]);
      return `no ${what} "${word}" in it${near}${known.length > 0 ? ` (known: ${all})` : ''}`;
    };
  return [
    ...items.flatMap(
      named('item', found.items, (one, word) => one === word || one.slice(one.indexOf('/') + 1) === word),
    ),
    ...categories.flatMap(named('category', found.categories, (one, word) => one === word)),
  ];
};

/** The kinds of facts that a rendering uses: the others need not be read. */
const wantsOf = ({ record }: Rendering): readonly Fact['kind'][] => [
  'span',
  'metric',
  ...(record ? (['log'] as const) : []),
];

/** Prints what was left out of a rendering, and why. */
const printGaps = (read: RecordingInfo, { found }: SpanFilter): void => {
  if (read.plain && found.categories.length === 0) printMessage('a log has runs at level trace only');
  const [line] = read.bad;
  if (line === undefined) return;
  const which = read.bad.length === 1 ? `line ${line}` : `the first is line ${line}`;
  printMessage(`skipped ${counted(read.bad.length, 'invalid line')} (${which})`);
};

/** Reads to the end. Lets signals and others in after each chunk. */
const readAll = async (steps: ReturnType<typeof readFacts>, progress: Progress): Promise<RecordingInfo> => {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    const { done, total } = step.value;
    progress.at(done, total === undefined ? undefined : done / total);
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** What is shown, and how. */
interface Job {
  readonly path: string;
  readonly rendering: Rendering;
  readonly selection: Selection;
  readonly format: OutputFormat;
  readonly progress: Progress;
}

/** Renders a recording. Returns the exit status. @throws UsageError when it is not a recording. */
const render = async (sink: TextSink, { path, rendering, selection, format, progress }: Job): Promise<number> => {
  const selected = new SpanFilter(rendering, selection);
  const builder = new SpanBuilder(selected);
  const spans = readLogSpans();
  const steps = readFacts(
    path,
    (fact, { plain, head }) => {
      if (head !== undefined) {
        if (isSimulated(head)) rendering.simulated?.();
        rendering.writtenBy?.(head.version, head.session);
      }
      builder.take(fact);
      if (plain && fact.kind === 'log') for (const made of spans.take(fact)) builder.take(made);
    },
    wantsOf(rendering),
  );
  const read = await readAll(steps, progress);
  progress.clear();
  if (!read.known)
    throw new UsageError(`${path === '-' ? 'standard input' : path} is neither a recording nor a JSON log`);
  for (const made of spans.end()) builder.take(made);
  builder.end();
  const unknown = unknownOnes(selection, selected);
  for (const text of unknown) printMessage(text);
  const something = selected.count > 0 || (format.target === 'dot' && selected.anyConfigured);
  if (something || unknown.length === 0) sink.close();
  else sink.drop();
  printGaps(read, selected);
  return something ? FOUND : NOTHING;
};

export const showCommand: Subcommand<ShowOptions> = {
  name: 'show',
  help: 'show a recording as a summary, a chart, a graph, a trace or a page',
  takes: [
    {
      form: '<RECORDING>',
      help: 'a file written with --journal (its older parts are read too), or a JSON log at level trace; -: standard input',
      path: true,
      itemsOf: 'recording',
    },
  ],
  options: [
    {
      flags: '--as <FORMAT>',
      help: 'the format; default: by the extension of FILE, or summary',
      choices: FORMATS.map(({ name }) => name),
    },
    { flags: '-o, --output <FILE>', help: 'write it to a file', path: true },
    {
      flags: '-i, --item <ITEM>',
      help: 'only this item, such as Backup or condition/Backup; several times for several',
      many: true,
      names: ['condition', 'task', 'event'],
    },
    {
      flags: '-c, --category <C>',
      help: 'only spans and decisions of this category, such as task, run, check, tick, wait, fired or skipped; several too',
      many: true,
    },
    { flags: '--from <T>', help: 'only spans from here on', parse: instant },
    { flags: '--to <T>', help: 'only spans up to here', parse: instant },
    FORMAT_OPTIONS.times,
    FORMAT_OPTIONS.colorBy,
    FORMAT_OPTIONS.title,
  ],
  words: FORMATS,
  exitStatus:
    'Status 0: shown; 1: there is nothing to show; 2: the file cannot be read or written, or is not a recording.',
  examples: ['whenever show day.jsonl -o day.html'],
  run: async ({ args: [path = ''], options }) => {
    await loadOtlp(options);
    const format = formatFor(options);
    const output = outputOf(options);
    if (format.target === 'html' && output === undefined && isatty(1))
      throw new UsageError(`a page is not for a terminal: whenever show ${path} --as ${format.name} -o FILE.html`);
    const rendering = optionsFor(format, options);
    const selection = selectionFor(options);
    const progress = showProgress(`reading ${path}`, bytesText);
    const sink = output === undefined ? toTerminal(progress) : toFile(output, path, progress);
    try {
      const begun = beginRendering(format.name, sink.write, rendering);
      return await render(sink, { path, rendering: begun, selection, format, progress });
    } catch (error) {
      progress.clear();
      if (error instanceof OutputClosedError) return FOUND;
      sink.drop();
      throw error;
    }
  },
};
