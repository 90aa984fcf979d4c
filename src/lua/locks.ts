/** Somebody waiting for a lock. */
interface Waiter<O> {
  readonly owner: O;
  readonly granted: () => void;
}

interface Lock<O> {
  owner: O;
  readonly waiting: Waiter<O>[];
}

/** Locks by name. Each has one owner; those who wait get it in the order they came. */
export class Locks<O> {
  readonly #held = new Map<string, Lock<O>>();

  /** Takes the lock if nobody has it. */
  take(name: string, owner: O): boolean {
    if (this.#held.has(name)) return false;
    this.#held.set(name, { owner, waiting: [] });
    return true;
  }

  ownedBy(name: string, owner: O): boolean {
    return this.#held.get(name)?.owner === owner;
  }

  /** Waits for a lock that somebody has; answers how to give up waiting. */
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

  /** Passes the lock to who waits longest. False when `owner` does not have it. */
  release(name: string, owner: O): boolean {
    const lock = this.#held.get(name);
    if (lock === undefined || lock.owner !== owner) return false;
    const next = lock.waiting.shift();
    if (next === undefined) this.#held.delete(name);
    else {
      lock.owner = next.owner;
      next.granted();
    }
    return true;
  }

  /** Releases everything `owner` has; answers the names. */
  releaseAll(owner: O): string[] {
    const names: string[] = [];
    for (const [name, lock] of this.#held) if (lock.owner === owner) names.push(name);
    for (const name of names) this.release(name, owner);
    return names;
  }
}
