import type { Dispatched, Work, WorkExchange, Worker } from '../core/fleet-port.ts';
import { type AskedResult, Asker } from './asker.ts';
import type { FleetMember } from './member.ts';
import type { FleetMemberOptions } from './member-options.ts';
import { Taker } from './taker.ts';
import { subjectOf, subjectsFor } from './work-entries.ts';
import type { WorkQueue } from './work-queue.ts';

/** How long work waits for a server before `without_engine` decides, ms. */
const PATIENCE_MS = 5000;
/** Between two looks whether a server answers, ms. */
const LOOK_MS = 200;

/** Hands runs of tasks to other machines, and takes theirs. */
export class FleetWork implements WorkExchange {
  readonly #options: FleetMemberOptions;
  readonly #member: FleetMember;
  readonly #queue: WorkQueue;
  readonly #asker: Asker;
  #taker: Taker | undefined;

  constructor(options: FleetMemberOptions, member: FleetMember, queue: WorkQueue) {
    this.#options = options;
    this.#member = member;
    this.#queue = queue;
    const { node, session, store, clock, report } = options;
    this.#asker = new Asker({
      ...{ node, session, store, queue, clock },
      isGone: (other, instance, since) => member.isGone(other, instance, since),
      isSilent: (other) => member.isSilent(other),
      onIdle: ({ task, where }) => report({ kind: 'work-idle', task, where }),
    });
  }

  /** The hashes of the tasks that this machine does for others. */
  get tasks(): readonly string[] {
    return this.#taker?.tasks ?? [];
  }

  onWork(worker: Worker): void {
    const { node, session, tags, store, clock, hash, report } = this.#options;
    this.#taker = new Taker({
      ...{ node, session, tags, store, clock, worker, hash, queue: this.#queue },
      takesPart: () => this.#member.hasName,
      isGone: (other, instance, since) => this.#member.isGone(other, instance, since),
      onTakenOver: (task, other) => report({ kind: 'work-taken-over', task, node: other }),
    });
  }

  /** Takes part from now on. */
  begin(): void {
    this.#asker.begin();
    this.#taker?.begin();
  }

  async end(): Promise<void> {
    await this.#taker?.end();
    await this.#asker.end();
  }

  async dispatch(work: Work, signal: AbortSignal): Promise<Dispatched> {
    const { node, hash } = this.#options;
    if (work.where === `host:${node}`) return { kind: 'here' };
    if (this.#member.nameTaken) return { kind: 'name-taken', node };
    const without = await this.#waitForServer(work, signal);
    if (without !== undefined) return without;
    const task = hash(work.definition);
    const results = await Promise.all(
      work.where === 'all'
        ? [node, ...this.#member.aliveWith(task)].map((name) =>
            this.#asker.ask(subjectOf(`host:${name}`, task), work, signal, name === node ? undefined : name),
          )
        : [this.#asker.ask(subjectOf(work.where, task), work, signal)],
    );
    const known = results.filter((result): result is AskedResult => result !== undefined);
    return known.length === results.length ? { kind: 'done', results: known } : { kind: 'cancelled' };
  }

  /** Resolves with undefined when a server answers, else with what happens without one. */
  async #waitForServer(work: Work, signal: AbortSignal): Promise<Dispatched | undefined> {
    const { clock, withoutEngine, node, tags, hash } = this.#options;
    const begun = clock.mono();
    while (!this.#member.connected) {
      if (signal.aborted) return { kind: 'cancelled' };
      if (withoutEngine !== 'hold' && clock.mono() - begun >= PATIENCE_MS) {
        const isOwn = subjectsFor(work.where, hash(work.definition), node, tags).length > 0;
        if (withoutEngine === 'run' && isOwn) return { kind: 'here' };
        return { kind: 'unreachable', message: 'no server has answered yet' };
      }
      await clock.sleep(LOOK_MS, signal);
    }
    return undefined;
  }
}
