import type { Dispatched, Work, WorkExchange, Worker } from '../core/fleet-port.ts';
import { type AskedResult, Asker, IDLE_MS, type Stage } from './asker.ts';
import type { FleetMember } from './member.ts';
import type { FleetMemberOptions } from './member-options.ts';
import { aServer } from './shared-store.ts';
import { Taker } from './taker.ts';
import { subjectOf, subjectsFor } from './work-entries.ts';
import type { WorkQueue } from './work-queue.ts';

/** How long work waits for a server before `without_engine` decides, ms. */
const PATIENCE_MS = 5000;
/** Between two looks whether a server answers, ms. */
const LOOK_MS = 200;

/** Takes what work waits for. `isLong`: this takes long. */
type Say = (what: string | undefined, isLong?: boolean) => void;

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
    const { node, session, store, clock } = options;
    this.#asker = new Asker({
      ...{ node, session, store, queue, clock },
      isGone: (other, instance, since) => member.isGone(other, instance, since),
      isSilent: (other) => member.isSilent(other),
      hasEnded: (other) => member.peers.get(other)?.entry.over === true,
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

  async dispatch(
    work: Work,
    signal: AbortSignal,
    onWaiting: (what: string | undefined) => void = () => {},
  ): Promise<Dispatched> {
    const { node } = this.#options;
    if (work.where === `host:${node}`) return { kind: 'here' };
    if (this.#member.nameTaken) return { kind: 'name-taken', node };
    const say = this.#sayer(work, onWaiting);
    const answer = (await this.#waitForServer(work, signal, say)) ?? (await this.#ask(work, signal, say));
    say(undefined);
    return answer;
  }

  /** Says each thing that work waits for once, and reports the first one that takes long. */
  #sayer({ task, where }: Work, onWaiting: (what: string | undefined) => void): Say {
    let [said, isReported] = [undefined as string | undefined, false];
    return (what, isLong = false) => {
      if (what !== said) onWaiting(what);
      said = what;
      if (what === undefined || !isLong || isReported) return;
      isReported = true;
      this.#options.report({ kind: 'work-idle', task, where, what });
    };
  }

  async #ask(work: Work, signal: AbortSignal, say: Say): Promise<Dispatched> {
    const { node, hash } = this.#options;
    const task = hash(work.definition);
    const places =
      work.where === 'all' ? [node, ...this.#member.aliveWith(task)].map((name) => `host:${name}`) : [work.where];
    const stages = new Map(places.map((where) => [where, 'asked' as Stage]));
    const results = await Promise.all(
      places.map((where) => {
        const other = where === `host:${node}` ? undefined : where.slice('host:'.length);
        return this.#asker.ask(subjectOf(where, task), work, signal, {
          alive: work.where === 'all' ? other : undefined,
          onLook: (stage) => {
            stages.set(where, stage);
            this.#look(stages, say);
          },
        });
      }),
    );
    const known = results.filter((result): result is AskedResult => result !== undefined);
    return known.length === results.length ? { kind: 'done', results: known } : { kind: 'cancelled' };
  }

  /** Says what is waited for. @param stages by where it is to be done */
  #look(stages: ReadonlyMap<string, Stage>, say: Say): void {
    const open = [...stages].filter(([, stage]) => stage !== 'begun');
    const isLong = open.some(([, stage]) => stage === 'idle');
    if (open.length === 0) say(undefined);
    else if (!this.#member.connected) say(aServer('none answers'), isLong);
    else say(isLong ? open.map(([where]) => this.#machineOf(where)).join(', ') : undefined, isLong);
  }

  /** Which machine is waited for. */
  #machineOf(where: string): string {
    const [kind, name] = where.split(':');
    if (kind === 'host') return `${name}${this.#troubleOf(name!)}`;
    return kind === 'tag' ? `a machine with the tag ${name} that is free` : 'a machine that is free';
  }

  /** Why a machine does not begin, as far as is known. */
  #troubleOf(name: string): string {
    const { node, peers, paused } = this.#member;
    const entry = peers.get(name)?.entry;
    if (name === node ? paused : entry?.paused && !this.#member.isSilent(name)) return ' (paused)';
    if (entry?.over) return ' (ended)';
    return name === node || !this.#member.isSilent(name) ? '' : ' (not connected)';
  }

  /** Resolves with undefined when a server answers, else with what happens without one. */
  async #waitForServer(work: Work, signal: AbortSignal, say: Say): Promise<Dispatched | undefined> {
    const { clock, withoutEngine, node, tags, hash } = this.#options;
    const begun = clock.mono();
    while (!this.#member.connected) {
      if (signal.aborted) return { kind: 'cancelled' };
      if (withoutEngine !== 'hold' && clock.mono() - begun >= PATIENCE_MS) {
        const isOwn = subjectsFor(work.where, hash(work.definition), node, tags).length > 0;
        if (withoutEngine === 'run' && isOwn) return { kind: 'here' };
        return { kind: 'unreachable', message: '' };
      }
      say(aServer('none answers'), clock.mono() - begun >= IDLE_MS);
      await clock.sleep(LOOK_MS, signal);
    }
    return undefined;
  }
}
