import type { HistoryWriter } from '../history/history-line.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogKind } from './shared-log.ts';

/** What is taken into the log of the fleet of a log record. */
export type SharedRecord = Pick<LogRecord, 'time' | 'level' | 'context' | 'mark' | 'message' | 'origin'>;

/** Takes entries for the log of the fleet. @param now they have to outlive the program */
export type AddEntry = (kind: LogKind, value: unknown, now: boolean) => void;

/** A history whose lines go into the log of the fleet, too. */
export const sharedHistory = (own: HistoryWriter, add: AddEntry): HistoryWriter => ({
  write: (lines) => {
    own.write(lines);
    for (const [i, line] of lines.entries()) add('history', line, i === lines.length - 1);
  },
  alive: () => own.alive(),
});

/** Where log records go that are to be in the log of the fleet: those at info, and more severe ones. */
export const sharedRecords = (add: AddEntry) => ({
  level: 'info' as const,
  everything: true,
  write: ({ time, level, context, mark, message, origin }: LogRecord): void => {
    const { emitter, action, item, itemId } = context;
    const record: SharedRecord = { time, level, context: { emitter, action, item, itemId }, mark, message, origin };
    add('record', record, false);
  },
});
