import type { Claim, Fleet, LostRun, SharedFiring, WorkExchange } from '../core/fleet-port.ts';
import { messageOf } from '../error-message.ts';
import { Claims, PATIENCE_MS } from './claims.ts';
import { Definitions } from './definitions.ts';
import { NODES, type NodeEntry } from './entries.ts';
import { BEAT_MS, Heartbeat } from './heartbeat.ts';
import { Horizon } from './horizon.ts';
import { LostRuns } from './lost-runs.ts';
import type { FleetMemberOptions } from './member-options.ts';
import { MissedFirings } from './missed-firings.ts';
import type { OwedFirings } from './owed-firings.ts';
import { OwnFirings } from './own-firings.ts';
import { FleetPeers } from './peers.ts';
import { PresenceLog } from './presence.ts';
import { type SharedEntry, unlessUnreachable } from './shared-store.ts';
import { StandingReports } from './standing-reports.ts';
import { Turns } from './turns.ts';

/** How long all nodes have to write again what a server has lost, ms. */
const SETTLE_MS = 1000;
/** What was written before so many beats is not recent. */
const RECENT_BEATS = 3;

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
  readonly #missed: MissedFirings;
  readonly #claims: Claims;
  readonly #turns: Turns;
  readonly #presence: PresenceLog;
  #connectedSince: number | undefined;
  /** After an interruption: nothing is claimed before other nodes can have written what the server has lost. */
  #settled = false;
  #interrupted = false;
  /** Its scheduler is paused. */
  paused = false;
  readonly #standing: StandingReports;
  #onLost: (lost: LostRun) => void = () => {};
  #change = new AbortController();
  #lastFault = '';
  /** Of the last beats of the own heart, oldest first. */
  #revisions: readonly number[] = [];
  #beating: Promise<unknown> | undefined;

  constructor(options: FleetMemberOptions) {
    this.#options = options;
    this.#standing = new StandingReports(options);
    const { node, session, store, clock, version, tags, report, tickMs, hash } = options;
    const [skew, paused] = [() => this.#heartbeat.skew, () => this.paused];
    this.#peers = new FleetPeers({
      ...{ node, clock },
      connectedSince: () => this.#connectedSince,
      onDead: (dead) => report({ kind: 'node-dead', node: dead }),
    });
    this.#definitions = new Definitions({
      ...{ node, session, store, clock, hash, definitions: options.definitions },
      onDifference: (condition, other) => report({ kind: 'definition-differs', condition, node: other }),
    });
    this.#lostRuns = new LostRuns({
      ...{ node, session, store, clock, paused, peers: this.#peers, first: () => this.#horizon.read() },
      hashOf: (condition) => this.#definitions.own.hashes[condition],
      won: (key, entry, revision) => this.#claims.won(key, entry, revision),
      onLost: (lost) => this.#onLost(lost),
      onRead: (from, read) => this.#firings.compare(from, read),
      onOwn: async (key, entry, revision) => {
        if (!this.#claims.isAsking(key)) await this.#firings.correct(key, entry, revision);
      },
    });
    this.#horizon = new Horizon({ store, clock, horizon: () => this.#lostRuns.horizon });
    const onPaid = (): void => options.keeper?.replace(this.owed);
    this.#firings = new OwnFirings({
      ...{ store, clock, session, keeper: options.keeper, onPaid },
      onRanTwice: (firing) => report({ kind: 'ran-twice', ...firing }),
    });
    this.#missed = new MissedFirings({
      ...{ node, session, store, clock, tickMs, hash, skew, onPaid },
      onReported: (missed) => report({ kind: 'missed', ...missed }),
    });
    this.#presence = new PresenceLog({ node, session, store, clock, tickMs, skew, paused });
    this.#heartbeat = new Heartbeat({
      ...{ node, session, store, clock },
      define: () => this.#definitions.write(),
      entry: () => ({
        ...{ version, tags, defined: this.#definitions.own.digest, tasks: options.tasks?.() ?? [] },
        ...(this.paused ? { paused: true } : {}),
      }),
      onNameTaken: (began) => report({ kind: 'name-taken', node, ...(began === undefined ? {} : { began }) }),
      onNameFree: () => report({ kind: 'name-free', node }),
      onSkew: (ms) => this.#standing.onSkew(ms),
    });
    this.#turns = new Turns({
      ...{ node, store, clock, alive: () => this.#peers.alive },
      recentRevision: () => this.#revisions[0],
    });
    this.#claims = new Claims({
      ...options,
      ...{ firings: this.#firings, missed: this.#missed, ended: this.#end.signal, turns: this.#turns },
      changed: () => this.#change.signal,
      standing: () => ({
        ...{ connected: this.connected, settled: this.#settled },
        ...{ skew: this.#heartbeat.skew, nameTaken: this.#heartbeat.nameTaken, paused: this.paused },
      }),
      onDifference: (condition, other, differing) => this.#definitions.differs(condition, other, differing),
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
  /** Another instance has the name of this machine: this one takes no part. */
  get nameTaken(): boolean {
    return this.#heartbeat.nameTaken;
  }
  /** Whether this instance has the name of this machine. */
  get hasName(): boolean {
    return this.#heartbeat.hasName;
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
    );
    this.#presence.begin();
    if (store.connected) this.#onConnection(true);
    void this.#reach();
    // A heart that waited for the rest could be taken for dead.
    this.#beating = Promise.all([this.#repeat(() => this.#beat()), this.#repeat(() => this.#tend())]);
  }

  /** Takes no part any more. Resolves when the other nodes can know it, or at once if no server answers. */
  async leave(): Promise<void> {
    this.#end.abort('left');
    this.#change.abort('left');
    for (const end of this.#unwatch) end();
    await Promise.all([this.#beating, this.#claims.finished()]);
    if (this.#connectedSince === undefined) return;
    await this.#firings.pay();
    await this.#heartbeat.beat(true).catch(() => {});
    if (this.hasName) await unlessUnreachable(this.#presence.beat(this.#connectedSince, true));
  }

  /** What no server has yet: for the next instance, when this one has left. */
  get owed(): OwedFirings {
    return { missed: this.#missed.owed, written: this.#firings.owed };
  }
  /** Takes what an earlier instance has not written. */
  owe({ missed, written }: OwedFirings): void {
    this.#missed.restore(missed);
    this.#firings.take(written);
  }

  missed(firing: SharedFiring): void {
    this.#missed.owe(firing);
  }

  claim(firing: SharedFiring, signal: AbortSignal, onWaiting?: (what: string) => void): Promise<Claim> {
    return this.#claims.claim(firing, signal, onWaiting);
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    this.#wake();
  }

  /** Reports once that no server has answered since the start. */
  async #reach(): Promise<void> {
    const { clock, report } = this.#options;
    await clock.sleep(PATIENCE_MS, AbortSignal.any([this.#end.signal, this.#change.signal]));
    if (!this.connected && !this.#interrupted && !this.#end.signal.aborted) report({ kind: 'unreached' });
  }

  /** Does something as often as the heart beats, while a server answers. */
  async #repeat(act: () => Promise<unknown>): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#end;
    while (!signal.aborted) {
      if (this.connected) await unlessUnreachable(act()).catch((error: unknown) => this.#onFault(error));
      const wait = this.connected && !(this.#settled && this.hasName) ? SETTLE_MS : BEAT_MS;
      await clock.sleep(wait, this.connected ? signal : AbortSignal.any([signal, this.#change.signal]));
    }
  }

  async #beat(): Promise<void> {
    const knewClock = this.skew !== undefined;
    await this.#standing.written(this.#heartbeat.beat());
    if (!this.hasName) return;
    if (!knewClock) this.#wake();
    if (this.#connectedSince !== undefined) await this.#presence.beat(this.#connectedSince);
  }

  /** Does what can take long, when there is much of it. */
  async #tend(): Promise<void> {
    await this.#firings.restore(!this.#settled);
    this.#onSettled();
    await this.#firings.pay();
    // What another instance with this name runs is not lost.
    if (!this.hasName) return;
    if (this.#connectedSince !== undefined) await this.#missed.pay(this.#options.clock.mono() - this.#connectedSince);
    await this.#lostRuns.look();
    await this.#horizon.move();
  }

  /** A fault in one of the parts must not end the heart. */
  #onFault(error: unknown): void {
    const message = messageOf(error);
    if (message !== this.#lastFault) this.#options.report({ kind: 'fault', message });
    this.#lastFault = message;
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
    this.#revisions = [];
    this.#turns.forget();
    if (connected) {
      this.#definitions.onConnection();
      this.#heartbeat.onConnection();
      this.#standing.onConnection();
      this.#lostRuns.onConnection();
    } else {
      this.#interrupted = true;
      this.#presence.lost();
    }
    this.#options.report({ kind: connected ? 'connected' : 'disconnected' });
    this.#wake();
  }

  #onNode(written: SharedEntry): void {
    const name = written.key.slice(NODES.length);
    this.#peers.listen();
    if (name === this.node) {
      this.#revisions = [...this.#revisions, written.revision].slice(-RECENT_BEATS);
      this.#heartbeat.see(written);
      return;
    }
    const entry = this.#peers.see(written);
    if (entry && !entry.over) void this.#definitions.compare(name, entry.defined);
  }
}
