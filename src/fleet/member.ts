import type { Claim, Fleet, LostRun, SharedFiring, WonFiring, WorkExchange } from '../core/fleet-port.ts';
import type { RunOutcomeKind } from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import { Definitions } from './definitions.ts';
import { type ClaimEntry, FIRES, fireKey, NODES, type NodeEntry, readEntry } from './entries.ts';
import { BEAT_MS, DEAD_AFTER_MS, Heartbeat } from './heartbeat.ts';
import { Horizon } from './horizon.ts';
import { LostRuns } from './lost-runs.ts';
import { MissedInstants, type MissedReport } from './missed-instants.ts';
import { OwnFirings } from './own-firings.ts';
import { FleetPeers } from './peers.ts';
import { Presence } from './presence.ts';
import { type SharedEntry, type SharedStore, UnreachableError, unlessUnreachable } from './shared-store.ts';

/** How far a clock may be off before this is a warning, ms. */
const SKEW_WARNING_MS = 1000;
/** How long a firing waits for a server before `without_engine` decides, ms. */
const PATIENCE_MS = 5000;
/** How long all nodes have to write again what a server has lost, ms. */
const SETTLE_MS = 1000;
/** Between two questions to a server that refuses, ms. */
const RETRY_MS = 100;
/** An answer that comes later than this may have been overtaken: other nodes can take this one for dead, ms. */
const STALE_MS = DEAD_AFTER_MS / 2;

/** What a member of a fleet reports besides the answers to claims. */
export type FleetReport =
  | { readonly kind: 'connected' | 'disconnected' }
  | { readonly kind: 'skew'; readonly ms: number; readonly level: 'ok' | 'warn' | 'error' }
  | { readonly kind: 'name-taken'; readonly node: string }
  | { readonly kind: 'node-dead'; readonly node: string }
  | { readonly kind: 'definition-differs'; readonly condition: string; readonly node: string }
  /** No machine has begun this task yet, or the result is not wanted because `node` does it now. */
  | { readonly kind: 'work-idle'; readonly task: string; readonly where: string }
  | { readonly kind: 'work-taken-over'; readonly task: string; readonly node: string }
  | ({ readonly kind: 'missed' } & MissedReport)
  | { readonly kind: 'ran-twice'; readonly condition: string; readonly key: string; readonly node: string };

/** What a member is made of. */
export interface FleetMemberOptions {
  readonly node: string;
  /** Of this instance of the program: no other one has it. */
  readonly session: string;
  readonly version: string;
  readonly tags: readonly string[];
  readonly store: SharedStore;
  readonly clock: Clock;
  readonly tickMs: number;
  readonly withoutEngine: 'run' | 'hold' | 'skip';
  hash(definition: string): string;
  /** The definitions of the shared conditions of this node, by their names: the same map as long as they are the same. */
  definitions(): ReadonlyMap<string, string>;
  /** The hashes of the tasks that it does for others; default: none. */
  tasks?(): readonly string[];
  report(report: FleetReport): void;
}

/** A firing that is asked for. `tried`: the server may have got the question. */
interface Asked {
  readonly key: string;
  readonly entry: ClaimEntry;
  tried: boolean;
  message: string;
}

/**
 * One of several nodes that share firings. A firing is got by the node that adds its key to the shared store first. Whether a firing of
 * a node that has died is repeated or missed is decided by the node that first changes its entry.
 */
export class FleetMember implements Fleet {
  /** Set by what makes the member. */
  work?: WorkExchange;
  readonly #options: FleetMemberOptions;
  readonly #heartbeat: Heartbeat;
  readonly #peers: FleetPeers;
  readonly #lostRuns: LostRuns;
  readonly #end = new AbortController();
  readonly #unwatch: (() => void)[] = [];
  readonly #definitions: Definitions;
  readonly #horizon: Horizon;
  readonly #firings: OwnFirings;
  readonly #missed: MissedInstants;
  readonly #presence: Presence;
  #connectedSince: number | undefined;
  /** After an interruption: nothing is claimed before other nodes can have written what the server has lost. */
  #settled = false;
  #interrupted = false;
  #skewLevel: 'ok' | 'warn' | 'error' = 'ok';
  #onLost: (lost: LostRun) => void = () => {};
  #change = new AbortController();
  #beating: Promise<void> | undefined;
  /** Outcomes that are being written. */
  readonly #finishing = new Set<Promise<unknown>>();

  constructor(options: FleetMemberOptions) {
    this.#options = options;
    const { node, session, store, clock, version, tags, report } = options;
    this.#peers = new FleetPeers({
      ...{ node, clock },
      connectedSince: () => this.#connectedSince,
      onDead: (dead) => report({ kind: 'node-dead', node: dead }),
    });
    this.#definitions = new Definitions({
      ...{ node, session, store, clock, hash: options.hash, definitions: options.definitions },
      onDifference: (condition, other) => report({ kind: 'definition-differs', condition, node: other }),
    });
    this.#lostRuns = new LostRuns({
      ...{ node, session, store, clock, peers: this.#peers },
      hashOf: (condition) => this.#definitions.own.hashes[condition],
      won: (key, entry, revision) => this.#won(key, entry, revision),
      onLost: (lost) => this.#onLost(lost),
    });
    this.#horizon = new Horizon({ store, clock, horizon: () => this.#lostRuns.horizon });
    this.#firings = new OwnFirings({
      ...{ store, clock, session },
      onRanTwice: (firing) => report({ kind: 'ran-twice', ...firing }),
    });
    const { tickMs, hash } = options;
    this.#missed = new MissedInstants({
      ...{ node, session, store, clock, tickMs, hash },
      skew: () => this.#heartbeat.skew,
      onReported: (missed) => report({ kind: 'missed', ...missed }),
    });
    this.#presence = new Presence({ node, session, store, clock, tickMs, skew: () => this.#heartbeat.skew });
    this.#heartbeat = new Heartbeat({
      ...{ node, session, store, clock },
      entry: () => ({ version, tags, defined: this.#definitions.own.digest, tasks: options.tasks?.() ?? [] }),
      onNameTaken: () => report({ kind: 'name-taken', node }),
      onSkew: (ms) => this.#onSkew(ms),
    });
  }

  get node(): string {
    return this.#options.node;
  }
  /** What is known of the other nodes. */
  get peers(): ReadonlyMap<string, { readonly entry: NodeEntry; readonly dead: boolean }> {
    return this.#peers.all;
  }
  get skew(): number | undefined {
    return this.#heartbeat.skew;
  }
  get connected(): boolean {
    return this.#connectedSince !== undefined;
  }

  onLost(listener: (lost: LostRun) => void): void {
    this.#onLost = listener;
  }

  /** The other machines that are alive and do this task for others, by its hash. */
  aliveWith(task: string): string[] {
    return this.#peers.aliveWith(task);
  }
  /** Whether nothing can be expected of another machine now. */
  isSilent(node: string): boolean {
    return this.#peers.isSilent(node);
  }
  /** Whether an instance has died, as far as can be known here. @param since since when there was to be heard something of it */
  isGone(node: string, session: string, since: number): boolean {
    return session !== this.#options.session && this.#peers.isDead(node, session, since);
  }

  /** Takes part from now on. */
  join(): void {
    const { store } = this.#options;
    this.#unwatch.push(
      store.onConnection((connected) => this.#onConnection(connected)),
      store.watch(NODES, (entry) => this.#onNode(entry)),
      store.watch(
        FIRES,
        (entry) => this.#lostRuns.see(entry),
        () => this.#horizon.read(),
      ),
    );
    this.#presence.begin();
    if (store.connected) this.#onConnection(true);
    this.#beating = this.#beat();
  }

  /** Takes no part any more. Resolves when the other nodes can know it, or at once if no server answers. */
  async leave(): Promise<void> {
    this.#end.abort('left');
    this.#change.abort('left');
    for (const end of this.#unwatch) end();
    await Promise.all([this.#beating, ...this.#finishing]);
    if (this.#connectedSince === undefined) return;
    await this.#firings.pay();
    await this.#heartbeat.beat(true).catch(() => {});
    await unlessUnreachable(this.#presence.beat(this.#connectedSince, true));
  }

  missed(firing: SharedFiring): void {
    this.#missed.owe(firing);
  }

  async claim(firing: SharedFiring, signal: AbortSignal): Promise<Claim> {
    const claim = await this.#claim(firing, signal);
    const isOwed =
      claim.kind === 'cancelled' || claim.kind === 'skewed' || (claim.kind === 'unreachable' && !claim.runs);
    if (isOwed) this.missed(firing);
    return claim;
  }
  async #claim(firing: SharedFiring, signal: AbortSignal): Promise<Claim> {
    const { clock, withoutEngine, node } = this.#options;
    const key = fireKey(firing.condition, firing.key);
    const asked: Asked = { key, entry: this.#newEntry(firing), tried: false, message: 'no server has answered yet' };
    const begun = clock.mono();
    for (;;) {
      if (signal.aborted || this.#end.signal.aborted) return this.#cancelled(asked);
      if (this.#heartbeat.nameTaken)
        return this.#without({ ...asked, message: `another machine is called ${node}, too` });
      const claim = await this.#tryToAsk(firing, asked);
      if (claim !== undefined) return claim;
      const left = PATIENCE_MS - (clock.mono() - begun);
      if (withoutEngine !== 'hold' && left <= 0) return this.#without(asked);
      const wait = withoutEngine === 'hold' ? PATIENCE_MS : left;
      await clock.sleep(wait, AbortSignal.any([signal, this.#change.signal]));
      // A server that refuses at once is not asked without end.
      if (this.connected) await clock.sleep(Math.min(RETRY_MS, Math.max(0, left)), signal);
    }
  }

  /** Asks the server, if it can be asked. Returns undefined when it is not known what came of it. */
  async #tryToAsk(firing: SharedFiring, asked: Asked): Promise<Claim | undefined> {
    const { skew } = this.#heartbeat;
    if (!this.connected || !this.#settled || skew === undefined) return undefined;
    if (Math.abs(skew) > this.#options.tickMs) return { kind: 'skewed', ms: skew };
    try {
      asked.tried = true;
      return await this.#ask(asked.key, firing, asked.entry);
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      asked.message = error.message;
      return undefined;
    }
  }

  #cancelled({ key, entry, tried }: Asked): Claim {
    if (tried) this.#firings.owe(key, { ...entry, state: 'missed', ended: this.#options.clock.wall() });
    return { kind: 'cancelled' };
  }

  #newEntry({ definition, onLost, covers }: SharedFiring): ClaimEntry {
    const { node, session, clock, hash } = this.#options;
    return {
      ...{ node, session, hash: hash(definition), began: clock.wall(), state: 'running', on_lost: onLost },
      ...(covers !== undefined && covers.instants.length > 1 ? { since: covers.since } : {}),
    };
  }

  /** Asks the store once. What is there already can be what this node has written without hearing of it. */
  async #ask(key: string, firing: SharedFiring, entry: ClaimEntry): Promise<Claim> {
    const { store, clock } = this.#options;
    const before = clock.mono();
    const value = JSON.stringify(entry);
    let revision = await store.create(key, value);
    if (revision === undefined || clock.mono() - before > STALE_MS) {
      const present = await store.get(key);
      if (present === undefined) return this.#ask(key, firing, entry);
      const other = readEntry<ClaimEntry>(present.value);
      const isOwn = other?.session === entry.session && other.state === 'running';
      if (!isOwn) {
        const differs = other !== undefined && other.hash !== entry.hash;
        if (differs) this.#definitions.differs(firing.condition, other.node, other.hash);
        this.#missed.owe(firing, other);
        const missed = other?.state === 'missed' ? { missed: true as const } : {};
        return { kind: 'taken', node: other?.node ?? 'another node', differs, ...missed };
      }
      revision = present.revision;
    }
    return this.#won(key, entry, revision);
  }

  #won(key: string, entry: ClaimEntry, revision: number): WonFiring {
    const { store, clock } = this.#options;
    this.#firings.wrote(key, entry, revision);
    const finish = async (outcome: RunOutcomeKind): Promise<string | undefined> => {
      const done: ClaimEntry = { ...entry, state: 'done', outcome, ended: clock.wall() };
      const last = this.#firings.revision(key) ?? revision;
      try {
        const written = await store.update(key, JSON.stringify(done), last);
        if (written !== undefined) {
          this.#firings.wrote(key, done, written);
          return undefined;
        }
        const present = await store.get(key);
        const other = present && readEntry<ClaimEntry>(present.value);
        if (other === undefined || (other.node === entry.node && other.session === entry.session)) return undefined;
        return other.node;
      } catch {
        // It is written when a server answers.
        this.#firings.owe(key, done);
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
  #without({ key, entry, message, tried }: Asked): Claim {
    const { withoutEngine, clock } = this.#options;
    if (withoutEngine === 'run') {
      const finish = (outcome: RunOutcomeKind): Promise<undefined> => {
        this.#firings.owe(key, { ...entry, state: 'done', outcome, ended: clock.wall(), unclaimed: true });
        if (this.connected) void this.#firings.pay();
        return Promise.resolve(undefined);
      };
      return { kind: 'unreachable', message, runs: true, finish };
    }
    if (tried) this.#firings.owe(key, { ...entry, state: 'missed', ended: clock.wall() });
    return { kind: 'unreachable', message, runs: false };
  }

  async #beat(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#end;
    while (!signal.aborted) {
      if (this.connected) await unlessUnreachable(this.#beatOnce());
      const wait = this.connected && !this.#settled ? SETTLE_MS : BEAT_MS;
      await clock.sleep(wait, this.connected ? signal : AbortSignal.any([signal, this.#change.signal]));
    }
  }

  async #beatOnce(): Promise<void> {
    await this.#definitions.write();
    await this.#heartbeat.beat();
    await this.#firings.restore(!this.#settled);
    this.#onSettled();
    await this.#firings.pay();
    if (this.#connectedSince !== undefined) await this.#missed.pay(this.#options.clock.mono() - this.#connectedSince);
    await this.#lostRuns.look();
    await this.#horizon.move();
    if (this.#connectedSince !== undefined) await this.#presence.beat(this.#connectedSince);
  }

  #onSettled(): void {
    const { clock } = this.#options;
    if (this.#settled || this.#connectedSince === undefined) return;
    // At the first connection this node has missed nothing.
    if (this.#interrupted && clock.mono() - this.#connectedSince < SETTLE_MS) return;
    this.#settled = true;
    this.#wake();
  }

  #wake(): void {
    this.#change.abort('changed');
    this.#change = new AbortController();
  }

  #onConnection(connected: boolean): void {
    if (connected === this.connected) return;
    this.#connectedSince = connected ? this.#options.clock.mono() : undefined;
    this.#settled = false;
    if (connected) {
      this.#definitions.onConnection();
      this.#lostRuns.onConnection();
    } else {
      this.#interrupted = true;
      this.#presence.lost();
    }
    this.#options.report({ kind: connected ? 'connected' : 'disconnected' });
    this.#wake();
  }

  #onSkew(ms: number): void {
    const { tickMs, report } = this.#options;
    const off = Math.abs(ms);
    const level = off > tickMs ? 'error' : off > SKEW_WARNING_MS ? 'warn' : 'ok';
    if (level === this.#skewLevel) return;
    this.#skewLevel = level;
    report({ kind: 'skew', ms, level });
  }

  #onNode(written: SharedEntry): void {
    const name = written.key.slice(NODES.length);
    if (name === this.node) {
      this.#heartbeat.see(written);
      return;
    }
    const entry = this.#peers.see(written);
    if (entry !== undefined) void this.#definitions.compare(name, entry.defined);
  }
}
