import type { Span } from '../span-data.ts';

/** A slice on a track: it is written when it has ended, after what belongs on it has ended. */
export interface Slice {
  readonly span: Span;
  /** Monotonic ns. */
  readonly start: number;
  /** Undefined: it goes on. */
  end: number | undefined;
  /**
   * From where and up to where it is drawn, ns. What took no time gets a nanosecond, and what comes behind it on its row makes way:
   * readers that split slices into beginnings and ends cannot tell them apart at one instant.
   */
  from: number;
  to: number | undefined;
  /** The track it is on; it may change until it has ended. */
  row: TraceRow;
  /** Text that has to stand behind it in the file. */
  readonly held: string[];
  /** Arrows that begin on it, from which instant (ns). */
  readonly arrows: { readonly id: number; readonly at: number }[];
}

/** One row of a track: of any two slices on it one lies within the other, or they do not touch. */
export class TraceRow {
  readonly tid: number;
  readonly name: string;
  /** What goes on, the outermost first. */
  readonly open: Slice[] = [];
  /** Where the last slice that has ended was, ns. */
  end: number = Number.NEGATIVE_INFINITY;
  /** From where on nothing is drawn, ns. */
  free: number = Number.NEGATIVE_INFINITY;

  constructor(tid: number, name: string) {
    this.tid = tid;
    this.name = name;
  }
}

/** Whether a span lies in another one by what it is, not by chance. */
type Owns = (outer: Span, inner: Span) => boolean;

/**
 * The rows of one item. A span goes onto the row of the one it belongs to, or onto the first row that is free; rows are added
 * when none is. It is known only at its end whether that was right: what would stick out is moved to a row of its own before
 * anything of it is written.
 */
export class TraceTrack {
  readonly #rows: TraceRow[] = [];
  readonly #owns: Owns;
  readonly #add: (place: number) => TraceRow;

  /** `add` makes the row of a place, from 1. */
  constructor(owns: Owns, add: (place: number) => TraceRow) {
    this.#owns = owns;
    this.#add = add;
  }

  /** `least`: it is not drawn before that, ns, because its cause is not. */
  begin(span: Span, least = span.start): Slice {
    const { start } = span;
    const quiet = this.#rows.filter(({ end }) => end <= start);
    for (const row of quiet) {
      // It may be told a moment after what began in it.
      const at = row.open.findIndex((inner) => inner.start >= start && this.#owns(span, inner.span));
      const place = at === -1 ? row.open.length : at;
      const outer = row.open[place - 1];
      if (at === -1 && !outer) continue;
      if (!outer || (outer.start <= start && this.#owns(outer.span, span))) return this.#put(span, row, place, least);
    }
    const free = quiet.find(({ open }) => open.length === 0) ?? this.#new();
    return this.#put(span, free, 0, least);
  }

  /** Ends a slice at `at`, ns; answers the one around it, if there is one. */
  finish(slice: Slice, at: number): Slice | undefined {
    const { row } = slice;
    const place = row.open.indexOf(slice);
    // What began in it and goes on sticks out.
    for (const inner of row.open.splice(place + 1)) this.#move(inner);
    row.open.pop();
    slice.end = Math.max(at, slice.start, row.end);
    row.end = slice.end;
    slice.to = Math.max(slice.end, slice.from + 1, row.free);
    // One more behind what made way: sums of fractions of microseconds are not exact.
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
