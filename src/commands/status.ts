import { isatty } from 'node:tty';
import { systemClock } from '../adapters/clock.ts';
import type { StatusReport } from '../control/status.ts';
import type { Terminal } from '../terminal/terminal.ts';
import {
  answerJson,
  FOUND,
  FROM_OPTION,
  JSON_OPTION,
  NOTHING,
  printUnknown,
  QUERY_STATUS,
  type QueryOptions,
  STATUS_INSTANTS,
  send,
} from './query-common.ts';
import { stdoutTerminal, writeAll } from './stdio.ts';
import type { Subcommand } from './subcommand.ts';

type StatusOptions = QueryOptions & { readonly watch?: true; readonly failed?: true };

/** Only what failed when it last ran. */
const onlyFailed = (report: StatusReport): StatusReport => ({
  ...report,
  conditions: report.conditions.filter(({ last }) => last?.failed),
  tasks: report.tasks.filter(({ last }) => last?.failed),
});

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

const statusText = async (report: StatusReport, terminal: Terminal, from: string | undefined): Promise<string> => {
  const { formatStatus } = await import('../terminal/status-text.ts');
  return formatStatus(report, terminal, from);
};

/** Prints the status each second until standard output is closed. */
const watch = async (request: () => Promise<StatusReport>, { json, from }: StatusOptions): Promise<number> => {
  const refresh = !json && isatty(1) && process.env.TERM !== 'dumb';
  for (;;) {
    const terminal = { ...stdoutTerminal(), clipped: refresh };
    const report = await request();
    const text = json ? answerJson(report, STATUS_INSTANTS) : await statusText(report, terminal, from);
    if (!writeAll(1, refresh ? refreshed(text, terminal) : json ? text : `${text}\n`)) return FOUND;
    await new Promise((wake) => setTimeout(wake, WATCH_MS));
  }
};

export const statusCommand: Subcommand<StatusOptions> = {
  name: 'status',
  help: 'show what failed, what runs, what is due and when, what is suspended, and why each condition is as it is',
  takes: [{ form: '[CONDITION...]', help: 'only these conditions', names: ['condition'] }],
  options: [
    { flags: '--failed', help: 'only the conditions and tasks whose last run failed' },
    { flags: '-w, --watch', help: 'show it again each second until interrupted' },
    JSON_OPTION,
    FROM_OPTION,
  ],
  exitStatus: QUERY_STATUS,
  examples: ['whenever status --failed'],
  run: async ({ args: conditions, options }) => {
    const { json, from, failed } = options;
    const request = async () => {
      const answer = send({ request: 'status', conditions }, options);
      // The parts that show the answer are read while the instance makes it: the request leaves first.
      answer.catch(() => {});
      await systemClock.turn();
      if (!json) await import('../terminal/status-text.ts');
      const report = (await answer) as StatusReport;
      return failed ? onlyFailed(report) : report;
    };
    if (options.watch && from === undefined) return watch(request, options);
    const report = await request();
    writeAll(1, json ? answerJson(report, STATUS_INSTANTS) : await statusText(report, stdoutTerminal(), from));
    if (!json) await printUnknown(report.unknown, 'condition', options);
    return report.unknown.length > 0 || report.conditions.length === 0 ? NOTHING : FOUND;
  },
};
