import type { Clock } from '../core/ports.ts';
import { type SharedStore, unlessUnreachable } from './shared-store.ts';

/** Where the horizon is kept. */
const KEY = 'horizon.fire';
/** Between two looks whether it can be moved, ms. */
const LOOK_MS = 60_000;
/** It is moved by so many changes at least. */
const STEP = 1000;

interface HorizonDeps {
  readonly store: SharedStore;
  readonly clock: Clock;
  /** The least revision of a run that goes on, else that after the last change that is known; undefined: nothing is known. */
  horizon(): number | undefined;
}

/**
 * The revision before which no run goes on, as a node has seen that has read all from an earlier horizon on. It stays true whatever dies:
 * an entry that changes gets a new revision. A node that starts reads firings from there on.
 */
export class Horizon {
  readonly #deps: HorizonDeps;
  #looked = Number.NEGATIVE_INFINITY;

  constructor(deps: HorizonDeps) {
    this.#deps = deps;
  }

  /** Resolves with the revision from which on firings have to be read. Rejects with `UnreachableError`. */
  async read(): Promise<number> {
    const present = await this.#deps.store.get(KEY);
    const horizon = Number(present?.value);
    // One that is greater than what it is written with was meant for what a server has lost.
    return present !== undefined && horizon <= present.revision ? horizon : 0;
  }

  /** Moves it, as far as a server answers. */
  async move(): Promise<void> {
    const { store, clock } = this.#deps;
    const horizon = this.#deps.horizon();
    if (horizon === undefined || clock.mono() - this.#looked < LOOK_MS) return;
    this.#looked = clock.mono();
    const present = await store.get(KEY);
    if (horizon - Number(present?.value ?? 0) < STEP) return;
    const value = String(horizon);
    await unlessUnreachable(
      present === undefined ? store.create(KEY, value) : store.update(KEY, value, present.revision),
    );
  }
}
