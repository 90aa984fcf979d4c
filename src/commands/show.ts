import { closeSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { extname } from 'node:path';
import { isatty } from 'node:tty';
import { eachFact } from '../adapters/recording-reader.ts';
import { suggest } from '../config/suggest.ts';
import type { Fact } from '../journal/fact.ts';
import { isSimulated } from '../journal/verify.ts';
import { printedColours } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { FORMAT_OPTIONS } from '../renderings/formats.ts';
import { readLogSpans } from '../renderings/log-spans.ts';
import { beginRendering, formatOf, knownFormats, type OutputFormat } from '../renderings/renderers.ts';
import type { Rendering, RenderingOptions, Selection } from '../renderings/rendering.ts';
import { SpanBuilder } from '../renderings/span-builder.ts';
import { SpanFilter } from '../renderings/span-filter.ts';
import { PLAIN } from '../terminal/terminal.ts';
import { type CliOptions, FOUND, NOTHING } from './query.ts';
import { stdoutTerminal } from './stdio.ts';
import { asUsageError, instantOption, UsageError, writeAll, writeStderr } from './values.ts';

/** Text is written when this many characters have come together. */
const BATCH = 1 << 18;
/** Names that are told where one is not known. */
const MAX_NAMES = 20;

/** Nobody reads what is written any more. */
class OutputClosedError extends Error {}

/** Where a rendering goes: text is kept until there is much of it, or the end. */
interface Sink {
  write(text: string): void;
  close(): void;
  /** Nothing is to be seen. */
  drop(): void;
}

const batched = (put: (text: string) => void, close: () => void, drop: () => void): Sink => {
  let kept: string[] = [];
  let length = 0;
  const flush = (): void => {
    if (length > 0) put(kept.join(''));
    kept = [];
    length = 0;
  };
  return {
    write: (text) => {
      kept.push(text);
      length += text.length;
      if (length >= BATCH) flush();
    },
    close: () => {
      flush();
      close();
    },
    drop,
  };
};

const toTerminal = (): Sink =>
  batched(
    (text) => {
      if (!writeAll(1, isatty(1) ? printedColours(text) : text)) throw new OutputClosedError();
    },
    () => {},
    () => {},
  );

const sizeOf = (bytes: number): string =>
  bytes < 1024
    ? counted(bytes, 'byte')
    : bytes < 1 << 20
      ? `${Math.ceil(bytes / 1024)} KiB`
      : `${(bytes / (1 << 20)).toFixed(1)} MiB`;

/** @throws UsageError when it cannot be written, or is the recording itself. */
const toFile = (path: string, recording: string): Sink => {
  const cannot = (error: unknown) =>
    new UsageError(`--output: ${error instanceof Error ? error.message : String(error)}`);
  const same = (a: string, b: string): boolean => {
    const [one, other] = [a, b].map((name) => statSync(name, { throwIfNoEntry: false }));
    return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
  };
  if (same(path, recording)) throw new UsageError(`--output: ${path} is the recording itself`);
  const before = statSync(path, { throwIfNoEntry: false });
  let fd: number;
  try {
    // What is in it stays until there is something to write.
    fd = openSync(path, 'a');
  } catch (error) {
    throw cannot(error);
  }
  let bytes = 0;
  const put = (text: string): void => {
    let rest: Uint8Array = Buffer.from(text);
    try {
      if (bytes === 0 && before?.isFile()) ftruncateSync(fd);
      bytes += rest.length;
      while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      throw cannot(error);
    }
  };
  return batched(
    put,
    () => {
      closeSync(fd);
      writeStderr(`${path}: ${sizeOf(bytes)}\n`);
    },
    () => {
      closeSync(fd);
      if (before === undefined) rmSync(path);
    },
  );
};

/** The file to write; undefined: standard output. */
const outputOf = ({ output }: CliOptions): string | undefined =>
  typeof output === 'string' && output !== '-' ? output : undefined;

/** What is asked for; without a mode, the ending of the file to write says it. @throws UsageError for an ending of no mode. */
const modeFor = ({ as, output = '' }: CliOptions): OutputFormat => {
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
  const mode = formatOf(typeof as === 'string' ? as : (meant?.name ?? 'summary'));
  // The chart as a picture, if it is to be one.
  return mode.display !== undefined && mode.display === meant?.name ? meant : mode;
};

/** The options of the command as those of the mode. @throws UsageError for one that the mode does not have. */
const optionsFor = (mode: OutputFormat, given: CliOptions): RenderingOptions => {
  // A file has no width and no colours.
  const { width, paint } = outputOf(given) === undefined ? stdoutTerminal() : PLAIN;
  const wanted: Record<string, unknown> = {
    times: given.times === false ? false : undefined,
    ...{ colorBy: given.colorBy, title: given.title },
  };
  for (const [name, { flags }] of Object.entries(FORMAT_OPTIONS)) {
    if (wanted[name] === undefined || (mode.options as readonly string[]).includes(name)) continue;
    const takers = knownFormats().filter(({ options }) => (options as readonly string[]).includes(name));
    throw new UsageError(`${flags} goes with ${takers.map((one) => one.name).join(', ')}, not with ${mode.name}`);
  }
  const known = Object.entries({ ...wanted, width, paint }).filter(
    ([name, value]) => value !== undefined && (mode.options as readonly string[]).includes(name),
  );
  return Object.fromEntries(known);
};

const selectionFor = ({ item, category, from, to }: CliOptions): Selection => {
  const list = (value: unknown) =>
    typeof value === 'string' ? value.split(',').filter((one) => one !== '') : undefined;
  const [items, categories] = [list(item), list(category)];
  const begin = from === undefined ? undefined : instantOption('from', from, 0);
  const end = to === undefined ? undefined : instantOption('to', to, 0);
  if (begin !== undefined && end !== undefined && begin > end) throw new UsageError('--from is later than --to');
  return {
    ...(items ? { items } : {}),
    ...(categories ? { categories } : {}),
    ...(begin === undefined ? {} : { from: begin }),
    ...(end === undefined ? {} : { to: end }),
  };
};

/** What is asked for and not there, a line each. */
const unknownOnes = ({ items = [], categories = [] }: Selection, { found }: SpanFilter): string => {
  const named =
    (what: string, known: readonly string[], is: (one: string, word: string) => boolean) => (word: string) => {
      if (known.some((one) => is(one, word))) return '';
      const all = known.length > MAX_NAMES ? `${known.slice(0, MAX_NAMES).join(', ')} …` : known.join(', ');
      const near = suggest(word, [...known, ...known.map((one) => one.slice(one.indexOf('/') + 1))]);
      return `There is no ${what} ${word} in it${near}${known.length > 0 ? ` (there are: ${all})` : ''}\n`;
    };
  return [
    ...items.map(named('item', found.items, (one, word) => one === word || one.slice(one.indexOf('/') + 1) === word)),
    ...categories.map(named('category', found.categories, (one, word) => one === word)),
  ].join('');
};

/** The kinds of facts that a rendering uses: the others need not be read. */
const wantsOf = ({ record }: Rendering): readonly Fact['kind'][] => [
  'span',
  'metric',
  ...(record ? (['log'] as const) : []),
];

/** `whenever show RECORDING`. Answers the exit status. @throws UsageError */
export const show = (path: string, given: CliOptions): number => {
  const mode = modeFor(given);
  const output = outputOf(given);
  if (mode.target === 'html' && output === undefined && isatty(1))
    throw new UsageError(`a page is not for a terminal: whenever show ${path} --as ${mode.name} -o FILE.html`);
  const options = optionsFor(mode, given);
  const selection = selectionFor(given);
  const sink = output === undefined ? toTerminal() : toFile(output, path);
  try {
    return asUsageError(() => showTo(sink, path, beginRendering(mode.name, sink.write, options), selection, mode));
  } catch (error) {
    if (error instanceof OutputClosedError) return FOUND;
    sink.drop();
    throw error;
  }
};

const showTo = (sink: Sink, path: string, rendering: Rendering, selection: Selection, mode: OutputFormat): number => {
  const selected = new SpanFilter(rendering, selection);
  const gatherer = new SpanBuilder(selected);
  const spans = readLogSpans();
  const read = eachFact(
    path,
    (fact, { plain, head }) => {
      if (head !== undefined) {
        if (isSimulated(head)) rendering.simulated?.();
        rendering.writtenBy?.(head.version);
      }
      gatherer.take(fact);
      if (plain && fact.kind === 'log') for (const made of spans.take(fact)) gatherer.take(made);
    },
    wantsOf(rendering),
  );
  if (!read.known) throw new UsageError(`${path === '-' ? 'standard input' : path} is no recording and no JSON log`);
  for (const made of spans.end()) gatherer.take(made);
  gatherer.end();
  const unknown = unknownOnes(selection, selected);
  if (unknown !== '') writeStderr(unknown);
  const something = selected.count > 0 || (mode.target === 'dot' && selected.anyConfigured);
  if (something || unknown === '') sink.close();
  else sink.drop();
  if (read.plain && selected.found.categories.length === 0) writeStderr('A log tells runs at level trace only.\n');
  const dark = read.unread.length;
  if (dark > 0)
    writeStderr(
      `${dark === 1 ? '1 record is' : `${dark} records are`} left out: the words are in lines that are missing\n`,
    );
  const [line] = read.bad;
  if (line !== undefined)
    writeStderr(
      read.bad.length === 1
        ? `1 line is no fact and left out: line ${line}\n`
        : `${read.bad.length} lines are no facts and left out, the first is line ${line}\n`,
    );
  return something ? FOUND : NOTHING;
};
