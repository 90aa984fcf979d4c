import type { LockListener, SharedValue, SharedWithScripts, StateAnswer, StateRequest } from '../core/ports.ts';
import { isIdentifier } from '../lua/identifier.ts';
import { type LockOwner, NamedLocks } from '../lua/named-locks.ts';
import { SharedStates } from '../lua/shared-states.ts';
import type { LockOfProgram, StateChange, WorkerCommand, WorkerReport } from '../lua/worker-messages.ts';
import { sharedEntries, sharedValue, storedEntries, storedValue } from './lua-kept-state.ts';

/** Bytes of all shared states together beyond which programs cannot add to them. */
const MOST_BYTES = 16 << 20;

/** A lock that a program has, or waits for. */
interface Lock extends LockOfProgram, LockOwner {
  readonly listener: LockListener;
  held: boolean;
  /** Ends the wait for it, as long as no thread runs. */
  cancel: () => void;
}

type Report = Extract<WorkerReport, { what: 'shared' | 'state-changed' | 'lock' }>;

const checkName = (name: string | undefined, what: string): string => {
  if (name === undefined) throw new Error(`the name of ${what} is missing`);
  if (isIdentifier(name)) return name;
  throw new Error(`${JSON.stringify(name.slice(0, 80))} is not the name of ${what}: expected letters, digits and _`);
};

const changeOf = (request: StateRequest): StateChange => {
  const name = checkName(request.name, 'a shared state');
  const { key } = request;
  if (request.action === 'remove')
    return key === undefined ? { name, entries: undefined } : { name, key: checkName(key, 'a key'), value: undefined };
  if (request.value === undefined) throw new Error('the value is missing');
  if (key === undefined) return { name, entries: storedEntries(request.value, (one) => checkName(one, 'a key')) };
  return { name, key: checkName(key, 'a key'), value: storedValue(request.value, `the value of ${key}`) };
};

/**
 * What programs share with scripts: states and locks. While a thread runs scripts, it decides; without one, this does, so that programs
 * alone do not start a thread.
 */
export class SharedWithPrograms implements SharedWithScripts {
  readonly states = new SharedStates();
  readonly #changes = new Map<number, { readonly change: StateChange; readonly done: (found: boolean) => void }>();
  readonly #locks = new Map<number, Lock>();
  #own = new NamedLocks<Lock>();
  #send: ((command: WorkerCommand) => void) | undefined;
  #lastId = 0;

  async state(request: StateRequest): Promise<StateAnswer> {
    if (request.action === 'list') return this.#list(request.name);
    if (request.action === 'get') return this.#get(checkName(request.name, 'a shared state'), request.key);
    const change = changeOf(request);
    if (request.action === 'set' && this.states.bytesAfter(change) > MOST_BYTES)
      throw new Error(`the shared states have at most ${MOST_BYTES >> 20} MiB together`);
    return { found: await this.#change(change) };
  }

  #list(name: string | undefined): StateAnswer {
    if (name === undefined) return { found: true, names: this.states.all.map(([one]) => one).sort() };
    const entries = this.states.get(checkName(name, 'a shared state'));
    return { found: entries !== undefined, names: (entries ?? []).map(([key]) => key).sort() };
  }

  #get(name: string, key: string | undefined): StateAnswer {
    const entries = this.states.get(name);
    if (entries === undefined) return { found: false };
    if (key === undefined) return { found: true, value: sharedEntries(entries) };
    const value: SharedValue | undefined = sharedValue(entries.find(([one]) => one === key)?.[1]);
    return value === undefined ? { found: false } : { found: true, value };
  }

  #change(change: StateChange): boolean | Promise<boolean> {
    const send = this.#send;
    if (send === undefined) return this.states.change(change);
    return new Promise((done) => {
      const id = ++this.#lastId;
      this.#changes.set(id, { change, done });
      send({ what: 'change-state', id, change });
    });
  }

  async lock(name: string, by: string, listener: LockListener): Promise<() => void> {
    checkName(name, 'a lock');
    const id = ++this.#lastId;
    const lock: Lock = { id, name, by, listener, condition: '', over: false, held: false, cancel: () => {} };
    this.#locks.set(id, lock);
    if (this.#send) this.#send({ what: 'lock', lock: { id, name, by } });
    else this.#takeHere(lock);
    return () => this.#leave(lock);
  }

  #takeHere(lock: Lock): void {
    const holder = this.#own.ownerOf(lock.name);
    if (holder !== undefined) lock.listener.waiting(holder.by);
    lock.cancel = this.#own.wait(lock.name, lock, () => this.#granted(lock));
  }

  #granted(lock: Lock): void {
    lock.held = true;
    lock.listener.granted();
  }

  #leave(lock: Lock): void {
    if (!this.#locks.delete(lock.id)) return;
    if (this.#send) this.#send({ what: 'unlock', id: lock.id });
    else if (lock.held) this.#own.release(lock.name);
    else lock.cancel();
  }

  /** The locks for a thread that starts: those that programs have, then those that they wait for, in order. */
  get locks(): readonly LockOfProgram[] {
    const all = [...this.#locks.values()];
    return [...all.filter(({ held }) => held), ...all.filter(({ held }) => !held)].map(({ id, name, by }) => ({
      ...{ id, name, by },
    }));
  }

  /** Called when a thread has started, with what there was: from now on it decides. */
  attach(send: (command: WorkerCommand) => void): void {
    this.#send = send;
  }

  /** Called when the thread is gone, with the locks of its scripts. What it has not carried out is carried out here. */
  detach(): void {
    this.#send = undefined;
    for (const { change, done } of this.#changes.values()) done(this.states.change(change));
    this.#changes.clear();
    this.#own = new NamedLocks();
    const all = [...this.#locks.values()];
    for (const lock of all) if (lock.held) this.#own.take(lock.name, lock);
    for (const lock of all) if (!lock.held) this.#takeHere(lock);
  }

  receive(report: Report): void {
    if (report.what === 'shared') this.states.set(report.name, report.entries);
    else if (report.what === 'state-changed') {
      this.#changes.get(report.id)?.done(report.found);
      this.#changes.delete(report.id);
    } else {
      const lock = this.#locks.get(report.id);
      // It has left meanwhile, or had the lock before this thread.
      if (lock === undefined || lock.held) return;
      if (report.holder === undefined) this.#granted(lock);
      else lock.listener.waiting(report.holder);
    }
  }
}
