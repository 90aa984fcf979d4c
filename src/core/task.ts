import { AwayRuns, isAway } from './away-runs.ts';
import { abortSignalOf, type EndSignal } from './end-signal.ts';
import type { ConditionRef, EnginePorts, TaskRef } from './engine-events.ts';
import type { TaskInstance } from './instance.ts';
import { internalErrorReason } from './internal-error.ts';
import { type Outcome, taskError } from './outcome.ts';
import type { Blocked } from './ports.ts';
import type { Reason, RetryEnd } from './reasons.ts';
import { Retries } from './retries.ts';
import type { TaskSpec } from './spec.ts';
import { type Attempt, isEnded, type RunContext, type TaskRunContext } from './task-run.ts';

/** Why a run ended, or did not begin. */
export const SCHEDULER_ENDED: Reason = { code: 'scheduler-ended' };

/** Counts the users of something. */
class RefCount {
  #count = 0;
  #free: Promise<void> | undefined;
  #resolve: () => void = () => {};

  acquire(): void {
    this.#count += 1;
  }
  release(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#resolve();
    this.#free = undefined;
  }
  /** Resolves when it has no users. */
  get free(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    this.#free ??= new Promise((resolve) => {
      this.#resolve = resolve;
    });
    return this.#free;
  }
}

/** What has been left is over at once. */
const LEFT = Promise.resolve();

/** Does one thing after the other: the runs of a task, and of those that reloads put in its place. */
class SerialQueue {
  /** The lists of tasks in progress that one of these tasks is in. */
  readonly lists = new RefCount();
  /** The conditions whose runs are not over, in order: the first one runs. */
  readonly conditions: string[] = [];
  #last: Promise<unknown> = Promise.resolve();

  /** Does it when everything before is over. `work` never rejects, and calls `shift` when it is over. */
  push<T>(condition: string, work: () => Promise<T>): Promise<T> {
    this.conditions.push(condition);
    const run = this.#last.then(work);
    this.#last = run;
    return run;
  }
  /** As `push`; when it is to be ended while it waits, it leaves the queue and has the result of `leave`. */
  pushUntil<T>(condition: string, signal: EndSignal, work: () => Promise<T>, leave: () => T): Promise<T> {
    return new Promise((resolve) => {
      let state: 'waits' | 'begun' | 'left' = 'waits';
      const end = (): void => {
        if (state !== 'waits') return;
        state = 'left';
        this.conditions.splice(this.conditions.lastIndexOf(condition), 1);
        resolve(leave());
      };
      void this.push(condition, () => {
        if (state === 'left') return LEFT;
        state = 'begun';
        signal.removeEventListener('abort', end);
        return work().then(resolve);
      });
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });
  }
  shift(): void {
    this.conditions.shift();
  }
}

/** The outcome of a run that is ended early. It does not count as a failure. */
const endedEarly = ({ signal }: Pick<RunContext, 'signal'>) =>
  ({ kind: 'none', reason: signal.reason as Reason }) as const;

/** Whether it is not wanted any more: the end of the program is another reason. */
const isCancelled = ({ signal }: Pick<RunContext, 'signal'>): boolean =>
  signal.aborted && ['cancelled', 'replaced'].includes((signal.reason as Reason).code);

/** Resolves with true when a run is ended early. */
const aborted = (signal: EndSignal): Promise<true> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(true);
    else signal.addEventListener('abort', () => resolve(true), { once: true });
  });

/** One task of the running configuration. It never runs twice at the same time, whichever conditions list it. */
export class Task implements TaskRef {
  readonly spec: TaskSpec;
  readonly name: string;
  readonly id: number;
  readonly #instance: TaskInstance;
  readonly #events: EnginePorts['events'];
  /** Undefined: it is tried once. */
  readonly #retries: Retries | undefined;
  /** Shared with the task that this one has replaced. */
  readonly #queue: SerialQueue;
  /** Has it done by other machines; undefined: it is for this one. */
  readonly #away: AwayRuns | undefined;
  /** Runs that machines have asked for, this one too, also shared with the task that it has replaced. */
  readonly #served: SerialQueue;
  /** Aborted when what other machines do for it is not wanted any more. */
  readonly #awayEnd = new AbortController();
  readonly #lists = new RefCount();
  /** One for each run in progress: few. */
  readonly #ends: ((outcome: Outcome) => void)[] = [];
  /** What its run waits for before another machine begins it; undefined: nothing. */
  #waitsFor: string | undefined;
  /** Why no run begins any more. */
  #stopped: Reason | undefined;

  constructor(
    spec: TaskSpec,
    id: number,
    instance: TaskInstance,
    ports: Pick<EnginePorts, 'clock' | 'events' | 'random' | 'fleet'>,
    predecessor?: Task,
  ) {
    this.spec = spec;
    this.name = spec.name;
    this.id = id;
    this.#instance = instance;
    this.#events = ports.events;
    this.#retries = spec.traits.retries > 0 ? new Retries(this, ports) : undefined;
    this.#queue = predecessor ? predecessor.#queue : new SerialQueue();
    this.#served = predecessor ? predecessor.#served : new SerialQueue();
    const exchange = isAway(spec) ? ports.fleet?.work : undefined;
    this.#away = exchange && new AwayRuns(ports.events, exchange);
  }

  get conditions(): readonly string[] {
    return this.#queue.conditions;
  }
  get blocked(): string | undefined {
    return this.#blocked()?.why;
  }
  /** What its run for a condition waits for before another machine begins it; undefined: nothing, or that one does not run it. */
  waitsFor(condition: string): string | undefined {
    return this.conditions[0] === condition ? this.#waitsFor : undefined;
  }

  /** Resolves when it is in no list of tasks in progress. */
  get settled(): Promise<void> {
    return this.#lists.free;
  }
  /** Resolves when neither it nor one that it has replaced, or that has replaced it, is in such a list. */
  get gone(): Promise<void> {
    return this.#queue.lists.free;
  }
  /** Called when a list with it begins. */
  acquire(): void {
    this.#lists.acquire();
    this.#queue.lists.acquire();
  }
  /** Called at the end of that list. */
  release(): void {
    this.#lists.release();
    this.#queue.lists.release();
  }

  /** Runs after the runs that were asked for before. Never rejects: what a kind throws is an error outcome. */
  run(condition: ConditionRef, run: Omit<TaskRunContext, 'condition'>): Promise<Outcome> {
    if (this.conditions.length === 0) return this.#queue.push(condition.name, () => this.#runNow(condition, run));
    this.#events.emit('task.queued', run.origin, { task: this, condition });
    const leave = (): Outcome => this.#notBegun(condition, run);
    return this.#queue.pushUntil(condition.name, run.signal, () => this.#runNow(condition, run), leave);
  }

  /** Runs once for another machine, after what was asked for before. Never rejects. */
  async serve(context: TaskRunContext): Promise<Outcome> {
    this.acquire();
    const outcome = await this.#runServed(context);
    this.release();
    return outcome;
  }

  /** Prevents further runs: the program ends. Of the run in progress only the wait for another attempt ends. */
  stop(reason: Reason): void {
    this.#stopped = reason;
    this.#awayEnd.abort(reason);
    this.endRetries('ending');
  }
  /** What fails from now on is not tried again, and the wait for the next attempt ends. */
  endRetries(by: RetryEnd): void {
    this.#retries?.end(by);
  }
  /** Ends the open run in the history, because the program ends before the run does. */
  abort(reason: Reason): void {
    for (const end of [...this.#ends]) end(taskError(reason));
  }
  close(): void {
    this.#instance.close?.();
  }

  /** What it waits for itself: on another machine that is for that one to say. */
  #blocked(): ReturnType<NonNullable<TaskInstance['blocked']>> {
    return this.#away === undefined ? this.#instance.blocked?.() : undefined;
  }

  #runServed(context: TaskRunContext): Promise<Outcome> {
    const work = async (): Promise<Outcome> => {
      const blocked = this.#instance.blocked?.();
      const goesOn = blocked === undefined || (await Promise.race([blocked.wait(), aborted(context.signal)]));
      const reason = this.#stopped ?? (goesOn ? undefined : SCHEDULER_ENDED);
      const outcome = isEnded(context)
        ? endedEarly(context)
        : reason === undefined
          ? await this.#execute({ name: context.condition }, context, () => this.#instance.run(context))
          : taskError(reason);
      this.#served.shift();
      return isCancelled(context) ? endedEarly(context) : outcome;
    };
    return this.#served.pushUntil(context.condition, context.signal, work, () => endedEarly(context));
  }

  /** Without an asynchronous function, which takes 2 KB, if nothing blocks it. */
  #runNow(condition: ConditionRef, run: Omit<TaskRunContext, 'condition'>): Promise<Outcome> {
    const blocked = this.#blocked();
    if (blocked !== undefined) return this.#runBlocked(blocked, condition, run);
    const kept = this.#keptFrom(false, condition, run);
    return kept === undefined
      ? this.#begin(condition, run).then((outcome) => this.#finish(condition, run, outcome))
      : Promise.resolve(kept);
  }
  async #runBlocked(
    blocked: Blocked,
    condition: ConditionRef,
    run: Omit<TaskRunContext, 'condition'>,
  ): Promise<Outcome> {
    this.#events.emit('task.queued', run.origin, { task: this, condition });
    if (!(await Promise.race([blocked.wait(), aborted(run.signal)]))) this.#stopped ??= SCHEDULER_ENDED;
    return this.#keptFrom(true, condition, run) ?? this.#finish(condition, run, await this.#begin(condition, run));
  }
  /** The outcome of a run that does not begin; undefined: it does. */
  #keptFrom(blocked: boolean, condition: ConditionRef, run: Omit<TaskRunContext, 'condition'>): Outcome | undefined {
    const reason = this.#stopped;
    if (reason === undefined && !isEnded(run)) return undefined;
    this.#queue.shift();
    if (reason === undefined) return this.#notBegun(condition, run);
    if (blocked) this.#events.emit('task.cancelled', run.origin, { task: this, condition, reason });
    return taskError(reason);
  }
  #begin(condition: ConditionRef, run: Omit<TaskRunContext, 'condition'>): Promise<Outcome> {
    this.#events.emit('task.started', run.origin, { task: this, condition });
    return (
      this.#retries?.run(condition, run, (attempt) => this.#try(condition, run, attempt)) ?? this.#try(condition, run)
    );
  }
  #finish(condition: ConditionRef, run: Omit<TaskRunContext, 'condition'>, outcome: Outcome): Outcome {
    this.#queue.shift();
    const ended = isEnded(run) ? endedEarly(run) : outcome;
    this.#events.emit('task.finished', run.origin, { task: this, condition, outcome: ended });
    return ended;
  }

  /** Its run was ended before it began. */
  #notBegun(condition: ConditionRef, run: Omit<TaskRunContext, 'condition'>): Outcome {
    const outcome = endedEarly(run);
    this.#events.emit('task.cancelled', run.origin, { task: this, condition, reason: outcome.reason });
    return outcome;
  }

  /** Runs it once. */
  #try(condition: ConditionRef, run: Omit<TaskRunContext, 'condition'>, attempt?: Attempt): Promise<Outcome> {
    const { origin, signal, retries, hook, event, asked, fence, previous, handOn } = run;
    const { name } = condition;
    // A literal: copies that get more keys take two KB.
    const context: TaskRunContext = {
      ...{ origin, signal, retries, hook, event, asked, fence, previous, handOn, condition: name, attempt },
    };
    const away = this.#away;
    if (away === undefined) return this.#execute(condition, context, () => this.#instance.run(context));
    const either = AbortSignal.any([abortSignalOf(signal), this.#awayEnd.signal]);
    const here = (): Promise<Outcome> => this.#runServed(context);
    const onWaiting = (what: string | undefined): void => {
      this.#waitsFor = what;
      this.#events.emit('task.waiting', context.origin, { task: this, condition, what });
    };
    return this.#execute(condition, context, () => away.run(this, condition, context, either, here, onWaiting));
  }

  /** Resolves with the outcome of `run`, or when the program ends before it does. */
  #execute(
    condition: Pick<ConditionRef, 'name'>,
    context: TaskRunContext,
    run: () => Promise<Outcome>,
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const end = (outcome: Outcome): void => {
        const at = this.#ends.lastIndexOf(end);
        if (at >= 0) this.#ends.splice(at, 1);
        resolve(outcome);
      };
      this.#ends.push(end);
      Promise.resolve()
        .then(run)
        .then(end, (error: unknown) => {
          this.#events.emit('task.failed', context.origin, { task: this, condition, error });
          end(taskError(internalErrorReason(error)));
        });
    });
  }
}
