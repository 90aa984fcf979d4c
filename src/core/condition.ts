import type { Track, Why } from '../journal/ledger.ts';
import type { Logger, Origin } from '../log/record.ts';
import type { Begin, ConditionBody, Due, Look } from './body.ts';
import { type Fact, GATE_WORDS, gate, type Life, live, newborn } from './life.ts';
import { countsAsFailed, type Verdict } from './outcome.ts';
import { reportRetries, reportTask } from './report.ts';
import type { Runner } from './runner.ts';
import type { ConditionSpec } from './spec.ts';
import {
  dueWords,
  PERFORMED,
  restingState,
  runWords,
  SKIPPED,
  type Standing,
  SUSPENDED_IN_FILE,
  shownInstant,
  UNSAID,
} from './standing.ts';
import type { Task } from './task.ts';

/** What can be done to a condition; done when it is free. */
export type Operation = 'reset' | 'suspend' | 'resume';

/** What a condition needs of the scheduler it belongs to. */
export interface Desk {
  readonly runner: Runner;
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
  performed(condition: Condition, operation: Operation, origin: Origin): void;
  /** Its pending event no longer counts; true when there was one. */
  forgetEvent(name: string): boolean;
  /** The origin of a new run. */
  run(cause: string): Origin;
  /** The instant on the wall clock, ms, of one on the monotonic clock. */
  wallOf(mono: number): number;
  /** Now, wall-clock ms. */
  now(): number;
}

/** The loggers of one condition. */
export interface ConditionLogs {
  /** `CONDITION active NAME/ID` */
  readonly active: Logger;
  /** `CONDITION_REGISTRY tick NAME/ID` */
  readonly taken: Logger;
}

const FOLLOWS = 'the one it takes the place of is not done yet';

/** Before anything has happened. */
const NOBODY: Origin = { cause: 'start-1', run: null };

/** One running condition: gate → check → tasks → life. */
export class Condition {
  readonly spec: ConditionSpec;
  readonly id: number;
  readonly #desk: Desk;
  readonly #logs: ConditionLogs;
  readonly #body: ConditionBody;
  readonly #track: Track;
  #life: Life;
  #busy = false;
  #removed = false;
  #queue: { readonly operation: Operation; readonly origin: Origin }[] = [];
  /** Of the check or run in progress, or the last one. */
  #origin: Origin = NOBODY;
  readonly #begin: Begin;
  /** Who has suspended it, if it is suspended. */
  #suspender = SUSPENDED_IN_FILE;
  /** When it became busy, wall-clock ms. */
  #since = 0;
  /** Resolves when it is free; undefined when it is. */
  #run: Promise<void> | undefined;
  /** A check waits for its random delay. */
  delayed = false;

  constructor(spec: ConditionSpec, id: number, logs: ConditionLogs, body: ConditionBody, desk: Desk, track: Track) {
    this.spec = spec;
    this.id = id;
    this.#logs = logs;
    this.#body = body;
    this.#desk = desk;
    this.#life = newborn(spec.traits);
    this.#track = track;
    this.#begin = (cause) => {
      this.#origin = desk.run(cause ?? this.#origin.cause);
      return this.#origin;
    };
  }

  get name(): string {
    return this.spec.name;
  }
  get life(): Life {
    return this.#life;
  }
  /** Of the check or run in progress, or of the last one. */
  get origin(): Origin {
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
    return this.#body.promptMs;
  }
  /** False for suspended, finished, given-up conditions and those without tasks. */
  get canRun(): boolean {
    return gate(this.#life, this.spec.traits) === 'open';
  }

  /** It takes the place of another one, and waits for that to be free. */
  follow(predecessor: Condition, origin: Origin): void {
    if (!predecessor.busy) return;
    this.#origin = origin;
    this.#to('busy', FOLLOWS, origin);
    this.#occupy(predecessor.settled);
  }

  /** It is part of the configuration from now on. */
  join(origin: Origin): void {
    if (!this.#busy) this.#rest(this.#begins('it is in the file'), origin);
    this.#desk.changed(this);
  }

  /** One visit of a tick. */
  check(look: Look): void {
    const { active, taken } = this.#logs;
    if (this.#removed) return;
    if (this.#busy) {
      this.#desk.tick.debug('PROC/MSG', () => `condition ${this.name} is busy and left out`, look.origin);
      return;
    }
    taken.trace('START/MSG', 'condition taken for checking', look.origin);
    const state = gate(this.#life, this.spec.traits);
    if (state !== 'open') {
      active.trace('PROC/MSG', GATE_WORDS[state], look.origin);
      this.#notExecuted(look.origin);
      return;
    }
    this.#happens({ kind: 'checking' });
    active.trace('PROC/OK', 'check begins', look.origin);
    this.#origin = look.origin;
    const verdict = this.#test(look);
    if (!(verdict instanceof Promise) && verdict.kind !== 'positive') {
      this.#conclude(verdict);
      this.#desk.changed(this);
      return;
    }
    if (verdict instanceof Promise) this.#to('checking', 'it was its turn', this.#origin);
    this.#occupy(this.#finish(verdict));
  }

  /** Does it now, or when the condition is free. `idle`: it would change nothing. */
  request(operation: Operation, origin: Origin): 'done' | 'queued' | 'idle' {
    const suspended = this.#queue.reduce(
      (was, { operation: op }) => (op === 'reset' ? was : op === 'suspend'),
      this.#life.suspended,
    );
    if (operation === 'suspend' && suspended) return 'idle';
    if (operation === 'resume' && !suspended) return 'idle';
    if (this.#busy) {
      this.#queue.push({ operation, origin });
      return 'queued';
    }
    this.#perform(operation, origin);
    this.#rest(this.#begins(PERFORMED[operation]), origin);
    this.#desk.changed(this);
    return 'done';
  }

  /** Out of the configuration; what runs goes on to its end. */
  remove(origin: Origin, how: 'replaced' | 'gone' | 'ended'): void {
    // The one that took its place goes on with the story.
    if (how === 'gone') this.#to('removed', 'it is not in the new file', origin);
    this.#removed = true;
    this.#desk.changed(this);
    if (!this.#busy) this.#body.close?.();
  }

  /** How it stands, and why it does not run this moment. `now`: wall-clock ms. */
  standing(now: number): Standing {
    const { name, spec } = this;
    const gated = gate(this.#life, spec.traits);
    const due = this.#body.due();
    const at = this.#instant(due);
    const asleep = this.#busy || this.delayed || gated !== 'open';
    let why: string;
    if (this.#busy)
      why =
        this.#track.state === 'busy'
          ? FOLLOWS
          : `${this.#track.state === 'running' ? 'its tasks are running' : 'it is being checked'} since ${shownInstant(this.#since, now)}`;
    else if (gated === 'suspended') why = this.#suspender;
    else if (gated !== 'open') why = SKIPPED[gated];
    else if (this.delayed) why = 'its check waits for a moment within the tick';
    else why = this.#body.waits?.() ?? dueWords(due, at, now);
    return {
      name,
      type: spec.type,
      state: this.#track.state,
      why,
      due: asleep ? undefined : at,
      tasks: spec.traits.tasks,
    };
  }

  /** What made it as it is, and what that means for its checks. */
  #begins(why: string): string {
    const gated = gate(this.#life, this.spec.traits);
    if (gated === 'suspended') return why === PERFORMED.suspend ? why : `${why}; ${this.#suspender}`;
    if (gated !== 'open') return `${why}; ${SKIPPED[gated]}`;
    const due = this.#body.due();
    return `${why}; ${this.#body.waits?.() ?? dueWords(due, this.#instant(due), this.#desk.now())}`;
  }

  /** On the wall clock, ms. */
  #instant(due: Due): number | undefined {
    if (typeof due !== 'object') return undefined;
    return 'wall' in due ? due.wall : this.#desk.wallOf(due.mono);
  }

  /** Nothing of an item that another one has taken the place of is told any more. */
  #to(state: string, why: Why, origin: Origin): void {
    if (!this.#removed) this.#track.to(state, why, origin);
  }

  /** It is free, or about to be. */
  #rest(why: string, origin: Origin): void {
    this.#to(restingState(gate(this.#life, this.spec.traits), this.#life, this.spec.traits), why, origin);
  }

  #happens(fact: Fact): void {
    this.#life = live(this.#life, fact, this.spec.traits);
  }

  #perform(operation: Operation, { cause }: Origin): void {
    if (operation === 'suspend') this.#suspender = `${PERFORMED.suspend} (${cause})`;
    this.#happens({ kind: operation });
    if (operation === 'suspend') return;
    this.#body.reset?.(operation === 'resume');
    if (operation === 'resume') this.#desk.forgetEvent(this.name);
  }

  /** What a kind throws is contained: the check has no outcome [S24]. */
  #test(look: Look): Verdict | Promise<Verdict> {
    const bug = (error: unknown): Verdict => {
      this.#logs.active.error(
        'PROC/ERR',
        `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        this.#origin,
      );
      return { kind: 'error', reason: error instanceof Error ? error.message : String(error) };
    };
    try {
      const verdict = this.#body.test(look, this.#begin);
      return verdict instanceof Promise ? verdict.catch(bug) : verdict;
    } catch (error) {
      return bug(error);
    }
  }

  /** Busy until `work` is done, which never rejects. */
  #occupy(work: Promise<void>): void {
    this.#busy = true;
    this.#since = this.#desk.now();
    this.#desk.began(this);
    this.#run = work.then(() => this.#release());
    this.#desk.changed(this);
  }

  #release(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const { operation, origin } of queue) {
      this.#perform(operation, origin);
      this.#desk.performed(this, operation, origin);
    }
    this.#busy = false;
    const last = queue.at(-1);
    if (last) this.#rest(this.#begins(PERFORMED[last.operation]), last.origin);
    else if (this.#track.state === 'busy') this.#rest('the one it takes the place of is done', this.#origin);
    this.#run = undefined;
    // An event that came meanwhile would fire long after, when nobody expects it [S13].
    if (!this.#removed && !this.canRun && this.#desk.forgetEvent(this.name))
      this.#logs.active.debug('PROC/MSG', 'the event that came meanwhile is dropped', this.#origin);
    if (this.#removed) this.#body.close?.();
    this.#desk.ended(this);
    this.#desk.changed(this);
  }

  async #finish(verdict: Verdict | Promise<Verdict>): Promise<void> {
    const result = await verdict;
    if (result.kind !== 'positive') return this.#conclude(result);
    this.#happens({ kind: 'positive' });
    if (this.#origin.run === null) this.#begin();
    this.#logs.active.debug('END/OK', 'check ended positive', this.#origin);
    this.#to('running', result.why ?? UNSAID.positive, this.#origin);
    await this.#runTasks(this.#origin);
  }

  /** The records of a check that was not positive. */
  #conclude(verdict: Verdict): void {
    const { active } = this.#logs;
    const origin = this.#origin;
    if (verdict.kind === 'error') {
      this.#to('waiting', `it could not be checked: ${verdict.reason}`, origin);
      this.#desk.checks.debug('END/ERR', `condition ${this.name} could not be checked: ${verdict.reason}`, origin);
      this.#desk.tick.debug('PROC/FAIL', `condition ${this.name} could not be tested`, origin);
      return;
    }
    // Not due is no news: the same is not told at levels at which nobody looks.
    if (!('early' in verdict) || this.#busy) this.#to('waiting', verdict.why ?? UNSAID[verdict.kind], origin);
    if (verdict.kind === 'none') active.warn('END/FAIL', 'check ended without outcome', origin);
    else active.debug('END/OK', 'check ended negative', origin);
    this.#notExecuted(origin);
  }

  #notExecuted(origin: Origin): void {
    this.#desk.tick.trace('PROC/MSG', () => `condition ${this.name}: tasks not executed`, origin);
  }

  async #runTasks(origin: Origin): Promise<void> {
    const { spec, name } = this;
    const { active } = this.#logs;
    const names = spec.traits.tasks.join(', ');
    active.info(
      'START/MSG',
      `running tasks ${spec.traits.execute_sequence ? 'in sequence' : 'in parallel'}: ${names}`,
      origin,
    );
    const executed = await this.#desk.runner.run(name, this.#desk.tasks(spec.traits.tasks), spec.traits, origin);
    const own = active.under(origin);
    for (const one of executed) reportTask(own, one);
    active.debug('END/OK', `all tasks have ended (${executed.length} of ${spec.traits.tasks.length} executed)`, origin);
    const failed = executed.some(({ outcome }) => countsAsFailed(outcome));
    this.#happens({ kind: 'ran', failed });
    if (failed && !spec.traits.recurring) reportRetries(own, this.#life.retriesLeft);
    this.#desk.tick.trace(
      'PROC/MSG',
      () => `condition ${name}: tasks executed${failed ? ' without success' : ''}`,
      origin,
    );
    this.#rest(runWords(executed, spec.traits, this.#life), origin);
  }
}
