import { Chalk } from 'chalk';
import { LoggerContext } from './logger-context.ts';
import { oneLine } from './one-line.ts';
import { quoted } from './quoted.ts';
import type { Context, Level, LogRecord } from './record.ts';
import { timestamp } from './timestamp.ts';

/** The name of the program in every record. */
export const APPLICATION = 'whenever';

/** Turns a record into a line, newline included. */
export type Format = (record: LogRecord) => string;

const levelWord = (level: Level): string => level.toUpperCase().padEnd(5);

/** `EMITTER ACTION NAME/ID`; the action word `active` is left out. */
export const contextWords = ({ emitter, action, item, itemId }: Context): string =>
  `${emitter}${action === 'active' ? '' : ` ${action}`}${item === null ? '' : ` ${item}/${itemId}`}`;

/** `[time] (application) LEVEL CONTEXT: [WHEN/STATUS] message`. */
export const plain: Format = ({ time, level, context, mark, message }) =>
  `[${timestamp(time)}] (${APPLICATION}) ${levelWord(level)} ${contextWords(context)}: [${mark}] ${oneLine(message)}\n`;

/** The priorities of the journal of systemd. */
export const PRIORITY: Readonly<Record<Level, number>> = { error: 3, warn: 4, info: 6, debug: 7, trace: 7 };

/** The plain line for the journal of systemd, which has the time itself, and takes the priority from the start of the line. */
export const journald: Format = ({ level, context, mark, message }) =>
  `<${PRIORITY[level]}>(${APPLICATION}) ${levelWord(level)} ${contextWords(context)}: [${mark}] ${oneLine(message)}\n`;

const chalk = new Chalk({ level: 2 });
const COLOURS: Readonly<Record<Level, (text: string) => string>> = {
  error: chalk.ansi256(196),
  warn: chalk.ansi256(208),
  info: (text) => text,
  debug: chalk.ansi256(27),
  trace: chalk.ansi256(8),
};
const ended = (sequence: string) => (text: string) => `\x1b[${sequence}m${text}\x1b[0m`;
const [faint, bold] = [ended('2'), ended('1')];

/** The plain line with colours; each styled part ends with SGR 0. */
export const colour: Format = ({ time, level, context, mark, message }) => {
  const word = COLOURS[level](levelWord(level)).replace('\x1b[39m', '\x1b[0m');
  return `[${timestamp(time)}] ${faint(`(${APPLICATION})`)} ${word} ${bold(`${contextWords(context)}: [${mark}] ${oneLine(message)}`)}\n`;
};

/** One JSON object a line: put together by hand, because most of it never changes. */
export const json: Format = ({ time, level, context, mark, message }) => {
  const slash = mark.indexOf('/');
  return (
    `{"header":{"application":"${APPLICATION}","level":"${level.toUpperCase()}","time":"${timestamp(time)}000"},` +
    `"contents":{"context":${LoggerContext.json(context)},"message":${quoted(message)},` +
    `"message_type":{"status":"${mark.slice(slash + 1)}","when":"${mark.slice(0, slash)}"}}}\n`
  );
};

/** The ids of the trace of a run or a cause, and of its span. */
export type TraceIdsOf = (of: string) => { readonly trace_id: string; readonly span_id: string };

/**
 * {@link json} with the place of the record in the journal: `--log-ids`. Facts of the journal have it themselves. @param trace adds ids of
 * traces
 */
export const jsonWithIds = (
  record: LogRecord & { readonly run?: string | null; readonly cause?: string | null },
  trace?: TraceIdsOf,
): string => {
  const { seq = 0, origin, run = origin?.run ?? null, cause = origin?.cause ?? null } = record;
  const of = run ?? cause;
  const ids = { seq, run, cause, ...(of === null ? {} : trace?.(of)) };
  return `${json(record).slice(0, -2)},"journal":${JSON.stringify(ids)}}\n`;
};
