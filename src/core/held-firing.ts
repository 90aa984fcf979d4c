import type { TraceContext } from '../log/record.ts';
import type { HeldFiring, NextCheck } from './engine-events.ts';
import { joinEvents, type Occurrences } from './event-burst.ts';
import type { Accounted, AskContext, GuardAnswer } from './instance.ts';
import type { CheckResult } from './outcome.ts';
import type { ReasonOf } from './reasons.ts';
import type { ConditionSpec } from './spec.ts';
import type { RunContext } from './task-run.ts';

/** A check that has passed: the tasks run because of it. */
export interface PassedCheck extends Omit<RunContext, 'signal'> {
  readonly result: CheckResult;
}

/** What can be asked as a guard. */
export interface Askable {
  /** How long its answer counts at least, in ms. */
  readonly askEveryMs: number;
  ask(context: AskContext): GuardAnswer | Promise<GuardAnswer>;
}

/** A condition whose firing can be held, and which can be asked as a guard. */
export interface Holdable extends Askable {
  readonly spec: ConditionSpec;
  readonly name: string;
  readonly id: number;
  /** A firing that is released runs its tasks: it is free, or its run gives way. */
  readonly canRelease: boolean;
  readonly removed: boolean;
  readonly accounted: Accounted | undefined;
  next(): NextCheck;
  /** Its firing is held from now on. */
  hold(): void;
  /** Runs the tasks for the firing that was held. */
  release(firing: PassedCheck): void;
  /** Its firing was held for too long. */
  expire(): void;
}

/** What is known of a guard. */
export interface Guard {
  readonly name: string;
  /** The condition that was asked last: a reload can put another one in its place. */
  of: Askable | undefined;
  answer: GuardAnswer | undefined;
  /** When it was asked and when it answered, monotonic ms. */
  askedAt: number;
  answeredAt: number;
  /** When it answered last that it does not hold, monotonic ms. */
  falseAt: number;
  /** The tick in which it was asked. */
  slot: number;
  /** Since when its answer is what it is, wall-clock ms. */
  since: number;
  /** It was asked and has not answered yet. */
  asking: Promise<void> | undefined;
  /** Ends that. */
  cancel: AbortController | undefined;
  /** The firings that it holds back. */
  readonly waiting: Set<Hold>;
}

/** When a firing is missed: its window can hold it until it opens, and then its guards for hold_seconds. */
const heldUntil = ({ traits, holdWindow }: ConditionSpec, since: number, tickMs: number): number => {
  const opens = holdWindow === undefined ? since : holdWindow.opens(since);
  if (opens === undefined) return since;
  return opens + traits.hold_seconds * 1000 + (opens > since ? 2 * tickMs : 0);
};

/** A firing that waits until all guards hold. */
export class Hold implements HeldFiring {
  readonly condition: Holdable;
  readonly since: number;
  readonly until: number;
  readonly result: CheckResult;
  readonly origin: TraceContext;
  joined = 0;
  /** The guard that keeps it. */
  by: Guard;
  /** Answers that were given before count no more, monotonic ms; Infinity: each guard is asked again. */
  round = Number.POSITIVE_INFINITY;
  over = false;
  /** When it is missed, on a clock that is never set, ms. */
  expiresAt = Number.POSITIVE_INFINITY;
  #event: Occurrences | undefined;

  /** @param since wall-clock ms. @param by the guard that keeps it. @param tickMs the length of a tick */
  constructor(condition: Holdable, { result, origin, event }: PassedCheck, since: number, by: Guard, tickMs: number) {
    this.condition = condition;
    this.since = since;
    this.until = heldUntil(condition.spec, since, tickMs);
    this.result = result;
    this.origin = origin;
    this.by = by;
    this.#event = event;
  }

  get guard(): string {
    return this.by.name;
  }
  /** What its guard has answered; undefined: it has not answered, or held before and is asked again. */
  get answer(): GuardAnswer | undefined {
    const { answer, asking } = this.by;
    return asking && answer?.holds ? undefined : answer;
  }
  /** What runs when it is released. */
  firing(result: CheckResult): PassedCheck {
    return { result, origin: this.origin, ...(this.#event ? { event: this.#event } : {}) };
  }
  /** Another firing is part of it. */
  join({ event }: PassedCheck): void {
    this.joined += 1;
    this.#event = joinEvents(this.#event, event);
  }
  /** The data of the reason for its end, so many ms after its beginning. */
  ended(ms: number): Omit<ReasonOf<'held'>, 'code'> {
    const { since, guard, joined } = this;
    const { reason: fired } = this.result;
    const { reason: answer } = this.answer ?? {};
    return { since, ms, guard, joined, ...(fired ? { fired } : {}), ...(answer ? { answer } : {}) };
  }
}
