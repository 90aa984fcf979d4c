import type { LogFact, SpanId } from '../journal/fact.ts';

/** Attributes of a span or an instant. */
export type Attributes = Readonly<Record<string, unknown>>;

/** One timespan, as renderings get it. */
export interface Span {
  readonly category: string;
  readonly id: SpanId;
  /** `condition/Backup`; null: the scheduler itself. */
  readonly item: string | null;
  /** What is shown: the name from an annotation, the name of the item, or the category. */
  readonly name: string;
  /** Monotonic ns. */
  readonly start: number;
  /** Monotonic ns; undefined: it was open when the recording ended. */
  readonly finish: number | undefined;
  /** Wall clock at its start, ms since 1970. */
  readonly time: number;
  readonly cause: string | null;
  readonly run: string | null;
  /** `success`, `failure`, `none`, `error`, `positive`, `negative` …; undefined: not recorded. */
  readonly outcome: string | undefined;
  /** Attributes of its start and of its end. */
  readonly began: Attributes;
  readonly ended: Attributes;
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
  readonly timeline: Attributes;
}

/** The items of a configuration: events fire conditions, conditions run tasks. */
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
  /** Undefined: no configuration is recorded. */
  readonly items: ItemList | undefined;
  /** First and last instant, monotonic ns; equal when there is nothing. */
  readonly from: number;
  readonly to: number;
  /** Wall clock at `from`, ms since 1970; 0: not known, and all times count from `from`. */
  readonly time: number;
  /** Whether it comes from a simulation. */
  readonly simulated?: boolean;
  /** The version of the program that wrote the recording. */
  readonly version?: string;
  /** How many of the oldest spans, instants and records were left out. */
  readonly leftOut: { readonly spans: number; readonly instants: number; readonly records: number };
}
