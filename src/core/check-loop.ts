import type { TraceContext } from '../log/record.ts';
import type { Condition } from './condition.ts';
import type { CheckContext } from './instance.ts';
import type { Ports } from './ports.ts';

/** Checks done in a row before everything else gets its turn: at trace, about the records that a pipe takes at once. */
const CHECKS_A_TURN = 32;

/** What the check loop needs of the scheduler. */
interface CheckLoopDeps {
  /** False while it is paused, and when it ends. */
  open(): boolean;
  /** When a condition is due may have changed without a check. */
  schedule(condition: Condition): void;
  /** The cause of the event that waits for a condition; undefined: none does. */
  pending(name: string): TraceContext | undefined;
  /** The context of a check at this moment. */
  contextNow(origin: TraceContext): CheckContext;
}

/** The checks of conditions: of one tick in order, or soon after an event. */
export class CheckLoop {
  readonly #ports: Ports;
  readonly #randomize: boolean;
  readonly #deps: CheckLoopDeps;

  /** @param randomize spread the checks of kinds that allow it over the tick. */
  constructor(ports: Ports, randomize: boolean, deps: CheckLoopDeps) {
    this.#ports = ports;
    this.#randomize = randomize;
    this.#deps = deps;
  }

  /** Checks conditions in order. Those in `due` have something to do; the others are checked for the record. */
  async runChecks(conditions: readonly Condition[], due: readonly Condition[], context: CheckContext): Promise<void> {
    const spread = this.#randomize ? new Set(due) : undefined;
    let inTurn = 0;
    for (const condition of conditions) {
      if (condition.delayed) this.#deps.schedule(condition);
      else if (spread?.has(condition) && condition.spec.delayable && condition.checkable)
        this.#checkLater(condition, context);
      else condition.check(context);
      inTurn += 1;
      if (inTurn % CHECKS_A_TURN !== 0) continue;
      await this.#ports.clock.turn();
      if (this.#deps.open()) continue;
      for (const other of due) this.#deps.schedule(other);
      return;
    }
  }

  /**
   * Checks a condition soon after its event instead of at the next tick (`immediate = true`): waits for what belongs to the same
   * burst, then checks; meanwhile the ticks leave the condition alone. Called when an event has come, or the condition is free again.
   */
  async debounce(condition: Condition): Promise<void> {
    const { debounceMs, name } = condition;
    const { open, pending, contextNow, schedule } = this.#deps;
    const waiting = (): TraceContext | undefined =>
      condition.removed || !condition.checkable || !open() ? undefined : pending(name);
    if (debounceMs === undefined || condition.delayed || !waiting()) return;
    condition.delayed = true;
    await this.#ports.clock.sleep(debounceMs);
    condition.delayed = false;
    const cause = waiting();
    if (cause) condition.check(contextNow(cause));
    else schedule(condition);
  }

  /**
   * Checks a condition after a random part of the tick, if it may still be checked then. The context stays that of the tick: the next
   * check is counted from there, or each random part would make check_after a tick longer.
   */
  #checkLater(condition: Condition, context: CheckContext): void {
    const { clock, random } = this.#ports;
    condition.delayed = true;
    this.#deps.schedule(condition);
    void clock.sleep(Math.floor(random() * context.tickMs)).then(() => {
      condition.delayed = false;
      if (this.#deps.open() && condition.checkable) condition.check(context);
      else this.#deps.schedule(condition);
    });
  }
}
