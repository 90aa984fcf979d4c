import { isatty } from 'node:tty';
import type { StatusReport } from '../control/status.ts';
import { formatStatus } from '../terminal/status.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type CliOptions, FOUND, jsonLine, NOTHING, printUnknown, send, sourceFile } from './query.ts';
import { stdoutTerminal } from './stdio.ts';
import { writeAll } from './values.ts';

/** How often a watched status is asked for, in ms. */
const WATCH_MS = 1000;
/** Goes to the first place of a terminal; clears the rest of a line, and all below. */
const [HOME, REST_OF_LINE, BELOW] = ['\x1b[H', '\x1b[K', '\x1b[J'] as const;

/** A text in the place of the one before, as much of it as there is room for. */
const refreshed = (text: string, { height = 24 }: Terminal): string => {
  const lines = text.trimEnd().split('\n');
  const room = Math.max(1, height - 1);
  const shown =
    lines.length <= room ? lines : [...lines.slice(0, room - 1), `… and ${lines.length - room + 1} more lines`];
  return `${HOME}${shown.map((line) => `${line}${REST_OF_LINE}\n`).join('')}${BELOW}`;
};

/** `whenever status`. Status 1 when there is no condition, or one that was asked for is none. */
export const status = async (names: readonly string[], given: CliOptions): Promise<number> => {
  const watched = given.watch === true && sourceFile(given) === undefined;
  for (;;) {
    const report = (await send({ request: 'status', conditions: names }, given)) as StatusReport;
    const refresh = watched && given.json !== true && isatty(1) && process.env.TERM !== 'dumb';
    const at = { ...stdoutTerminal(), clipped: refresh };
    const shown = given.json === true ? jsonLine(report) : formatStatus(report, at, sourceFile(given));
    const open = writeAll(1, refresh ? refreshed(shown, at) : watched && given.json !== true ? `${shown}\n` : shown);
    if (!open) return FOUND;
    if (!watched) {
      if (given.json !== true) await printUnknown(report.unknown, 'condition', given);
      return report.unknown.length > 0 || report.conditions.length === 0 ? NOTHING : FOUND;
    }
    await new Promise((wake) => setTimeout(wake, WATCH_MS));
  }
};
