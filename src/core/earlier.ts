import type { EarlierItem } from './instance.ts';
import type { ConditionSpec, TaskSpec } from './spec.ts';
import type { ConditionStateName } from './states.ts';

/** A run that an earlier instance has begun and not ended. */
export interface InterruptedRun {
  readonly run: string;
  /** When it began, wall-clock ms. */
  readonly began: number;
  /** The tasks that had not ended. */
  readonly tasks: readonly string[];
}

/** A firing that an earlier instance has held to its end. */
export interface EarlierHold {
  /** Wall-clock ms. */
  readonly since: number;
  /** The instant that it fired for, wall-clock ms; absent: it was not one. */
  readonly at?: number;
  /** Why it fired, as text. */
  readonly why: string;
}

/** What an earlier instance has left of a condition. */
export interface EarlierCondition extends EarlierItem {
  /** How it was; undefined: as at the start. */
  readonly state?: {
    readonly name: ConditionStateName;
    readonly retriesLeft: number;
    /** When its suspension ends by itself, wall-clock ms. */
    readonly until?: number;
  };
  readonly interrupted?: InterruptedRun;
  /** Its firing was held by a guard. */
  readonly hold?: EarlierHold;
}

/** What earlier instances have left. */
export interface EarlierInstance {
  /** The scheduler was paused when it ended. */
  readonly paused: boolean;
  /** When that pause ends by itself, wall-clock ms; absent: not before a command. */
  readonly pausedUntil?: number;
  condition(spec: ConditionSpec): EarlierCondition | undefined;
  task(spec: TaskSpec): EarlierItem | undefined;
}
