import type { InstantName } from '../../../journal/span-names.ts';
import type { ClockData, WallClock } from './clock.ts';
import { type InstantStyle, instantStyle, type SpanStyle, spanStyle } from './legend.ts';

/*
 * The data in a page: rows instead of objects and each text once, so that the page stays small. A text is stored as its index
 * in `texts`, −1 for none. Monotonic times are ns since the beginning, wall-clock times are ms since the wall clock then.
 */

/** Index of a text in `texts`; −1: none. */
export type Text = number;

/** One timespan. `finish` is −1 if it is open; `began` and `ended` are JSON. */
type PackedSpan = readonly [
  category: Text,
  id: Text,
  item: Text,
  name: Text,
  start: number,
  finish: number,
  wall: number,
  cause: Text,
  run: Text,
  outcome: Text,
  began: Text,
  ended: Text,
];

/** A decision without duration; `timeline` is JSON. */
type PackedInstant = readonly [
  category: Text,
  item: Text,
  name: Text,
  at: number,
  wall: number,
  cause: Text,
  run: Text,
  timeline: Text,
];

/** A log record; `level` is 0 (trace) to 4 (error), `who` the emitter and its action. */
type PackedRecord = readonly [
  at: number,
  wall: number,
  level: number,
  item: Text,
  who: Text,
  mark: Text,
  message: Text,
  cause: Text,
  run: Text,
];

/** All data of a page. */
export interface Packed extends ClockData {
  readonly texts: readonly string[];
  readonly spans: readonly PackedSpan[];
  readonly instants: readonly PackedInstant[];
  readonly records: readonly PackedRecord[];
  /** Length, ns. */
  readonly length: number;
  /** Names of items in the order of the configuration, such as `condition/Backup`. */
  readonly order: readonly Text[];
}

/** Fields of spans and instants. Monotonic times are ns since the beginning, `wall` is ms since 1970. */
interface Common {
  readonly index: number;
  readonly category: string;
  readonly item: string | null;
  readonly name: string;
  readonly start: number;
  readonly finish: number;
  readonly wall: number;
  readonly cause: string | null;
  readonly run: string | null;
}

/** A timespan; an open one ends at the end of the recording. `began` and `ended` are JSON. */
export interface PageSpan extends Common {
  readonly type: 'span';
  readonly id: string;
  readonly open: boolean;
  readonly outcome: string | null;
  readonly style: SpanStyle;
  readonly began: string | null;
  readonly ended: string | null;
}

/** A decision; `finish` equals `start`, `timeline` is JSON. */
export interface PageInstant extends Common {
  readonly type: 'instant';
  readonly style: InstantStyle;
  readonly timeline: string | null;
}

/** A span or an instant in the timeline. */
export type TimelineEntry = PageSpan | PageInstant;

/** A log record; `level` is 0 (trace) to 4 (error). */
export interface PageRecord {
  readonly index: number;
  readonly at: number;
  readonly wall: number;
  readonly level: number;
  readonly item: string | null;
  readonly who: string;
  readonly mark: string;
  readonly message: string;
  readonly cause: string | null;
  readonly run: string | null;
}

/** The data of a page, unpacked. */
export interface PageModel {
  readonly spans: readonly PageSpan[];
  readonly instants: readonly PageInstant[];
  readonly records: readonly PageRecord[];
  /** Items in the order of the configuration. */
  readonly order: readonly string[];
  /** ns. */
  readonly length: number;
}

/** Makes objects of the stored rows. */
export const unpack = (packed: Packed): PageModel => {
  const { texts, time, length } = packed;
  const textOrNull = (place: number): string | null => (place < 0 ? null : (texts[place] ?? null));
  const text = (place: number): string => textOrNull(place) ?? '';
  const spans = packed.spans.map((row, index): PageSpan => {
    const [category, id, item, name, start, finish, wall, cause, run, outcome, began, ended] = row;
    const open = finish < 0;
    return {
      ...{ type: 'span', index, category: text(category), id: text(id), item: textOrNull(item), name: text(name) },
      ...{ start, finish: open ? Math.max(start, length) : finish, open, wall: time + wall },
      ...{ cause: textOrNull(cause), run: textOrNull(run), outcome: textOrNull(outcome) },
      style: open ? 'open' : spanStyle(text(category), textOrNull(item), textOrNull(outcome)),
      ...{ began: textOrNull(began), ended: textOrNull(ended) },
    };
  });
  const instants = packed.instants.map((row, index): PageInstant => {
    const [category, item, name, at, wall, cause, run, timeline] = row;
    return {
      ...{ type: 'instant', index, category: text(category), item: textOrNull(item), name: text(name) },
      ...{ start: at, finish: at, wall: time + wall, cause: textOrNull(cause), run: textOrNull(run) },
      ...{ style: instantStyle(text(category)), timeline: textOrNull(timeline) },
    };
  });
  const records = packed.records.map((row, index): PageRecord => {
    const [at, wall, level, item, who, mark, message, cause, run] = row;
    return {
      ...{ index, at, wall: time + wall, level, item: textOrNull(item), who: text(who), mark: text(mark) },
      ...{ message: text(message), cause: textOrNull(cause), run: textOrNull(run) },
    };
  });
  return { spans, instants, records, order: packed.order.map(text), length };
};

/** Names of the levels of records. */
export const RECORD_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'];

/** Which records are shown. */
export interface LogFilter {
  /** 0 (all) to 4 (errors only). */
  readonly level: number;
  /** '': all. */
  readonly item: string;
  /** Part of the message, the mark or the emitter, in lower case. */
  readonly text: string;
  /** The id of a cause or a run; '': all. */
  readonly cause: string;
}

/** The records that match, in their order. */
export const filterRecords = (
  records: readonly PageRecord[],
  { level, item, text, cause }: LogFilter,
): readonly PageRecord[] =>
  records.filter(
    (record) =>
      record.level >= level &&
      (item === '' || record.item === item) &&
      (cause === '' || record.cause === cause || record.run === cause) &&
      (text === '' || `${record.message}\n${record.mark}\n${record.who}`.toLowerCase().includes(text)),
  );

/** The last date that can be shown, ms since 1970; a day before the end of the calendar, for zones ahead of UTC. */
const LAST_DATE = 8.6e15;

/** Attributes that are instants, ms since 1970, by category. */
const INSTANT_KEYS: Readonly<Record<string, readonly string[]>> = {
  missed: ['first', 'last'],
} satisfies Partial<Record<InstantName, readonly string[]>>;

/** A value of an attribute as text. */
const shown = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value) && value.every((one) => typeof one === 'string')
      ? value.join(' ')
      : JSON.stringify(value);

/** Attributes in JSON as names and values. @param category of the span or instant */
export const attributesOf = (
  json: string | null,
  category: string,
  clock: WallClock,
): (readonly [name: string, value: string])[] => {
  if (json === null) return [];
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) return [['value', shown(value)]];
  const instants = INSTANT_KEYS[category] ?? [];
  return Object.entries(value).map(([name, one]) => [
    name.replaceAll('_', ' '),
    typeof one === 'number' && Math.abs(one) < LAST_DATE && instants.includes(name) ? clock.text(one) : shown(one),
  ]);
};
