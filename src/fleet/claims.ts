import type { Claim, SharedFiring, WonFiring } from '../core/fleet-port.ts';
import type { RunOutcomeKind } from '../core/outcome.ts';
import { isAborted } from '../is-aborted.ts';
import { type ClaimEntry, fireKey, readClaim } from './entries.ts';
import { DEAD_AFTER_MS } from './heartbeat.ts';
import type { FleetMemberOptions } from './member-options.ts';
import type { MissedFirings } from './missed-firings.ts';
import type { OwnFirings } from './own-firings.ts';
import { aServer, UnreachableError } from './shared-store.ts';
import { BURST, type Turns } from './turns.ts';

/** How long a firing waits for a server before `without_engine` decides, ms. */
export const PATIENCE_MS = 5000;
/** Between two questions to a server that refuses, ms. */
const RETRY_MS = 100;
/** An answer that comes later than this may have been overtaken: other nodes can take this one for dead, ms. */
const STALE_MS = DEAD_AFTER_MS / 2;

/** A firing that is asked for. `tried`: the server may have got the question. */
interface Asked {
  readonly key: string;
  readonly entry: ClaimEntry;
  tried: boolean;
  /** Why it is not known what came of it; "": no server was there to be asked. */
  message: string;
  /** What was said that it waits for. */
  said?: string;
}

interface ClaimsDeps
  extends Pick<FleetMemberOptions, 'node' | 'session' | 'store' | 'clock' | 'tickMs' | 'withoutEngine' | 'hash'> {
  readonly firings: OwnFirings;
  readonly missed: Pick<MissedFirings, 'owe'>;
  readonly turns: Pick<Turns, 'taken'>;
  /** Aborted when this node takes no part any more. */
  readonly ended: AbortSignal;
  /** Aborted when it may be possible to ask, or not any more: the next call returns another one. */
  changed(): AbortSignal;
  /** How this node stands. `settled`: nothing that other nodes have to write again is missing. */
  standing(): {
    readonly connected: boolean;
    readonly settled: boolean;
    readonly skew: number | undefined;
    readonly nameTaken: boolean;
    readonly paused: boolean;
  };
  onDifference(condition: string, node: string, hash: string): void;
}

/** Asks for firings. One is got by the node that adds its key to the shared store first. */
export class Claims {
  readonly #deps: ClaimsDeps;
  /** Outcomes that are being written. */
  readonly #finishing = new Set<Promise<unknown>>();
  /** The keys of the firings that are being asked for. */
  readonly #asking = new Set<string>();

  constructor(deps: ClaimsDeps) {
    this.#deps = deps;
  }

  /** Resolves when the outcomes are written that are being written now. Never rejects. */
  async finished(): Promise<void> {
    await Promise.all(this.#finishing);
  }

  /** Asks for a firing. Never rejects. */
  async claim(firing: SharedFiring, signal: AbortSignal, onWaiting: (what: string) => void = () => {}): Promise<Claim> {
    const key = fireKey(firing.condition, firing.key);
    this.#asking.add(key);
    const claim = await this.#claim(key, firing, signal, onWaiting);
    this.#asking.delete(key);
    const isOwed =
      ['cancelled', 'skewed', 'name-taken'].includes(claim.kind) || (claim.kind === 'unreachable' && !claim.runs);
    if (isOwed) this.#deps.missed.owe(firing);
    return claim;
  }

  /** Whether a firing is being asked for. */
  isAsking(key: string): boolean {
    return this.#asking.has(key);
  }

  async #claim(
    key: string,
    firing: SharedFiring,
    signal: AbortSignal,
    onWaiting: (what: string) => void,
  ): Promise<Claim> {
    const { clock, withoutEngine, changed, standing } = this.#deps;
    const asked: Asked = { key, entry: this.#newEntry(firing), tried: false, message: '' };
    const begun = clock.mono();
    for (;;) {
      const claim = this.#end(signal, asked) ?? (await this.#tryToAsk(firing, asked, signal));
      if (claim !== undefined) return claim;
      this.#wait(asked, onWaiting);
      const left = PATIENCE_MS - (clock.mono() - begun);
      const waits = withoutEngine === 'hold' || standing().paused;
      if (!waits && left <= 0) return this.#without(asked);
      const wait = waits ? PATIENCE_MS : left;
      await clock.sleep(wait, AbortSignal.any([signal, changed()]));
      // A server that refuses at once is not asked without end.
      if (standing().connected) await clock.sleep(Math.min(RETRY_MS, Math.max(0, left)), signal);
    }
  }

  /** Why the fleet is not asked any more; undefined: it is. */
  #end(signal: AbortSignal, asked: Asked): Claim | undefined {
    const { node, ended, standing } = this.#deps;
    const isCancelled = signal.aborted || ended.aborted;
    if (!isCancelled && !standing().nameTaken) return undefined;
    this.#withdraw(asked);
    return isCancelled ? { kind: 'cancelled' } : { kind: 'name-taken', node };
  }

  /** Says once what is waited for. A server that answers, and is first sent what was written meanwhile, is not a reason. */
  #wait(asked: Asked, onWaiting: (why: string) => void): void {
    const { connected, paused } = this.#deps.standing();
    const what = paused ? 'the end of the pause' : aServer(connected ? asked.message : 'none answers');
    if (what !== asked.said && (asked.tried || paused || !connected)) onWaiting(what);
    asked.said = what;
  }

  #canAsk(): boolean {
    const { connected, settled, skew, nameTaken, paused } = this.#deps.standing();
    return connected && settled && skew !== undefined && !nameTaken && !paused;
  }

  /** Asks the server, if it can be asked. Returns undefined when it is not known what came of it. */
  async #tryToAsk(firing: SharedFiring, asked: Asked, signal: AbortSignal): Promise<Claim | undefined> {
    const { skew } = this.#deps.standing();
    if (!this.#canAsk() || skew === undefined) return undefined;
    if (Math.abs(skew) > this.#deps.tickMs) return { kind: 'skewed', ms: skew };
    if (this.#asking.size > BURST && !asked.tried) {
      const found = await this.#deps.turns.taken(asked.key, signal);
      if (found !== undefined) return this.#taken(firing, asked.entry, readClaim(found.value));
      if (isAborted(signal) || !this.#canAsk()) return undefined;
    }
    try {
      asked.tried = true;
      const claim = await this.#ask(asked.key, firing, asked.entry);
      // A pause has begun before the answer came: what this machine has got is read back at its end.
      return claim.kind === 'won' && this.#deps.standing().paused ? undefined : claim;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      asked.message = error.message;
      return undefined;
    }
  }

  /** It does not run here: what the server may have got of the question is changed to that. */
  #withdraw({ key, entry, tried }: Asked): void {
    const { firings, clock } = this.#deps;
    if (tried) firings.owe(key, { ...entry, state: 'missed', ended: clock.wall() });
  }

  #newEntry({ definition, onLost, covers }: SharedFiring): ClaimEntry {
    const { node, session, clock, hash } = this.#deps;
    return {
      ...{ node, session, hash: hash(definition), began: clock.wall(), state: 'running', on_lost: onLost },
      ...(covers !== undefined && covers.instants.length > 1 ? { since: covers.since } : {}),
    };
  }

  /** Asks the store once. What is there already can be what this node has written without hearing of it. */
  async #ask(key: string, firing: SharedFiring, entry: ClaimEntry): Promise<Claim> {
    const { store, clock } = this.#deps;
    const before = clock.mono();
    const value = JSON.stringify(entry);
    // "create" would look what is there, too.
    let revision = await store.update(key, value, 0);
    if (revision === undefined || clock.mono() - before > STALE_MS) {
      const present = await store.get(key);
      if (present === undefined) {
        // It was removed by hand, or the server has lost it.
        await store.create(key, value);
        return this.#ask(key, firing, entry);
      }
      const other = readClaim(present.value);
      const isOwn = other?.session === entry.session && other.state === 'running';
      if (!isOwn) return this.#taken(firing, entry, other);
      revision = present.revision;
    }
    return this.won(key, entry, revision);
  }

  /** Another node has got it. @param other what that has written; undefined: it is of another version */
  #taken(firing: SharedFiring, { hash }: ClaimEntry, other: ClaimEntry | undefined): Claim {
    const { missed, onDifference } = this.#deps;
    const differs = other !== undefined && other.hash !== hash;
    if (differs) onDifference(firing.condition, other.node, other.hash);
    missed.owe(firing, other);
    const isMissed = other?.state === 'missed' ? { missed: true as const } : {};
    return { kind: 'taken', node: other?.node ?? 'another node', differs, ...isMissed };
  }

  /** This node has got a firing, with this revision. */
  won(key: string, entry: ClaimEntry, revision: number): WonFiring {
    const { store, clock, firings } = this.#deps;
    firings.wrote(key, entry, revision);
    const finish = async (outcome: RunOutcomeKind): Promise<string | undefined> => {
      const done: ClaimEntry = { ...entry, state: 'done', outcome, ended: clock.wall() };
      const last = firings.revision(key) ?? revision;
      try {
        const written = await store.update(key, JSON.stringify(done), last);
        if (written !== undefined) {
          firings.wrote(key, done, written);
          return undefined;
        }
        const present = await store.get(key);
        const other = present && readClaim(present.value);
        const isOwn = other === undefined || (other.node === entry.node && other.session === entry.session);
        if (!isOwn) {
          await firings.lostTo(key, entry, other);
          return other.node;
        }
        // The server has lost the claim, or has it again with another revision.
        if (other === undefined || other.state === 'running') firings.owe(key, done);
        return undefined;
      } catch {
        // It is written when a server answers.
        firings.owe(key, done);
        return undefined;
      }
    };
    return {
      kind: 'won',
      fence: revision,
      finish: (outcome) => {
        const finishing = finish(outcome);
        this.#finishing.add(finishing);
        void finishing.then(() => this.#finishing.delete(finishing));
        return finishing;
      },
    };
  }

  /** What happens without a server. */
  #without(asked: Asked): Claim {
    const { key, entry, message } = asked;
    const { withoutEngine, clock, firings, standing } = this.#deps;
    if (withoutEngine === 'run') {
      // Before it begins: the program can be killed in it.
      firings.owe(key, { ...entry, unclaimed: true });
      const finish = (outcome: RunOutcomeKind): Promise<undefined> => {
        firings.change(key, { ...entry, state: 'done', outcome, ended: clock.wall(), unclaimed: true });
        if (standing().connected) void firings.pay();
        return Promise.resolve(undefined);
      };
      return { kind: 'unreachable', message, runs: true, finish };
    }
    this.#withdraw(asked);
    return { kind: 'unreachable', message, runs: false };
  }
}
