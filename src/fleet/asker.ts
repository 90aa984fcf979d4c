import type { Work, WorkResult } from '../core/fleet-port.ts';
import type { Clock } from '../core/ports.ts';
import { type SharedEntry, type SharedStore, unlessUnreachable } from './shared-store.ts';
import { type OfferedWork, readWork, stopKey, type WorkEntry, workKey, workOf } from './work-entries.ts';
import type { WorkQueue } from './work-queue.ts';

/** How often is looked whether those that do work are alive, ms. */
const LOOK_MS = 1000;
/** How long the end of work is waited for that is not wanted any more, ms. */
const CANCEL_MS = 5000;
/** No machine has begun after so long: this is reported, ms. */
export const IDLE_MS = 10_000;

interface AskerDeps {
  readonly node: string;
  readonly session: string;
  readonly store: SharedStore;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  isGone(node: string, session: string, since: number): boolean;
  /** Nothing can be expected of a machine now. */
  isSilent(node: string): boolean;
  /** A machine has left in order. */
  hasEnded(node: string): boolean;
}

/** How far it is with work: asked for, asked for long ago and not begun, or begun, or over. */
export type Stage = 'asked' | 'idle' | 'begun';

/** How work is asked for. */
interface Asking {
  /** A machine that is not waited for when it dies before it has begun. */
  readonly alive?: string | undefined;
  /** Called again and again with how far it is. */
  onLook?(stage: Stage): void;
}

/** What work came to, and on which machine. */
export type AskedResult = WorkResult & { readonly node: string };

/** Work that this machine has asked for. */
interface Open {
  readonly offered: OfferedWork;
  readonly subject: string;
  readonly began: number;
  readonly asking: Asking;
  isOffered: boolean;
  /** The machine that does it. `since`: when that became known, monotonic ms. */
  running?: { readonly entry: WorkEntry & { state: 'running' }; readonly revision: number; readonly since: number };
  /** It is not wanted any more: since when, monotonic ms. */
  stopped?: number;
  /** The machine that does it, or may come to do it, knows that. */
  isStopped?: true;
  resolve(result: AskedResult | undefined): void;
}

/** Asks other machines for work, and waits for what comes of it. */
export class Asker {
  readonly #deps: AskerDeps;
  readonly #open = new Map<string, Open>();
  readonly #end = new AbortController();
  readonly #unwatch: (() => void)[] = [];
  #looking: Promise<void> | undefined;
  #wake = new AbortController();
  #count = 0;

  constructor(deps: AskerDeps) {
    this.#deps = deps;
  }

  begin(): void {
    const { store, node } = this.#deps;
    this.#unwatch.push(
      store.watch(workOf(node), (entry) => this.#onEntry(entry)),
      store.onConnection((connected) => {
        // A server that has lost its last data has lost what was offered, too.
        if (connected) for (const open of this.#open.values()) open.isOffered = false;
        if (connected) this.#wakeUp();
      }),
    );
    this.#looking = this.#look();
  }

  /** Ends; what is not wanted any more is said before. */
  async end(): Promise<void> {
    this.#end.abort('ended');
    this.#wakeUp();
    for (const end of this.#unwatch) end();
    await this.#looking;
    for (const open of this.#open.values())
      if (open.stopped !== undefined) await unlessUnreachable(this.#withdraw(open));
  }

  /** Resolves with what came of it; undefined: it was cancelled. Never rejects. */
  ask(subject: string, work: Work, signal: AbortSignal, asking: Asking = {}): Promise<AskedResult | undefined> {
    const { node, session, clock } = this.#deps;
    this.#count += 1;
    const id = `${session}-${this.#count}`;
    return new Promise((done) => {
      const cancel = (): void => {
        open.stopped ??= clock.mono();
        void unlessUnreachable(this.#withdraw(open));
        this.#wakeUp();
      };
      const open: Open = {
        ...{ offered: { id, node, session, work }, subject, began: clock.mono() },
        ...{ asking, isOffered: false },
        resolve: (result) => {
          this.#open.delete(id);
          asking.onLook?.('begun');
          signal.removeEventListener('abort', cancel);
          done(result);
        },
      };
      this.#open.set(id, open);
      signal.addEventListener('abort', cancel);
      if (signal.aborted) cancel();
      else void unlessUnreachable(this.#offer(open));
    });
  }

  #wakeUp(): void {
    this.#wake.abort('woken');
    this.#wake = new AbortController();
  }

  async #offer(open: Open): Promise<void> {
    const { queue } = this.#deps;
    open.isOffered = true;
    try {
      await queue.offer(open.subject, open.offered.id, JSON.stringify(open.offered));
    } catch (error) {
      open.isOffered = false;
      throw error;
    }
  }

  #onEntry({ key, value, revision }: SharedEntry): void {
    const { node, store, clock, session } = this.#deps;
    const open = this.#open.get(key.slice(workOf(node).length));
    const entry = readWork(value);
    if (open === undefined || entry === undefined) return;
    if (entry.state === 'running') {
      if (open.running?.revision === revision) return;
      open.running = { entry, revision, since: clock.mono() };
      open.asking.onLook?.('begun');
      if (open.stopped !== undefined) {
        delete open.isStopped;
        this.#wakeUp();
      }
      return;
    }
    if (entry.state === 'over') {
      open.resolve(undefined);
      return;
    }
    open.resolve({ node: entry.node, outcome: entry.outcome, output: entry.output });
    // The output need not stay.
    const over: WorkEntry = { state: 'over', node: entry.node, session };
    void unlessUnreachable(store.update(key, JSON.stringify(over), revision));
  }

  /** Has work ended that is not wanted any more, or sees to it that it does not begin. */
  async #withdraw(open: Open): Promise<void> {
    const { store, node, session } = this.#deps;
    const { id } = open.offered;
    const over: WorkEntry = { state: 'over', node, session };
    let worker = open.running?.entry;
    if (worker === undefined) {
      const key = workKey(node, id);
      if ((await store.create(key, JSON.stringify(over))) !== undefined) {
        open.isStopped = true;
        open.resolve(undefined);
        return;
      }
      const present = await store.get(key);
      const entry = present && readWork(present.value);
      if (entry?.state !== 'running') return;
      worker = entry;
    }
    await store.create(stopKey(worker.node, id), JSON.stringify({ session }));
    open.isStopped = true;
  }

  #stageOf({ running, began }: Open): Stage {
    if (running !== undefined) return 'begun';
    return this.#deps.clock.mono() - began < IDLE_MS ? 'asked' : 'idle';
  }

  async #look(): Promise<void> {
    const { clock, store } = this.#deps;
    while (!this.#end.signal.aborted) {
      for (const open of [...this.#open.values()]) {
        open.asking.onLook?.(this.#stageOf(open));
        if (store.connected) await unlessUnreachable(this.#lookAt(open));
        if (open.stopped !== undefined && clock.mono() - open.stopped >= CANCEL_MS) open.resolve(undefined);
      }
      const signal = AbortSignal.any([this.#wake.signal, this.#end.signal]);
      await clock.sleep(this.#open.size > 0 ? LOOK_MS : CANCEL_MS, signal);
    }
  }

  async #lookAt(open: Open): Promise<void> {
    const { isGone, isSilent } = this.#deps;
    if (open.stopped !== undefined) {
      if (!open.isStopped) await this.#withdraw(open);
      return;
    }
    const { running, offered } = open;
    if (running === undefined) {
      const { alive } = open.asking;
      if (alive !== undefined && isSilent(alive)) return this.#giveUp(open, alive);
      if (!open.isOffered) await this.#offer(open);
      return;
    }
    const { node, session, from } = running.entry;
    const again = offered.work.onLost === 'rerun' && from === undefined && !open.subject.startsWith('host.');
    if (!again && isGone(node, session, running.since)) await this.#giveUp(open, node);
  }

  /** The machine has died, and no other one repeats what it did or was to do. */
  async #giveUp({ offered, running }: Open, worker: string): Promise<void> {
    const { store, node, session, hasEnded } = this.#deps;
    const ended = hasEnded(worker) ? { ended: true as const } : {};
    const lost: WorkEntry = {
      ...{ state: 'done', node: worker, session, output: {} },
      outcome: { kind: 'error', reason: { code: 'fleet-worker-lost', node: worker, ...ended } },
    };
    const [key, value] = [workKey(node, offered.id), JSON.stringify(lost)];
    // What has begun meanwhile goes on.
    await (running === undefined ? store.create(key, value) : store.update(key, value, running.revision));
  }
}
