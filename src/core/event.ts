import type { Logger } from '../log/record.ts';
import type { EventBody } from './body.ts';
import type { Condition } from './condition.ts';
import { gate } from './life.ts';
import type { Pending } from './ports.ts';
import type { EventSpec } from './spec.ts';

/** What an occurrence came to: its condition is pending now, was already, or cannot run. */
export type Fired = 'pending' | 'already' | 'dropped';

const OBSTACLES = { suspended: 'suspended', finished: 'finished', 'given-up': 'given up', 'no-tasks': 'without tasks' };

/** Why an event for this condition could have no effect soon: kept, it would fire when nobody expects it [S13]. */
const obstacleOf = (condition: Condition): string | undefined => {
  // What it is when it is free is not known yet.
  if (condition.busy) return undefined;
  const state = gate(condition.life, condition.spec.traits);
  return state === 'open' ? undefined : OBSTACLES[state];
};

/** What an event needs of the configuration it belongs to. */
export interface Surface {
  readonly pending: Pending;
  /** A condition as it is now. */
  condition(name: string): Condition | undefined;
  /** `EVENT_REGISTRY listener`. */
  readonly listener: Logger;
}

/** One event of the running configuration. */
export class Event {
  readonly spec: EventSpec;
  readonly id: number;
  readonly #log: Logger;
  readonly #body: EventBody;
  readonly #surface: Surface;
  /** The one of a newer file that takes its place, and what happens meanwhile. */
  #successor: Event | undefined;

  constructor(spec: EventSpec, id: number, log: Logger, body: EventBody, surface: Surface) {
    this.spec = spec;
    this.id = id;
    this.#log = log;
    this.#body = body;
    this.#surface = surface;
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
    const condition = this.#surface.condition(this.spec.condition);
    return condition && obstacleOf(condition);
  }

  /** Begins to listen, for kinds that do; resolves when it is known whether that works. Never rejects. */
  async start(): Promise<void> {
    try {
      await this.#body.start?.(() => {
        this.#surface.listener.trace('PROC/OK', () => `event ${this.name} has occurred`);
        (this.#successor ?? this).fire();
      });
    } catch (error) {
      // One event that cannot be set up is no reason to lose the others [E3].
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log.error('START/ERR', `internal error: ${reason}`);
    }
  }

  /** Puts its condition into the bucket, unless it could not run. */
  fire(): Fired {
    const { condition } = this.spec;
    const { obstacle } = this;
    if (obstacle !== undefined) {
      this.#log.debug('PROC/MSG', `event dropped: condition ${condition} is ${obstacle}`);
      return 'dropped';
    }
    if (this.#surface.pending.add(condition)) {
      this.#log.debug('PROC/OK', `event fired: condition ${condition} is pending`);
      return 'pending';
    }
    this.#log.trace('PROC/MSG', `event fired: condition ${condition} was pending already`);
    return 'already';
  }

  /** What it still hears is the other one's business. */
  handOver(successor: Event): void {
    this.#successor = successor;
  }

  close(): void {
    this.#body.close?.();
  }
}
