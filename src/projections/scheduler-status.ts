import type { Clock } from '../core/ports.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { ConditionStatus, LiveCondition, SettlingStatus } from './condition-status.ts';
import type { ItemStates } from './item-states.ts';
import { shownInstant } from './state-reasons.ts';

/** A condition that waits, waits for these files. */
const withSettling = (status: ConditionStatus, settling: SettlingStatus | undefined, now: number): ConditionStatus => {
  if (settling === undefined) return status;
  if (status.state !== 'waiting') return { ...status, settling };
  const { event, path, since, more, quietMs } = settling;
  const others = more === 0 ? '' : ` (and ${more} more)`;
  const why = `event ${event} waits until ${path}${others} has not changed for ${quietMs / 1000} s: changing since ${shownInstant(since, now)}`;
  return { ...status, why, settling };
};

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
  /** When the pause ends by itself, wall-clock ms; null: not before a command, or there is none. */
  get pausedUntil(): number | null {
    const { pausedUntil } = this.#scheduler;
    return Number.isFinite(pausedUntil) ? pausedUntil : null;
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
    const guards = this.#guards();
    const settling = this.#settling();
    return [...this.items.conditions.values()].map((condition) => this.#of(condition, now, guards, settling));
  }
  /** How one condition stands; undefined when it does not exist. */
  condition(name: string): ConditionStatus | undefined {
    const condition = this.items.conditions.get(name);
    return condition && this.#of(condition, this.#clock.wall(), this.#guards(), this.#settling());
  }

  /** The conditions that each guard is one of. */
  #guards(): ReadonlyMap<string, string[]> {
    const guards = new Map<string, string[]>();
    for (const { name, spec } of this.items.conditions.values())
      for (const guard of spec.traits.only_when) guards.set(guard, [...(guards.get(guard) ?? []), name]);
    return guards;
  }

  /** What events wait for, by their conditions: of several, the first. */
  #settling(): ReadonlyMap<string, SettlingStatus> {
    const settling = new Map<string, SettlingStatus>();
    for (const { name, spec, settling: files } of this.items.events.values())
      if (files !== undefined && !settling.has(spec.condition)) settling.set(spec.condition, { event: name, ...files });
    return settling;
  }

  #of(
    condition: LiveCondition,
    now: number,
    guards: ReadonlyMap<string, readonly string[]>,
    settling: ReadonlyMap<string, SettlingStatus>,
  ): ConditionStatus {
    const known = this.#states.statusOf(condition, now, guards.get(condition.name));
    const status = withSettling(known, settling.get(condition.name), now);
    if (this.state === 'running' || condition.busy || condition.next().ineligible !== undefined) return status;
    if (this.state === 'ending') return { ...status, why: 'the scheduler is ending', due: undefined };
    const { pausedUntil: until } = this;
    if (until === null) return { ...status, why: `the scheduler is paused; ${status.why}`, due: undefined };
    const due = typeof status.due === 'number' ? Math.max(status.due, until) : status.due && until;
    return { ...status, why: `the scheduler is paused until ${shownInstant(until, now)}; ${status.why}`, due };
  }
}
