import type { ClockWatch } from './clock-watch.ts';
import type { Condition } from './condition.ts';
import type { ConditionStatus } from './condition-status.ts';
import type { Event } from './event.ts';
import type { ItemRegistry } from './item-registry.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { EventQueue } from './pending-events.ts';
import type { Clock } from './ports.ts';
import type { Task } from './task.ts';

/** What can be seen of a scheduler. Looking changes nothing. */
export class SchedulerStatus {
  readonly #roster: ItemRegistry;
  readonly #bucket: EventQueue;
  readonly #helm: Lifecycle;
  readonly #clock: Clock;
  readonly #clockWatch: ClockWatch;
  readonly #began: number;

  constructor(roster: ItemRegistry, bucket: EventQueue, helm: Lifecycle, clock: Clock, clockWatch: ClockWatch) {
    this.#roster = roster;
    this.#bucket = bucket;
    this.#helm = helm;
    this.#clock = clock;
    this.#clockWatch = clockWatch;
    this.#began = clockWatch.undisturbed;
  }

  /** Whether it is paused, and whether it is about to end. */
  get state(): Lifecycle['state'] {
    return this.#helm.state;
  }
  /** How long it has run, in ms; a clock that was set changes nothing. */
  get age(): number {
    return this.#clockWatch.undisturbed - this.#began;
  }
  /** The items of the running configuration. */
  get items(): {
    readonly tasks: Iterable<Task>;
    readonly conditions: Iterable<Condition>;
    readonly events: Iterable<Event>;
  } {
    const { tasks, conditions, events } = this.#roster;
    return { tasks: tasks.values(), conditions: conditions.values(), events: events.values() };
  }
  /** Whether an event for this condition waits for its next check. */
  pending(condition: string): boolean {
    return this.#bucket.has(condition);
  }
  /** How each condition stands, in the order of the file. */
  standings(): ConditionStatus[] {
    const now = this.#clock.wall();
    return [...this.#roster.conditions.values()].map((condition) => this.#standing(condition, now));
  }
  /** How one condition stands; undefined when there is none of that name. */
  standing(name: string): ConditionStatus | undefined {
    const condition = this.#roster.conditions.get(name);
    return condition && this.#standing(condition, this.#clock.wall());
  }

  #standing(condition: Condition, now: number): ConditionStatus {
    const standing = condition.standing(now);
    if (this.#helm.open || !condition.canRun || condition.busy) return standing;
    const why = this.#helm.ending ? 'the scheduler is ending' : `the scheduler is paused; ${standing.why}`;
    return { ...standing, why, due: undefined };
  }
}
