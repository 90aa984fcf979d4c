import type { LoggingConfig } from '../log/logging-config.ts';
import type { ConditionInstance, EventInstance, Firing, ItemDeps, Position, TaskInstance } from './instance.ts';
import type { ReasonOf } from './reasons.ts';
import type { HookName } from './task-run.ts';

/** What the engine knows of an item before it is created. `values` are compared at a reload. */
export interface Spec<B> {
  readonly name: string;
  /** The word in the file. */
  readonly type: string;
  /** Emitter of the construction record. */
  readonly emitter: string;
  readonly values: Readonly<Record<string, unknown>>;
  create(surroundings: ItemDeps): B;
  /** The file that it is in; absent: the main one. */
  readonly file?: string;
  /** The position of one of the item's keys in its file. */
  locate(key: string): Promise<Position | undefined>;
}

/** The keys that all tasks have, and that the engine reads: how often a run that failed is tried again, and when. */
export interface TaskTraits {
  readonly retries: number;
  readonly retry_delay_seconds: number;
  readonly retry_factor: number;
  readonly retry_max_delay_seconds: number | undefined;
  /** 0 to 1. */
  readonly retry_jitter: number;
  /** 0: no limit. */
  readonly retry_timeout_seconds: number;
  /** The machine that does it: `here`, `any`, `all`, `tag:NAME` or `host:NAME`. */
  readonly where: string;
}

export interface TaskSpec extends Spec<TaskInstance> {
  readonly traits: TaskTraits;
}

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
  /** What a firing leads to while its tasks run. */
  readonly when_busy: 'skip' | 'queue' | 'restart';
  /** What becomes of a run that was under way when the program was killed. */
  readonly interrupted: 'report' | 'rerun';
  /** Its state goes on after a restart. */
  readonly persistent: boolean;
  /** It fires once on all machines of the fleet. */
  readonly shared: boolean;
  /** What becomes of its run if the machine dies. */
  readonly on_lost: 'miss' | 'rerun';
  /** The conditions that have to hold before its tasks run. */
  readonly only_when: readonly string[];
  /** For how many seconds a firing is held until they do. */
  readonly hold_seconds: number;
  /** What runs because of how its runs went; undefined: nothing does. */
  readonly hooks?: HookTraits;
  /** The keys that say when it counts at all; undefined: it has none. */
  readonly window?: WindowTraits;
}

/** The keys of a window, as the file has them: dates as text, those of holiday files included. */
export interface WindowTraits {
  readonly timezone?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly except?: readonly unknown[] | undefined;
  readonly holidays?: readonly string[] | undefined;
  readonly only?: readonly unknown[] | undefined;
  readonly outside: 'drop' | 'hold';
}

/** When a condition counts at all. Instants are wall-clock ms. */
export interface SpecWindow {
  /** Why it is closed at an instant; undefined: it is open. */
  closed(wall: number): ReasonOf<'outside-window'> | undefined;
  /** The first instant from this one on at which it is open; undefined: none is known. */
  opens(from: number): number | undefined;
}

/** The hooks of a condition, and when they begin: its own keys, and where it has none those of `[defaults]`. */
export interface HookTraits extends Readonly<Record<HookName, readonly string[]>> {
  /** `on_failure` begins at the failure that makes so many in a row; 0: at each failure. */
  readonly after_failures: number;
  /** It is overdue without a success for so long; 0: it is not. */
  readonly overdue_seconds: number;
  /** It is overdue when the runs that are known say so. */
  readonly overdue_learned: boolean;
}

export interface ConditionSpec extends Spec<ConditionInstance> {
  readonly traits: Traits;
  /** The window that holds what fires outside; undefined: there is none, or it drops that. */
  readonly holdWindow?: SpecWindow | undefined;
  /** Its checks may be spread over the tick. */
  readonly delayable: boolean;
  /**
   * When it will be true, for a start at `from` (wall-clock ms); undefined for kinds that cannot know. Can be endless. `goesOn`: the
   * program runs already at `from`.
   */
  forecast(from: number, goesOn?: boolean): Iterable<Firing> | undefined;
  /** When it next holds as a guard, from `from` on (wall-clock ms); undefined: it is not known, or never. */
  holdsFrom(from: number): number | undefined;
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

/** The machines that share firings, and how this one takes part. */
export interface FleetSettings {
  readonly servers: readonly string[];
  /** The name of this machine; undefined: that of the host. */
  readonly name: string | undefined;
  readonly tags: readonly string[];
  readonly credentials_file: string | undefined;
  /** `true`, or the path of a file with certificates of authorities. */
  readonly tls: boolean | string;
  /** What a shared condition does when no server answers. */
  readonly without_engine: 'run' | 'hold' | 'skip';
}

/** Globals of a file; they take effect at start only. */
export interface Settings {
  readonly tickSeconds: number;
  readonly randomize: boolean;
  /** The file is loaded again when it has changed. */
  readonly reloadOnChange: boolean;
  /** A pause goes on after a restart. */
  readonly keepPause: boolean;
  /** The files of plugins, which a reload begins and ends. */
  readonly plugins: readonly string[];
  readonly history: HistorySettings;
  /** What the file says about the log. */
  readonly logging?: LoggingConfig;
  /** Absent: it is one machine. */
  readonly fleet?: FleetSettings;
}

/** One entry of `include`: a directory, and what is wanted of it. */
export interface IncludePattern {
  readonly directory: string;
  /** A name, or a pattern of names. */
  readonly name: string;
}

/** The files that a configuration includes. */
export interface IncludedPaths {
  readonly files: readonly string[];
  /** What `include` says, also where it fits nothing. */
  readonly patterns: readonly IncludePattern[];
}

/** Something that a file may say, and that is surely not what was meant. */
export interface ConfigWarning {
  /** The file that it is in; absent: the main one. */
  readonly file?: string;
  /** The place in the file: section, index, key. */
  readonly path: readonly (string | number)[];
  /** `condition "Nightly"`; absent: the file as a whole. */
  readonly item?: string;
  readonly text: string;
  readonly position?: Position;
  /** All of it: `FILE:LINE:COLUMN: ITEM: TEXT`. */
  readonly line: string;
}

/** A whole, valid configuration. It is immutable. */
export interface Config {
  readonly file: string;
  /** Absent: it has no `include`. */
  readonly included?: IncludedPaths;
  /**
   * What the file says that is surely not what was meant, in the order of the file. For the start and a reload, when they are done: a second call
   * has nothing to look at any more, and returns none.
   */
  findWarnings(): Promise<readonly ConfigWarning[]>;
  readonly settings: Settings;
  readonly tasks: readonly TaskSpec[];
  readonly conditions: readonly ConditionSpec[];
  readonly events: readonly EventSpec[];
}
