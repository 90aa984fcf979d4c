import { isatty } from 'node:tty';
import { type ConditionReport, GROUPS, type Group, type StatusReport } from '../control/status.ts';
import { oneLine } from '../log/one-line.ts';
import { formatInstant, shortInstants, showDuration } from '../terminal/instant.ts';
import { table } from '../terminal/table.ts';
import { PLAIN, type Style, type Terminal } from '../terminal/terminal.ts';
import { paragraph } from '../terminal/wrap.ts';
import {
  answerJson,
  FOUND,
  FROM_OPTION,
  JSON_OPTION,
  NOTHING,
  printUnknown,
  QUERY_STATUS,
  type QueryOptions,
  send,
} from './query-common.ts';
import { stdoutTerminal, writeAll } from './stdio.ts';
import type { Subcommand } from './subcommand.ts';

type StatusOptions = QueryOptions & { readonly watch?: true };

const STYLES: Readonly<Record<Group, Style | undefined>> = {
  running: 'green',
  queued: 'cyan',
  checking: 'cyan',
  waiting: undefined,
  suspended: 'yellow',
  exhausted: 'red',
  finished: 'dim',
  'no-tasks': 'dim',
};

const nextOf = (now: number): ((one: ConditionReport) => readonly [at: string, wait: string]) => {
  const short = shortInstants(now);
  return ({ group, next }) => {
    if (group === 'running' || group === 'checking') return ['now', ''];
    return next === null ? ['-', ''] : [short(next), showDuration(Math.max(0, next - now))];
  };
};

const whyOf = ({ why, lastCheck, running }: ConditionReport): string => {
  if (running.length > 0) return oneLine(`${why} (${running.join(', ')})`);
  return oneLine(lastCheck ? `${lastCheck} (${why})` : why);
};

const headOf = ({ version, pid, config, state, started, now }: StatusReport, from: string | undefined): string => {
  // A plain log has neither.
  const process = pid === 0 ? '' : `process ${pid}, `;
  const file = config === from ? '' : `, with ${oneLine(config)}`;
  const what = `${process}for ${showDuration(Math.max(0, now - started))}${file}`;
  if (from === undefined) return `whenever ${version} is ${state}: ${what}`;
  return `${from}, as of ${formatInstant(now)}: whenever ${version} ${state === 'ended' ? 'has ended' : `was ${state}`}: ${what}`;
};

/** A status as text: a line about the instance, a line of counts, a table of conditions. `from`: the file that it was read from. */
export const formatStatus = (report: StatusReport, terminal: Terminal = PLAIN, from?: string): string => {
  const { now, counts, conditions } = report;
  const counted = GROUPS.filter((group) => counts[group] > 0).map((group) => `${counts[group]} ${group}`);
  const summary = counted.length === 0 ? 'There are no conditions.' : `Conditions: ${counted.join(', ')}`;
  const coming = nextOf(now);
  const rows = conditions.map((one) => [one.name, one.group, ...coming(one), whyOf(one)]);
  const columns = [
    { heading: 'CONDITION' },
    { heading: 'STATE', style: (cell: string) => STYLES[cell as Group] },
    { heading: 'NEXT' },
    { heading: 'IN', numeric: true },
    { heading: 'WHY' },
  ];
  const head = paragraph(headOf(report, from), terminal.width, 2) + paragraph(summary, terminal.width, 2);
  return `${head}${rows.length > 0 ? `\n${table(columns, rows, terminal)}` : ''}`;
};

/** How often a watched status is requested, in ms. */
const WATCH_MS = 1000;
/** Control sequences: cursor to the first place; clear to the end of the line; clear all below. */
const [HOME, REST_OF_LINE, BELOW] = ['\x1b[H', '\x1b[K', '\x1b[J'] as const;

/** Replaces the text on the terminal, as much of it as there is room for. */
export const refreshed = (text: string, { height = 24 }: Terminal): string => {
  const lines = text.trimEnd().split('\n');
  const room = Math.max(1, height - 1);
  const shown =
    lines.length <= room ? lines : [...lines.slice(0, room - 1), `… and ${lines.length - room + 1} more lines`];
  return `${HOME}${shown.map((line) => `${line}${REST_OF_LINE}\n`).join('')}${BELOW}`;
};

/** Prints the status each second until standard output is closed. */
const watch = async (request: () => Promise<StatusReport>, { json, from }: StatusOptions): Promise<number> => {
  const refresh = !json && isatty(1) && process.env.TERM !== 'dumb';
  for (;;) {
    const terminal = { ...stdoutTerminal(), clipped: refresh };
    const report = await request();
    const text = json ? answerJson(report) : formatStatus(report, terminal, from);
    if (!writeAll(1, refresh ? refreshed(text, terminal) : json ? text : `${text}\n`)) return FOUND;
    await new Promise((wake) => setTimeout(wake, WATCH_MS));
  }
};

export const statusCommand: Subcommand<StatusOptions> = {
  name: 'status',
  help: 'show what runs, what is due and when, what is suspended, and why each condition is as it is',
  takes: [{ form: '[CONDITION...]', help: 'only these conditions' }],
  options: [{ flags: '-w, --watch', help: 'show it again each second until interrupted' }, JSON_OPTION, FROM_OPTION],
  exitStatus: QUERY_STATUS,
  examples: ['whenever status --watch'],
  run: async ({ args: conditions, options }) => {
    const request = async () => (await send({ request: 'status', conditions }, options)) as StatusReport;
    const { json, from } = options;
    if (options.watch && from === undefined) return watch(request, options);
    const report = await request();
    writeAll(1, json ? answerJson(report) : formatStatus(report, stdoutTerminal(), from));
    if (!json) await printUnknown(report.unknown, 'condition', options);
    return report.unknown.length > 0 || report.conditions.length === 0 ? NOTHING : FOUND;
  },
};
