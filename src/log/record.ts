/** Log levels, least to most severe; the order is the severity. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
/** One of {@link LEVELS}. */
export type Level = (typeof LEVELS)[number];

/** The position of each level in {@link LEVELS}. */
export const SEVERITY: Readonly<Record<Level, number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4 };

const SYNONYMS = { warning: 'warn', critical: 'error' } as const;
type AnyLevel = Level | keyof typeof SYNONYMS;
/** A level as a program may name it: one of {@link LEVELS}, `warning` for `warn`, `critical` for `error`; also in capital letters. */
export type LevelName = AnyLevel | Uppercase<AnyLevel>;
/** All level names, in small letters. */
export const ALL_LEVELS: readonly string[] = [...LEVELS, ...Object.keys(SYNONYMS)];

/** The level that a name stands for; undefined when it stands for none. */
export const levelOf = (name: unknown): Level | undefined => {
  const level = String(name).toLowerCase();
  if (Object.hasOwn(SYNONYMS, level)) return SYNONYMS[level as keyof typeof SYNONYMS];
  return LEVELS.find((known) => known === level);
};

type Stage = 'INIT' | 'START' | 'PROC' | 'END';
type Result = 'OK' | 'FAIL' | 'MSG' | 'ERR';

/** The legal `WHEN/STATUS` pairs of a record; anything else does not compile. */
export type Mark = `${Stage}/${Result}` | 'HIST/START' | 'HIST/END' | `${'BUSY' | 'PAUSE'}/${'YES' | 'NO'}`;

/** The part of the program that logs, its action, and the item that it is about. `item` and `itemId` are both null or both set; 0: not registered yet. */
export interface Context {
  readonly emitter: string;
  readonly action: string;
  readonly item: string | null;
  readonly itemId: number | null;
}

/** What begins a chain of happenings. */
export const CAUSES = [
  'start',
  'tick',
  'event',
  'command',
  'reload',
  'signal',
  'clock',
  'overdue',
  'change',
  'fleet',
] as const;
/** One of {@link CAUSES}; ids are `tick-17`, `event-3`; no name of an item holds a hyphen. */
export type CauseKind = (typeof CAUSES)[number];

/** Why something happens and what it belongs to; handed on from the tick to the lines of the script. */
export interface TraceContext {
  /** What began it, such as `tick-17`. */
  readonly cause: string;
  /** One execution of the tasks of a condition, with the check before it, such as `run-5`. */
  readonly run: string | null;
}

/** What was thrown, in words. */
export interface RecordError {
  /** Its name, such as `TypeError`. */
  readonly type: string;
  readonly message: string;
  /** With the stack where there is one. */
  readonly stack: string;
}

/** What only a few records have, for formats that ask for it. */
export interface RecordDetails {
  /** Where a script has logged: its chunk, such as `task Backup`, and the line in it. */
  readonly source?: { readonly file: string; readonly line: number };
  readonly error?: RecordError;
}

/** One log record; `time` is wall-clock milliseconds since 1970. */
export interface LogRecord {
  readonly time: number;
  readonly level: Level;
  readonly context: Context;
  readonly mark: Mark;
  readonly message: string;
  readonly origin?: TraceContext | undefined;
  readonly details?: RecordDetails | undefined;
  /** Its number in the journal, which gives it when the record is made; 0 without a journal. */
  seq?: number;
}

/** A message, or a function that makes it, which is called only when a sink takes the record. */
export type Message = string | (() => string);

/** A logger bound to one {@link Context}. Below the threshold a call costs one comparison. */
export interface Logger {
  readonly context: Context;
  /** True when records of this level reach a sink: ask before an expensive loop of records. */
  wants(level: Level): boolean;
  /** The same logger for everything that has this origin. */
  under(origin: TraceContext): Logger;
  trace(mark: Mark, message: Message, origin?: TraceContext, details?: RecordDetails): void;
  debug(mark: Mark, message: Message, origin?: TraceContext, details?: RecordDetails): void;
  info(mark: Mark, message: Message, origin?: TraceContext, details?: RecordDetails): void;
  warn(mark: Mark, message: Message, origin?: TraceContext, details?: RecordDetails): void;
  error(mark: Mark, message: Message, origin?: TraceContext, details?: RecordDetails): void;
}

/** Makes loggers: `log.for('TASK', 'active', 'Backup', 3)`. */
export interface Log {
  for(emitter: string, action: string, item?: string, itemId?: number): Logger;
  wants(level: Level): boolean;
  /** Whether each check of a condition is a record, at trace: a value, as `written`. */
  readonly everyCheck: { readonly on: boolean };
  /** Whether any logger writes records of a level: values that change with the sinks, to be read where a call costs too much. */
  readonly written: Readonly<Record<Level, { readonly on: boolean }>>;
}
