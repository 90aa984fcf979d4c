import type { InstantName, Ledger, OpenSpan, SkipReason, Told, Track, Why } from '../journal/ledger.ts';
import type { TraceContext } from '../log/record.ts';
import { type ConditionState, eligibility } from './condition-state.ts';
import {
  type ConditionStatus,
  dueWords,
  PERFORMED,
  QUEUED,
  queuedWords,
  restingState,
  SKIPPED,
  SUSPENDED_IN_FILE,
  shownInstant,
  UNSAID,
} from './condition-status.ts';
import type { ConditionInstance, Due } from './instance.ts';
import { type CheckResult, RECORDED_RESULT } from './outcome.ts';
import type { PendingOperation } from './pending-operations.ts';
import { type Reason, reasonText } from './reasons.ts';
import type { ConditionSpec } from './spec.ts';
import type { Progress, Task } from './task.ts';

export const FOLLOWS = 'the one it takes the place of is not done yet';

/** What an account needs to know of the time, and whom it tells. */
export interface AccountDesk {
  readonly journal: Ledger;
  /** The instant on the wall clock, ms, of one on the monotonic clock. */
  wallOf(mono: number): number;
  /** Now, wall-clock ms. */
  now(): number;
  /** Now, monotonic ms. */
  mono(): number;
}

/** Why a check ended as it did, in words. */
const reasonOf = (verdict: CheckResult): string => {
  if (verdict.kind === 'error') return reasonText(verdict.reason);
  return verdict.reason === undefined ? UNSAID[verdict.kind] : reasonText(verdict.reason);
};

const queuedOperation = ({ operation, origin }: PendingOperation): string =>
  `${QUEUED[operation]} follows when it is free (${origin.cause})`;

/** What is told about one condition: its states and why, its timespans, how it stands. */
export class Account {
  readonly #spec: ConditionSpec;
  readonly #body: ConditionInstance;
  readonly #desk: AccountDesk;
  readonly #track: Track;
  readonly #item: string;
  /** Who has suspended it, if it is suspended. */
  #suspender = SUSPENDED_IN_FILE;
  /** When its state changed, wall-clock ms. */
  #since = 0;
  /** Why it was left out last; the same again is not told. */
  #skipped: SkipReason | undefined;
  #closed = false;
  /** Tasks that run for it, and those that it waits for. */
  readonly #running: string[] = [];
  readonly #queued = new Set<Task>();

  constructor(spec: ConditionSpec, body: ConditionInstance, desk: AccountDesk, track: Track) {
    this.#spec = spec;
    this.#body = body;
    this.#desk = desk;
    this.#track = track;
    this.#item = `condition/${spec.name}`;
  }

  /** The state it is said to be in. */
  get state(): string {
    return this.#track.state;
  }
  /** Nothing of an item that another one has taken the place of is told any more. */
  close(): void {
    this.#closed = true;
  }
  /** It is in this state now. */
  to(state: string, why: Why, origin: TraceContext): void {
    if (this.#closed) return;
    if (state !== this.state) this.#since = this.#desk.now();
    this.#track.to(state, why, origin);
  }
  /** It is free, or about to be. */
  rest(life: ConditionState, why: string, origin: TraceContext): void {
    const { traits } = this.#spec;
    this.to(restingState(eligibility(life, traits), life, traits), why, origin);
  }
  /** Who has suspended it, until it is suspended again. */
  suspendedBy(cause: string): void {
    this.#suspender = `${PERFORMED.suspend} (${cause})`;
  }

  /** It is left out of a tick. The same as before is no news. */
  skip(reason: SkipReason, origin: TraceContext): void {
    if (this.#skipped === reason || !this.#desk.journal.timed) return;
    this.#skipped = reason;
    this.#instant('skipped', origin, () => ({ reason }));
  }
  /** A check begins: monotonic ms, when somebody wants to know; whether it is due shows afterwards. */
  begin(): number | undefined {
    this.#skipped = undefined;
    return this.#desk.journal.timed ? this.#desk.mono() : undefined;
  }
  /** The timespan of a check that began at `at`. One that was not due is none. */
  check(
    at: number | undefined,
    verdict: CheckResult | Promise<CheckResult>,
    origin: TraceContext,
  ): OpenSpan | undefined {
    if (at === undefined || (!(verdict instanceof Promise) && 'notDue' in verdict)) return undefined;
    return this.#desk.journal.span('check', this.#item, origin, () => ({ condition: this.#spec.name }), at);
  }
  /** The end of the timespan of a check. */
  checked(span: OpenSpan | undefined, verdict: CheckResult): void {
    span?.finish(() => ({ outcome: RECORDED_RESULT[verdict.kind], why: reasonOf(verdict) }));
  }
  /** It was checked, and waits: not due is no news, and not told at levels at which nobody looks. */
  stays(verdict: CheckResult, busy: boolean, origin: TraceContext): void {
    if (verdict.kind === 'error') this.to('waiting', `it could not be checked: ${reasonText(verdict.reason)}`, origin);
    else if (!('notDue' in verdict) || verdict.reason !== undefined || busy)
      this.to('waiting', reasonOf(verdict), origin);
  }
  /** The timespan of a run of its tasks. */
  run(origin: TraceContext): OpenSpan | undefined {
    const { name: condition, traits } = this.#spec;
    const { tasks, execute_sequence: sequence } = traits;
    const told: Told = () => ({ condition, tasks, sequence });
    return this.#desk.journal.span('run', this.#item, origin, told, undefined, origin.run);
  }
  /** The end of that timespan. */
  ran(run: OpenSpan | undefined, failed: boolean, executed: number): void {
    const { tasks } = this.#spec.traits;
    this.#queued.clear();
    run?.finish(() => ({ outcome: failed ? 'failure' : 'success', executed, of: tasks.length }));
  }
  /** Its check was positive. `tasks`: those that are next. It is queued when none of them can begin. */
  fires(reason: Reason | undefined, tasks: readonly Task[], origin: TraceContext): void {
    const why = reason === undefined ? UNSAID.passed : reasonText(reason);
    if (tasks.some(({ conditions, blocked }) => conditions.length === 0 && blocked === undefined)) {
      this.to('running', why, origin);
      return;
    }
    for (const task of tasks) this.#queued.add(task);
    this.to('queued', `${why}; ${this.#queueWords()}`, origin);
  }
  /** Follows its tasks: it is queued while none of them runs and one has to wait. */
  progress(origin: TraceContext): Progress {
    return {
      waits: (task) => {
        this.#queued.add(task);
        this.#queue(origin);
      },
      begins: (task) => {
        this.#running.push(task.name);
        this.#queued.delete(task);
        if (this.state === 'queued') this.to('running', `task ${task.name} is free`, origin);
      },
      ends: ({ name }) => {
        this.#running.splice(this.#running.indexOf(name), 1);
        this.#queue(origin);
      },
    };
  }
  #queue(origin: TraceContext): void {
    if (this.#running.length > 0 || this.#queued.size === 0 || this.state === 'queued') return;
    this.to('queued', this.#queueWords(), origin);
  }
  #queueWords(): string {
    return [...this.#queued].map((task) => queuedWords(task, this.#spec.name)).join('; ');
  }
  /** Its tasks failed, and are tried again if any retries are left; Infinity is "without limit". */
  retry(left: number, origin: TraceContext): void {
    if (left > 0) this.#instant('retry', origin, () => ({ left: Number.isFinite(left) ? left : 'unlimited' }));
  }
  /** A decision about it. */
  #instant(category: InstantName, origin: TraceContext, told: Told): void {
    this.#desk.journal.instant(category, this.#item, origin, () => ({ condition: this.#spec.name, ...told() }));
  }

  /** What made it as it is, and what that means for its checks. */
  begins(why: string, life: ConditionState): string {
    const gated = eligibility(life, this.#spec.traits);
    if (gated === 'suspended') return why === PERFORMED.suspend ? why : `${why}; ${this.#suspender}`;
    if (gated !== 'open') return `${why}; ${SKIPPED[gated]}`;
    const due = this.#body.due();
    return `${why}; ${this.#waits(due, this.#desk.now())}`;
  }

  /** How it stands, and why it does not run this moment. `now`: wall-clock ms. */
  standing(
    life: ConditionState,
    busy: boolean,
    delayed: boolean,
    now: number,
    waiting: readonly PendingOperation[],
  ): ConditionStatus {
    const { name, type, traits } = this.#spec;
    const gated = eligibility(life, traits);
    const due = this.#body.due();
    const at = this.#instantOf(due);
    let why: string;
    if (busy) why = [this.#business(now), ...waiting.map(queuedOperation)].join('; ');
    else if (gated === 'suspended') why = this.#suspender;
    else if (gated !== 'open') why = SKIPPED[gated];
    else if (delayed) why = 'its check waits for a moment within the tick';
    else why = this.#waits(due, now);
    const soon = delayed || due === 'any-tick' ? 'soon' : at;
    const next = busy || gated !== 'open' ? undefined : soon;
    return { name, type, state: this.state, why, due: next, tasks: traits.tasks, running: [...this.#running] };
  }

  /** What it is busy with. */
  #business(now: number): string {
    if (this.state === 'busy') return FOLLOWS;
    const since = `since ${shownInstant(this.#since, now)}`;
    if (this.state !== 'queued')
      return `${this.state === 'running' ? 'its tasks are running' : 'it is being checked'} ${since}`;
    return `it waits ${since}: ${this.#queueWords()}`;
  }

  /** What its next check waits for. */
  #waits(due: Due, now: number): string {
    const reason = this.#body.waitsFor?.();
    return reason === undefined ? dueWords(due, this.#instantOf(due), now) : reasonText(reason);
  }

  /** On the wall clock, ms. */
  #instantOf(due: Due): number | undefined {
    if (typeof due !== 'object') return undefined;
    return 'wall' in due ? due.wall : this.#desk.wallOf(due.mono);
  }
}
