import type { Span } from '../span-data.ts';

/** A slice on a track. It is written after it and its inner slices have ended. */
export interface Slice {
  readonly span: Span;
  /** Monotonic ns. */
  readonly start: number;
  /** Undefined: it is open. */
  end: number | undefined;
  /**
   * Where it is drawn, ns. A slice without length gets a nanosecond, and later slices of its row are moved: readers that split
   * slices into starts and ends cannot order them within one instant.
   */
  from: number;
  to: number | undefined;
  /** Its row; it may change until the slice has ended. */
  row: TraceRow;
  /** Lines that must follow it in the file. */
  readonly held: string[];
  /** Arrows that begin on it; `at`: ns. */
  readonly arrows: { readonly id: number; readonly at: number }[];
}

/** One row of a track: any two slices on it are nested or do not touch. */
export class TraceRow {
  readonly tid: number;
  readonly name: string;
  /** Open slices, the outermost first. */
  readonly open: Slice[] = [];
  /** End of the last slice that has ended, ns. */
  end: number = Number.NEGATIVE_INFINITY;
  /** Where the free part begins, ns. */
  free: number = Number.NEGATIVE_INFINITY;

  constructor(tid: number, name: string) {
    this.tid = tid;
    this.name = name;
  }
}

/** Whether a span is part of another one, and does not just overlap it. */
type Owns = (outer: Span, inner: Span) => boolean;

/**
 * The rows of one item. A span goes onto the row of the span that it is part of, or onto a free row; rows are added as needed.
 * An inner slice that is still open when the outer one ends is moved to another row before it is written.
 */
export class TraceTrack {
  readonly #rows: TraceRow[] = [];
  readonly #owns: Owns;
  readonly #add: (place: number) => TraceRow;

  /** `add` makes the row with a number, from 1. */
  constructor(owns: Owns, add: (place: number) => TraceRow) {
    this.#owns = owns;
    this.#add = add;
  }

  /** `least`: it is not drawn before this instant, ns, because its cause is not. */
  begin(span: Span, least = span.start): Slice {
    const { start } = span;
    const quiet = this.#rows.filter(({ end }) => end <= start);
    for (const row of quiet) {
      // It may be recorded a moment after its inner spans.
      const at = row.open.findIndex((inner) => inner.start >= start && this.#owns(span, inner.span));
      const place = at === -1 ? row.open.length : at;
      const outer = row.open[place - 1];
      if (at === -1 && !outer) continue;
      if (!outer || (outer.start <= start && this.#owns(outer.span, span))) return this.#put(span, row, place, least);
    }
    const free = quiet.find(({ open }) => open.length === 0) ?? this.#new();
    return this.#put(span, free, 0, least);
  }

  /** Ends a slice at `at`, ns. Returns the slice around it, if there is one. */
  finish(slice: Slice, at: number): Slice | undefined {
    const { row } = slice;
    const place = row.open.indexOf(slice);
    // Open inner slices would end after it.
    for (const inner of row.open.splice(place + 1)) this.#move(inner);
    row.open.pop();
    slice.end = Math.max(at, slice.start, row.end);
    row.end = slice.end;
    slice.to = Math.max(slice.end, slice.from + 1, row.free);
    // One more after a moved slice: sums of fractions of microseconds are not exact.
    row.free = slice.to + (slice.from === slice.start && slice.to === slice.end ? 0 : 1);
    return row.open.at(-1);
  }

  #put(span: Span, row: TraceRow, place: number, least: number): Slice {
    const { start } = span;
    const [outer, inner] = [row.open[place - 1], row.open[place]];
    const from = Math.min(
      Math.max(start, row.free, outer?.from ?? start, least),
      inner?.from ?? Number.POSITIVE_INFINITY,
    );
    const slice: Slice = { ...{ span, start, end: undefined, from, to: undefined, row }, held: [], arrows: [] };
    row.open.splice(place, 0, slice);
    return slice;
  }

  #move(slice: Slice): void {
    const row = this.#rows.find(({ open, end }) => open.length === 0 && end <= slice.start) ?? this.#new();
    slice.row = row;
    slice.from = Math.max(slice.from, row.free);
    row.open.push(slice);
  }

  #new(): TraceRow {
    const row = this.#add(this.#rows.length + 1);
    this.#rows.push(row);
    return row;
  }
}
