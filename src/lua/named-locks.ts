interface Waiter<O> {
  readonly owner: O;
  readonly granted: () => void;
}

interface Lock<O> {
  owner: O;
  readonly waiting: Waiter<O>[];
}

/** A script that takes locks. */
export interface LockOwner {
  /** The condition in whose run the script runs. */
  readonly condition: string;
  /** The script has ended; its locks stay with the run of its condition. */
  readonly over: boolean;
}

/**
 * Locks by name. Each has one owner; waiting scripts get it in the order they came. A lock outlives its owner until the run of its
 * condition has ended, so that another task of the run can release it.
 */
export class NamedLocks<O extends LockOwner> {
  readonly #held = new Map<string, Lock<O>>();

  /** Takes the lock if it is free. */
  take(name: string, owner: O): boolean {
    if (this.#held.has(name)) return false;
    this.#held.set(name, { owner, waiting: [] });
    return true;
  }

  ownerOf(name: string): O | undefined {
    return this.#held.get(name)?.owner;
  }

  /** True when a script of the run of this condition holds a lock. */
  heldFor(condition: string): boolean {
    for (const { owner } of this.#held.values()) if (owner.condition === condition) return true;
    return false;
  }

  /** Waits for a lock that is held. Returns a function that cancels the wait. */
  wait(name: string, owner: O, granted: () => void): () => void {
    const lock = this.#held.get(name);
    if (lock === undefined) {
      this.#held.set(name, { owner, waiting: [] });
      granted();
      return () => {};
    }
    const waiter: Waiter<O> = { owner, granted };
    lock.waiting.push(waiter);
    return () => {
      const at = lock.waiting.indexOf(waiter);
      if (at >= 0) lock.waiting.splice(at, 1);
    };
  }

  /** Passes the lock to the script that has waited longest. Returns the owner before, undefined when the lock was free. */
  release(name: string): O | undefined {
    const lock = this.#held.get(name);
    if (lock === undefined) return undefined;
    const { owner } = lock;
    const next = lock.waiting.shift();
    if (next === undefined) this.#held.delete(name);
    else this.#grant(lock, next);
    return owner;
  }

  /** Called when a script has ended: passes its locks to waiting scripts of the same run, which would wait for themselves otherwise. */
  leave(owner: O): void {
    for (const lock of this.#held.values()) {
      if (lock.owner !== owner) continue;
      const at = lock.waiting.findIndex((waiter) => waiter.owner.condition === owner.condition);
      if (at >= 0) this.#grant(lock, lock.waiting.splice(at, 1)[0]!);
    }
  }

  /** Called when the run of a condition has ended: releases its remaining locks, and returns their names. */
  endRun(condition: string): string[] {
    const names: string[] = [];
    for (const [name, { owner }] of this.#held) if (owner.condition === condition && owner.over) names.push(name);
    for (const name of names) this.release(name);
    return names;
  }

  #grant(lock: Lock<O>, next: Waiter<O>): void {
    lock.owner = next.owner;
    next.granted();
  }
}
