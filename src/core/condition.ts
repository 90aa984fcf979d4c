import type { TraceContext } from '../log/record.ts';
import { askGuard } from './ask-guard.ts';
import {
  type Action,
  type ConditionState,
  ineligibility,
  initialState,
  reduce,
  restingState,
  restoredState,
} from './condition-state.ts';
import { CurrentRun } from './current-run.ts';
import type { EarlierCondition, EarlierHold, InterruptedRun } from './earlier.ts';
import type { EndTime } from './end-time.ts';
import type { EngineEvents, HeldFiring, NextCheck, Operation, TaskRef } from './engine-events.ts';
import type { Occurrences } from './event-burst.ts';
import type { LostRun } from './fleet-port.ts';
import type { Guards } from './guards.ts';
import type { Guard, Holdable, PassedCheck } from './held-firing.ts';
import type {
  Accounted,
  AskContext,
  BeginRun,
  CheckContext,
  ConditionInstance,
  Due,
  GuardAnswer,
  TimeChange,
} from './instance.ts';
import { internalErrorResult } from './internal-error.ts';
import { type CheckResult, type EarlyEnd, failed, passed, runOutcome } from './outcome.ts';
import { movedEnd, type PendingOperation, PendingOperations } from './pending-operations.ts';
import type { Clock } from './ports.ts';
import type { Reason } from './reasons.ts';
import { type OnRunEnd, RunQueue, type WaitingRun } from './run-queue.ts';
import { lostReason, type OwnFiring, passedFor, type SharedFirings } from './shared-firings.ts';
import type { ConditionSpec } from './spec.ts';
import type { Ineligible } from './states.ts';
import { SCHEDULER_ENDED, type Task } from './task.ts';
import type { TaskRunner } from './task-runner.ts';

/** The answer of a guard that is suspended. */
const SUSPENDED_GUARD: GuardAnswer = { holds: true, reason: { code: 'guard-suspended' } };

/** Before anything has happened. */
const AT_START: TraceContext = { cause: 'start-1', run: null };

/** Its checks are being ended by a command. */
const CANCELLED: CheckResult = failed({ code: 'cancelled' });

/** Part of a check that is made while the tasks run. */
interface SecondCheck {
  origin: TraceContext;
  event: Occurrences | undefined;
}

/** How a run of its tasks begins. */
interface RunStart extends PassedCheck {
  /** It was queued until now. */
  readonly waited?: WaitingRun;
  /** A command has begun it: its state stays. */
  readonly byCommand?: true;
  readonly onEnd?: readonly OnRunEnd[];
  /** It was got from the fleet already. */
  readonly own?: OwnFiring;
}

/** What the command `cancel` has ended. */
export interface Cancelled {
  /** The run in progress. */
  readonly run: string | undefined;
  /** The check in progress. */
  readonly check: boolean;
  /** The run that was queued. */
  readonly queued: boolean;
  /** The firing that was held. */
  readonly held: boolean;
}

/** What a condition needs of the scheduler it belongs to. */
export interface ConditionDeps {
  readonly events: EngineEvents;
  readonly clock: Clock;
  readonly runner: TaskRunner;
  readonly guards: Guards;
  /** Absent: the file does not have [fleet]. */
  readonly shared?: SharedFirings;
  /** The tasks of a list, as they are now. */
  tasks(names: readonly string[]): Task[];
  /** Called when it became busy. */
  onBusy(condition: Condition): void;
  /** Called when it became free and its pending operations are done. */
  onFree(condition: Condition): void;
  /** Called when the instant at which it is due may have changed. */
  onDueChanged(condition: Condition): void;
  /** Called when its suspension ends at another instant than before, or not by itself any more. */
  onSuspensionEnd(condition: Condition): void;
  /** Drops its pending event. Returns whether there was one. */
  dropEvent(name: string): boolean;
  /** The context of a new run. */
  run(cause: string): TraceContext;
  /** Paused: what has fired does not begin. Ending: nothing begins. */
  state(): 'running' | 'paused' | 'ending';
}

/** What ends sooner, in ms, begins nothing that is queued before the next tick. */
const SHORTEST_RUN_MS = 1;
/** A run that a task asks for and that begins so soon after the last one, in ms, waits for a tick: tasks can ask in circles. */
const LEAST_GAP_MS = 1000;

/** Not before its window opens: an interval is checked outside it to keep its phase, and cannot pass there. */
const notBefore = (opens: number | undefined, at: NextCheck['at']): NextCheck['at'] => {
  if (at === 'on-event' || opens === undefined) return 'on-event';
  return at === 'any-tick' ? opens : Math.max(at, opens);
};

/** One condition of the running configuration: eligibility → check → tasks → state. */
export class Condition implements Holdable {
  readonly spec: ConditionSpec;
  readonly name: string;
  readonly id: number;
  readonly #deps: ConditionDeps;
  readonly #instance: ConditionInstance;
  #state: ConditionState;
  /** Follows from the state. */
  #ineligible: Ineligible | undefined;
  #busy = false;
  /** Since when it was busy, monotonic ms. */
  #occupied = Number.NEGATIVE_INFINITY;
  #removed = false;
  #replacing = false;
  #origin: TraceContext = AT_START;
  /** Resolves when it is free; undefined when it is. */
  #work: Promise<void> | undefined;
  /** What the event has brought that has caused the check in progress. */
  #event: Occurrences | undefined;
  /** Of its tasks. Like the two below made when it is first needed: many conditions never run. */
  #madeRun: CurrentRun | undefined;
  #madeQueue: RunQueue | undefined;
  #madeOperations: PendingOperations | undefined;
  /** The check that is made while its tasks run, and the promise of its end. */
  #second: SecondCheck | undefined;
  #secondDone: Promise<void> | undefined;
  /** No guard holds back the firing that is queued. */
  #admitted = false;
  /** The check in progress is being ended. */
  #checkCancelled = false;
  /** What happened to the time while it was busy. */
  #timeChange: Reason | undefined;
  /** A run of an earlier instance that is repeated before anything else. */
  #repeats: InterruptedRun | undefined;
  /** When it has waited for the fleet since the last check. Wall-clock ms. */
  #claimed: CheckContext['claimed'];
  /** When its suspension ends by itself; undefined: not before a command, or it is not suspended. */
  #end: EndTime | undefined;
  /** A firing that an earlier instance has held. */
  #earlierHold: EarlierHold | undefined;
  /** Its check waits for a moment within the tick, or for the end of a burst of events. */
  delayed = false;

  /** @param earlier what an earlier instance has left of it. */
  constructor(
    spec: ConditionSpec,
    id: number,
    instance: ConditionInstance,
    deps: ConditionDeps,
    { state, interrupted, hold }: EarlierCondition = {},
  ) {
    this.spec = spec;
    this.name = spec.name;
    this.id = id;
    this.#instance = instance;
    this.#deps = deps;
    this.#state = state ? restoredState(state, spec.traits) : initialState(spec.traits);
    if (this.#state.suspended && state?.until !== undefined) this.#end = { at: state.until, lasts: false };
    if (spec.traits.interrupted === 'rerun') this.#repeats = interrupted;
    this.#ineligible = ineligibility(this.#state, spec.traits);
    this.#earlierHold = hold;
    if (spec.traits.shared) deps.shared?.begin(this);
  }

  get #run(): CurrentRun {
    this.#madeRun ??= new CurrentRun(this, this.#deps.events, this.#deps.runner);
    return this.#madeRun;
  }
  get #queue(): RunQueue {
    this.#madeQueue ??= new RunQueue(this, this.#deps.events);
    return this.#madeQueue;
  }
  get #operations(): PendingOperations {
    this.#madeOperations ??= new PendingOperations();
    return this.#madeOperations;
  }
  /** Begins the run that a check has passed for. */
  #begin(pending: Parameters<BeginRun>[0]): TraceContext {
    const { run } = this.#deps;
    const second = this.#second;
    if (second) {
      second.event = pending?.event;
      second.origin = run(pending?.cause ?? second.origin.cause);
      return second.origin;
    }
    this.#origin = run(pending?.cause ?? this.#origin.cause);
    this.#event = pending?.event;
    return this.#origin;
  }

  /** Of the check or run in progress, or of the last one. */
  get origin(): TraceContext {
    return this.#origin;
  }
  /** It is being checked, its tasks run, or the condition that it replaces is not done yet. */
  get busy(): boolean {
    return this.#busy;
  }
  get removed(): boolean {
    return this.#removed;
  }
  /** What one of its tasks waits for on other machines; undefined: nothing. */
  get waitsFor(): string | undefined {
    for (const task of this.#deps.tasks(this.spec.traits.tasks)) {
      const what = task.waitsFor(this.name);
      if (what !== undefined) return what;
    }
    return undefined;
  }
  /** Resolves when it is free. */
  get settled(): Promise<void> {
    return this.#work ?? Promise.resolve();
  }
  get pendingOperations(): readonly PendingOperation[] {
    return this.#madeOperations?.list ?? [];
  }
  /** When it is to be checked next. */
  get due(): Due {
    if (this.#removed || this.delayed || !this.checkable) return 'on-event';
    // It is queued while nothing runs: the scheduler was paused.
    if (this.queued !== undefined && !this.#busy) return 'any-tick';
    if (this.#ineligible) return 'on-event';
    return this.#repeats ? 'any-tick' : this.#instance.due();
  }
  /** It can be checked, as far as what it does is concerned: with `when_busy` also while its tasks run. */
  get checkable(): boolean {
    if (!this.#busy) return true;
    return this.#run.underWay && this.#second === undefined && this.spec.traits.when_busy !== 'skip';
  }
  /** The run that begins when the one in progress has ended. */
  get queued(): WaitingRun | undefined {
    return this.#madeQueue?.waiting;
  }
  /** How soon after its event it wants to be checked, in ms; undefined: at the next tick. */
  get debounceMs(): number | undefined {
    return this.#instance.debounceMs;
  }
  /** Why it is not checked; undefined: it is. */
  get ineligible(): Ineligible | undefined {
    return this.#ineligible;
  }

  /** When its suspension ends by itself, wall-clock ms; Infinity: not before a command, or it is not suspended. */
  get suspendedUntil(): number {
    return this.#end?.at ?? Number.POSITIVE_INFINITY;
  }

  /** How it goes on when it is free. */
  next(): NextCheck {
    const { clock } = this.#deps;
    const due = this.#repeats ? 'any-tick' : this.#instance.due();
    const at = typeof due !== 'object' ? due : 'wall' in due ? due.wall : clock.wall() + due.mono - clock.mono();
    const waits = this.#instance.waitsFor?.();
    const next = {
      state: restingState(this.#state, this.spec.traits),
      ineligible: this.#ineligible,
      at: waits?.code === 'outside-window' ? notBefore(waits.opens, at) : at,
      waits,
    };
    // Asked of each condition for a status: a spread of nothing would cost as much as all the rest.
    return this.#end === undefined ? next : { ...next, until: this.#end.at };
  }

  /** Takes the place of another condition, and waits until that is free. */
  replace(predecessor: Condition, origin: TraceContext): void {
    if (!predecessor.busy) return;
    this.#origin = origin;
    this.#replacing = true;
    this.#deps.events.emit('condition.replacing', origin, { condition: this });
    this.#occupy(predecessor.settled);
  }

  /** It is part of the configuration from now on. */
  join(origin: TraceContext): void {
    if (!this.#busy) this.#deps.events.emit('condition.joined', origin, { condition: this, next: this.next() });
    if (this.#earlierHold && !this.#ineligible)
      this.#deps.guards.resume(this, this.#earlierHold, this.#deps.run(origin.cause));
    this.#earlierHold = undefined;
    this.#deps.onDueChanged(this);
    if (this.#end !== undefined) this.#deps.onSuspensionEnd(this);
  }

  /** Checks it, if it can be checked, and reports when it is due next. Called at each tick for what is due; at trace for every condition. */
  check(context: CheckContext): void {
    const { events } = this.#deps;
    if (this.#removed) return;
    if (this.queued !== undefined && !this.#busy && this.#beginQueued()) return;
    const reason = this.checkable ? this.#ineligible : 'busy';
    if (reason !== undefined) {
      events.emit('check.skipped', context.origin, { condition: this, reason });
      this.#deps.onDueChanged(this);
      return;
    }
    if (this.#busy) {
      this.#checkAgain(context);
      return;
    }
    this.#apply({ kind: 'checking' });
    events.emit('check.started', context.origin, { condition: this });
    this.#origin = context.origin;
    const result = this.#check(context);
    if (!(result instanceof Promise) && result.kind !== 'passed') {
      events.emit('check.finished', this.#origin, { condition: this, result, continued: false });
      this.#passInstants();
      this.#deps.onDueChanged(this);
      return;
    }
    events.emit('check.continued', this.#origin, { condition: this, waits: result instanceof Promise });
    this.#occupy(this.#finish(result, context));
  }

  /** Asks it as a guard: its own state does not matter, but for a suspension. */
  ask(context: AskContext): GuardAnswer | Promise<GuardAnswer> {
    if (this.#state.suspended) return SUSPENDED_GUARD;
    return askGuard(this, this.#instance, context, this.#deps.events, this.#deps.run);
  }
  get askEveryMs(): number {
    return this.#instance.askEveryMs ?? 0;
  }
  get accounted(): Accounted | undefined {
    return this.#instance.accounted;
  }
  /** Its firing that is held, and what it answered last as a guard. */
  get held(): HeldFiring | undefined {
    return this.#deps.guards.held(this);
  }
  get asked(): Pick<Guard, 'answer' | 'since' | 'asking'> | undefined {
    return this.#deps.guards.guard(this.name);
  }
  hold(): void {
    this.#apply({ kind: 'held' });
    this.#deps.onDueChanged(this);
  }
  expire(): void {
    this.#apply({ kind: 'hold-ended' });
    this.#passInstants();
    this.#deps.onDueChanged(this);
  }
  get canRelease(): boolean {
    return !this.#busy || (this.#run.underWay && this.spec.traits.when_busy === 'restart' && !this.#removed);
  }
  release(firing: PassedCheck): void {
    if (this.#busy) {
      this.expire();
      this.#queueFired(firing);
      return;
    }
    this.#apply({ kind: 'released' });
    this.#origin = firing.origin;
    this.#occupy(this.#runTasks(firing));
  }

  /**
   * Does it now, or when the condition is free. `unneeded`: it would change nothing.
   * @param end of a suspension: when it ends by itself
   */
  request(operation: Operation, origin: TraceContext, end?: EndTime): 'done' | 'queued' | 'unneeded' {
    if (this.#operations.isUnneeded(operation, end, this.#state.suspended, this.#end)) return 'unneeded';
    if (this.#busy) {
      if (operation === 'suspend') this.#run.endRetries('suspended');
      this.#operations.add({ operation, origin, end });
      return 'queued';
    }
    this.#perform({ operation, origin, end }, false, true);
    this.#beginQueued();
    this.#deps.onDueChanged(this);
    return 'done';
  }

  /** Its suspension has come to its end: resumes it now, or when it is free. */
  endSuspension(origin: TraceContext): void {
    const end = this.#end;
    if (end === undefined) return;
    const resumption = { operation: 'resume', origin, end } as const;
    if (this.#busy) {
      this.#operations.addResumption(resumption);
      return;
    }
    this.#perform(resumption, false, true);
    this.#deps.onDueChanged(this);
  }

  /** The clock was set by so many ms: an end that was given as a duration is as far away as before. */
  moveSuspensionEnd(ms: number, origin: TraceContext): void {
    this.#madeOperations?.moveEnds(ms);
    if (!this.#end?.lasts) return;
    this.#end = movedEnd(this.#end, ms);
    this.#deps.onSuspensionEnd(this);
    if (!this.#busy) this.#deps.events.emit('suspension.moved', origin, { condition: this, next: this.next() });
  }

  /** The clock was set, or local time is another. */
  timeChanged(change: TimeChange, origin: TraceContext): void {
    const reason = this.#instance.timeChanged?.(change);
    if (reason === undefined) return;
    // While it is busy its state says something else; this is reported when it is free.
    if (this.#busy) this.#timeChange = reason;
    else this.#reportTimeChange(reason, origin);
    this.#deps.onDueChanged(this);
  }

  /** The machine is awake again. */
  slept(): void {
    this.#instance.slept?.();
  }

  /** What it waits for is another thing now. */
  note(reason: Reason, origin: TraceContext): void {
    if (!this.#busy && !this.#removed)
      this.#deps.events.emit('condition.noted', origin, { condition: this, reason, next: this.next() });
  }

  /** Removes it from the configuration; what runs goes on to its end. */
  remove(origin: TraceContext, how: 'replaced' | 'removed' | 'ended'): void {
    this.#deps.guards.drop(this, how, origin);
    this.#madeQueue?.drop(how === 'ended' ? SCHEDULER_ENDED : { code: 'condition-gone' }, origin);
    this.#deps.events.emit('condition.removed', origin, { condition: this, how });
    this.#removed = true;
    this.#deps.shared?.cancel(this);
    if (this.#busy) this.#run.endRetries('removed');
    this.#deps.onDueChanged(this);
    if (this.#end !== undefined) this.#deps.onSuspensionEnd(this);
    if (!this.#busy) this.#instance.close?.();
  }

  /** Called when a script of its last run still held a lock at the end. */
  lockReleased(lock: string): void {
    this.#deps.events.emit('condition.lock-released', this.#origin, { condition: this, lock });
  }

  #apply(action: Action): void {
    const state = reduce(this.#state, action, this.spec.traits);
    if (state === this.#state) return;
    this.#state = state;
    this.#ineligible = ineligibility(state, this.spec.traits);
  }

  #perform({ operation, origin, end }: PendingOperation, queued: boolean, last: boolean): void {
    this.#deps.guards.drop(this, operation, origin);
    this.#apply({ kind: operation });
    const ended = operation === 'resume' && end !== undefined ? { until: end.at } : {};
    // What has fired before a suspension must not run after it.
    if (operation === 'resume' && this.queued?.onEnd.length === 0)
      this.#queue.drop({ code: 'ineligible', state: 'suspended' }, origin);
    if (operation !== 'suspend') this.#instance.reset?.(operation === 'resume', ended.until);
    if (operation === 'resume') this.#deps.dropEvent(this.name);
    if (operation !== 'reset' && (this.#end !== undefined || end !== undefined)) {
      this.#end = operation === 'suspend' ? end : undefined;
      this.#deps.onSuspensionEnd(this);
    }
    this.#repeats = undefined;
    this.#passInstants();
    const next = last ? this.next() : undefined;
    const { accounted } = this.#instance;
    const { events } = this.#deps;
    events.emit('operation.done', origin, { operation, condition: this, queued, next, accounted, ...ended });
  }

  #check(context: CheckContext): CheckResult | Promise<CheckResult> {
    if (this.#repeats) {
      const { began } = this.#repeats;
      this.#repeats = undefined;
      return passed({ code: 'interrupted-run', began });
    }
    try {
      const claimed = this.#claimed;
      this.#claimed = undefined;
      const result = this.#instance.check(claimed === undefined ? context : { ...context, claimed }, (pending) =>
        this.#begin(pending),
      );
      return result instanceof Promise ? result.catch((error) => this.#failed(error)) : result;
    } catch (error) {
      return this.#failed(error);
    }
  }
  /** Contains what a kind has thrown: the check has no result. */
  #failed(error: unknown): CheckResult {
    this.#deps.events.emit('condition.failed', this.#origin, { condition: this, error });
    return internalErrorResult(error);
  }

  /** Busy until `work` is done, which never rejects. */
  #occupy(work: Promise<void>): void {
    this.#busy = true;
    this.#occupied = this.#deps.clock.mono();
    this.#deps.onBusy(this);
    this.#work = work.then(() => this.#free());
    this.#deps.onDueChanged(this);
  }

  #free(): void {
    const { events } = this.#deps;
    // What was asked of a condition that is replaced must not be reported of the one in its place.
    const pending = this.#madeOperations?.take() ?? [];
    const operations = this.#removed ? [] : pending;
    if (operations.length < pending.length) events.emit('operation.discarded', this.#origin, { condition: this });
    this.#madeRun?.allowRetries();
    this.#checkCancelled = false;
    this.#busy = false;
    if (this.#replacing) this.#instance.runEnded?.();
    for (const [i, operation] of operations.entries()) this.#perform(operation, true, i === operations.length - 1);
    if (this.#replacing && operations.length === 0)
      events.emit('condition.replaced', this.#origin, { condition: this, next: this.next() });
    this.#replacing = false;
    if (this.#timeChange !== undefined) this.#reportTimeChange(this.#timeChange, this.#origin);
    this.#timeChange = undefined;
    this.#work = undefined;
    this.#secondDone = undefined;
    if (this.#state.held && (this.#ineligible === 'finished' || this.#ineligible === 'exhausted')) {
      this.#deps.guards.drop(this, this.#ineligible, this.#origin);
      this.expire();
    }
    // An event that came meanwhile would fire long after it is expected.
    if (!this.#removed && this.#ineligible && this.#deps.dropEvent(this.name))
      events.emit('condition.event-dropped', this.#origin, { condition: this });
    this.#passInstants();
    if (this.#removed) this.#instance.close?.();
    this.#deps.onFree(this);
    // Runs that ask for the next one and take no time would never end: the next one waits for a tick.
    if (this.#deps.clock.mono() - this.#occupied >= SHORTEST_RUN_MS) this.#beginQueued();
    this.#deps.onDueChanged(this);
  }
  #reportTimeChange(reason: Reason, origin: TraceContext): void {
    if (this.ineligible === undefined)
      this.#deps.events.emit('condition.time-changed', origin, { condition: this, reason, next: this.next() });
  }

  /** The end of a check that took time or passed. One that passed is followed by the tasks. */
  async #finish(check: CheckResult | Promise<CheckResult>, at: CheckContext): Promise<void> {
    const { events } = this.#deps;
    const continued = check instanceof Promise;
    const result = this.#counted(await check);
    if (result.kind === 'passed') {
      this.#apply({ kind: 'passed' });
      if (this.#origin.run === null) this.#begin(undefined);
    }
    const origin = this.#origin;
    events.emit('check.finished', origin, { condition: this, result, continued });
    const event = this.#event;
    this.#event = undefined;
    if (result.kind !== 'passed') return;
    const firing: PassedCheck = { result, origin, event };
    if (this.#isGuarded && !(await this.#admits(firing, continued ? undefined : at))) return;
    await this.#runTasks(firing);
  }
  get #isGuarded(): boolean {
    return this.spec.traits.only_when.length > 0 || this.spec.holdWindow !== undefined;
  }
  /** Asks its guards. Returns whether the tasks run now: not if it is held, and not if it was cancelled meanwhile. */
  async #admits(firing: PassedCheck, at?: CheckContext): Promise<boolean> {
    const isAdmitted = await this.#deps.guards.admit(this, firing, at);
    if (!this.#checkCancelled) return isAdmitted;
    this.#checkCancelled = false;
    this.#deps.guards.drop(this, 'cancel', firing.origin);
    this.expire();
    if (isAdmitted) this.#queue.refuse(firing, { code: 'cancelled' }, this.#deps.clock.wall());
    return false;
  }

  /** The result of a check that has ended: one that was cancelled does not count. */
  #counted(result: CheckResult): CheckResult {
    if (!this.#checkCancelled) return result;
    this.#checkCancelled = false;
    return CANCELLED;
  }

  /** Checks it while its tasks run. Its state stays: a firing leads to a run after this one. */
  #checkAgain(context: CheckContext): void {
    const { events } = this.#deps;
    this.#second = { origin: context.origin, event: undefined };
    events.emit('check.started', context.origin, { condition: this });
    const result = this.#check(context);
    if (!(result instanceof Promise)) {
      this.#secondDone = this.#endSecond(result, context);
      return;
    }
    events.emit('check.continued', this.#second.origin, { condition: this, waits: true, running: true });
    this.#deps.onDueChanged(this);
    this.#secondDone = result.then((ended) => this.#endSecond(this.#counted(ended)));
  }
  /** @param at when it was checked; undefined: that took time. */
  #endSecond(result: CheckResult, at?: CheckContext): Promise<void> | undefined {
    const { events, run } = this.#deps;
    const { event } = this.#second!;
    let { origin } = this.#second!;
    const isPassed = result.kind === 'passed';
    if (isPassed && origin.run === null) origin = run(origin.cause);
    events.emit('check.finished', origin, { condition: this, result, continued: at === undefined, running: true });
    const firing: PassedCheck = { result, origin, event };
    if (isPassed && this.#asksBeforeEnding) return this.#askBeforeEnding(firing, at);
    this.#second = undefined;
    if (isPassed && !this.#removed) this.#queueFired(firing);
    this.#deps.onDueChanged(this);
    return undefined;
  }
  /** The guards decide whether a firing ends the run in progress. What follows one that was admitted already joins it. */
  get #asksBeforeEnding(): boolean {
    return this.#isGuarded && this.spec.traits.when_busy === 'restart' && this.queued?.fired !== true;
  }
  /** Meanwhile it is not checked once more. */
  async #askBeforeEnding(firing: PassedCheck, at: CheckContext | undefined): Promise<void> {
    const isAdmitted = await this.#admits(firing, at);
    this.#second = undefined;
    if (isAdmitted && !this.#removed) this.#queueFired(firing);
    this.#deps.onDueChanged(this);
  }
  /** A run for this firing follows the one in progress, or takes its place. */
  #queueFired(firing: PassedCheck): void {
    this.#queue.add(firing, this.#deps.clock.wall());
    if (this.spec.traits.when_busy !== 'restart') return;
    this.#admitted = true;
    this.end({ code: 'replaced' }, firing.origin);
  }

  /**
   * Runs its tasks because of a command: now, or, if `queue`, when it is free. Its state stays what it is.
   * @returns the run that begins, `queued`, or why it does not run: `busy` or `ending`.
   */
  runNow(by: TraceContext, queue: boolean, onEnd: OnRunEnd): TraceContext | 'queued' | 'busy' | 'ending' {
    const { clock, state, run: newRun } = this.#deps;
    // Tasks can ask for each other without end.
    if (state() === 'ending') return 'ending';
    if (this.#busy && !queue) return 'busy';
    // One that a task asks for is a consequence of the run of that task.
    const origin = newRun(by.run ?? by.cause);
    const run: PassedCheck = { result: passed({ code: 'run-command' }), origin };
    const isSoon = by.run !== null && clock.mono() - this.#occupied < LEAST_GAP_MS;
    if (this.#busy || isSoon) {
      this.#queue.add(run, clock.wall(), onEnd);
      this.#deps.onDueChanged(this);
      return 'queued';
    }
    this.#origin = origin;
    this.#occupy(this.#runTasks({ ...run, byCommand: true, onEnd: [onEnd] }));
    return origin;
  }

  /** Ends its run, or the check in progress, and drops the run that is queued. */
  cancel(origin: TraceContext): Cancelled {
    const held = this.held !== undefined;
    this.#deps.shared?.cancel(this);
    this.#deps.guards.drop(this, 'cancel', origin);
    if (held) this.expire();
    const queued = this.#queue.drop({ code: 'cancelled' }, origin);
    const run = this.end({ code: 'cancelled' }, origin) ? (this.#origin.run ?? undefined) : undefined;
    const check = this.#second !== undefined || (this.#busy && !this.#run.underWay && !this.#replacing);
    if (check && !this.#checkCancelled) {
      this.#checkCancelled = true;
      this.#deps.events.emit('check.cancelled', origin, { condition: this });
      this.#instance.cancelCheck?.();
    }
    return { run, check, queued, held };
  }

  /** Ends the run of its tasks early. Returns false when none is under way. */
  end(reason: EarlyEnd, origin: TraceContext): boolean {
    return this.#run.end(reason, origin);
  }

  /** Begins the run that is queued, if it may begin now. Returns whether it does. */
  #beginQueued(): boolean {
    const waiting = this.queued;
    if (waiting === undefined) return false;
    const { fired, onEnd } = waiting;
    const byCommand = onEnd.length > 0 && !(fired && this.#ineligible === undefined);
    if (!byCommand && this.#ineligible !== undefined) {
      this.#queue.drop({ code: 'ineligible', state: this.#ineligible });
      return false;
    }
    const state = this.#deps.state();
    if (state === 'ending') return false;
    if (state === 'paused' && !byCommand) {
      // The guards can answer otherwise after the pause.
      this.#admitted = false;
      return false;
    }
    this.#queue.take();
    const { origin, result, event } = waiting;
    this.#origin = origin;
    if (!byCommand) this.#apply({ kind: 'passed' });
    const start: RunStart = { result, origin, event, waited: waiting, onEnd };
    this.#occupy(byCommand ? this.#runTasks({ ...start, byCommand }) : this.#runFired(start));
    return true;
  }
  /** Runs its tasks for a firing that was queued, unless its guards hold that. */
  async #runFired(firing: RunStart): Promise<void> {
    const isAdmitted = this.#admitted || !this.#isGuarded;
    this.#admitted = false;
    if (isAdmitted || (await this.#admits(firing))) await this.#runTasks(firing);
  }

  /** Asks the fleet for a firing; undefined: the condition is not shared, or a command runs it. */
  #askFleet(firing: PassedCheck, byCommand: true | undefined): Promise<OwnFiring | 'elsewhere'> | undefined {
    const { shared } = this.#deps;
    return shared === undefined || !this.spec.traits.shared || byCommand ? undefined : this.#claim(firing, shared);
  }
  async #claim(firing: PassedCheck, shared: SharedFirings): Promise<OwnFiring | 'elsewhere'> {
    const { clock } = this.#deps;
    const from = clock.wall();
    const claim = await shared.claim(this, firing);
    this.#claimed = { from, to: clock.wall() };
    if (!('reason' in claim)) return claim;
    const { accounted } = this.#instance;
    const { origin } = firing;
    this.#apply({ kind: 'hold-ended' });
    const { reason, last } = claim;
    const result = passedFor(firing.result, last);
    this.#deps.events.emit('firing.elsewhere', origin, {
      condition: this,
      result,
      reason,
      next: this.next(),
      accounted,
    });
    this.#instance.runEnded?.();
    return 'elsewhere';
  }

  /** It is free, and no firing stands for what has come. */
  #passInstants(): void {
    if (this.spec.traits.shared && !this.#busy && !this.#state.held) this.#deps.shared?.pass(this);
  }

  /** Repeats a run whose machine has died, or reports it. */
  lost(lost: LostRun, origin: TraceContext): void {
    const { events, shared, run: newRun } = this.#deps;
    const reason = lostReason(lost);
    const { won } = lost;
    const again = won !== undefined && !this.#busy && !this.#removed && this.#ineligible === undefined;
    events.emit('run.lost', origin, { condition: this, reason, again });
    if (!again) {
      void won?.finish('cancelled');
      return;
    }
    const run = newRun(origin.cause);
    this.#origin = run;
    const own = shared!.own(this, run, won);
    this.#occupy(this.#runTasks({ result: passed(reason), origin: run, own }));
  }

  async #runTasks(start: RunStart): Promise<void> {
    const { origin, waited, byCommand, onEnd = [], own: got } = start;
    const { events, clock } = this.#deps;
    const { traits } = this.spec;
    // Whatever is not shared begins without a turn of the event loop.
    const asked = got ?? this.#askFleet(start, byCommand);
    const own = asked instanceof Promise ? await asked : asked;
    if (own === 'elsewhere') return;
    const result = passedFor(start.result, own?.last);
    const tasks = this.#deps.tasks(traits.tasks);
    const first: readonly TaskRef[] = traits.execute_sequence ? tasks.slice(0, 1) : tasks;
    // A run by a command is not a run for an instant.
    const accounted = byCommand ? undefined : this.#instance.accounted;
    const began = clock.mono();
    events.emit('run.started', origin, { condition: this, result, next: first, accounted, queued: waited });
    const running = this.#run.begin(tasks, start, own?.fence);
    if (traits.when_busy !== 'skip') this.#deps.onDueChanged(this);
    const executed = await running;
    const { ended, failed } = this.#run.finish(tasks, executed);
    this.#instance.runEnded?.();
    // One that takes its place follows: what comes of that counts.
    const isReplaced = ended?.code === 'replaced' && this.queued !== undefined;
    if (!byCommand && !isReplaced) this.#apply({ kind: 'ran', failed });
    const { retriesLeft } = this.#state;
    const next = this.next();
    events.emit('run.finished', origin, { condition: this, executed, failed, retriesLeft, next, ended, byCommand });
    const outcome = runOutcome(executed, ended);
    own?.finish(outcome);
    for (const end of onEnd) end({ run: origin.run!, outcome, executed, ms: clock.mono() - began });
    await this.#secondDone;
  }
}
