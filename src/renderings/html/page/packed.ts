/*
 * What the page carries: rows instead of objects and each text once, so that a day of runs stays small. Texts stand as
 * their place in `texts`, −1 for none. Instants of the monotonic clock are ns since the beginning, those of the wall clock ms
 * since the wall clock of the beginning.
 */

/** A text, by its place in `texts`; −1: none. */
export type Text = number;

/** One timespan. `finish` is −1 while open; `began` and `ended` are texts of JSON. */
export type PackedSpan = readonly [
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

/** A decision without duration; `timeline` is a text of JSON. */
export type PackedInstant = readonly [
  category: Text,
  item: Text,
  name: Text,
  at: number,
  wall: number,
  cause: Text,
  run: Text,
  timeline: Text,
];

/** A log record; `level` is 0 (trace) to 4 (error), `who` the emitter and what it does. */
export type PackedRecord = readonly [
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

/** From `at` (ns) on the wall clock is `offset` ms ahead of where the monotonic clock would have it. */
export type PackedStep = readonly [at: number, offset: number];

/** Everything the page knows. */
export interface Packed {
  readonly texts: readonly string[];
  readonly spans: readonly PackedSpan[];
  readonly instants: readonly PackedInstant[];
  readonly records: readonly PackedRecord[];
  /** Steps of the wall clock; the first one is at 0. */
  readonly steps: readonly PackedStep[];
  /** Wall clock of the beginning, ms since 1970. */
  readonly time: number;
  /** Length, ns. */
  readonly length: number;
  /** The zone in which times are shown, such as `Europe/Rome`. */
  readonly zone: string;
  /** Names of items in the order of the configuration, such as `condition/Backup`. */
  readonly order: readonly Text[];
}
