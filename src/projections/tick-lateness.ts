import type { EventHandlers } from '../core/engine-events.ts';

/** Ticks that are kept. */
const KEPT = 16;

/** Keeps how late the last ticks began: one number is stored for each tick. */
export class TickLateness {
  readonly #late = new Float64Array(KEPT);
  #count = 0;

  readonly handlers: EventHandlers = {
    'tick.started': ({ lateMs }) => {
      this.#late[this.#count++ % KEPT] = lateMs;
    },
  };

  /** Of the last ticks, ms, the oldest first. */
  get last(): number[] {
    const end = this.#count % KEPT;
    return this.#count < KEPT
      ? [...this.#late.subarray(0, end)]
      : [...this.#late.subarray(end), ...this.#late.subarray(0, end)];
  }
}
