import type { TimeRange } from './instance.ts';

/** Pauses that conditions are told about: more than fit between two checks of one. */
const KEPT = 100;

/** Whether the scheduler is paused, and when it was: what happened in a pause does not count. Instants in wall-clock ms. */
export class Pauses {
  #since: number | undefined;
  #spans: readonly TimeRange[] = [];

  /** @param since when the pause began that the scheduler starts with. */
  constructor(since: number | undefined) {
    this.#since = since;
  }

  get now(): boolean {
    return this.#since !== undefined;
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
  begin(at: number): void {
    this.#since ??= at;
  }
  end(at: number): void {
    if (this.#since === undefined) return;
    this.#spans = [...this.#spans.slice(1 - KEPT), { from: this.#since, to: at }];
    this.#since = undefined;
  }
}
