import type { TraceContext } from '../log/record.ts';
import type { Condition } from './condition.ts';
import { TimerQueue } from './timer-queue.ts';

/** The suspensions that end by themselves. Instants in wall-clock ms. */
export class SuspensionEnds {
  readonly #queue = new TimerQueue<Condition>();

  get watchesWall(): boolean {
    return this.#queue.watchesWall;
  }
  /** Called when the end of a suspension is another one, or there is none any more. */
  schedule(condition: Condition): void {
    const { suspendedUntil: wall, removed } = condition;
    if (removed) this.#queue.drop(condition);
    else this.#queue.schedule(condition, Number.isFinite(wall) ? { wall } : 'on-event');
  }
  /** How long until the next one ends, in ms. */
  wait(wall: number): number {
    return this.#queue.wait(wall, Number.NEGATIVE_INFINITY);
  }
  /** Ends those whose ends have come. */
  endUntil(wall: number, origin: TraceContext): void {
    if (!this.#queue.watchesWall) return;
    const over = this.#queue.due(wall, Number.NEGATIVE_INFINITY);
    for (const condition of over.sort((a, b) => a.id - b.id)) condition.endSuspension(origin);
  }
}
