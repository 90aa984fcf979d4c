import type { Logger, TraceContext } from '../log/record.ts';
import type { Occurrence } from './event-burst.ts';
import type { CheckResult, Outcome } from './outcome.ts';
import type { Blocked, Inbox, KeptState, PendingEvent, PendingEvents, Ports } from './ports.ts';
import type { Reason } from './reasons.ts';
import type { TaskRunContext } from './task-run.ts';

/** Line and column of the file, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
  /** The file, if it is not the main one. */
  readonly file?: string;
  /** For a text in quotes: where a place in it, from line 1 and column 1 on, stands in the file. */
  readonly within?: (inside: Position) => Position;
}

/** What a condition that notices by itself when it is true reports to the engine. */
export interface OwnEvents {
  /** The condition is made at the start of the program, and not by a reload. */
  readonly starting: boolean;
  /** It has become true: it is pending until it is checked. Returns false if it cannot run. */
  occur(occurrence: Occurrence): boolean;
  /** What it waits for is another thing now, and why. */
  note(reason: Reason): void;
}

/** What the engine gives an item when it creates it. */
export interface ItemDeps {
  readonly name: string;
  /** Bound to `TASK active NAME/ID`, `CONDITION active NAME/ID` or `EVENT active NAME/ID`. */
  readonly log: Logger;
  /** The same item under another action, such as `exec_lua`. */
  logAs(action: string): Logger;
  readonly ports: Ports;
  readonly inbox: Inbox;
  readonly pending: PendingEvents;
  readonly own: OwnEvents;
  /** What an earlier instance has left; only at the start of the program. */
  readonly earlier?: EarlierItem;
  /** Where one of the item's keys stands in the file; undefined when it is not in the file. */
  locate(key: string): Promise<Position | undefined>;
}

/** A running instance of a task, made by its kind. */
export interface TaskInstance {
  /**
   * Runs once. When the signal is aborted it ends at once, whatever its outcome then is. What it throws is logged as an internal
   * error, and is an error outcome.
   */
  run(context: TaskRunContext): Promise<Outcome>;
  /** What it has to wait for before it can run; undefined: nothing. */
  blocked?(): Blocked | undefined;
  /** Called when the item is replaced or removed, or the program ends. */
  close?(): void;
}

/**
 * When a condition can next be true: an instant on one of the clocks (ms), any tick, or only after an event. `early`: a tick this
 * many ms before the instant counts.
 */
export type Due =
  | { readonly mono: number; readonly early?: number }
  | { readonly wall: number }
  | 'any-tick'
  | 'on-event';

/** A range of wall-clock time in ms: the beginning is excluded, the end included. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** The wall clock was set back. Instants in wall-clock ms. */
export interface SetBack {
  /** What the clock would show now, and what it shows. */
  readonly from: number;
  readonly to: number;
  /** The earliest instant, by the new time, at which it can have been set. */
  readonly since: number;
  /** What it would show if it had never been set since the start: what it showed beyond that was wrong. */
  readonly limit: number;
}

/** The wall clock was set forward. Instants in wall-clock ms: what the clock would show now, and what it shows. */
export interface SetForward {
  readonly from: number;
  readonly to: number;
}

/** The wall clock was set. */
export type ClockChange = ({ readonly kind: 'set-back' } & SetBack) | ({ readonly kind: 'set-forward' } & SetForward);

/** What a condition that goes by the wall clock has to know. */
export type TimeChange = ClockChange | { readonly kind: 'zone'; readonly from: string; readonly to: string };

/** What a check is given. The instants are those for which the tick was planned, even when it runs late. */
export interface CheckContext {
  /** Wall-clock ms. */
  readonly wall: number;
  /** Monotonic ms. */
  readonly mono: number;
  /** Recent pauses of the scheduler, oldest first. */
  readonly pauses: readonly TimeRange[];
  /** When it waited for the fleet, if that was since the last check. Wall-clock ms. */
  readonly claimed?: TimeRange;
  /** Tick length in ms. */
  readonly tickMs: number;
  /** Of the tick, or of the event that caused the check. */
  readonly origin: TraceContext;
}

/**
 * Called by a check before it does something outside, and when an event has caused it: the check becomes part of a run, which is given
 * what the event has brought.
 */
export type BeginRun = (event?: PendingEvent) => TraceContext;

/** Up to when instants are accounted for, except those that are held back. Wall-clock ms. */
export interface Accounted {
  readonly until: number;
  readonly held: readonly number[];
  /** Runs that are owed for missed instants. */
  readonly owed: number;
}

/** What an earlier instance has left of an item. */
export interface EarlierItem {
  /** Of a condition of type `time`. */
  readonly instants?: EarlierInstants;
  /** Of a Lua script. */
  readonly scriptState?: KeptState;
  /** Its last check has succeeded, and the next success counts only after one that has failed. */
  readonly counted?: boolean;
}

/** What an earlier instance has left of a condition of type `time`. Instants are wall-clock ms. */
export interface EarlierInstants extends Accounted {
  /** It was suspended, or the scheduler paused. */
  readonly stops: readonly TimeRange[];
  /** When no instance was running. */
  readonly notRunning: TimeRange;
}

/** What a condition is given that is asked as a guard. The instants are those of the tick. */
export interface AskContext extends Omit<CheckContext, 'pauses'> {
  /** Aborted when the answer is not needed any more. */
  readonly signal: AbortSignal;
}

/** What a guard answers. */
export interface GuardAnswer {
  readonly holds: boolean;
  readonly reason?: Reason;
  /** It does not hold before this instant, wall-clock ms; absent: it is not known when it will. */
  readonly notBefore?: number;
}

/** A running instance of a condition, made by its kind. */
export interface ConditionInstance {
  /** Called at each visit, and after each change: it has to allocate nothing while the answer stays the same. */
  due(): Due;
  /**
   * Called at each visit: it has to allocate nothing when it is not due. Answers at once where it can; throwing is a bug and counts
   * as an error.
   */
  check(look: CheckContext, begin: BeginRun): CheckResult | Promise<CheckResult>;
  /**
   * Whether it holds now, for what waits for it. It changes nothing that `check` depends on. Only kinds that can be guards have it. What it
   * throws counts as an answer that it does not hold.
   */
  ask?(context: AskContext, begin: BeginRun): GuardAnswer | Promise<GuardAnswer>;
  /** It is not asked again sooner than so many ms after it was asked; absent: at each tick. */
  readonly askEveryMs?: number;
  /** Called when a check that takes time is to be ended: whatever its result then is, it does not count. */
  cancelCheck?(): void;
  /** What it waits for; undefined: `due` says it all. */
  waitsFor?(): Reason | undefined;
  /** Called when the clock was set or the local time zone changed. Returns what that means for the condition. */
  timeChanged?(change: TimeChange): Reason | undefined;
  /** Called when the machine is awake again, as the clocks show it. */
  slept?(): void;
  /** Called when a run of its tasks has ended, or one of the condition whose place it has taken. */
  runEnded?(): void;
  /** Restores the initial state. `resumed`: it was suspended until now, or `until`, wall-clock ms, if that is given. */
  reset?(resumed: boolean, until?: number): void;
  close?(): void;
  /** Number of instants missed so far. */
  readonly missed?: number;
  /** Up to when its instants are accounted for. */
  readonly accounted?: Accounted;
  /** How many ms after its event it is checked; absent: at the next tick. */
  readonly debounceMs?: number;
}

/** What is called of an instance. */
const METHODS = [
  ...(['due', 'check', 'ask', 'cancelCheck', 'waitsFor', 'timeChanged'] as const),
  ...(['slept', 'runEnded', 'reset', 'close'] as const),
] satisfies readonly (keyof ConditionInstance)[];

/** What an instance says of itself: it can change. */
const PROPERTIES = ['askEveryMs', 'missed', 'accounted', 'debounceMs'] satisfies readonly (keyof ConditionInstance)[];

/** An instance with other methods. All else is called on, and read from, the inner instance itself, which can have private fields. */
export const wrapInstance = (
  inner: ConditionInstance,
  methods: Partial<Pick<ConditionInstance, (typeof METHODS)[number]>>,
): ConditionInstance => {
  const outer: Record<string, unknown> = {};
  for (const name of METHODS) if (inner[name]) outer[name] = inner[name].bind(inner);
  for (const name of PROPERTIES)
    if (name in inner) Object.defineProperty(outer, name, { enumerable: true, get: () => inner[name] });
  return Object.assign(outer, methods) as unknown as ConditionInstance;
};

/** What one occurrence of an event has brought. */
export type Brought = Pick<Occurrence, 'change' | 'data'>;

/** Called by an event when it has occurred. */
export type FireEvent = (record?: () => void, brought?: Brought) => void;

/** The files that an event waits for, because they are still changing. */
export interface SettlingFiles {
  /** The one that has been changing for longest, and since when (wall-clock ms). */
  readonly path: string;
  readonly since: number;
  /** How many others there are. */
  readonly more: number;
  /** It counts when it has not changed for so long. */
  readonly quietMs: number;
}

/** A running instance of an event, made by its kind. */
export interface EventInstance {
  /**
   * Begins to listen. `fire` adds the condition to the pending events; `record` logs the occurrence, and is not called when it is
   * only counted. A promise resolves when it is known whether listening works.
   */
  start?(fire: FireEvent): void | Promise<void>;
  /** What it waits for now; undefined: for nothing that has begun. */
  settling?(): SettlingFiles | undefined;
  close?(): void;
}

/** One instant (wall-clock ms) and the rule it follows from, as text. */
export interface Firing {
  readonly at: number;
  readonly by: string;
  /** By how many ms at most it can be delayed at random. */
  readonly jitterMs?: number;
  /** All later ones follow at this distance from each other, ms; absent: they do not. */
  readonly everyMs?: number;
  /** The zone that its rule is in; absent: the local one. */
  readonly timezone?: string;
}
