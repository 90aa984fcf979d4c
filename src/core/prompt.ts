import type { Condition } from './condition.ts';
import type { Clock } from './ports.ts';

/** What prompt checks ask the scheduler. */
export interface PromptDesk {
  /** An event for the condition is waiting. */
  pending(name: string): boolean;
  /** Neither paused nor ending. */
  open(): boolean;
  /** Now. */
  check(condition: Condition): void;
  /** When it is due may have changed. */
  plan(condition: Condition): void;
}

/** Checks conditions soon after their event instead of at the next tick: `immediate = true`. */
export class Prompt {
  readonly #clock: Clock;
  readonly #desk: PromptDesk;

  constructor(clock: Clock, desk: PromptDesk) {
    this.#clock = clock;
    this.#desk = desk;
  }

  /**
   * An event has come, or the condition is free again. Waits for what belongs to the same burst, then checks; while it waits
   * the ticks leave the condition alone.
   */
  async hurry(condition: Condition): Promise<void> {
    const { promptMs } = condition;
    const waiting = () => !condition.removed && !condition.busy && this.#desk.pending(condition.name);
    if (promptMs === undefined || condition.delayed || !waiting() || !this.#desk.open()) return;
    condition.delayed = true;
    await this.#clock.sleep(promptMs);
    condition.delayed = false;
    if (waiting() && this.#desk.open()) this.#desk.check(condition);
    this.#desk.plan(condition);
  }
}
