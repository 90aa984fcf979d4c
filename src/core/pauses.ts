import type { EarlierInstance } from './earlier.ts';
import type { EndTime } from './end-time.ts';
import type { TimeRange } from './instance.ts';

/** The pause of an earlier instance that goes on; undefined: none does. @param keeps also one without an end. @param now wall-clock ms */
export const keptPause = (
  earlier: EarlierInstance | undefined,
  keeps: boolean,
  now: number,
): { readonly until?: number } | undefined => {
  if (!earlier?.paused) return undefined;
  const { pausedUntil: until } = earlier;
  if (until === undefined) return keeps ? {} : undefined;
  return until > now ? { until } : undefined;
};

/** Pauses that conditions are given: more than fit between two checks of one. */
const PAUSES_KEPT = 100;

/** Whether the scheduler is paused, and when it was: what happened in a pause does not count. Instants in wall-clock ms. */
export class Pauses {
  #since: number | undefined;
  #end: EndTime | undefined;
  #spans: readonly TimeRange[] = [];

  /** @param since when the pause began that the scheduler starts with. @param end when that ends by itself. */
  constructor(since: number | undefined, end?: EndTime) {
    this.#since = since;
    this.#end = end;
  }

  get now(): boolean {
    return this.#since !== undefined;
  }
  /** It ends at an instant of the wall clock. */
  get watchesWall(): boolean {
    return this.#end !== undefined;
  }
  /** When the pause ends by itself; Infinity: not before a command, or there is none. */
  get endsAt(): number {
    return this.#end?.at ?? Number.POSITIVE_INFINITY;
  }
  /** The pauses that are over, oldest first. */
  get spans(): readonly TimeRange[] {
    return this.#spans;
  }
  /** The clock was set back by so many ms: in the new time, all of it was that much earlier. */
  shift(ms: number): void {
    if (this.#since !== undefined) this.#since -= ms;
    this.#spans = this.#spans.map(({ from, to }) => ({ from: from - ms, to: to - ms }));
  }
  /** The clock was set by so many ms: an end that was given as a duration is as far away as before. Returns whether there is one. */
  moveEnd(ms: number): boolean {
    if (!this.#end?.lasts) return false;
    this.#end = { ...this.#end, at: this.#end.at + ms };
    return true;
  }
  /** Begins a pause, or gives the pause there is another end. */
  begin(at: number, end?: EndTime): void {
    this.#since ??= at;
    this.#end = end;
  }
  /** Ends the pause there is. */
  end(at: number): void {
    // The clock can have been set to before its beginning.
    const from = Math.min(this.#since!, at);
    this.#spans = [...this.#spans.slice(1 - PAUSES_KEPT), { from, to: at }];
    this.#since = undefined;
    this.#end = undefined;
  }
}
