import type { Logger } from '../log/record.ts';
import type { ConditionBody, Due, Look } from './body.ts';
import { type Fact, GATE_WORDS, gate, type Life, live, newborn } from './life.ts';
import { countsAsFailed, type Verdict } from './outcome.ts';
import { reportRetries, reportTask } from './report.ts';
import type { Runner } from './runner.ts';
import type { ConditionSpec } from './spec.ts';
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
  performed(condition: Condition, operation: Operation): void;
  /** Its pending event no longer counts; true when there was one. */
  forgetEvent(name: string): boolean;
}

/** The loggers of one condition. */
export interface ConditionLogs {
  /** `CONDITION active NAME/ID` */
  readonly active: Logger;
  /** `CONDITION_REGISTRY tick NAME/ID` */
  readonly taken: Logger;
}

/** One running condition: gate → check → tasks → life. */
export class Condition {
  readonly spec: ConditionSpec;
  readonly id: number;
  readonly #desk: Desk;
  readonly #logs: ConditionLogs;
  readonly #body: ConditionBody;
  #life: Life;
  #busy = false;
  #removed = false;
  #queue: Operation[] = [];
  /** Resolves when it is free; undefined when it is. */
  #run: Promise<void> | undefined;
  /** A check waits for its random delay. */
  delayed = false;

  constructor(spec: ConditionSpec, id: number, logs: ConditionLogs, body: ConditionBody, desk: Desk) {
    this.spec = spec;
    this.id = id;
    this.#logs = logs;
    this.#body = body;
    this.#desk = desk;
    this.#life = newborn(spec.traits);
  }

  get name(): string {
    return this.spec.name;
  }
  get life(): Life {
    return this.#life;
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
  follow(predecessor: Condition): void {
    if (!predecessor.busy) return;
    this.#occupy(predecessor.settled);
  }

  /** It is part of the configuration from now on. */
  join(): void {
    this.#desk.changed(this);
  }

  /** One visit of a tick. */
  check(look: Look): void {
    const { active, taken } = this.#logs;
    if (this.#removed) return;
    if (this.#busy) {
      this.#desk.tick.debug('PROC/MSG', () => `condition ${this.name} is busy and left out`);
      return;
    }
    taken.trace('START/MSG', 'condition taken for checking');
    const state = gate(this.#life, this.spec.traits);
    if (state !== 'open') {
      active.trace('PROC/MSG', GATE_WORDS[state]);
      this.#notExecuted();
      return;
    }
    this.#happens({ kind: 'checking' });
    active.trace('PROC/OK', 'check begins');
    const verdict = this.#test(look);
    if (!(verdict instanceof Promise) && verdict.kind !== 'positive') {
      this.#conclude(verdict);
      this.#desk.changed(this);
      return;
    }
    this.#occupy(this.#finish(verdict));
  }

  /** Does it now, or when the condition is free. `idle`: it would change nothing. */
  request(operation: Operation): 'done' | 'queued' | 'idle' {
    const suspended = this.#queue.reduce((was, op) => (op === 'reset' ? was : op === 'suspend'), this.#life.suspended);
    if (operation === 'suspend' && suspended) return 'idle';
    if (operation === 'resume' && !suspended) return 'idle';
    if (this.#busy) {
      this.#queue.push(operation);
      return 'queued';
    }
    this.#perform(operation);
    this.#desk.changed(this);
    return 'done';
  }

  /** Out of the configuration; what runs goes on to its end. */
  remove(): void {
    this.#removed = true;
    this.#desk.changed(this);
    if (!this.#busy) this.#body.close?.();
  }

  #happens(fact: Fact): void {
    this.#life = live(this.#life, fact, this.spec.traits);
  }

  #perform(operation: Operation): void {
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
      );
      return { kind: 'error', reason: error instanceof Error ? error.message : String(error) };
    };
    try {
      const verdict = this.#body.test(look);
      return verdict instanceof Promise ? verdict.catch(bug) : verdict;
    } catch (error) {
      return bug(error);
    }
  }

  /** Busy until `work` is done, which never rejects. */
  #occupy(work: Promise<void>): void {
    this.#busy = true;
    this.#desk.began(this);
    this.#run = work.then(() => this.#release());
    this.#desk.changed(this);
  }

  #release(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const operation of queue) {
      this.#perform(operation);
      this.#desk.performed(this, operation);
    }
    this.#busy = false;
    this.#run = undefined;
    // An event that came meanwhile would fire long after, when nobody expects it [S13].
    if (!this.#removed && !this.canRun && this.#desk.forgetEvent(this.name))
      this.#logs.active.debug('PROC/MSG', 'the event that came meanwhile is dropped');
    if (this.#removed) this.#body.close?.();
    this.#desk.ended(this);
    this.#desk.changed(this);
  }

  async #finish(verdict: Verdict | Promise<Verdict>): Promise<void> {
    const result = await verdict;
    if (result.kind !== 'positive') return this.#conclude(result);
    this.#happens({ kind: 'positive' });
    this.#logs.active.debug('END/OK', 'check ended positive');
    await this.#runTasks();
  }

  /** The records of a check that was not positive. */
  #conclude(verdict: Verdict): void {
    const { active } = this.#logs;
    if (verdict.kind === 'error') {
      this.#desk.checks.debug('END/ERR', `condition ${this.name} could not be checked: ${verdict.reason}`);
      this.#desk.tick.debug('PROC/FAIL', `condition ${this.name} could not be tested`);
      return;
    }
    if (verdict.kind === 'none') active.warn('END/FAIL', 'check ended without outcome');
    else active.debug('END/OK', 'check ended negative');
    this.#notExecuted();
  }

  #notExecuted(): void {
    this.#desk.tick.trace('PROC/MSG', () => `condition ${this.name}: tasks not executed`);
  }

  async #runTasks(): Promise<void> {
    const { spec, name } = this;
    const { active } = this.#logs;
    const names = spec.traits.tasks.join(', ');
    active.info('START/MSG', `running tasks ${spec.traits.execute_sequence ? 'in sequence' : 'in parallel'}: ${names}`);
    const executed = await this.#desk.runner.run(name, this.#desk.tasks(spec.traits.tasks), spec.traits);
    for (const one of executed) reportTask(active, one);
    active.debug('END/OK', `all tasks have ended (${executed.length} of ${spec.traits.tasks.length} executed)`);
    const failed = executed.some(({ outcome }) => countsAsFailed(outcome));
    this.#happens({ kind: 'ran', failed });
    if (failed && !spec.traits.recurring) reportRetries(active, this.#life.retriesLeft);
    this.#desk.tick.trace('PROC/MSG', () => `condition ${name}: tasks executed${failed ? ' without success' : ''}`);
  }
}
