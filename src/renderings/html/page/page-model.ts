import type { InstantName } from '../../../journal/span-names.ts';
import type { ClockData, WallClock } from './clock.ts';
import { type InstantStyle, instantStyle, type SpanStyle, spanStyle } from './legend.ts';
import { type FilteredRecord, type LogFilter, matchesFilter } from './record-filter.ts';

/*
 * The data in a page: rows of numbers instead of objects and each text once, so that the page stays small. Monotonic times are
 * ns since the beginning, wall-clock times are ms since the wall clock then.
 */

/** Fields of spans and instants. */
interface StoredEntry {
  readonly category: string;
  readonly item: string | null;
  readonly name: string;
  readonly start: number;
  readonly wall: number;
  readonly cause: string | null;
  readonly run: string | null;
}

/** A timespan. `finish` is −1 if it is open; `began` and `ended` are JSON. */
export interface StoredSpan extends StoredEntry {
  readonly id: string;
  readonly finish: number;
  readonly outcome: string | null;
  readonly began: string | null;
  readonly ended: string | null;
}

/** A decision without duration; `timeline` is JSON. */
export interface StoredInstant extends StoredEntry {
  readonly timeline: string | null;
}

/** A log record. */
export interface StoredRecord extends FilteredRecord {
  readonly at: number;
  readonly wall: number;
}

/** The columns of rows. */
export const COLUMNS = {
  spans: ['category', 'id', 'item', 'name', 'start', 'finish', 'wall', 'cause', 'run', 'outcome', 'began', 'ended'],
  instants: ['category', 'item', 'name', 'start', 'wall', 'cause', 'run', 'timeline'],
  records: ['at', 'wall', 'level', 'item', 'who', 'mark', 'message', 'cause', 'run'],
} as const satisfies {
  readonly spans: readonly (keyof StoredSpan)[];
  readonly instants: readonly (keyof StoredInstant)[];
  readonly records: readonly (keyof StoredRecord)[];
};

/** All data of a page. Columns of texts hold indices in `texts`, −1 for none. */
export interface Packed extends ClockData {
  readonly texts: readonly string[];
  readonly spans: readonly (readonly number[])[];
  readonly instants: readonly (readonly number[])[];
  readonly records: readonly (readonly number[])[];
  /** Length, ns. */
  readonly length: number;
  /** Names of items in the order of the configuration, such as `condition/Backup`. */
  readonly order: readonly string[];
}

/** A timespan; an open one ends at the end of the recording. `wall` is ms since 1970. */
export interface PageSpan extends StoredSpan {
  readonly type: 'span';
  readonly index: number;
  readonly open: boolean;
  readonly style: SpanStyle;
}

/** A decision; `finish` equals `start`. `wall` is ms since 1970. */
export interface PageInstant extends StoredInstant {
  readonly type: 'instant';
  readonly index: number;
  readonly finish: number;
  readonly style: InstantStyle;
}

/** A span or an instant in the timeline. */
export type TimelineEntry = PageSpan | PageInstant;

/** A log record. `wall` is ms since 1970. */
export interface PageRecord extends StoredRecord {
  readonly index: number;
}

/** What a lane has: spans of one category by row, and instants by start. */
export interface LaneContent {
  readonly category: string;
  readonly rows: readonly (readonly PageSpan[])[];
  readonly crowded: boolean;
  readonly instants: readonly PageInstant[];
}

/** The data of a page, unpacked. */
export interface PageModel extends Pick<Packed, 'order' | 'length'> {
  readonly spans: readonly PageSpan[];
  readonly instants: readonly PageInstant[];
  readonly records: readonly PageRecord[];
  /** What each lane has, by the key of the lane; absent: it is made of the spans and instants. */
  readonly lanes?: ReadonlyMap<string, LaneContent>;
  /** Where it begins, ns, at most 0; absent: at 0. */
  readonly begin?: number;
}

const NUMBERS: ReadonlySet<string> = new Set(['start', 'finish', 'wall', 'at', 'level'] satisfies (
  | keyof StoredSpan
  | keyof StoredRecord
)[]);

/** Makes objects of the stored rows. */
export const unpack = (packed: Packed): PageModel => {
  const { texts, time, length, order } = packed;
  const objects = <T extends { readonly wall: number }>(rows: Packed['spans'], columns: readonly string[]): T[] =>
    rows.map((row) => {
      const fields = columns.map((name, i) => [name, NUMBERS.has(name) ? row[i] : (texts[row[i]!] ?? null)]);
      const object = Object.fromEntries(fields) as T;
      return { ...object, wall: time + object.wall };
    });
  const spans = objects<StoredSpan>(packed.spans, COLUMNS.spans).map((span, index): PageSpan => {
    const open = span.finish < 0;
    const style = open ? 'open' : spanStyle(span.category, span.item, span.outcome);
    return { ...span, type: 'span', index, open, style, finish: open ? Math.max(span.start, length) : span.finish };
  });
  const instants = objects<StoredInstant>(packed.instants, COLUMNS.instants).map((instant, index): PageInstant => {
    return { ...instant, type: 'instant', index, finish: instant.start, style: instantStyle(instant.category) };
  });
  const records = objects<StoredRecord>(packed.records, COLUMNS.records).map((record, index) => ({ ...record, index }));
  return { spans, instants, records, order, length };
};

/** The records that match, in their order. */
export const filterRecords = (records: readonly PageRecord[], filter: LogFilter): readonly PageRecord[] =>
  records.filter((record) => matchesFilter(record, filter));

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

/**
 * Whether something belongs to the run of an entry, to the hooks that the run has begun, or to the run that has begun it; if it has no
 * run, to its cause.
 */
export const isRelated =
  ({ run, cause }: Pick<TimelineEntry, 'run' | 'cause'>) =>
  (other: Pick<PageSpan | PageRecord, 'run' | 'cause'>): boolean => {
    if (run === null) return cause !== null && other.cause === cause;
    return other.run === run || other.cause === run || (cause !== null && other.run === cause);
  };
