import type { LoggingConfig } from '../log/logging-config.ts';
import type { ConditionInstance, EventInstance, Firing, ItemDeps, Position, TaskInstance } from './instance.ts';

/** What the engine knows of an item before it is created. `values` are compared at a reload. */
export interface Spec<B> {
  readonly name: string;
  /** The word in the file. */
  readonly type: string;
  /** Emitter of the construction record. */
  readonly emitter: string;
  readonly values: Readonly<Record<string, unknown>>;
  create(surroundings: ItemDeps): B;
  /** The position of one of the item's keys in the file. */
  locate(key: string): Promise<Position | undefined>;
}

export interface TaskSpec extends Spec<TaskInstance> {}

/** The keys that all conditions have, and that the engine reads. */
export interface Traits {
  readonly tasks: readonly string[];
  readonly recurring: boolean;
  /** −1: unlimited. */
  readonly max_tasks_retries: number;
  readonly execute_sequence: boolean;
  readonly break_on_failure: boolean;
  readonly break_on_success: boolean;
  readonly suspended: boolean;
  /** What becomes of a run that was under way when the program was killed. */
  readonly interrupted: 'report' | 'rerun';
  /** Its state goes on after a restart. */
  readonly persistent: boolean;
}

export interface ConditionSpec extends Spec<ConditionInstance> {
  readonly traits: Traits;
  /** Its checks may be spread over the tick. */
  readonly delayable: boolean;
  /** When it will be true, for a start at `from` (wall-clock ms); undefined for kinds that cannot know. Can be endless. */
  forecast(from: number): Iterable<Firing> | undefined;
  /** Which parts of it will never be true after `from`, and why: one text for each. */
  never(from: number): readonly string[];
}

export interface EventSpec extends Spec<EventInstance> {
  /** The condition it fires. */
  readonly condition: string;
  /** The `trigger` command may fire it. */
  readonly manual: boolean;
}

/** Whether runs are kept, how long, and how many megabytes of them. */
export interface HistorySettings {
  readonly enabled: boolean;
  readonly days: number;
  readonly megabytes: number;
}

/** Globals of a file; they take effect at start only. */
export interface Settings {
  readonly tickSeconds: number;
  readonly randomize: boolean;
  /** A pause goes on after a restart. */
  readonly keepPause: boolean;
  readonly history: HistorySettings;
  /** What the file says about the log. */
  readonly logging?: LoggingConfig;
}

/** A whole, valid configuration. It is immutable. */
export interface Config {
  readonly file: string;
  readonly settings: Settings;
  readonly tasks: readonly TaskSpec[];
  readonly conditions: readonly ConditionSpec[];
  readonly events: readonly EventSpec[];
}
