import type { Clock } from '../core/ports.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { ConditionStatus, ItemStates, LiveCondition } from './item-states.ts';

/** What can be seen of a scheduler. Looking changes nothing. */
export class SchedulerStatus {
  readonly #scheduler: Scheduler;
  readonly #states: ItemStates;
  readonly #clock: Clock;

  constructor(scheduler: Scheduler, states: ItemStates, clock: Clock) {
    this.#scheduler = scheduler;
    this.#states = states;
    this.#clock = clock;
  }

  get state(): Scheduler['state'] {
    return this.#scheduler.state;
  }
  get age(): number {
    return this.#scheduler.age;
  }
  get items(): Scheduler['items'] {
    return this.#scheduler.items;
  }
  pending(condition: string): boolean {
    return this.#scheduler.isPending(condition);
  }
  /** How each condition stands, in the order of the file. */
  conditions(): ConditionStatus[] {
    const now = this.#clock.wall();
    return [...this.items.conditions.values()].map((condition) => this.#of(condition, now));
  }
  /** How one condition stands; undefined when it does not exist. */
  condition(name: string): ConditionStatus | undefined {
    const condition = this.items.conditions.get(name);
    return condition && this.#of(condition, this.#clock.wall());
  }

  #of(condition: LiveCondition, now: number): ConditionStatus {
    const status = this.#states.statusOf(condition, now);
    if (this.state === 'running' || condition.busy || condition.next().ineligible !== undefined) return status;
    const why = this.state === 'ending' ? 'the scheduler is ending' : `the scheduler is paused; ${status.why}`;
    return { ...status, why, due: undefined };
  }
}
