import type { Logger } from '../log/record.ts';
import type { EventBody } from './body.ts';
import type { Pending } from './ports.ts';
import type { EventSpec } from './spec.ts';

/** One event of the running configuration. */
export class Event {
  readonly spec: EventSpec;
  readonly id: number;
  readonly #log: Logger;
  readonly #body: EventBody;
  readonly #pending: Pending;

  constructor(spec: EventSpec, id: number, log: Logger, body: EventBody, pending: Pending) {
    this.spec = spec;
    this.id = id;
    this.#log = log;
    this.#body = body;
    this.#pending = pending;
  }

  get name(): string {
    return this.spec.name;
  }
  /** Begins to listen, for kinds that do. */
  start(): void {
    this.#body.start?.(() => this.fire());
  }
  /** Puts its condition into the bucket; false when it was there already. */
  fire(): boolean {
    const added = this.#pending.add(this.spec.condition);
    if (added) this.#log.debug('PROC/OK', `event fired: condition ${this.spec.condition} is pending`);
    else this.#log.trace('PROC/MSG', `event fired: condition ${this.spec.condition} was pending already`);
    return added;
  }
  close(): void {
    this.#body.close?.();
  }
}
