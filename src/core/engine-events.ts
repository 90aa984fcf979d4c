import type { Mark, TraceContext } from '../log/record.ts';
import type { InterruptedRun } from './earlier.ts';
import type { Accounted, GuardAnswer } from './instance.ts';
import type { CheckResult, EarlyEnd, Outcome } from './outcome.ts';
import type { Execution, ItemEventMap, ItemEvents, Ports } from './ports.ts';
import type { Reason, RetryEnd } from './reasons.ts';
import type { ConditionSpec, Config, EventSpec, IncludedPaths, Spec, TaskSpec } from './spec.ts';
import type { ConditionStateName, Ineligible } from './states.ts';
import type { Attempt, HookContext, HookName } from './task-run.ts';

/** An item of the running configuration, as events name it. `id` is never used twice. */
interface ItemRef<S extends Spec<unknown>> {
  readonly spec: S;
  readonly name: string;
  readonly id: number;
}
export interface ConditionRef extends ItemRef<ConditionSpec> {
  /** It stands for a run of this hook of the condition, which is a run of its own. */
  readonly hook?: HookName;
}
export type EventRef = ItemRef<EventSpec>;
export interface TaskRef extends ItemRef<TaskSpec> {
  /** The conditions whose runs of it are not over, in order: the first one runs. */
  readonly conditions: readonly string[];
  /** What it waits for itself; undefined: nothing. */
  readonly blocked: string | undefined;
}

/** What can be done to a condition. A condition that is busy does it when it is free. */
export type Operation = 'reset' | 'suspend' | 'resume';

/** A task that was run, and its outcome. Tasks that a break kept from running are not here. */
export interface Executed {
  readonly task: TaskRef;
  readonly outcome: Outcome;
}

/** How a condition that is not busy goes on. */
export interface NextCheck {
  /** Its state when it is free. */
  readonly state: ConditionStateName;
  /** Why it is not checked; undefined: it is. */
  readonly ineligible: Ineligible | undefined;
  /** When it can next pass: wall-clock ms, at each tick, or not before something happens. */
  readonly at: number | 'any-tick' | 'on-event';
  /** What it waits for, where its kind says. */
  readonly waits: Reason | undefined;
  /** When its suspension ends by itself, wall-clock ms; absent: not before a command, or it is not suspended. */
  readonly until?: number;
}

/** A firing that waits for guards. Instants are wall-clock ms. */
export interface HeldFiring {
  /** Since when. */
  readonly since: number;
  /** When it is missed at the latest, unless the clock is set. */
  readonly until: number;
  /** Of the check that has passed. */
  readonly result: CheckResult;
  readonly origin: TraceContext;
  /** How many firings came later. */
  readonly joined: number;
  /** The guard that does not hold, and its answer; without one it has not answered yet. */
  readonly guard: string;
  readonly answer: GuardAnswer | undefined;
}

/** A run of a condition that waits until the run in progress has ended. */
export interface QueuedRun {
  readonly condition: ConditionRef;
  /** Why it is to run. */
  readonly result: CheckResult;
  /** Since when, wall-clock ms. */
  readonly since: number;
  /** How many firings and commands it stands for. */
  readonly count: number;
}

/** What an occurrence of an event came to: its condition is pending now, was already, or cannot run. */
export type Fired = 'pending' | 'already' | 'dropped';

/** How the scheduler ends: after running work, or at once. */
export type Ending = 'exit' | 'kill';

/** One attempt of a task that has retries. */
interface AttemptRef {
  readonly task: TaskRef;
  readonly condition: ConditionRef;
  readonly attempt: Attempt;
}

/** A name of a command that is not known, and the names that may have been meant. */
interface UnknownName {
  readonly name: string;
  readonly known: readonly string[];
}

/** Everything that the engine reports, by type, with its data. What happens is emitted once; see `src/projections` for what it becomes. */
export interface EngineEventMap extends ItemEventMap {
  // The scheduler.
  'scheduler.loading': {
    readonly config: Config;
    /** Monotonic ms. */
    readonly begun: number | undefined;
    readonly paused: boolean;
    /** When the pause ends by itself, wall-clock ms; absent: not before a command. */
    readonly until?: number;
  };
  'scheduler.started': { readonly config: Config; readonly paused: boolean };
  'scheduler.ready': { readonly config: Config };
  'scheduler.paused': {
    /** The program was started like this. */
    readonly initial: boolean;
    /** A pause of an earlier instance goes on. */
    readonly kept?: boolean;
    /** When it ends by itself, wall-clock ms; absent: not before a command. */
    readonly until?: number;
  };
  /** The pause has another end; `until` as above. */
  'pause.changed': { readonly until?: number };
  /** `until`: the end of the pause, which has come, wall-clock ms; absent: a command has ended it. */
  'scheduler.resumed': { readonly until?: number };
  'scheduler.busy': { readonly busy: number };
  'scheduler.idle': object;
  'scheduler.ended': { readonly how: Ending };
  'tick.started': {
    readonly busy: number;
    readonly paused: boolean;
    /** As planned, monotonic ms. */
    readonly mono: number;
    readonly lateMs: number;
  };
  'tick.finished': { readonly visited: number; readonly due: number };
  'clock.changed': { readonly kind: 'set-back' | 'set-forward'; readonly from: number; readonly to: number };
  'zone.changed': { readonly from: string; readonly to: string };
  'zone.failed': { readonly problem: string };
  'shutdown.requested': { readonly how: Ending };
  'shutdown.interrupted': { readonly signal: string; readonly again: boolean };
  'shutdown.draining': {
    readonly busy: readonly string[] /** It was reported before, a minute ago. */;
    readonly again: boolean;
  };
  'shutdown.aborting': object;

  // Input commands.
  'command.accepted': {
    readonly command: 'reset' | 'suspend' | 'resume' | 'trigger' | 'log_event' | 'configure' | 'run' | 'cancel';
    readonly args: readonly string[];
  };
  'command.rejected': { readonly level: 'error' | 'warn'; readonly mark: Mark; readonly reason: string };
  /** @throws EventError for what JSON cannot hold, and for topics that are not names. */
  'command.published': {
    readonly topics: string | readonly string[];
    readonly value: unknown;
    /** For all machines of the fleet. */
    readonly fleet?: boolean;
  };
  'help.requested': { readonly lines: readonly string[] };
  'command.answered': { readonly line: string; readonly answer: string; readonly reason?: string };

  // Items.
  'item.creating': {
    readonly section: 'task' | 'condition' | 'event';
    readonly spec: Spec<unknown>;
    readonly tasks: readonly string[];
  };
  'item.removed': { readonly section: 'task' | 'condition' | 'event'; readonly name: string };

  // Conditions.
  'condition.created': { readonly condition: ConditionRef };
  'condition.joined': { readonly condition: ConditionRef; readonly next: NextCheck };
  'condition.replacing': { readonly condition: ConditionRef };
  'condition.replaced': { readonly condition: ConditionRef; readonly next: NextCheck };
  'condition.removed': { readonly condition: ConditionRef; readonly how: 'replaced' | 'removed' | 'ended' };
  'condition.time-changed': { readonly condition: ConditionRef; readonly reason: Reason; readonly next: NextCheck };
  /** What it waits for is another thing now. */
  'condition.noted': { readonly condition: ConditionRef; readonly reason: Reason; readonly next: NextCheck };
  'condition.event-dropped': { readonly condition: ConditionRef };
  'condition.lock-released': { readonly condition: ConditionRef; readonly lock: string };
  'condition.failed': { readonly condition: ConditionRef /** What its kind threw. */; readonly error: unknown };
  'operation.requested': { readonly operation: Operation; readonly name: string };
  'operation.unknown': UnknownName & { readonly operation: Operation | 'run' | 'cancel' };
  'operation.unneeded': { readonly operation: Operation; readonly name: string };
  'operation.queued': { readonly operation: Operation; readonly name: string };
  'operation.done': {
    readonly operation: Operation;
    readonly condition: ConditionRef;
    /** It was queued before. */
    readonly queued: boolean;
    /** Of a resumption: the end of the suspension, which has come, wall-clock ms; absent: a command has ended it. */
    readonly until?: number;
    /** How the condition goes on; undefined: another operation follows. */
    readonly next: NextCheck | undefined;
    readonly accounted: Accounted | undefined;
  };
  /** The clock was set: its suspension, which was given a duration, ends at another instant. */
  'suspension.moved': { readonly condition: ConditionRef; readonly next: NextCheck };
  'operation.discarded': { readonly condition: ConditionRef };
  'operation.no-conditions': object;

  // Checks and runs.
  'check.skipped': { readonly condition: ConditionRef; readonly reason: Ineligible | 'busy' };
  'check.started': { readonly condition: ConditionRef };
  /** The check is not over, or passed: the condition is busy. `waits`: for its result. */
  'check.continued': { readonly condition: ConditionRef; readonly waits: boolean; readonly running?: true };
  'check.finished': {
    readonly condition: ConditionRef;
    readonly result: CheckResult /** It took time. */;
    readonly continued: boolean;
    /** The tasks of the condition run meanwhile. */
    readonly running?: true;
  };
  /** A run waits for the end of the one in progress. */
  'run.queued': QueuedRun;
  /** A run that was queued does not begin. */
  'run.dropped': QueuedRun & {
    /** A firing of the condition is among what it stands for, not only commands. */
    readonly fired: boolean;
    readonly reason: Reason;
    readonly accounted: Accounted | undefined;
  };
  /** A run is being ended early. */
  'run.ending': { readonly condition: ConditionRef; readonly reason: EarlyEnd };
  /** The check in progress is being ended. */
  'check.cancelled': { readonly condition: ConditionRef };
  'run.started': {
    readonly condition: ConditionRef;
    readonly result: CheckResult;
    /** The tasks that are next. */
    readonly next: readonly TaskRef[];
    readonly accounted: Accounted | undefined;
    /** It was queued until now. */
    readonly queued?: Omit<QueuedRun, 'condition'> | undefined;
  };
  'run.finished': {
    readonly condition: ConditionRef;
    readonly executed: readonly Executed[];
    readonly failed: boolean;
    readonly retriesLeft: number;
    readonly next: NextCheck;
    /** Why it was ended early; absent: it was not. */
    readonly ended?: EarlyEnd | undefined;
    /** A command has begun it: the state of the condition is what it was. */
    readonly byCommand?: true | undefined;
  };
  /** It has not succeeded for too long, or its run takes too long, as `why` says. */
  'condition.overdue': { readonly condition: ConditionRef; readonly why: string };
  /** `condition` stands for the run of the hook. Events of its tasks have it, too. */
  'hook.started': { readonly condition: ConditionRef; readonly hook: HookContext; readonly next: readonly TaskRef[] };
  'hook.finished': {
    readonly condition: ConditionRef;
    readonly hook: HookContext;
    readonly executed: readonly Executed[];
    readonly failed: boolean;
  };
  /** A check has passed, and a guard takes time to answer. */
  'firing.asking': { readonly condition: ConditionRef; readonly guard: string };
  'guard.answered': { readonly guard: ConditionRef; readonly answer: GuardAnswer };
  /** A check has passed and a guard does not hold: the tasks run when all do. `kept`: an earlier instance has held it before. */
  'firing.held': {
    readonly condition: ConditionRef;
    readonly held: HeldFiring;
    readonly accounted: Accounted | undefined;
    readonly kept: boolean;
  };
  /** A check has passed again while its firing is held: both are one run. */
  'firing.joined': {
    readonly condition: ConditionRef;
    readonly held: HeldFiring;
    readonly accounted: Accounted | undefined;
  };
  /** All guards hold: the run begins. */
  'firing.released': { readonly condition: ConditionRef; readonly held: HeldFiring; readonly reason: Reason };
  /** A guard did not hold in time: the firing is missed. `firing.held` comes before, unless `hold_seconds = 0`. */
  'firing.expired': {
    readonly condition: ConditionRef;
    readonly held: HeldFiring;
    readonly reason: Reason;
    readonly next: NextCheck;
    readonly accounted: Accounted | undefined;
  };
  /** A firing that was held will not run: by a command, a reload or the end of the scheduler. */
  'firing.dropped': { readonly condition: ConditionRef; readonly held: HeldFiring; readonly reason: Reason };
  /** A shared condition has fired, and the fleet is asked whether it runs here. */
  'firing.claiming': { readonly condition: ConditionRef };
  /** The fleet cannot be asked now, and the firing waits. */
  'firing.waiting': { readonly condition: ConditionRef; readonly what: string };
  /** This machine has got a firing that stands for several instants, wall-clock ms. `paused`: how many of them came in a pause. */
  'firing.combined': {
    readonly condition: ConditionRef;
    readonly instants: readonly number[];
    readonly paused: number;
  };
  /** A shared condition has fired, and another machine runs it, or no machine can be asked. */
  'firing.elsewhere': {
    readonly condition: ConditionRef;
    readonly result: CheckResult;
    readonly reason: Reason;
    readonly next: NextCheck;
    readonly accounted: Accounted | undefined;
  };
  /** A run of a shared condition has begun without a server to ask: other machines can run it, too. */
  'run.unclaimed': { readonly condition: ConditionRef; readonly reason: Reason };
  /** A machine has died in a run of a shared condition. `again`: this machine repeats it. */
  'run.lost': { readonly condition: ConditionRef; readonly reason: Reason; readonly again: boolean };
  /** Another machine has taken this one for dead, and has decided about its run, which has ended now. */
  'run.taken-over': { readonly condition: ConditionRef; readonly node: string };
  'task.created': { readonly task: TaskRef };
  'task.removed': { readonly task: TaskRef };
  /** An earlier instance has begun a run and not ended it. */
  'run.interrupted': {
    readonly condition: ConditionRef;
    readonly interrupted: InterruptedRun;
    /** It is run again. */
    readonly again: boolean;
  };
  /** The task runs for another condition, or waits itself. */
  'task.queued': { readonly task: TaskRef; readonly condition: ConditionRef };
  'task.started': { readonly task: TaskRef; readonly condition: ConditionRef };
  'task.finished': { readonly task: TaskRef; readonly condition: ConditionRef; readonly outcome: Outcome };
  /** It waits for a server of the fleet, or for a machine that begins it; `what` is undefined: it does not any more. */
  'task.waiting': { readonly task: TaskRef; readonly condition: ConditionRef; readonly what: string | undefined };
  'attempt.started': AttemptRef;
  'attempt.finished': AttemptRef & {
    readonly outcome: Outcome;
    /** It has failed, and is tried again after so many ms; absent: it was the last one. */
    readonly delayMs?: number;
  };
  /** Attempts are left, and something has ended them. */
  'retries.ended': AttemptRef & { readonly by: RetryEnd };
  /** It was queued, and does not run any more. */
  'task.cancelled': { readonly task: TaskRef; readonly condition: ConditionRef; readonly reason: Reason };
  'task.failed': {
    readonly task: TaskRef;
    readonly condition: Pick<ConditionRef, 'name'> /** What its kind threw. */;
    readonly error: unknown;
  };
  /** Another machine has asked for a run of the task, and it begins. */
  'work.started': { readonly task: TaskRef; readonly node: string; readonly condition: string };
  'work.finished': {
    readonly task: TaskRef;
    readonly node: string;
    readonly condition: string;
    readonly outcome: Outcome;
  };
  'sequence.advanced': { readonly condition: ConditionRef; readonly task: TaskRef; readonly outcome: Outcome };
  'sequence.broken': { readonly condition: ConditionRef; readonly task: TaskRef; readonly on: string };
  'tasks.finished': { readonly condition: ConditionRef; readonly executed: number };

  // Events.
  'event.created': { readonly event: EventRef };
  'event.installing': { readonly event: EventRef; readonly listens: boolean };
  'event.installed': { readonly event: EventRef };
  'event.failed': { readonly event: EventRef; readonly error: unknown };
  'event.occurred': { readonly event: EventRef };
  'event.repeated': { readonly event: EventRef /** How often more in this tick. */; readonly count: number };
  'event.fired': {
    readonly event: EventRef;
    readonly result: Fired;
    /** Why the condition cannot run. */
    readonly ineligible: Ineligible | undefined;
    /** By the command `trigger`. */
    readonly triggered: boolean;
  };
  'event.stopped': { readonly event: EventRef /** Another one has taken its place. */; readonly replaced: boolean };
  'event.listening': { readonly event: EventRef };
  'event.uninstalled': { readonly event: EventRef };
  'listening.started': { readonly all: boolean };
  'listening.stopping': object;
  'listening.stopped': object;
  'trigger.requested': { readonly name: string };
  /** `known` is empty where the name is that of another event. */
  'trigger.refused': UnknownName & { readonly reason: string };
  'trigger.answered': { readonly said: string };
  'pending.added': { readonly condition: string };
  'pending.removed': { readonly condition: string; readonly outcome: 'checked' | 'dropped' };

  // Reloads.
  /** `signal`: the one that has asked for it; absent: the file has changed. */
  'reload.requested': { readonly file: string; readonly signal?: string };
  'reload.started': { readonly file: string };
  'reload.refused': {
    readonly file: string;
    readonly by: string;
    readonly lines: readonly string[];
    /** The files that it includes, as far as they are known. */
    readonly included?: IncludedPaths;
  };
  'reload.failed': { readonly error: unknown };
  'reload.finished': { readonly file: string; readonly by: string; readonly config: Config; readonly changes: Changes };
  'reload.globals-differ': object;
  'reload.item': {
    readonly section: string;
    readonly name: string;
    readonly change: 'kept' | 'added' | 'replaced' | 'removed';
  };
  'reload.condition-busy': { readonly name: string };
}

/** How many items a reload has added, changed, removed and left alone. */
export type Changes = Readonly<Record<'added' | 'changed' | 'removed' | 'kept', number>>;

/** A type of {@link EngineEventMap}. */
export type EngineEventType = keyof EngineEventMap;

/** What a projection does with events, by type. */
export type EventHandlers = {
  readonly [T in EngineEventType]?: (data: EngineEventMap[T], trace: TraceContext) => void;
};

/** Whether something is wanted now: a value that changes, because it is read at each event. */
export interface Gate {
  readonly on: boolean;
}
export const ALWAYS: Gate = { on: true };

interface Subscription {
  readonly handlers: EventHandlers;
  readonly gateOf: (type: EngineEventType) => Gate;
}

interface Entry {
  readonly handle: (data: never, trace: TraceContext) => void;
  readonly gate: Gate;
}

/** Hands each event of the engine to the projections, in the order in which they subscribed. */
export class EngineEvents implements ItemEvents {
  #subscriptions: readonly Subscription[] = [];
  readonly #entries = new Map<EngineEventType, readonly Entry[]>();
  /** How many executions have begun. */
  readonly #executions = { process: 0, script: 0 };

  /** `gateOf`: a handler is not called while the gate of its type is off. Returns how to end the subscription. */
  subscribe(handlers: EventHandlers, gateOf: (type: EngineEventType) => Gate = () => ALWAYS): () => void {
    const one = { handlers, gateOf };
    this.#subscriptions = [...this.#subscriptions, one];
    this.#add(one);
    return () => this.#set(this.#subscriptions.filter((other) => other !== one));
  }

  /** Reports what has happened. @throws what a handler throws, see `item.published`. */
  emit<T extends EngineEventType>(type: T, trace: TraceContext, data: EngineEventMap[T]): void {
    const entries = this.#entries.get(type);
    if (entries === undefined) return;
    // Called for each check at trace: an index costs less than an iterator.
    for (let i = 0; i < entries.length; i++) {
      const { gate, handle } = entries[i]!;
      if (gate.on) handle(data as never, trace);
    }
  }

  /** Whether an event of this type reaches anything: asked before what costs much to find out. */
  wants(type: EngineEventType): boolean {
    return this.#entries.get(type)?.some(({ gate }) => gate.on) ?? false;
  }

  begin(kind: 'process' | 'script'): Execution {
    return { id: `${kind}-${++this.#executions[kind]}` };
  }

  #add({ handlers, gateOf }: Subscription): void {
    for (const [type, handle] of Object.entries(handlers) as [EngineEventType, Entry['handle']][])
      this.#entries.set(type, [...(this.#entries.get(type) ?? []), { handle, gate: gateOf(type) }]);
  }

  #set(subscriptions: readonly Subscription[]): void {
    this.#subscriptions = subscriptions;
    this.#entries.clear();
    for (const one of subscriptions) this.#add(one);
  }
}

/** The ports of the engine, which emits events of all types. */
export interface EnginePorts extends Ports {
  readonly events: EngineEvents;
}
