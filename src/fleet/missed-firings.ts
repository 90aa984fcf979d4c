import type { CoveredInstants, SharedFiring } from '../core/fleet-port.ts';
import type { Clock } from '../core/ports.ts';
import { type ClaimEntry, fireKey, readClaim } from './entries.ts';
import type { OwedInstants } from './owed-firings.ts';
import type { SharedStore } from './shared-store.ts';

/** Other nodes have so much time at least to claim an instant, ms. */
const LEAST_REPORT_AFTER_MS = 15_000;
/** So many entries are looked at for one report; instants before that stay open. */
const MOST_LOOKS = 1000;
/** Of a condition no more instants are kept. */
const MOST_INSTANTS = 10_000;

/** Instants that no node has run. */
export interface MissedReport {
  readonly condition: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

interface MissedFiringsDeps {
  readonly node: string;
  readonly session: string;
  readonly store: SharedStore;
  readonly clock: Clock;
  readonly tickMs: number;
  hash(definition: string): string;
  /** How far the clock of this node is ahead of that of the server, ms; undefined: it is not known. */
  skew(): number | undefined;
  onReported(report: MissedReport): void;
  /** Less is owed than before. */
  onPaid(): void;
}

/** The part of what one firing stands for that comes before what another one stands for; undefined: nothing. */
const before = ({ since, instants }: CoveredInstants, other: number): CoveredInstants | undefined => {
  const left = instants.filter((at) => at <= other);
  return left.length === 0 ? undefined : { since, instants: left };
};

/** The instant before which a firing does not stand for others. */
const startOf = (entry: ClaimEntry | undefined, at: number): number => entry?.since ?? at - 1;

/** Instants that this node has not run: those that no other node has, either, are reported, once for all nodes. */
export class MissedFirings {
  readonly #deps: MissedFiringsDeps;
  #owed: OwedInstants[] = [];
  /** What was written without an answer, by its key. */
  readonly #unheard = new Map<string, MissedReport>();
  /** How old an instant has to be, and how long the connection, ms. */
  readonly #reportAfterMs: number;

  constructor(deps: MissedFiringsDeps) {
    this.#deps = deps;
    this.#reportAfterMs = Math.max(LEAST_REPORT_AFTER_MS, 3 * deps.tickMs);
  }

  /** What is not reported yet. */
  get owed(): readonly OwedInstants[] {
    return this.#owed;
  }
  /** An earlier instance has not reported this. */
  restore(owed: readonly OwedInstants[]): void {
    this.#owed.push(...owed);
  }

  /** Its instants are reported if no node runs them. @param taken the firing of another node with the same key; absent: there is none */
  owe({ condition, definition, onLost, covers }: SharedFiring, taken?: ClaimEntry): void {
    const last = covers?.instants.at(-1);
    if (covers === undefined || last === undefined) return;
    const left = taken === undefined ? covers : before(covers, startOf(taken, last));
    if (left === undefined) return;
    const index = this.#owed.findIndex((one) => one.firing.condition === condition);
    const known = this.#owed[index];
    const firing = { condition, definition, onLost };
    // One follows the other, with nothing between them.
    if (known !== undefined && known.covers.instants.at(-1)! >= left.since && known.covers.since <= left.since) {
      const instants = [...known.covers.instants, ...left.instants].slice(-MOST_INSTANTS);
      this.#owed[index] = { firing, covers: { since: known.covers.since, instants } };
    } else this.#owed.unshift({ firing, covers: left });
  }

  /** Reports what is owed and old enough. Rejects with `UnreachableError`. @param connectedMs for how long a server answers */
  async pay(connectedMs: number): Promise<void> {
    const skew = this.#deps.skew();
    if (this.#owed.length === 0 || skew === undefined || connectedMs < this.#reportAfterMs) return;
    const oldest = this.#deps.clock.wall() - skew - this.#reportAfterMs;
    const ready = this.#owed.filter(({ covers }) => covers.instants.at(-1)! <= oldest);
    for (const one of ready) {
      await this.#report(one);
      this.#owed = this.#owed.filter((other) => other !== one);
    }
    if (ready.length > 0) this.#deps.onPaid();
  }

  /** Writes, from the last instant on, those that no node has. */
  async #report({ firing, covers }: OwedInstants): Promise<void> {
    const { store } = this.#deps;
    let left: CoveredInstants | undefined = covers;
    let open: number[] = [];
    for (let looks = 0; left !== undefined && looks < MOST_LOOKS; looks++) {
      const at: number = left.instants.at(-1)!;
      const present = await store.get(fireKey(firing.condition, String(at)));
      if (present === undefined) {
        open.unshift(at);
        left = before(left, at - 1);
        continue;
      }
      await this.#write(firing, at, open);
      open = [];
      const entry = readClaim(present.value);
      this.#hear(present.key, entry);
      left = before(left, startOf(entry, at));
    }
    await this.#write(firing, left?.instants.at(-1) ?? covers.since, open);
  }

  /** Writes one entry for instants that follow each other. Another node can have written it meanwhile. */
  async #write(
    { condition, definition, onLost }: OwedInstants['firing'],
    since: number,
    instants: number[],
  ): Promise<void> {
    const [first, last] = [instants[0], instants.at(-1)];
    if (first === undefined || last === undefined) return;
    const { store, clock, node, session, hash, onReported } = this.#deps;
    const now = clock.wall();
    const entry: ClaimEntry = {
      ...{ node, session, hash: hash(definition), began: now, ended: now, state: 'missed', on_lost: onLost },
      ...(instants.length > 1 ? { since } : {}),
    };
    const key = fireKey(condition, String(last));
    const missed = { condition, count: instants.length, first, last };
    this.#unheard.set(key, missed);
    const revision = await store.create(key, JSON.stringify(entry));
    this.#unheard.delete(key);
    if (revision !== undefined) onReported(missed);
  }

  /** Reports what this node has written without hearing of it. */
  #hear(key: string, entry: ClaimEntry | undefined): void {
    const { session, onReported } = this.#deps;
    const missed = this.#unheard.get(key);
    this.#unheard.delete(key);
    if (missed !== undefined && entry?.state === 'missed' && entry.session === session) onReported(missed);
  }
}
