import type { TraceContext } from '../log/record.ts';
import { driftMs } from './clock-drift.ts';
import type { Askable, Guard } from './held-firing.ts';
import type { GuardAnswer } from './instance.ts';
import type { Clock } from './ports.ts';

/** A moment, in ms on both clocks. */
export interface Moment {
  readonly wall: number;
  readonly mono: number;
}

/** What the answers need of the scheduler. */
interface GuardAnswersDeps {
  readonly clock: Clock;
  readonly tickMs: number;
  /** A guard of the running configuration. */
  condition(name: string): Askable | undefined;
  /** Called when an answer has come that took time, at this moment. */
  onAnswer(guard: Guard, at: Moment, origin: TraceContext): void;
  /** Called when a guard has to be asked again: the one that was asked is not in the configuration any more. */
  onReplaced(): void;
}

/** What the guards have answered. Each is asked for all firings together, once a tick at most, and not more often than its `check_after`. */
export class GuardAnswers {
  readonly #deps: GuardAnswersDeps;
  readonly #guards = new Map<string, Guard>();
  /** What was asked and has not ended yet, also of guards that were replaced meanwhile. */
  readonly #asked = new Set<Promise<void>>();
  #ended = false;

  constructor(deps: GuardAnswersDeps) {
    this.#deps = deps;
  }

  get all(): IterableIterator<Guard> {
    return this.#guards.values();
  }
  /** What is known of a guard; undefined: it was not asked yet. */
  known(name: string): Guard | undefined {
    return this.#guards.get(name);
  }
  /** Guards that were asked and have not answered yet. */
  get asking(): readonly Promise<void>[] {
    return [...this.#asked];
  }

  /** A guard, of which nothing need be known. */
  of(name: string): Guard {
    let guard = this.#guards.get(name);
    if (!guard) {
      const never = Number.NEGATIVE_INFINITY;
      const instants = { askedAt: never, answeredAt: never, falseAt: never, slot: never, since: never };
      const unknown = { of: undefined, answer: undefined, asking: undefined, cancel: undefined };
      guard = { name, ...instants, ...unknown, waiting: new Set() };
      this.#guards.set(name, guard);
    }
    return guard;
  }

  /**
   * The first of these guards that does not hold, or has yet to answer; undefined: all hold. Those whose answer does not count are asked,
   * until one does not hold. @param round answers since then count, monotonic ms.
   */
  firstFalse(names: readonly string[], at: Moment, origin: TraceContext, round: number): Guard | undefined {
    for (const name of names) {
      const guard = this.of(name);
      this.#forgetReplaced(guard);
      if (!this.#isUsable(guard, at, round) && !guard.asking) this.#ask(guard, at, origin);
      if (guard.asking || !guard.answer?.holds) return guard;
    }
    return undefined;
  }

  /** Asks a guard that holds something back, if its last answer does not count any more and it may hold by now. */
  refresh(guard: Guard, at: Moment, origin: TraceContext): void {
    this.#forgetReplaced(guard);
    if (guard.waiting.size === 0 || guard.asking) return;
    if (!this.#isUsable(guard, at, Number.POSITIVE_INFINITY) && !isEarly(guard, at.wall)) this.#ask(guard, at, origin);
  }

  /** How long a guard that holds something back need not be asked, in ms. */
  wait(guard: Guard, { wall, mono }: Moment): number {
    if (guard.asking) return this.#isReplaced(guard) ? 0 : Number.POSITIVE_INFINITY;
    if (guard.waiting.size === 0) return Number.POSITIVE_INFINITY;
    const { answer, of, askedAt } = guard;
    if (answer && !answer.holds && answer.notBefore !== undefined) return answer.notBefore - wall;
    return Math.max(0, askedAt + (of?.askEveryMs ?? 0) - mono);
  }

  /** The clock was set, or local time is another: what a guard has foretold does not count any more. */
  timeChanged(): void {
    for (const guard of this.#guards.values())
      if (guard.answer?.notBefore !== undefined) {
        const { notBefore: _, ...answer } = guard.answer;
        guard.answer = answer;
      }
  }

  /** What is being asked is ended, and so is what is asked from now on. */
  end(): void {
    this.#ended = true;
    // With a reason: the error that is made without one costs much.
    for (const guard of this.#guards.values()) guard.cancel?.abort('ended');
  }

  /** Whether its last answer counts: it is of this tick or round, or `check_after` has not passed. */
  #isUsable(guard: Guard, at: Moment, round: number): boolean {
    if (guard.asking || guard.answer === undefined || this.#isReplaced(guard)) return false;
    if (guard.answeredAt >= round) return true;
    const { tickMs } = this.#deps;
    const age = at.mono - guard.askedAt;
    if (guard.slot === this.#slot(at.wall) && age < tickMs) return true;
    const every = guard.of?.askEveryMs ?? 0;
    return age < every - driftMs(every, tickMs);
  }

  /** Whether a reload has put another condition in its place since it was asked. */
  #isReplaced({ name, of }: Guard): boolean {
    return of !== this.#deps.condition(name);
  }
  /** What was replaced and has not answered yet is not waited for: it can hang for ever. */
  #forgetReplaced(guard: Guard): void {
    if (!guard.asking || !this.#isReplaced(guard)) return;
    guard.asking = undefined;
    guard.answer = undefined;
    guard.cancel?.abort('replaced');
    guard.cancel = undefined;
  }

  #ask(guard: Guard, at: Moment, origin: TraceContext): void {
    const { tickMs, condition } = this.#deps;
    const of = condition(guard.name);
    guard.of = of;
    guard.askedAt = at.mono;
    guard.slot = this.#slot(at.wall);
    const cancel = new AbortController();
    if (this.#ended) cancel.abort('ended');
    const answer: GuardAnswer | Promise<GuardAnswer> = of
      ? of.ask({ ...at, tickMs, origin, signal: cancel.signal })
      : { holds: false, reason: { code: 'guard-missing' } };
    if (!(answer instanceof Promise)) {
      take(guard, answer, at);
      return;
    }
    const asking = answer.then((late) => {
      this.#asked.delete(asking);
      this.#answered(guard, asking, late, origin);
    });
    this.#asked.add(asking);
    guard.asking = asking;
    guard.cancel = cancel;
  }
  #answered(guard: Guard, asking: Promise<void>, answer: GuardAnswer, origin: TraceContext): void {
    const { clock, onReplaced, onAnswer } = this.#deps;
    if (guard.asking === asking) this.#forgetReplaced(guard);
    if (guard.asking !== asking) {
      onReplaced();
      return;
    }
    guard.asking = undefined;
    guard.cancel = undefined;
    const now = { wall: clock.wall(), mono: clock.mono() };
    take(guard, answer, now);
    onAnswer(guard, now, origin);
  }

  #slot(wall: number): number {
    return Math.floor(wall / this.#deps.tickMs);
  }
}

/** Whether a guard is known not to hold yet. */
const isEarly = ({ answer }: Guard, wall: number): boolean =>
  answer !== undefined && !answer.holds && answer.notBefore !== undefined && wall < answer.notBefore;

const take = (guard: Guard, answer: GuardAnswer, { wall, mono }: Moment): void => {
  if (guard.answer?.holds !== answer.holds) guard.since = wall;
  guard.answer = answer;
  guard.answeredAt = mono;
  if (!answer.holds) guard.falseAt = mono;
};
