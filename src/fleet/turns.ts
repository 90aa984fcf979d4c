import type { Clock } from '../core/ports.ts';
import { FIRES } from './entries.ts';
import { type SharedEntry, type SharedStore, unlessUnreachable } from './shared-store.ts';

/** So many firings are asked for at once by all machines: the fastest gets each of them. */
export const BURST = 16;
/** How long the machine whose turn it is may take before the others look, ms. */
const TURN_MS = 150;
/** So often they look before they ask themselves. */
const LOOKS = 3;

interface TurnsDeps {
  readonly node: string;
  readonly store: Pick<SharedStore, 'list'>;
  readonly clock: Pick<Clock, 'sleep'>;
  /** The other machines that are alive. */
  alive(): readonly string[];
  /** A revision of some seconds ago; undefined: none is known. */
  recentRevision(): number | undefined;
}

/** FNV-1a. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/**
 * Turns in a burst of firings, where each machine would ask the server for each of them. One machine asks for each; the others look at once
 * what came of all. A turn is advice: the server decides who gets a firing, and all machines ask for a firing that no machine has asked for.
 */
export class Turns {
  readonly #deps: TurnsDeps;
  /** What was read of the last seconds. */
  readonly #read = new Map<string, SharedEntry>();
  /** The least revision that was not read. */
  #next = 0;
  #reading: Promise<void> | undefined;

  constructor(deps: TurnsDeps) {
    this.#deps = deps;
  }

  /** The servers may be others, or have lost something. */
  forget(): void {
    this.#read.clear();
    this.#next = 0;
  }

  /** Waits for the turn of this machine, at most half a second. Resolves with what another machine has written for the firing; undefined: this one asks. Never rejects. */
  async taken(key: string, signal: AbortSignal): Promise<SharedEntry | undefined> {
    if (this.#deps.recentRevision() === undefined || this.#isFirst(key)) return undefined;
    for (let look = 0; look < LOOKS && !signal.aborted; look++) {
      await this.#deps.clock.sleep(TURN_MS, signal);
      await this.#look();
      const found = this.#read.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #isFirst(key: string): boolean {
    const { node, alive } = this.#deps;
    const all = [node, ...alive()].sort();
    return all[hashOf(key) % all.length] === node;
  }

  /** Reads what was written since the last look: once for all that wait. */
  #look(): Promise<void> {
    this.#reading ??= this.#list().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #list(): Promise<void> {
    const since = this.#deps.recentRevision() ?? 0;
    // A firing is looked for when it is due, and not much later.
    for (const [key, { revision }] of this.#read) if (revision < since) this.#read.delete(key);
    for (const entry of (await unlessUnreachable(this.#deps.store.list(FIRES, Math.max(since, this.#next)))) ?? []) {
      this.#read.set(entry.key, entry);
      this.#next = Math.max(this.#next, entry.revision + 1);
    }
  }
}
