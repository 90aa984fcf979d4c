import type { TraceContext } from '../log/record.ts';
import type { Condition } from './condition.ts';
import type { EngineEvents, EventRef, Fired } from './engine-events.ts';
import type { Occurrence } from './event-burst.ts';
import type { Brought, EventInstance, SettlingFiles } from './instance.ts';
import type { Clock, PendingEvents } from './ports.ts';
import type { EventSpec } from './spec.ts';
import type { Ineligible } from './states.ts';

/** What an event needs of the configuration it belongs to. */
export interface EventDeps {
  readonly events: EngineEvents;
  readonly pending: PendingEvents;
  readonly clock: Clock;
  readonly tickMs: number;
  /** A condition as it is now. */
  condition(name: string): Condition | undefined;
  /** The context of a new occurrence. */
  cause(): TraceContext;
}

/** One event of the running configuration. */
export class Event implements EventRef {
  readonly spec: EventSpec;
  readonly name: string;
  readonly id: number;
  readonly #instance: EventInstance;
  readonly #deps: EventDeps;
  /** The event of a newer file that takes its place. */
  #successor: Event | undefined;
  /** The tick in which it was reported last, and how often it has occurred in it since. */
  #tick: number | undefined;
  #more = 0;
  readonly #closed = new AbortController();

  constructor(spec: EventSpec, id: number, instance: EventInstance, deps: EventDeps) {
    this.spec = spec;
    this.name = spec.name;
    this.id = id;
    this.#instance = instance;
    this.#deps = deps;
  }

  /** It occurs by itself, not by command only. */
  get listens(): boolean {
    return !this.spec.manual && this.#instance.start !== undefined;
  }
  /** Why its condition cannot run: an event that is kept for it would fire when it is not expected any more. */
  get ineligible(): Ineligible | undefined {
    const condition = this.#deps.condition(this.spec.condition);
    // What a busy condition is when it is free is not known yet.
    return condition === undefined || condition.busy ? undefined : condition.ineligible;
  }

  /** The files that it waits for now. */
  get settling(): SettlingFiles | undefined {
    return this.#instance.settling?.();
  }

  /** Begins to listen, for kinds that do. Resolves when it is known whether that works; never rejects. */
  async start(origin: TraceContext): Promise<void> {
    const { events } = this.#deps;
    events.emit('event.installing', origin, { event: this, listens: this.listens });
    try {
      await this.#instance.start?.((log, brought) => (this.#successor ?? this).#occurred(log, brought));
      events.emit('event.installed', origin, { event: this });
    } catch (error) {
      // One event that cannot be set up does not disturb the others.
      events.emit('event.failed', origin, { event: this, error });
    }
    if (this.listens) events.emit('event.listening', origin, { event: this });
  }

  /** Called when it has occurred. What changes nothing is reported once a tick, with a count: a burst of events costs next to nothing. */
  #occurred(log?: () => void, brought?: Brought): void {
    // An occurrence that was still being looked at when listening ended.
    if (this.#closed.signal.aborted && !this.#successor) return;
    const { events, clock, tickMs, pending, cause } = this.#deps;
    const wall = clock.wall();
    const tick = Math.floor(wall / tickMs);
    const isPending = pending.has(this.spec.condition);
    if (tick === this.#tick && (isPending || this.ineligible !== undefined)) {
      if (isPending) pending.join(this.spec.condition, this.#occurrence(brought));
      this.#more += 1;
      if (this.#more === 1)
        void clock.sleep((tick + 1) * tickMs - wall, this.#closed.signal).then(() => this.#reportMore());
      return;
    }
    this.#tick = tick;
    log?.();
    const origin = cause();
    events.emit('event.occurred', origin, { event: this });
    this.fire(origin, false, brought);
  }
  #occurrence(brought?: Brought): Occurrence {
    return { name: this.name, type: this.spec.type, ...brought };
  }
  #reportMore(): void {
    const count = this.#more;
    if (count === 0) return;
    this.#more = 0;
    this.#deps.events.emit('event.repeated', this.#deps.cause(), { event: this, count });
  }

  /** Makes its condition pending, unless that cannot run. `triggered`: by a command. Returns what came of it, and why. */
  fire(
    origin: TraceContext,
    triggered = false,
    brought?: Brought,
  ): { readonly result: Fired; readonly ineligible: Ineligible | undefined } {
    const { ineligible } = this;
    const { condition } = this.spec;
    const { events, pending } = this.#deps;
    let result: Fired = 'dropped';
    if (ineligible === undefined) result = pending.has(condition) ? 'already' : 'pending';
    events.emit('event.fired', origin, { event: this, result, ineligible, triggered });
    if (result === 'pending') pending.add(condition, origin.cause, this.#occurrence(brought));
    else if (result === 'already') pending.join(condition, this.#occurrence(brought));
    return { result, ineligible };
  }

  /** Hands later occurrences to the event that takes its place. */
  handOver(successor: Event): void {
    this.#successor = successor;
  }

  /** Ends listening. */
  close(origin: TraceContext): void {
    const { events } = this.#deps;
    this.#reportMore();
    this.#closed.abort();
    this.#instance.close?.();
    events.emit('event.stopped', origin, { event: this, replaced: this.#successor !== undefined });
    if (this.listens) events.emit('event.uninstalled', origin, { event: this });
  }
}
