/** What the program writes or sends to, without ever waiting: what cannot be taken is dropped. */
export const SINKS = [
  'log',
  'recording',
  'history',
  'async',
  'tensorboard',
  'wandb',
  'mlflow',
  'prometheus',
  'otlp',
  'fleet',
] as const;
/** One of {@link SINKS}. */
export type SinkName = (typeof SINKS)[number];

/** Counts what the sinks of this process have dropped: records, facts, lines. */
class DropCounts {
  readonly #counts = new Map<SinkName, number>(SINKS.map((sink) => [sink, 0]));

  /** @param sink undefined: what is dropped there is not counted */
  add(sink: SinkName | undefined, count = 1): void {
    if (sink !== undefined) this.#counts.set(sink, this.of(sink) + count);
  }
  of(sink: SinkName): number {
    return this.#counts.get(sink) ?? 0;
  }
  /** All sinks, also those that have dropped nothing. */
  get all(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

/** The counts of the process: its sinks are no part of a daemon. */
export const dropCounts = new DropCounts();
