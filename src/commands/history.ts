import { callInstance } from '../adapters/control-client.ts';
import { NotRunningError } from '../adapters/control-errors.ts';
import {
  type FoundHistory,
  historyOfConfig,
  historyOfInstance,
  latestHistory,
} from '../adapters/history/find-history.ts';
import type { HistoryReader } from '../adapters/history/reader.ts';
import { socketPath } from '../adapters/socket-path.ts';
import { suggest } from '../config/suggest.ts';
import type { StatusReport } from '../control/status.ts';
import type { HistoryEntry, HistoryRun, NotRunning, RunFilter } from '../history/history-entries.ts';
import { oneLine, printedJson } from '../log/one-line.ts';
import { formatInstant, isoInstant } from '../terminal/instant.ts';
import { bytesText } from '../terminal/progress.ts';
import { formatRuns } from '../terminal/run-table.ts';
import { formatStatistics, type NamedStatistics } from '../terminal/statistics-table.ts';
import { paragraph } from '../terminal/wrap.ts';
import { countOption, instantOrAgo } from './option-values.ts';
import { FOUND, formatUnknown, JSON_OPTION, NOTHING, QUERY_STATUS } from './query-common.ts';
import { printMessage, showProgress, stdoutTerminal, writeAll } from './stdio.ts';
import type { Invocation, Subcommand } from './subcommand.ts';

type HistoryOptions = {
  readonly config?: string;
  readonly failed?: true;
  readonly since?: ReturnType<typeof instantOrAgo>;
  readonly count: number;
  readonly stats?: true;
  readonly verbose?: true;
  readonly json?: true;
};

/** A history with what is known of its instance. */
interface Source extends FoundHistory {
  /** Whether an instance writes to it. */
  readonly running: boolean;
  /** The items of the instance, which may have no run yet. */
  readonly items: readonly string[];
}

/** The status of the running instance; undefined: none is running. */
const askInstance = async (): Promise<StatusReport | undefined> => {
  try {
    return (await callInstance(socketPath(), { request: 'status', conditions: [] })) as StatusReport;
  } catch (error) {
    if (error instanceof NotRunningError) return undefined;
    throw error;
  }
};

const itemsIn = ({ conditions, tasks }: StatusReport): readonly string[] => [
  ...conditions.map(({ name }) => `condition/${name}`),
  ...tasks.map(({ name }) => `task/${name}`),
];

/** That of the file, of the running instance, or the one that was written last; undefined: none is kept. */
const findSource = async (file: string | undefined): Promise<Source | undefined> => {
  const status = await askInstance();
  const running = status && historyOfInstance(status.config, status.started);
  if (file !== undefined) {
    const found = historyOfConfig(file);
    const isRunning = running?.reader.directory === found.reader.directory;
    return { ...found, running: isRunning, items: isRunning ? itemsIn(status!) : [] };
  }
  if (running) return { ...running, running: true, items: itemsIn(status!) };
  const latest = latestHistory();
  return latest && { ...latest, running: false, items: [] };
};

const headOf = ({ config, reader, running }: Source): string => {
  const written = reader.written;
  const what = config === undefined ? `in ${reader.directory}` : `of ${config}`;
  if (running) return `History ${oneLine(what)}, of the running instance`;
  return `History ${oneLine(what)}${written === undefined ? '' : `, last written ${formatInstant(written)}`}`;
};

/** The names of conditions and tasks that were asked for, and those that the history does not know. */
interface Items {
  readonly conditions: readonly string[];
  readonly tasks: readonly string[];
  readonly unknown: readonly string[];
}

const namesIn = (known: ReadonlySet<string>, section: string): readonly string[] =>
  [...known].flatMap((item) => (item.startsWith(`${section}/`) ? [item.slice(section.length + 1)] : []));

export const chosenItems = (words: readonly string[], known: ReadonlySet<string>): Items => {
  const of = (section: string): string[] =>
    words.flatMap((word) => {
      const item = /^(?:condition|task)\//.test(word) ? word : `${section}/${word}`;
      return item.startsWith(`${section}/`) && known.has(item) ? [item.slice(section.length + 1)] : [];
    });
  const [conditions, tasks] = [of('condition'), of('task')];
  const found = new Set([...conditions.flatMap((name) => [name, `condition/${name}`])]);
  for (const name of tasks) for (const word of [name, `task/${name}`]) found.add(word);
  return { conditions, tasks, unknown: words.filter((word) => !found.has(word)) };
};

export const printUnknownItems = ({ unknown }: Items, known: ReadonlySet<string>): void => {
  for (const word of unknown) {
    const section = /^(condition|task)\//.exec(word)?.[1];
    const names = [
      ...new Set(['condition', 'task'].flatMap((one) => (section && section !== one ? [] : namesIn(known, one)))),
    ];
    const bare = word.slice(section === undefined ? 0 : section.length + 1);
    const found = {
      known: false,
      hint: suggest(bare, names),
      elsewhere: [],
      names: names.slice(0, 10),
      total: names.length,
    };
    printMessage(formatUnknown(word, 'item', found));
  }
};

/** The entries of a filter, at most so many runs; 0: all. */
const takeRuns = (reader: HistoryReader, filter: RunFilter, alive: boolean, count: number): readonly HistoryEntry[] => {
  const entries: HistoryEntry[] = [];
  let runs = 0;
  for (const entry of reader.entries(filter, alive)) {
    const isRun = entry.kind !== 'not-running' && entry.kind !== 'lost';
    entries.push(entry);
    if (isRun) runs += 1;
    if (isRun && runs === count) break;
  }
  return entries;
};

const isRun = (entry: HistoryEntry): entry is HistoryRun => entry.kind !== 'not-running' && entry.kind !== 'lost';

/** Keys whose numbers are instants. */
const INSTANTS = new Set([
  'at',
  'began',
  'ended',
  'instant',
  'first',
  'last',
  'from',
  'to',
  'lastSuccess',
  'lastFailure',
  'since',
]);
export const historyJson = (value: unknown): string =>
  `${printedJson(JSON.stringify(value, (key, one: unknown) => (INSTANTS.has(key) && typeof one === 'number' ? isoInstant(one) : one)))}\n`;

const statisticsJson = ([item, of]: NamedStatistics) => ({
  ...{ item, runs: of.runs, failures: of.failures, successRate: (of.runs - of.failures) / of.runs },
  ...{ median: of.durations.quantile(0.5) ?? null, p95: of.durations.quantile(0.95) ?? null },
  ...{ first: of.first, last: of.last, lastSuccess: of.lastSuccess, lastFailure: of.lastFailure, streak: of.streak },
  recent: of.recent.map(([outcome, seconds]) => ({ outcome, seconds })),
});

/** Prints the statistics. Returns whether there are any. */
const showStatistics = (source: Source, items: Items, since: number, { options, now }: Invocation<HistoryOptions>) => {
  const { reader, config, running } = source;
  const wanted = [...items.conditions.map((name) => `condition/${name}`), ...items.tasks.map((name) => `task/${name}`)];
  // Conditions come first, as in the status.
  const progress = showProgress(`reading ${reader.directory}`, bytesText, 64);
  const statistics = reader.statistics(wanted, since, (done, total) => progress.at(done, done / total));
  progress.clear();
  const found = [...statistics.items].sort(([a], [b]) => (a < b ? -1 : 1));
  const named = { config: config ?? null, directory: reader.directory, running };
  if (options.json) writeAll(1, historyJson({ ...named, items: found.map(statisticsJson) }));
  else if (found.length > 0) {
    const terminal = stdoutTerminal();
    const head = terminal.paint('dim', paragraph(headOf(source), terminal.width, 2).trimEnd());
    writeAll(1, `${head}\n\n${formatStatistics(found, now, terminal)}`);
  }
  return found.length > 0;
};

/** Prints the runs. Returns whether there are any. */
const showRuns = (source: Source, items: Items, since: number, { options, now }: Invocation<HistoryOptions>) => {
  const { reader, config, running } = source;
  const { conditions, tasks } = items;
  const failed = options.failed === true;
  const filter: RunFilter = { conditions, tasks, failed, since, until: Number.POSITIVE_INFINITY };
  const entries = takeRuns(reader, filter, running, options.count);
  const runs = entries.filter(isRun);
  if (options.json) {
    const notRunning = entries.flatMap((entry): NotRunning[] => (entry.kind === 'not-running' ? [entry] : []));
    const away = notRunning.map(({ from, to }) => ({ from, to }));
    writeAll(1, historyJson({ config: config ?? null, directory: reader.directory, running, runs, notRunning: away }));
  } else if (runs.length > 0) {
    const terminal = stdoutTerminal();
    const head = terminal.paint('dim', paragraph(headOf(source), terminal.width, 2).trimEnd());
    const shown = failed ? runs : entries;
    writeAll(1, `${head}\n\n${formatRuns(shown, { now, verbose: options.verbose === true }, terminal)}`);
  }
  return runs.length > 0;
};

/** Why there is nothing to show. */
const nothing = (words: readonly string[], { failed, since }: HistoryOptions, { directory }: HistoryReader): string => {
  const what = failed ? 'nothing has failed' : 'no runs';
  const of = words.length > 0 ? ` of ${words.join(', ')}` : '';
  return `${what}${of}${since ? ' in this time' : ''}: the history in ${directory} has none`;
};

export const historyCommand: Subcommand<HistoryOptions> = {
  name: 'history',
  help: 'show the runs, newest first, also those before a restart, and without an instance',
  takes: [{ form: '[ITEM...]', help: 'conditions or tasks', names: ['condition', 'task'] }],
  options: [
    { flags: '--failed', help: 'only what failed, was interrupted or was missed' },
    {
      flags: '--since <T>',
      help: 'only since then, or since so long ago: 12h, 7d',
      parse: instantOrAgo,
    },
    countOption('how many runs, the last ones', '20'),
    { flags: '--stats', help: 'one row an item: success rate, durations, streak' },
    { flags: '-v, --verbose', help: 'the last lines of the output too' },
    JSON_OPTION,
    {
      flags: '--config <FILE>',
      help: 'of this configuration, also if it does not run',
      path: true,
      itemsOf: 'configuration',
    },
  ],
  exitStatus: QUERY_STATUS,
  examples: ['whenever history Backup --failed --since 7d -v'],
  run: async (invocation) => {
    const { args: words, options, now } = invocation;
    const source = await findSource(options.config);
    if (source === undefined || !source.reader.exists) {
      const of = source?.config === undefined ? '' : ` of ${source.config}`;
      printMessage(
        `no history${of} is kept yet: each run of the daemon adds to it, unless [history] has enabled = false`,
      );
      return NOTHING;
    }
    const known = new Set(words.length > 0 ? [...source.reader.names(), ...source.items] : []);
    const items = chosenItems(words, known);
    const since = options.since?.(now) ?? Number.NEGATIVE_INFINITY;
    const some = items.unknown.length < words.length || words.length === 0;
    const show = options.stats ? showStatistics : showRuns;
    const found = some && show(source, items, since, invocation);
    if (!options.json) printUnknownItems(items, known);
    if (!options.json && some && !found) printMessage(nothing(words, options, source.reader));
    return found && items.unknown.length === 0 ? FOUND : NOTHING;
  },
};
