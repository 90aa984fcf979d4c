import type { LogFact, SpanId } from '../journal/fact.ts';

/** One timespan, as renderings see it. */
export interface Span {
  readonly category: string;
  readonly id: SpanId;
  /** `condition/Backup`; null: the scheduler itself. */
  readonly item: string | null;
  /** What is shown: the name given to it, the name of the item, or the category. */
  readonly name: string;
  /** Monotonic ns. */
  readonly start: number;
  /** Monotonic ns; undefined: it was open when the recording ended. */
  readonly finish: number | undefined;
  /** Wall clock at its start, ms since 1970. */
  readonly time: number;
  readonly cause: string | null;
  readonly run: string | null;
  /** `success`, `failure`, `none`, `error`, `positive`, `negative` …; undefined: not told. */
  readonly outcome: string | undefined;
  /** What was told at its start and at its end. */
  readonly began: Readonly<Record<string, unknown>>;
  readonly ended: Readonly<Record<string, unknown>>;
}

/** A decision without duration. */
export interface Instant {
  readonly category: string;
  readonly item: string | null;
  readonly name: string;
  /** Monotonic ns. */
  readonly at: number;
  /** Wall clock, ms since 1970. */
  readonly time: number;
  readonly cause: string | null;
  readonly run: string | null;
  readonly timeline: Readonly<Record<string, unknown>>;
}

/** The map of a configuration: events fire conditions, conditions run tasks. */
export interface ItemList {
  readonly conditions: readonly {
    readonly name: string;
    readonly type: string;
    readonly tasks: readonly string[];
    readonly sequence: boolean;
    readonly suspended: boolean;
  }[];
  readonly tasks: readonly { readonly name: string; readonly type: string }[];
  readonly events: readonly { readonly name: string; readonly type: string; readonly condition: string }[];
}

/** Everything a rendering may show, in order of time. */
export interface SpanData {
  /** By their start. */
  readonly spans: readonly Span[];
  readonly instants: readonly Instant[];
  readonly records: readonly LogFact[];
  /** Undefined: the recording does not tell. */
  readonly items: ItemList | undefined;
  /** First and last instant, monotonic ns; equal when there is nothing. */
  readonly from: number;
  readonly to: number;
  /** Wall clock at `from`, ms since 1970; 0: it is not known, and all times are since then. */
  readonly time: number;
  /** It is that of a simulation. */
  readonly simulated?: boolean;
  /** What was left out because it is too much: spans, instants and records, the oldest ones. */
  readonly leftOut: { readonly spans: number; readonly instants: number; readonly records: number };
}
