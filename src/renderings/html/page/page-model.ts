import { type InstantStyle, instantStyle, type SpanStyle, spanStyle } from './legend.ts';
import type { Packed } from './packed.ts';

/** What spans and instants have. Instants of the monotonic clock are ns since the beginning, `wall` is ms since 1970. */
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

/** A timespan; an open one ends at the end of everything. `began` and `ended` are JSON. */
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

/** What can be pointed at in the timeline. */
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

/** Everything the page shows. */
export interface PageModel {
  readonly spans: readonly PageSpan[];
  readonly instants: readonly PageInstant[];
  readonly records: readonly PageRecord[];
  /** Items in the order of the configuration. */
  readonly order: readonly string[];
  /** ns. */
  readonly length: number;
}

/** Rows become objects again. */
export const unpack = (packed: Packed): PageModel => {
  const { texts, time, length } = packed;
  const text = (place: number): string | null => (place < 0 ? null : (texts[place] ?? null));
  const spans = packed.spans.map((row, index): PageSpan => {
    const [category, id, item, name, start, finish, wall, cause, run, outcome, began, ended] = row;
    const open = finish < 0;
    return {
      type: 'span',
      index,
      category: text(category) ?? '',
      id: text(id) ?? '',
      item: text(item),
      name: text(name) ?? '',
      start,
      finish: open ? Math.max(start, length) : finish,
      open,
      wall: time + wall,
      cause: text(cause),
      run: text(run),
      outcome: text(outcome),
      style: open ? 'open' : spanStyle(text(category) ?? '', text(item), text(outcome)),
      began: text(began),
      ended: text(ended),
    };
  });
  const instants = packed.instants.map((row, index): PageInstant => {
    const [category, item, name, at, wall, cause, run, timeline] = row;
    return {
      type: 'instant',
      index,
      category: text(category) ?? '',
      item: text(item),
      name: text(name) ?? '',
      start: at,
      finish: at,
      wall: time + wall,
      cause: text(cause),
      run: text(run),
      style: instantStyle(text(category) ?? ''),
      timeline: text(timeline),
    };
  });
  const records = packed.records.map((row, index): PageRecord => {
    const [at, wall, level, item, who, mark, message, cause, run] = row;
    return {
      index,
      at,
      wall: time + wall,
      level,
      item: text(item),
      who: text(who) ?? '',
      mark: text(mark) ?? '',
      message: text(message) ?? '',
      cause: text(cause),
      run: text(run),
    };
  });
  return { spans, instants, records, order: packed.order.map((place) => text(place) ?? ''), length };
};
