import type { OpenSpan, Track } from '../journal/ledger.ts';
import type { TraceContext } from '../log/record.ts';
import { Account, FOLLOWS } from './account.ts';
import { type Action, type ConditionState, eligibility, GATE_WORDS, initialState, reduce } from './condition-state.ts';
import { type ConditionStatus, PERFORMED, runWords } from './condition-status.ts';
import type { ConditionLogs, Desk, Operation } from './desk.ts';
import type { BeginRun, CheckContext, ConditionInstance, Due } from './instance.ts';
import { internalErrorResult } from './internal-error.ts';
import { type CheckResult, countsAsFailed } from './outcome.ts';
import { PendingOperations } from './pending-operations.ts';
import { reasonText } from './reasons.ts';
import { reportBegin, reportCheck, reportEnd, reportExecuted, reportNotExecuted, reportRetries } from './report.ts';
import type { ConditionSpec } from './spec.ts';
import type { Task } from './task.ts';
import type { TimeChange } from './time-change.ts';

/** Before anything has happened. */
const NOBODY: TraceContext = { cause: 'start-1', run: null };

/** One running condition: gate → check → tasks → life. */
export class Condition {
  readonly spec: ConditionSpec;
  readonly id: number;
  readonly #desk: Desk;
  readonly #logs: ConditionLogs;
  readonly #body: ConditionInstance;
  readonly #account: Account;
  #life: ConditionState;
  #busy = false;
  #removed = false;
  readonly #backlog = new PendingOperations();
  /** Of the check or run in progress, or the last one. */
  #origin: TraceContext = NOBODY;
  readonly #begin: BeginRun;
  /** Resolves when it is free; undefined when it is. */
  #run: Promise<void> | undefined;
  /** What happened to the time while it was busy, for the story. */
  #meanwhile: string | undefined;
  /** A check waits for its random delay. */
  delayed = false;

  constructor(spec: ConditionSpec, id: number, logs: ConditionLogs, body: ConditionInstance, desk: Desk, track: Track) {
    this.spec = spec;
    this.id = id;
    this.#logs = logs;
    this.#body = body;
    this.#desk = desk;
    this.#life = initialState(spec.traits);
    this.#account = new Account(spec, body, desk, track);
    this.#begin = (cause) => {
      this.#origin = desk.run(cause ?? this.#origin.cause);
      return this.#origin;
    };
  }

  get name(): string {
    return this.spec.name;
  }
  get life(): ConditionState {
    return this.#life;
  }
  /** Of the check or run in progress, or of the last one. */
  get origin(): TraceContext {
    return this.#origin;
  }
  /** It is being checked, its tasks run, or the condition it replaces is not done yet. */
  get busy(): boolean {
    return this.#busy;
  }
  get removed(): boolean {
    return this.#removed;
  }
  /** Resolves when the run in progress has ended. */
  get settled(): Promise<void> {
    return this.#run ?? Promise.resolve();
  }
  /** When it is to be looked at next. */
  get due(): Due {
    return this.#removed || this.#busy || this.delayed || !this.canRun ? 'on-event' : this.#body.due();
  }
  /** How soon after its event it wants to be checked, in ms; undefined: at the next tick. */
  get promptMs(): number | undefined {
    return this.#body.debounceMs;
  }
  /** False for suspended, finished, given-up conditions and those without tasks. */
  get canRun(): boolean {
    return eligibility(this.#life, this.spec.traits) === 'open';
  }

  /** It takes the place of another one, and waits for that to be free. */
  follow(predecessor: Condition, origin: TraceContext): void {
    if (!predecessor.busy) return;
    this.#origin = origin;
    this.#account.to('busy', FOLLOWS, origin);
    this.#occupy(predecessor.settled);
  }

  /** It is part of the configuration from now on. */
  join(origin: TraceContext): void {
    if (!this.#busy) this.#rest('it is in the file', origin);
    this.#desk.changed(this);
  }

  /** One visit of a tick. */
  check(look: CheckContext): void {
    const { active, taken } = this.#logs;
    if (this.#removed) return;
    if (this.#busy) {
      this.#desk.tick.debug('PROC/MSG', () => `condition ${this.name} is busy and left out`, look.origin);
      this.#account.skip('busy', look.origin);
      return;
    }
    taken.trace('START/MSG', 'condition taken for checking', look.origin);
    const state = eligibility(this.#life, this.spec.traits);
    if (state !== 'open') {
      active.trace('PROC/MSG', GATE_WORDS[state], look.origin);
      this.#account.skip(state, look.origin);
      reportNotExecuted(this.#desk.tick, this.name, look.origin);
      return;
    }
    const began = this.#account.begin();
    this.#happens({ kind: 'checking' });
    active.trace('PROC/OK', 'check begins', look.origin);
    this.#origin = look.origin;
    const verdict = this.#test(look);
    const span = this.#account.check(began, verdict, this.#origin);
    if (!(verdict instanceof Promise) && verdict.kind !== 'passed') {
      this.#conclude(verdict, span);
      this.#desk.changed(this);
      return;
    }
    if (verdict instanceof Promise) this.#account.to('checking', 'it was its turn', this.#origin);
    this.#occupy(this.#finish(verdict, span));
  }

  /** Does it now, or when the condition is free. `idle`: it would change nothing. */
  request(operation: Operation, origin: TraceContext): 'done' | 'queued' | 'idle' {
    const suspended = this.#backlog.suspends(this.#life.suspended);
    if (operation === 'suspend' && suspended) return 'idle';
    if (operation === 'resume' && !suspended) return 'idle';
    if (this.#busy) {
      this.#backlog.add(operation, origin);
      return 'queued';
    }
    this.#perform(operation, origin);
    this.#rest(PERFORMED[operation], origin);
    this.#desk.changed(this);
    return 'done';
  }

  /** The clock was set back, or local time is another. */
  timeChanged(change: TimeChange, origin: TraceContext): void {
    const reason = this.#body.timeChanged?.(change);
    if (reason === undefined) return;
    const why = reasonText(reason);
    // The story of a run in progress goes on; what came between is told when it has ended.
    if (this.#busy) this.#meanwhile = why;
    else if (this.canRun) this.#rest(why, origin);
    this.#desk.changed(this);
  }

  /** Out of the configuration; what runs goes on to its end. */
  remove(origin: TraceContext, how: 'replaced' | 'gone' | 'ended'): void {
    // The one that took its place goes on with the story.
    if (how === 'gone') this.#account.to('removed', 'it is not in the new file', origin);
    this.#account.close();
    this.#removed = true;
    this.#desk.changed(this);
    if (!this.#busy) this.#body.close?.();
  }

  /** How it stands, and why it does not run this moment. `now`: wall-clock ms. */
  standing(now: number): ConditionStatus {
    return this.#account.standing(this.#life, this.#busy, this.delayed, now, this.#backlog.waiting);
  }

  /** A script of its last run still held a lock at the end. */
  lockReleased(lock: string): void {
    this.#logs.active.warn(
      'PROC/FAIL',
      `the lock "${lock}" was still held at the end of the run, and is released`,
      this.#origin,
    );
  }

  /** It is free, or about to be; what made it so, and what that means for its checks. */
  #rest(why: string, origin: TraceContext): void {
    this.#account.rest(this.#life, this.#account.begins(why, this.#life), origin);
  }

  #happens(fact: Action): void {
    this.#life = reduce(this.#life, fact, this.spec.traits);
  }

  #perform(operation: Operation, { cause }: TraceContext): void {
    if (operation === 'suspend') this.#account.suspendedBy(cause);
    this.#happens({ kind: operation });
    if (operation === 'suspend') return;
    this.#body.reset?.(operation === 'resume');
    if (operation === 'resume') this.#desk.forgetEvent(this.name);
  }

  #test(look: CheckContext): CheckResult | Promise<CheckResult> {
    try {
      const verdict = this.#body.check(look, this.#begin);
      return verdict instanceof Promise ? verdict.catch((error) => this.#bug(error)) : verdict;
    } catch (error) {
      return this.#bug(error);
    }
  }
  #bug(error: unknown): CheckResult {
    return internalErrorResult(this.#logs.active, error, this.#origin);
  }

  /** Busy until `work` is done, which never rejects. */
  #occupy(work: Promise<void>): void {
    this.#busy = true;
    this.#desk.began(this);
    this.#run = work.then(() => this.#release());
    this.#desk.changed(this);
  }

  #release(): void {
    const asked = this.#backlog.take();
    // It would say that a condition is suspended, say, when the one in its place is not.
    const waiting = this.#removed ? [] : asked;
    if (waiting.length < asked.length)
      this.#logs.active.info(
        'END/MSG',
        'what was queued is not done: it is no longer in the configuration',
        this.#origin,
      );
    for (const { operation, origin } of waiting) {
      this.#perform(operation, origin);
      this.#desk.performed(this, operation, origin);
    }
    this.#busy = false;
    const last = waiting.at(-1);
    if (last) this.#rest(PERFORMED[last.operation], last.origin);
    else if (this.#account.state === 'busy')
      this.#account.rest(this.#life, 'the one it takes the place of is done', this.#origin);
    if (this.#meanwhile !== undefined && this.canRun) this.#rest(this.#meanwhile, this.#origin);
    this.#meanwhile = undefined;
    this.#run = undefined;
    // An event that came meanwhile would fire long after, when nobody expects it [S13].
    if (!this.#removed && !this.canRun && this.#desk.forgetEvent(this.name))
      this.#logs.active.debug('PROC/MSG', 'the event that came meanwhile is dropped', this.#origin);
    if (this.#removed) this.#body.close?.();
    this.#desk.ended(this);
    this.#desk.changed(this);
  }

  async #finish(verdict: CheckResult | Promise<CheckResult>, span: OpenSpan | undefined): Promise<void> {
    const result = await verdict;
    if (result.kind !== 'passed') return this.#conclude(result, span);
    this.#happens({ kind: 'positive' });
    if (this.#origin.run === null) this.#begin();
    this.#account.checked(span, result);
    this.#logs.active.debug('END/OK', 'check ended positive', this.#origin);
    const { tasks: names, execute_sequence } = this.spec.traits;
    const tasks = this.#desk.tasks(names);
    this.#account.fires(result.reason, execute_sequence ? tasks.slice(0, 1) : tasks, this.#origin);
    await this.#runTasks(tasks, this.#origin);
  }

  /** The end of a check that was not positive. */
  #conclude(verdict: CheckResult, span: OpenSpan | undefined): void {
    this.#account.checked(span, verdict);
    this.#account.stays(verdict, this.#busy, this.#origin);
    reportCheck(this.#logs.active, this.#desk, this.name, verdict, this.#origin);
  }

  async #runTasks(tasks: readonly Task[], origin: TraceContext): Promise<void> {
    const { spec, name } = this;
    const log = this.#logs.active.under(origin);
    const run = this.#account.run(origin);
    reportBegin(log, spec.traits);
    const progress = this.#account.progress(origin);
    const executed = await this.#desk.runner.run(name, tasks, spec.traits, origin, progress);
    reportEnd(log, spec.traits, executed);
    const failed = executed.some(({ outcome }) => countsAsFailed(outcome));
    this.#account.ran(run, failed, executed.length);
    this.#happens({ kind: 'ran', failed });
    if (failed && !spec.traits.recurring) {
      reportRetries(log, this.#life.retriesLeft);
      this.#account.retry(this.#life.retriesLeft, origin);
    }
    reportExecuted(this.#desk.tick, name, failed, origin);
    this.#account.rest(this.#life, runWords(executed, spec.traits, this.#life), origin);
  }
}
