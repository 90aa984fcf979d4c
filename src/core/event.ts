import type { Ledger, SkipReason, Track } from '../journal/ledger.ts';
import type { Logger, TraceContext } from '../log/record.ts';
import type { Condition } from './condition.ts';
import { type Eligibility, eligibility } from './condition-state.ts';
import type { EventInstance } from './instance.ts';
import { internalErrorText } from './internal-error.ts';
import type { Clock, PendingEvents } from './ports.ts';
import type { EventSpec } from './spec.ts';

/** What an occurrence came to: its condition is pending now, was already, or cannot run. */
export type Fired = 'pending' | 'already' | 'dropped';

type Obstacle = Exclude<Eligibility, 'open'> & SkipReason;

const OBSTACLES: Readonly<Record<Obstacle, string>> = {
  ...{ suspended: 'suspended', finished: 'finished', 'given-up': 'given up', 'no-tasks': 'without tasks' },
};

/** Why an event for this condition could have no effect soon: kept, it would fire when nobody expects it [S13]. */
const obstacleOf = (condition: Condition | undefined): Obstacle | undefined => {
  // What it is when it is free is not known yet.
  if (!condition || condition.busy) return undefined;
  const state = eligibility(condition.life, condition.spec.traits);
  return state === 'open' ? undefined : state;
};

/** What an event needs of the configuration it belongs to. */
export interface Surface {
  readonly pending: PendingEvents;
  /** A condition as it is now. */
  condition(name: string): Condition | undefined;
  /** `EVENT_REGISTRY listener`. */
  readonly listener: Logger;
  readonly journal: Ledger;
  readonly clock: Clock;
  readonly tickMs: number;
}

/** One event of the running configuration. */
export class Event {
  readonly spec: EventSpec;
  readonly id: number;
  readonly #log: Logger;
  readonly #body: EventInstance;
  readonly #surface: Surface;
  readonly #track: Track;
  /** The one of a newer file that takes its place, and what happens meanwhile. */
  #successor: Event | undefined;
  /** The tick in which it was reported last, and how often it has occurred in it since. */
  #tick: number | undefined;
  #more = 0;
  readonly #closed = new AbortController();

  constructor(spec: EventSpec, id: number, log: Logger, body: EventInstance, surface: Surface, track: Track) {
    this.spec = spec;
    this.id = id;
    this.#log = log;
    this.#body = body;
    this.#surface = surface;
    this.#track = track;
  }

  get name(): string {
    return this.spec.name;
  }
  /** It occurs by itself, not by command only. */
  get listens(): boolean {
    return !this.spec.manual && this.#body.start !== undefined;
  }
  /** Why its condition could not run, if it could not. */
  get obstacle(): string | undefined {
    const obstacle = this.#obstacle;
    return obstacle && OBSTACLES[obstacle];
  }
  get #obstacle(): Obstacle | undefined {
    return obstacleOf(this.#surface.condition(this.spec.condition));
  }

  /** Begins to listen, for kinds that do; resolves when it is known whether that works. Never rejects. */
  async start(origin: TraceContext): Promise<void> {
    if (this.listens) this.#track.to('installing', 'it is being set up', origin);
    else this.#track.to('listening', 'it waits for the trigger command', origin);
    try {
      await this.#body.start?.((tell) => (this.#successor ?? this).#occurred(tell));
      if (this.#track.state === 'installing') this.#track.to('listening', 'it is set up, as far as it can be', origin);
    } catch (error) {
      // One event that cannot be set up is no reason to lose the others [E3].
      const text = internalErrorText(error);
      this.#log.error('START/ERR', text, origin);
      this.#track.to('failed', text.split('\n', 1)[0]!, origin);
    }
  }

  /** It has occurred by itself. What changes nothing is reported once a tick, with a count: a storm of events costs next to nothing. */
  #occurred(tell?: () => void): void {
    // What was still looked at when it was taken down.
    if (this.#closed.signal.aborted && !this.#successor) return;
    const { clock, tickMs, pending, journal, listener } = this.#surface;
    const wall = clock.wall();
    const tick = Math.floor(wall / tickMs);
    if (tick === this.#tick && (pending.has(this.spec.condition) || this.#obstacle !== undefined)) {
      this.#more += 1;
      if (this.#more === 1)
        void clock.sleep((tick + 1) * tickMs - wall, this.#closed.signal).then(() => this.#reportMore());
      return;
    }
    this.#tick = tick;
    tell?.();
    const fired: TraceContext = { cause: journal.cause('event'), run: null };
    listener.trace('PROC/OK', () => `event ${this.name} has occurred`, fired);
    this.fire(fired);
  }
  #reportMore(): void {
    const count = this.#more;
    if (count === 0) return;
    this.#more = 0;
    const { name } = this;
    const { condition } = this.spec;
    const { journal, listener } = this.#surface;
    const origin: TraceContext = { cause: journal.cause('event'), run: null };
    listener.debug('PROC/MSG', `event ${name} has occurred ${count} more times in this tick`, origin);
    journal.instant('fired', `event/${name}`, origin, () => ({ event: name, condition, count }));
  }

  /** Puts its condition into the bucket, unless it could not run. */
  fire(origin: TraceContext): Fired {
    const { condition } = this.spec;
    this.#surface.journal.instant('fired', `event/${this.name}`, origin, () => ({ event: this.name, condition }));
    const { obstacle } = this;
    if (obstacle !== undefined) {
      this.#log.debug('PROC/MSG', `event dropped: condition ${condition} is ${obstacle}`, origin);
      this.drop(origin);
      return 'dropped';
    }
    if (this.#surface.pending.add(condition, origin.cause)) {
      this.#log.debug('PROC/OK', `event fired: condition ${condition} is pending`, origin);
      this.#track.to('fired', `condition ${condition} is pending`, origin);
      return 'pending';
    }
    this.#log.trace('PROC/MSG', `event fired: condition ${condition} was pending already`, origin);
    this.#track.to('fired', `condition ${condition} was pending already`, origin);
    return 'already';
  }

  /** It has occurred in vain: the story tells why. */
  drop(origin: TraceContext): void {
    const { condition } = this.spec;
    const reason = this.#obstacle;
    if (reason === undefined) return;
    this.#track.to('dropped', `condition ${condition} is ${OBSTACLES[reason]}`, origin);
    this.#surface.journal.instant('skipped', `condition/${condition}`, origin, () => ({ condition, reason }));
  }

  /** What it still hears is the other one's business. */
  handOver(successor: Event): void {
    this.#successor = successor;
  }

  close(origin: TraceContext): void {
    this.#reportMore();
    this.#closed.abort();
    this.#body.close?.();
    // The one that took its place goes on with the story.
    if (!this.#successor) this.#track.to('stopped', 'it is taken down', origin);
  }
}
