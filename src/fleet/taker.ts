import type { Worker, WorkResult } from '../core/fleet-port.ts';
import type { Clock } from '../core/ports.ts';
import { type SharedStore, UnreachableError, unlessUnreachable } from './shared-store.ts';
import {
  type OfferedWork,
  readOffered,
  readWork,
  stopPrefix,
  subjectsFor,
  type WorkEntry,
  workKey,
} from './work-entries.ts';
import { type QueuedWork, WORK_SILENCE_MS, type WorkQueue } from './work-queue.ts';

/** How often is looked for tasks that a reload has brought, ms. */
const LOOK_MS = 1000;
/** The same while this machine takes no part yet. */
const JOIN_MS = 100;
/** Work that this machine does not do now is for another one after so long, ms. */
const RELEASE_MS = 1000;

const NO_TASKS: ReturnType<Worker['tasks']> = [];
/** Since before anything was heard. */
const EVER = Number.NEGATIVE_INFINITY;

interface TakerDeps {
  readonly node: string;
  readonly session: string;
  readonly tags: readonly string[];
  readonly store: SharedStore;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly worker: Worker;
  hash(definition: string): string;
  /** Whether this machine is one of the fleet now. */
  takesPart(): boolean;
  isGone(node: string, session: string, since: number): boolean;
  /** Another machine has taken this one for dead, and its result is not wanted. */
  onTakenOver(task: string, node: string): void;
}

/** Does what other machines ask for. */
export class Taker {
  readonly #deps: TakerDeps;
  /** How to end taking the work of each subject. */
  readonly #subjects = new Map<string, () => void>();
  /** What is being done, by its id. */
  readonly #doing = new Map<string, AbortController>();
  readonly #active = new Set<Promise<void>>();
  #subscribed: ReturnType<Worker['tasks']> | undefined;
  #forAll: { readonly tasks: ReturnType<Worker['tasks']>; readonly hashes: readonly string[] } | undefined;
  readonly #end = new AbortController();
  #unwatch: () => void = () => {};
  #looking: Promise<void> | undefined;

  constructor(deps: TakerDeps) {
    this.#deps = deps;
  }

  /** The hashes of the tasks that this machine does whenever another one wants it to be done on all. */
  get tasks(): readonly string[] {
    const { worker, hash } = this.#deps;
    const tasks = worker.tasks();
    if (this.#forAll?.tasks !== tasks) {
      const hashes = tasks.filter(({ where }) => where === 'all').map(({ definition }) => hash(definition));
      this.#forAll = { tasks, hashes };
    }
    return this.#forAll.hashes;
  }

  begin(): void {
    const { store, node } = this.#deps;
    const stops = stopPrefix(node);
    this.#unwatch = store.watch(stops, ({ key }) =>
      this.#doing.get(key.slice(stops.length))?.abort({ code: 'cancelled' }),
    );
    this.#looking = this.#look();
  }

  async end(): Promise<void> {
    this.#end.abort('ended');
    this.#unwatch();
    for (const end of this.#subjects.values()) end();
    this.#subjects.clear();
    await this.#looking;
    await Promise.all(this.#active);
  }

  async #look(): Promise<void> {
    const { clock, takesPart } = this.#deps;
    while (!this.#end.signal.aborted) {
      this.#subscribe();
      await clock.sleep(takesPart() ? LOOK_MS : JOIN_MS, this.#end.signal);
    }
  }

  #subscribe(): void {
    const { worker, hash, node, tags, queue, takesPart } = this.#deps;
    const tasks = takesPart() ? worker.tasks() : NO_TASKS;
    if (tasks === this.#subscribed) return;
    this.#subscribed = tasks;
    const wanted = new Set(tasks.flatMap(({ definition, where }) => subjectsFor(where, hash(definition), node, tags)));
    for (const [subject, end] of this.#subjects)
      if (!wanted.delete(subject)) {
        end();
        this.#subjects.delete(subject);
      }
    for (const subject of wanted)
      this.#subjects.set(
        subject,
        queue.take(subject, (work) => this.#follow(work)),
      );
  }

  async #follow(queued: QueuedWork): Promise<void> {
    const active = this.#onWork(queued);
    this.#active.add(active);
    await active.finally(() => this.#active.delete(active));
  }

  async #onWork(queued: QueuedWork): Promise<void> {
    const { worker, isGone } = this.#deps;
    const offered = readOffered(queued.value);
    if (offered === undefined) return queued.done();
    if (this.#end.signal.aborted || !worker.accepts(offered.work)) return queued.release(RELEASE_MS);
    // Its run has ended with it.
    if (isGone(offered.node, offered.session, EVER)) return queued.done();
    const { id } = offered;
    const controller = new AbortController();
    this.#doing.set(id, controller);
    try {
      const claim = await this.#claim(offered);
      if (claim === 'over') queued.done();
      else if (claim === 'later') queued.release(WORK_SILENCE_MS / 2);
      else await this.#do(offered, queued, claim, controller.signal);
    } catch (error) {
      // It comes again, to this machine or to another one.
      if (!(error instanceof UnreachableError)) throw error;
    } finally {
      this.#doing.delete(id);
    }
  }

  /** Returns the revision of the entry that says that this machine does it. */
  async #claim({ id, node: asker, work }: OfferedWork): Promise<number | 'over' | 'later'> {
    const { store, node, session, isGone } = this.#deps;
    const key = workKey(asker, id);
    const entry: WorkEntry = { state: 'running', node, session };
    const revision = await store.create(key, JSON.stringify(entry));
    if (revision !== undefined) return revision;
    const present = await store.get(key);
    const other = present && readWork(present.value);
    if (present === undefined || other?.state !== 'running') return 'over';
    // The answer to an earlier question was lost.
    if (other.session === session) return present.revision;
    if (work.onLost === 'miss' || other.from !== undefined) return 'over';
    if (!isGone(other.node, other.session, EVER)) return 'later';
    return (await store.update(key, JSON.stringify({ ...entry, from: other.node }), present.revision)) ?? 'later';
  }

  async #do(offered: OfferedWork, queued: QueuedWork, revision: number, signal: AbortSignal): Promise<void> {
    const { worker, clock } = this.#deps;
    const over = new AbortController();
    const isOver = (): boolean => over.signal.aborted;
    const stay = async (): Promise<void> => {
      while (!isOver()) {
        await clock.sleep(WORK_SILENCE_MS / 4, over.signal);
        if (!isOver()) queued.working();
      }
    };
    const staying = stay();
    const result = await worker.execute(offered.node, offered.work, signal);
    await this.#report(offered, result, revision);
    over.abort('done');
    await staying;
    queued.done();
  }

  /** Writes what came of it, as soon as a server answers. */
  async #report(offered: OfferedWork, result: WorkResult, revision: number): Promise<void> {
    const { node, session, clock } = this.#deps;
    const value = JSON.stringify({ state: 'done', node, session, ...result } satisfies WorkEntry);
    while (!(await unlessUnreachable(this.#write(offered, value, revision)))) {
      if (this.#end.signal.aborted) return;
      await clock.sleep(LOOK_MS, this.#end.signal);
    }
  }

  /** Writes it once, if it is still that of this machine. */
  async #write({ id, node: asker, work }: OfferedWork, value: string, revision: number): Promise<true> {
    const { store, session, onTakenOver } = this.#deps;
    const key = workKey(asker, id);
    if ((await store.update(key, value, revision)) !== undefined) return true;
    const present = await store.get(key);
    const other = present && readWork(present.value);
    // A server has lost its last data, and others were written since.
    if (present === undefined) await store.create(key, value);
    else if (other?.state === 'running' && other.session === session) await store.update(key, value, present.revision);
    else if (other?.state === 'running') onTakenOver(work.task, other.node);
    return true;
  }
}
