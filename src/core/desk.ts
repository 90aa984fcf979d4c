import type { Logger, TraceContext } from '../log/record.ts';
import type { AccountDesk } from './account.ts';
import type { Condition } from './condition.ts';
import type { Task } from './task.ts';
import type { TaskRunner } from './task-runner.ts';

/** What can be done to a condition; done when it is free. */
export type Operation = 'reset' | 'suspend' | 'resume';

/** What a condition needs of the scheduler it belongs to. */
export interface Desk extends AccountDesk {
  readonly runner: TaskRunner;
  /** `MAIN scheduler_tick`. */
  readonly tick: Logger;
  /** `CONDITION_REGISTRY tick`, without item. */
  readonly checks: Logger;
  /** The tasks of a list, as they are now. */
  tasks(names: readonly string[]): Task[];
  /** It became busy. */
  began(condition: Condition): void;
  /** It became free; queued operations are done. */
  ended(condition: Condition): void;
  /** When it is due may have changed. */
  changed(condition: Condition): void;
  /** A queued operation has been carried out. */
  performed(condition: Condition, operation: Operation, origin: TraceContext): void;
  /** Its pending event no longer counts; true when there was one. */
  forgetEvent(name: string): boolean;
  /** The origin of a new run. */
  run(cause: string): TraceContext;
}

/** The loggers of one condition. */
export interface ConditionLogs {
  /** `CONDITION active NAME/ID` */
  readonly active: Logger;
  /** `CONDITION_REGISTRY tick NAME/ID` */
  readonly taken: Logger;
}
