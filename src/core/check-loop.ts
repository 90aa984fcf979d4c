import type { Condition } from './condition.ts';
import type { CheckContext } from './instance.ts';
import type { Ports } from './ports.ts';

/** Checks done in a row before everything else gets its turn: at trace, about the records that a pipe takes at once. */
const CHECKS_A_TURN = 32;

/** What visits need of the scheduler. */
export interface Visited {
  /** False while it is paused, and when it ends. */
  open(): boolean;
  /** When a condition is due may have changed. */
  plan(condition: Condition): void;
}

/** The visits a tick pays to conditions. */
export class CheckLoop {
  readonly #ports: Ports;
  readonly #randomize: boolean;
  readonly #of: Visited;

  /** @param randomize spread the checks of kinds that allow it over the tick. */
  constructor(ports: Ports, randomize: boolean, of: Visited) {
    this.#ports = ports;
    this.#randomize = randomize;
    this.#of = of;
  }

  /** Visits the conditions in order. Those in `due` have something to do; the others are looked at for the record. */
  async runChecks(conditions: readonly Condition[], due: readonly Condition[], look: CheckContext): Promise<void> {
    const spread = this.#randomize ? new Set(due) : undefined;
    let inTurn = 0;
    for (const condition of conditions) {
      if (spread?.has(condition) && condition.spec.delayable && !condition.busy) this.#later(condition, look);
      else if (!condition.delayed) condition.check(look);
      this.#of.plan(condition);
      inTurn += 1;
      if (inTurn % CHECKS_A_TURN !== 0) continue;
      await this.#ports.clock.turn();
      if (this.#of.open()) continue;
      for (const other of due) this.#of.plan(other);
      return;
    }
  }

  /**
   * After a random part of the tick, if it still may be checked then [S19][S25]. The look stays that of the tick: the next check
   * is counted from there, or each random part would make check_after a tick longer.
   */
  #later(condition: Condition, look: CheckContext): void {
    const { clock, random } = this.#ports;
    condition.delayed = true;
    const delay = Math.floor(random() * look.tickMs);
    void clock.sleep(delay).then(() => {
      condition.delayed = false;
      if (this.#of.open() && !condition.busy) {
        condition.check(look);
      }
      this.#of.plan(condition);
    });
  }
}
