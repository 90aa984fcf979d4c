import type { TraceContext } from '../log/record.ts';
import type { ConditionRef, EngineEvents, Executed, QueuedRun } from './engine-events.ts';
import { joinEvents } from './event-burst.ts';
import type { PassedCheck } from './held-firing.ts';
import type { Accounted } from './instance.ts';
import type { RunOutcomeKind } from './outcome.ts';
import type { Reason } from './reasons.ts';

/** What a run came to that a command has asked for. */
export type RunEnd =
  | {
      readonly run: string;
      readonly outcome: RunOutcomeKind;
      readonly executed: readonly Executed[];
      readonly ms: number;
    }
  /** It did not begin. */
  | { readonly dropped: Reason };

/** Called when a run has ended, or does not begin. */
export type OnRunEnd = (end: RunEnd) => void;

/** A run that waits for the end of the one in progress. */
export interface WaitingRun extends PassedCheck, Omit<QueuedRun, 'condition' | 'result'> {
  /** A firing of the condition is among what it stands for: it counts as a run of the condition. */
  readonly fired: boolean;
  /** Of the commands that it stands for; none: no command has asked for it. */
  readonly onEnd: readonly OnRunEnd[];
}

/** The condition of a queue. */
type QueueOwner = ConditionRef & { readonly accounted: Accounted | undefined };

/** The run of a condition that begins when the one in progress has ended: one at most. What comes later joins it. */
export class RunQueue {
  readonly #condition: QueueOwner;
  readonly #events: EngineEvents;
  #waiting: WaitingRun | undefined;

  constructor(condition: QueueOwner, events: EngineEvents) {
    this.#condition = condition;
    this.#events = events;
  }

  get waiting(): WaitingRun | undefined {
    return this.#waiting;
  }

  /** @param at wall-clock ms. @param onEnd of the command that asks for it; undefined: the condition has fired. */
  add(cause: PassedCheck, at: number, onEnd?: OnRunEnd): void {
    const before = this.#waiting;
    const fired = onEnd === undefined;
    // The first firing names the run; a command only if there is none.
    const first = before === undefined || (fired && !before.fired) ? cause : before;
    const event = joinEvents(before?.event, cause.event);
    const { result, origin } = first;
    const [since, count] = [before?.since ?? at, (before?.count ?? 0) + 1];
    this.#waiting = {
      ...{ result, origin, since, count, fired: fired || before?.fired === true },
      ...(event ? { event } : {}),
      onEnd: [...(before?.onEnd ?? []), ...(onEnd ? [onEnd] : [])],
    };
    this.#events.emit('run.queued', cause.origin, { condition: this.#condition, result, since, count });
  }

  /** Drops a firing that never waited. @param at wall-clock ms */
  refuse({ result, origin }: PassedCheck, reason: Reason, at: number): void {
    const { accounted } = this.#condition;
    const dropped = { condition: this.#condition, result, since: at, count: 1, fired: true, reason, accounted };
    this.#events.emit('run.dropped', origin, dropped);
  }

  /** Removes it, because it begins. */
  take(): WaitingRun | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  /** Removes it, because it does not begin. Returns whether there was one. */
  drop(reason: Reason, trace?: TraceContext): boolean {
    const waiting = this.take();
    if (waiting === undefined) return false;
    const { origin, result, since, count, fired, onEnd } = waiting;
    const dropped = {
      condition: this.#condition,
      result,
      since,
      count,
      fired,
      reason,
      accounted: this.#condition.accounted,
    };
    this.#events.emit('run.dropped', trace ?? origin, dropped);
    for (const end of onEnd) end({ dropped: reason });
    return true;
  }
}
