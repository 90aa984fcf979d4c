import type {
  ConditionRun,
  EarlierAttempt,
  HistoryEntry,
  HistoryRun,
  MissedInstants,
  TaskRun,
} from '../history/history-entries.ts';
import { isMissedFor, type KeptOutput } from '../history/history-line.ts';
import { oneLine } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { formatInstant, shortPastInstants, showDuration, showTook } from './instant.ts';
import { type Column, table } from './table.ts';
import type { Style, Terminal } from './terminal.ts';
import { truncateToWidth, widthOf, wrap } from './wrap.ts';

/** What a table of runs shows. */
export interface RunTableOptions {
  /** Wall-clock ms. */
  readonly now: number;
  /** The last lines of the output are below each run. */
  readonly verbose: boolean;
  /** The machine of an entry, where there are several; absent: there is one. */
  readonly machineOf?: (entry: HistoryEntry) => string;
}

/** Lines of an output that are shown. */
const LAST_LINES = 10;
/** Columns that texts need to be beside the others. What is important and needs more is below; what is not is cut off, or left out. */
const ROOM = { important: 40, other: 16 } as const;
/** How long whenever has to have been away for a row that says so, ms. */
const GAP_MS = 60_000;

const OUTCOMES: Readonly<Record<ConditionRun['outcome'], string>> = {
  success: 'ok',
  failure: 'failed',
  none: 'no outcome',
  error: 'error',
  interrupted: 'interrupted',
  cancelled: 'cancelled',
  replaced: 'replaced',
  running: 'running',
};
const STYLES: Readonly<Record<string, Style>> = {
  ok: 'green',
  failed: 'red',
  error: 'red',
  interrupted: 'red',
  cancelled: 'yellow',
  replaced: 'yellow',
  running: 'cyan',
  missed: 'yellow',
  passed: 'dim',
};

/** What began a run, by the code of its reason. */
const CAUSES: Readonly<Record<string, string>> = {
  'instant-held-back': 'jitter',
  interval: 'interval',
  'run-command': 'run command',
  'event-came': 'event',
  'catching-up': 'catching up',
  'interrupted-run': 'rerun',
  'exit-status': 'command',
  output: 'command',
  'idle-reached': 'idle',
  'interval-start': 'interval',
  session: 'session',
  'call-answered': 'D-Bus',
  answer: 'D-Bus',
  rows: 'WMI',
  'row-checks': 'WMI',
  'expected-result': 'Lua',
  'expected-results': 'Lua',
};

/** What began a run, in a word or two: the time of day that it ran for, `interval`, `trigger`. */
const byOf = ({ code, instant, cause }: ConditionRun): string => {
  if (cause.startsWith('command-') && code !== 'run-command') return 'trigger';
  if (instant !== null) {
    const at = formatInstant(instant).slice(11, 19);
    return at.endsWith(':00') ? at.slice(0, 5) : at;
  }
  return CAUSES[code] ?? (code === '' ? '-' : code);
};

/** What is shown of one entry. */
interface Row {
  readonly cells: readonly string[];
  /** What it is about in the end: it may be long. */
  readonly text: string;
  /** It did not go well: the whole text is shown. */
  readonly important: boolean;
  readonly output: KeptOutput;
  /** Attempts before the last one. */
  readonly earlier: readonly EarlierAttempt[];
  readonly indent: string;
}

const textOf = (why: string | null, lastLine: string | null, failed: boolean, attempts = 1): string => {
  const parts = failed ? [why, lastLine] : [lastLine];
  const text = parts.filter((part) => part !== null && part !== '').join(': ');
  return oneLine([...(attempts > 1 ? [counted(attempts, 'attempt')] : []), ...(text === '' ? [] : [text])].join('; '));
};

const tookOf = (entry: ConditionRun | TaskRun, now: number): string => {
  if (entry.outcome === 'running') return showTook(Math.max(0, now - entry.began) / 1000);
  // How long an interrupted run went on is not known.
  return entry.seconds === null || entry.outcome === 'interrupted' ? '-' : showTook(entry.seconds);
};

const isBad = ({ outcome }: ConditionRun | TaskRun): boolean =>
  outcome === 'failure' || outcome === 'error' || outcome === 'interrupted';

/** Makes the rows of an entry. */
class Rows {
  readonly #options: RunTableOptions;
  readonly #when: (ms: number) => string;

  constructor(options: RunTableOptions) {
    this.#options = options;
    this.#when = shortPastInstants(options.now);
  }

  of(entry: HistoryRun): readonly Row[] {
    const rows = this.#rows(entry);
    const { machineOf } = this.#options;
    if (machineOf === undefined) return rows;
    return rows.map(({ cells: [when = '', ...cells], ...row }, i) => ({
      ...row,
      cells: [when, i === 0 ? oneLine(machineOf(entry)) : '', ...cells],
    }));
  }
  #rows(entry: HistoryRun): readonly Row[] {
    if (entry.kind === 'missed') return [this.#missed(entry)];
    if (entry.kind === 'task') return [this.#task(entry)];
    const { tasks } = entry;
    // What a condition says of itself and of its only task is the same.
    const [only] = tasks;
    const output = tasks.length === 1 && only ? { ...only, ...entry } : entry;
    return [this.#run(entry, output), ...(tasks.length > 1 ? tasks.map((task) => this.#task(task, '  ')) : [])];
  }

  #run(run: ConditionRun, output: KeptOutput): Row {
    const { condition, began, outcome, reason, lastLine, task, tasks } = run;
    const bad = isBad(run);
    const only = tasks.length === 1 ? tasks[0] : undefined;
    const decided = bad && task !== null && tasks.length !== 1 && reason !== null ? `${task}: ${reason}` : reason;
    return {
      cells: [this.#when(began), condition, byOf(run), OUTCOMES[outcome], tookOf(run, this.#options.now)],
      ...{ text: textOf(decided, lastLine, bad, only?.attempts), important: bad, output, indent: '' },
      earlier: only?.failedAttempts ?? [],
    };
  }
  #task(run: TaskRun, indent = ''): Row {
    const { task, condition, began, outcome, why, lastLine } = run;
    const bad = isBad(run);
    return {
      cells: [
        ...(indent === '' ? [this.#when(began), task, condition] : ['', `${indent}${task}`, '']),
        ...[OUTCOMES[outcome], tookOf(run, this.#options.now)],
      ],
      ...{ text: textOf(why, lastLine, bad, run.attempts), important: bad, output: run, indent },
      earlier: run.failedAttempts ?? [],
    };
  }
  #missed({ condition, last, count, code, why }: MissedInstants): Row {
    const word = isMissedFor(code) ? 'missed' : 'passed';
    return {
      cells: [this.#when(last), condition, '-', `${word} ${count}`, '-'],
      ...{ text: oneLine(why), important: true, output: {}, earlier: [], indent: '' },
    };
  }
}

/** Lines below a row. */
const below = (text: string, { width, paint }: Terminal, style: Style | undefined, indent: string): string[] => {
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(20, width - indent.length);
  const lines = Number.isFinite(room) ? wrap(text, room) : [text];
  return lines.map((line) => `${indent}${style === undefined ? line : paint(style, line)}`);
};

/** The last lines of what was written, each stream under its name if there are several. */
const outputLines = (output: KeptOutput, terminal: Terminal): string[] => {
  const streams = (['stdout', 'stderr', 'log'] as const).filter((stream) => (output[stream] ?? '').trim() !== '');
  return streams.flatMap((stream) => {
    const lines = output[stream]!.trimEnd().split('\n');
    const shown = lines.slice(-LAST_LINES);
    const gone = lines.length - shown.length;
    const head = streams.length > 1 ? below(`${stream}:`, terminal, 'dim', '      ') : [];
    const more = gone > 0 ? below(`(${counted(gone, 'line')} before)`, terminal, 'dim', '      ') : [];
    return [...head, ...more, ...shown.flatMap((line) => below(oneLine(line), terminal, undefined, '      '))];
  });
};

/** An attempt in a line: `attempt 1, 12 s: exit code 3 …: disk full`. */
export const attemptText = ({ attempt, seconds, why, lastLine }: EarlierAttempt): string =>
  oneLine(`attempt ${attempt}, ${showTook(seconds)}: ${why}${lastLine === null ? '' : `: ${lastLine}`}`);

/** What a row has below it with `verbose`: the attempts before the last one, and the output. */
const details = ({ earlier, output }: Row, terminal: Terminal): string[] => [
  ...earlier.flatMap((one) => below(attemptText(one), terminal, 'dim', '      ')),
  ...outputLines(output, terminal),
];

/** The text of a row, beside the other columns or below them. */
const withText = (line: string, used: number, row: Row, room: number | undefined, terminal: Terminal): string[] => {
  const { text, important, indent } = row;
  if (text === '') return [line];
  if (room !== undefined && widthOf(text) > room && room < (important ? ROOM.important : ROOM.other))
    return important ? [line, ...below(text, terminal, 'dim', `    ${indent}`)] : [line];
  const gap = ' '.repeat(Math.max(0, used - widthOf(line.replace(PAINTED, ''))));
  if (room === undefined || widthOf(text) <= room) return [`${line}${gap}  ${text}`];
  if (!important) return [`${line}${gap}  ${truncateToWidth(text, room - 1).trimEnd()}…`];
  const [first = '', ...more] = wrap(text, room);
  return [`${line}${gap}  ${first}`, ...more.map((part) => `${' '.repeat(used + 2)}${part}`)];
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences begin with one
const PAINTED = /\x1b\[[\d;]*m/g;

const columns = (kinds: ReadonlySet<HistoryEntry['kind']>, machines: boolean): readonly Column[] => [
  { heading: 'WHEN' },
  ...(machines ? [{ heading: 'MACHINE' }] : []),
  { heading: !kinds.has('task') ? 'CONDITION' : kinds.has('run') ? 'ITEM' : 'TASK' },
  { heading: kinds.has('task') && !kinds.has('run') ? 'CONDITION' : 'BY' },
  { heading: 'OUTCOME', style: (cell) => STYLES[cell.split(' ')[0]!] },
  { heading: 'TOOK', numeric: true },
];

const betweenLine = (entry: HistoryEntry, { now, machineOf }: RunTableOptions): string | undefined => {
  const when = shortPastInstants(now);
  const on = machineOf === undefined ? '' : `${oneLine(machineOf(entry))}: `;
  if (entry.kind === 'lost')
    return `${on}${counted(entry.lines, 'line')} of the history could not be written until ${when(entry.at)}: ${oneLine(entry.why)}`;
  if (entry.kind !== 'not-running' || entry.to - entry.from < GAP_MS) return undefined;
  return `${on}whenever was not running from ${when(entry.from)} to ${when(entry.to)} (${showDuration(entry.to - entry.from)})`;
};

/** Runs as a table, and between them when whenever was not running. Texts that have no room beside the columns are below. */
export const formatRuns = (entries: readonly HistoryEntry[], options: RunTableOptions, terminal: Terminal): string => {
  const rows = new Rows(options);
  const groups = entries.map((entry) =>
    entry.kind === 'not-running' || entry.kind === 'lost' ? betweenLine(entry, options) : rows.of(entry),
  );
  const all = groups.flatMap((group) => (typeof group === 'object' ? group : []));
  const lines = table(
    columns(new Set(entries.map(({ kind }) => kind)), options.machineOf !== undefined),
    all.map(({ cells }) => cells),
    { ...terminal, clipped: true },
  ).split('\n');
  const used = lines.reduce((most, line) => Math.max(most, widthOf(line.replace(PAINTED, ''))), 0);
  const room = terminal.width === undefined ? undefined : terminal.width - used - 2;
  let at = 0;
  const body = groups.flatMap((group): string[] => {
    if (group === undefined) return [];
    if (typeof group === 'string') return below(group, terminal, 'dim', '');
    return group.flatMap((row) => {
      at += 1;
      const output = options.verbose ? details(row, terminal) : [];
      return [...withText(lines[at]!, used, row, room, terminal), ...output];
    });
  });
  return `${[lines[0]!, ...body].join('\n')}\n`;
};
