import type { Fields, Values } from '../config/field.ts';
import type { Path, Position } from '../config/problem.ts';
import type { ConditionInstance, EventInstance, Firing, ItemDeps, TaskInstance } from '../core/instance.ts';

export type {
  BeginRun,
  CheckContext,
  ConditionInstance,
  Due,
  EventInstance,
  Firing,
  TaskInstance,
  TimeRange,
} from '../core/instance.ts';

/** What a kind may look at while the file is checked. */
export interface HostFs {
  isDirectory(path: string): boolean;
  isFile(path: string): boolean;
  readonly platform: string;
}

/** Tells about a problem with one key of the item being checked; `path` is relative to the item. */
export type ReportProblem = (
  path: Path,
  text: string,
  more?: { position?: Position; picture?: string; inside?: Position },
) => void;

/** What a kind is given to make one of its items. */
export interface CreateContext<V, C = unknown> extends ItemDeps {
  readonly values: V;
  /** What the kind's `compile` made of the values when the file was loaded. */
  readonly compiled: C;
}

interface BaseKind<S extends string, F extends Fields, C> {
  readonly section: S;
  /** The word in the file. */
  readonly type: string;
  /** Emitter of the construction record. */
  readonly emitter: string;
  /** One sentence for the manual. */
  readonly doc: string;
  readonly fields: F;
  /** The ports its items use: what stands between them and the real world. */
  readonly needs?: readonly ('processes' | 'lua' | 'watcher' | 'bus' | 'idle' | 'wmi')[];
  /** Why the kind cannot be used here, if it cannot. */
  unavailable?(machine: HostFs): string | undefined;
  /**
   * Checks that go beyond single keys, and what is worth making once (expressions, calendars). Imports what it needs late.
   * Keys whose own check failed are absent: all problems are told in one go.
   */
  compile?(values: Partial<Values<NoInfer<F>>>, report: ReportProblem, machine: HostFs): C | Promise<C>;
}

/** A kind of task. */
export interface TaskKind<F extends Fields = Fields, C = unknown> extends BaseKind<'task', F, C> {
  create(making: CreateContext<Values<NoInfer<F>>, NoInfer<C>>): TaskInstance;
}

/** A kind of condition. */
export interface ConditionKind<F extends Fields = Fields, C = unknown> extends BaseKind<'condition', F, C> {
  /** Its checks may be spread over the tick when the file asks for it. */
  readonly delayable: boolean;
  /** Events may fire it. */
  readonly fired?: boolean;
  /** The instants at which it will be true, for a start at `from` (wall-clock ms): for kinds that know. May be endless. */
  forecast?(values: Values<NoInfer<F>>, compiled: NoInfer<C>, from: number): Iterable<Firing>;
  /** What of it will never be true after `from`, and why: one text for each. */
  never?(values: Values<NoInfer<F>>, compiled: NoInfer<C>, from: number): readonly string[];
  create(making: CreateContext<Values<NoInfer<F>>, NoInfer<C>>): ConditionInstance;
}

/** A kind of event. */
export interface EventKind<F extends Fields = Fields, C = unknown> extends BaseKind<'event', F, C> {
  /** The `trigger` command may fire it. */
  readonly manual?: boolean;
  create(making: CreateContext<Values<NoInfer<F>>, NoInfer<C>>): EventInstance;
}

export type ItemKind = TaskKind | ConditionKind | EventKind;

/** Keep the types of the fields while a kind is written down. */
export const taskKind = <F extends Fields, C = undefined>(kind: Omit<TaskKind<F, C>, 'section'>): TaskKind<F, C> => ({
  section: 'task',
  ...kind,
});
export const conditionKind = <F extends Fields, C = undefined>(
  kind: Omit<ConditionKind<F, C>, 'section'>,
): ConditionKind<F, C> => ({ section: 'condition', ...kind });
export const eventKind = <F extends Fields, C = undefined>(
  kind: Omit<EventKind<F, C>, 'section'>,
): EventKind<F, C> => ({
  section: 'event',
  ...kind,
});
