import {
  type ConditionReport,
  GROUPS,
  type Group,
  type MissedFiring,
  type StatusReport,
  type TaskReport,
} from '../control/status.ts';
import { type LastOutcome, outcomeText, sinceText } from '../history/last-outcome.ts';
import { oneLine } from '../log/one-line.ts';
import { agree, counted } from '../plural.ts';
import { formatInstant, shortInstants, showDuration } from './instant.ts';
import { remembered } from './remembered.ts';
import { table } from './table.ts';
import { PLAIN, type Style, type Terminal } from './terminal.ts';
import { paragraph } from './wrap.ts';

const STYLES: Readonly<Record<Group, Style | undefined>> = {
  running: 'green',
  queued: 'cyan',
  held: 'yellow',
  checking: 'cyan',
  waiting: undefined,
  suspended: 'yellow',
  exhausted: 'red',
  finished: 'dim',
  'no-tasks': 'dim',
};

/** When something comes, and how long that takes. */
type Coming = readonly [at: string, wait: string];
const NOT_KNOWN: Coming = ['-', ''];
const NOW: Coming = ['now', ''];

const nextOf = (now: number): ((one: ConditionReport) => Coming) => {
  const short = shortInstants(now);
  // Many conditions are due at the same tick.
  const coming = remembered((at: number): Coming => [short(at), showDuration(Math.max(0, at - now))]);
  return ({ group, next, held }) => {
    if (group === 'running' || group === 'checking') return NOW;
    const at = group === 'held' ? (held?.earliest ?? null) : next;
    return at === null ? NOT_KNOWN : coming(at);
  };
};

const whyOf = ({ overdue, why, lastCheck, running }: ConditionReport): string => {
  const asked = lastCheck ? `${lastCheck} (${why})` : why;
  const whole = running.length > 0 ? `${why} (${running.join(', ')})` : asked;
  return overdue?.state === 'overdue' ? `overdue: ${overdue.text}; ${whole}` : whole;
};

/** What runs, in one line. */
export const headOf = (report: StatusReport, from: string | undefined): string => {
  const { version, pid, config, state, pausedUntil, started, now } = report;
  // Earlier versions have none.
  const until = typeof pausedUntil === 'number' ? ` until ${formatInstant(pausedUntil)}` : '';
  // A plain log has neither.
  const process = pid === 0 ? '' : `process ${pid}, `;
  const file = config === from ? '' : `, with ${oneLine(config)}`;
  const what = `${process}for ${showDuration(Math.max(0, now - started))}${file}`;
  if (from === undefined) return `whenever ${version} is ${state}${until}: ${what}`;
  return `${from}, as of ${formatInstant(now)}: whenever ${version} ${state === 'ended' ? 'has ended' : `was ${state}`}: ${what}`;
};

/** Why the file on disk is not what runs; nothing where it is. */
export const refusalOf = ({ refused, now }: StatusReport, { width, paint }: Terminal): string => {
  if (refused === undefined) return '';
  const { file, since, problems } = refused;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more: whenever check)` : '';
  const line = `Refused since ${sinceText(since, now)}, what runs is older: ${oneLine(problems[0] ?? file)}${more}`;
  return `${paint('red', paragraph(line, width, 2).trimEnd())}\n`;
};

/** Names that the line about failures has. */
const MOST_NAMES = 5;

/** What failed, counted; nothing where no run is known. */
export const failuresOf = ({ failed, conditions, counts }: StatusReport, { width, paint }: Terminal): string => {
  if (failed === null || failed.length === 0) {
    const known = failed !== null && conditions.some(({ last }) => last !== null);
    return known ? paragraph('No condition failed at its last run.', width, 2) : '';
  }
  const total = GROUPS.reduce((sum, group) => sum + counts[group], 0);
  const names = failed.slice(0, MOST_NAMES).join(', ');
  const more = failed.length > MOST_NAMES ? ` and ${failed.length - MOST_NAMES} more` : '';
  const line = `${failed.length} of ${counted(total, 'condition')} failed at ${agree(failed.length, 'its', 'their')} last run: ${oneLine(names)}${more}`;
  return `${paint('red', paragraph(line, width, 2).trimEnd())}\n`;
};

/** What is overdue, counted; nothing where nothing is. */
export const overdueOf = ({ conditions }: StatusReport, { width, paint }: Terminal): string => {
  const names = conditions.filter(({ overdue }) => overdue?.state === 'overdue').map(({ name }) => name);
  if (names.length === 0) return '';
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  const line = `${counted(names.length, 'condition')} ${agree(names.length, 'is', 'are')} overdue: ${names.slice(0, MOST_NAMES).join(', ')}${more}`;
  return `${paint('red', paragraph(line, width, 2).trimEnd())}\n`;
};

/** The reason of a run, and the last line of what it wrote. */
export const lastReason = ({ reason, lastLine }: LastOutcome): string =>
  [reason ?? '', lastLine === null ? '' : `"${lastLine}"`].filter((text) => text !== '').join(': ');

const outcomeStyle = (cell: string): Style | undefined =>
  cell === 'ok'
    ? 'green'
    : cell.startsWith('failed')
      ? 'red'
      : ['interrupted', 'cancelled', 'replaced', 'missed'].includes(cell)
        ? 'yellow'
        : undefined;

/** The columns about the last run. Those that matter less are left out on a narrow terminal. */
const LAST_COLUMNS = [
  { heading: 'LAST', rank: 3 },
  { heading: 'OUTCOME', least: 14, style: outcomeStyle },
] as const;
const missedCells = ({ time }: MissedFiring, now: number) => [sinceText(time, now), 'missed'] as const;
const lastCells = (last: LastOutcome | null, now: number): readonly [at: string, outcome: string] => [
  last === null ? '-' : sinceText(last.time, now),
  outcomeText(last, now),
];

/** The states of tasks that say more than how their last run ended. */
const SHOWN_STATES: ReadonlySet<string> = new Set(['running', 'queued', 'waiting']);

/** Tasks as a table, below a blank line; nothing where there are none. */
export const taskTable = (tasks: readonly TaskReport[], now: number, terminal: Terminal): string => {
  if (tasks.length === 0) return '';
  const rows = tasks.map(({ name, state, last }) => [
    ...[name, SHOWN_STATES.has(state) ? state : 'idle', ...lastCells(last, now)],
    ...(last === null ? ['-', ''] : [showDuration(last.seconds * 1000), oneLine(lastReason(last))]),
  ]);
  const columns = [
    { heading: 'TASK' },
    { heading: 'STATE', rank: 0, style: (cell: string) => (cell === 'running' ? ('green' as const) : undefined) },
    ...LAST_COLUMNS,
    { heading: 'TOOK', numeric: true, rank: 1 },
    { heading: 'REASON', least: 20 },
  ];
  return `\n${table(columns, rows, terminal)}`;
};

/** How many conditions are in each state. */
export const countsOf = ({ counts }: StatusReport): string => {
  const groups = GROUPS.filter((group) => counts[group] > 0).map((group) => `${counts[group]} ${group}`);
  return groups.length === 0 ? 'There are no conditions.' : `Conditions: ${groups.join(', ')}`;
};

/** A list with a line for each condition is tight below this width. */
const TIGHT_WIDTH = 72;

/** Conditions as a table: the heading, and a row each. In a tight list cells are cut sooner, so that the next instant has room. */
export const conditionTable = (conditions: readonly ConditionReport[], now: number, terminal: Terminal): string => {
  const coming = nextOf(now);
  const rows = conditions.map((one) => [
    one.name,
    one.group,
    ...coming(one),
    ...(one.missed ? missedCells(one.missed, now) : lastCells(one.last, now)),
    whyOf(one),
  ]);
  const { clipped = false, width = TIGHT_WIDTH } = terminal;
  const tight = clipped && width < TIGHT_WIDTH;
  const [last, outcome] = LAST_COLUMNS;
  const columns = [
    { heading: 'CONDITION' },
    { heading: 'STATE', style: (cell: string) => STYLES[cell as Group] },
    { heading: 'NEXT', rank: tight ? 5 : 2 },
    { heading: 'IN', numeric: true, rank: 1 },
    last,
    tight ? { ...outcome, least: 12 } : outcome,
    { heading: 'WHY', ...(tight ? { least: 10, rank: 4 } : { least: 20 }) },
  ];
  return table(columns, rows, terminal);
};

/** The plugins as a table, below a blank line; one that is left out has the reason. Nothing where there are none. */
const pluginTable = (plugins: StatusReport['plugins'], terminal: Terminal): string => {
  if (!plugins?.length) return '';
  const rows = plugins.map(({ name, state, events, failures, slow, dropped, reason }) => [
    ...[name, state, String(events), String(failures), String(slow), String(dropped)],
    oneLine(reason ?? ''),
  ]);
  const columns = [
    { heading: 'PLUGIN' },
    { heading: 'STATE', style: (cell: string) => (cell === 'left-out' ? ('red' as const) : undefined) },
    { heading: 'EVENTS', numeric: true },
    { heading: 'FAILURES', numeric: true },
    { heading: 'SLOW', numeric: true, rank: 2 },
    { heading: 'DROPPED', numeric: true, rank: 1 },
    { heading: 'REASON', least: 20 },
  ];
  return `\n${table(columns, rows, terminal)}`;
};

/**
 * A status as text: a line that counts what failed, one about the instance, one of counts, a table of conditions, one of tasks, and one of
 * plugins where there are any.
 * `from`: the file that it was read from.
 */
export const formatStatus = (report: StatusReport, terminal: Terminal = PLAIN, from?: string): string => {
  const { now, conditions, tasks, plugins } = report;
  const { width } = terminal;
  const head = `${refusalOf(report, terminal)}${failuresOf(report, terminal)}${overdueOf(report, terminal)}${paragraph(headOf(report, from), width, 2)}${paragraph(countsOf(report), width, 2)}`;
  const items = conditions.length > 0 ? `\n${conditionTable(conditions, now, terminal)}` : '';
  return `${head}${items}${taskTable(tasks, now, terminal)}${pluginTable(plugins, terminal)}`;
};
