import { contextWords, type Format } from './format.ts';
import { oneLine } from './one-line.ts';
import { PROCESS_PLACEHOLDERS, type ProcessFacts } from './process-placeholders.ts';
import type { LogRecord } from './record.ts';
import { subtreesOf } from './subtree.ts';
import { timeFormatter } from './time-format.ts';
import { timestamp } from './timestamp.ts';

/** What the values of placeholders are made from, besides the record. */
export interface PatternFacts extends ProcessFacts {
  /** The number of the thread; 0 is the main one. */
  readonly thread: number;
}

interface Placeholder {
  readonly name: string;
  readonly doc: string;
  readonly value: (record: LogRecord, facts: PatternFacts) => string;
}

/** What a pattern can hold, each with its sentence. */
export const RECORD_PLACEHOLDERS: readonly Placeholder[] = [
  {
    name: 'time',
    doc: 'the local time, as 2026-03-31T11:38:45.986, or as time_format says',
    value: ({ time }) => timestamp(time),
  },
  { name: 'level', doc: 'TRACE, DEBUG, INFO, WARN or ERROR', value: ({ level }) => level.toUpperCase() },
  {
    name: 'context',
    doc: 'emitter, action, item and number as in the plain format, such as TASK Save/1',
    value: ({ context }) => contextWords(context),
  },
  { name: 'message', doc: 'the message', value: ({ message }) => message },
  { name: 'mark', doc: 'WHEN/STATUS, such as END/OK', value: ({ mark }) => mark },
  { name: 'emitter', doc: 'the part of the program that logs, such as TASK', value: ({ context }) => context.emitter },
  { name: 'action', doc: 'what it does, such as active', value: ({ context }) => context.action },
  { name: 'item', doc: 'the name of the item, else empty', value: ({ context }) => context.item ?? '' },
  { name: 'item_id', doc: 'its number, else empty', value: ({ context }) => String(context.itemId ?? '') },
  {
    name: 'logger',
    doc: 'the subtree of the log, such as whenever.task.Save',
    value: ({ context }) => subtreesOf(context)[0]!,
  },
  {
    name: 'run',
    doc: 'the run that the record belongs to, such as run-3, else empty',
    value: ({ origin }) => origin?.run ?? '',
  },
  { name: 'cause', doc: 'what began it, such as tick-17, else empty', value: ({ origin }) => origin?.cause ?? '' },
  { name: 'seq', doc: 'the number of the record', value: ({ seq }) => String(seq ?? 0) },
  {
    name: 'pathname',
    doc: 'where a script logs by log.info and the like: its chunk, such as task Save, or its file; else empty',
    value: ({ details }) => details?.source?.file ?? '',
  },
  {
    name: 'lineno',
    doc: 'the line in it, else empty',
    value: ({ details }) => String(details?.source?.line ?? ''),
  },
  {
    name: 'exc_info',
    doc: 'of an internal error its text with the stack, else empty',
    value: ({ details }) => details?.error?.stack ?? '',
  },
  { name: 'process', doc: 'the same as pid', value: (_, { pid }) => String(pid) },
  {
    name: 'thread',
    doc: 'the number of the thread that writes, 0 for the main one',
    value: (_, { thread }) => String(thread),
  },
  ...PROCESS_PLACEHOLDERS.map(({ name, doc, value }) => ({
    ...{ name, doc },
    value: (_: LogRecord, facts: PatternFacts) => value(facts),
  })),
];

/** The names of all placeholders. */
export const RECORD_PLACEHOLDER_NAMES: readonly string[] = RECORD_PLACEHOLDERS.map(({ name }) => name);

/** A place in a pattern that means nothing: the name of a placeholder that does not exist, or a brace alone. */
export interface WrongPlaceholder {
  readonly index: number;
  /** Undefined: a brace alone. */
  readonly name?: string;
}

/** A text, or a placeholder with the least width of its value; a negative width is filled on the left. */
export type PatternPart<P> = string | { readonly placeholder: P; readonly width: number };

const TOKEN = /\{\{|\}\}|\{(?<inside>[^{}]*)\}|[^{}]+|[{}]/g;
const INSIDE = /^(?<name>\w+)(?::(?<side>[<>]?)(?<width>\d{1,2}))?$/;

/** The expression of valid patterns, for JSON Schema. */
export const PATTERN_SYNTAX = `^(?:[^{}]|\\{\\{|\\}\\}|\\{(?:${RECORD_PLACEHOLDER_NAMES.join('|')})(?::[<>]?[0-9]{1,2})?\\})*$`;

/** The placeholder that stands between two braces; undefined: it is not one. */
const partOf = <P>(inside: string, find: (name: string) => P | undefined): PatternPart<P> | undefined => {
  const { name, side, width = 0 } = INSIDE.exec(inside)?.groups ?? {};
  const placeholder = name === undefined ? undefined : find(name);
  return placeholder && { placeholder, width: side === '>' ? -Number(width) : Number(width) };
};

/** The parts of a pattern whose placeholders are those that `find` knows, or where it is wrong. */
export const parsePattern = <P>(
  pattern: string,
  find: (name: string) => P | undefined,
): readonly PatternPart<P>[] | WrongPlaceholder => {
  const parts: PatternPart<P>[] = [];
  for (const { 0: token, index, groups } of pattern.matchAll(TOKEN)) {
    const { inside } = groups!;
    if (token === '{' || token === '}') return { index };
    if (inside === undefined) parts.push(token === '{{' || token === '}}' ? token[0]! : token);
    else {
      const part = partOf(inside, find);
      if (part === undefined) return { index, name: inside };
      parts.push(part);
    }
  }
  return parts;
};

/** Makes lines of parts; `maker` makes what shows a placeholder of a record. */
export const lineMaker = <R, P>(
  parts: readonly PatternPart<P>[],
  maker: (placeholder: P) => (record: R) => string,
): ((record: R) => string) => {
  const makers = parts.map((part): ((record: R) => string) => {
    if (typeof part === 'string') return () => part;
    const { placeholder, width } = part;
    const shown = maker(placeholder);
    if (width === 0) return shown;
    return width < 0 ? (record) => shown(record).padStart(-width) : (record) => shown(record).padEnd(width);
  });
  return (record) => {
    let line = '';
    for (const make of makers) line += make(record);
    return `${line}\n`;
  };
};

const recordPlaceholder = (name: string): Placeholder | undefined =>
  RECORD_PLACEHOLDERS.find((one) => one.name === name);

/** What is wrong with a pattern; undefined: nothing. */
export const wrongPlaceholder = (pattern: string): WrongPlaceholder | undefined => {
  const parsed = parsePattern(pattern, recordPlaceholder);
  return 'index' in parsed ? parsed : undefined;
};

/**
 * Makes the format of a pattern. Values are on one line each, as in the plain format. @throws Error for a wrong pattern.
 */
export const patternFormat = (pattern: string, timeFormat: string | undefined, facts: PatternFacts): Format => {
  const parsed = parsePattern(pattern, recordPlaceholder);
  if ('index' in parsed) throw new Error('the pattern has a wrong placeholder');
  const time = timeFormat === undefined ? undefined : timeFormatter(timeFormat);
  return lineMaker(parsed, (placeholder) =>
    placeholder.name === 'time' && time !== undefined
      ? (record: LogRecord) => time(record.time)
      : (record: LogRecord) => oneLine(placeholder.value(record, facts)),
  );
};
