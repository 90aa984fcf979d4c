import { runSecrets } from '../run-secrets.ts';
import type { RepeatFact, TraceContext, Transition, TransitionFact } from './fact.ts';
import type { TopicStore } from './memory.ts';
import { bytesFor, Ring, transitionBytes } from './ring.ts';

/** Transitions that each item keeps for itself, however many others have. */
const OWN_TRANSITIONS = 16;
/** Bytes of them. */
export const OWN_TRANSITIONS_BYTES = 64 * 1024;

/** A row of equal transitions that goes on is reported so often, in ms: a recording of a running instance is not further behind. */
const REPEATS_REPORTED_MS = 60_000;

/** The state of a task that has been started. */
const STARTED = 'running';

/** How often a transition was repeated, and the last time. */
interface Repeats {
  count: number;
  lastTime: number;
  lastCause: string | null;
  lastRun: string | null;
  /** Of the last one; undefined: it had none. */
  output: string | undefined;
  /** Equal transitions since the last fact about it, and when that was (monotonic ms). */
  unreported: number;
  reportedAt: number;
}

/** A transition that may still be counted up. */
class Entry {
  readonly fact: TransitionFact;
  order: number;
  /** Why the run began that led to it; tasks only. */
  readonly runReason: string;
  /** Undefined: it was not repeated. */
  repeats: Repeats | undefined;

  constructor(fact: TransitionFact, order: number, runReason: string) {
    this.fact = fact;
    this.order = order;
    this.runReason = runReason;
  }

  get transition(): Transition {
    const { kind: _, item: __, output, ...fact } = this.fact;
    const { time, cause, run } = fact;
    const { count, lastTime, lastCause, lastRun, ...last } = this.repeats ?? {
      ...{ count: 1, lastTime: time, lastCause: cause, lastRun: run, output },
    };
    return {
      ...{ ...fact, count, lastTime, lastCause, lastRun, order: this.order },
      ...(last.output === undefined ? {} : { output: last.output }),
    };
  }
  get count(): number {
    return this.repeats?.count ?? 1;
  }
  /** Whether it follows from a cause, or is part of a run, the first or the last time. */
  isOf(id: string): boolean {
    const { fact, repeats } = this;
    return [fact.cause, fact.run, repeats?.lastCause, repeats?.lastRun].includes(id);
  }
  /** It happened again. */
  repeat(count: number, time: number, cause: string | null, run: string | null): Repeats {
    const { output, mono: reportedAt } = this.fact;
    this.repeats ??= { count, lastTime: time, lastCause: cause, lastRun: run, output, unreported: 0, reportedAt };
    const { repeats } = this;
    repeats.count = count;
    repeats.lastTime = time;
    repeats.lastCause = cause;
    repeats.lastRun = run;
    return repeats;
  }
}

/** What the history needs of the journal it is part of. */
interface HistoryDeps {
  readonly clock: { wall(): number; mono(): number };
  /** The number of the last fact. */
  readonly seq: { last: number };
  readonly topics: TopicStore;
  /** Hands a fact to the listeners of all facts. */
  hand(fact: TransitionFact | RepeatFact): void;
}

/** What a transition says besides the states and the reason, for programs. */
export type TransitionDetails = Pick<TransitionFact, 'code' | 'reason' | 'concerns' | 'output'>;

/** Why an item is in its state. */
export type LastReason = Pick<TransitionFact, 'code' | 'reason' | 'why'>;

/** The states of one item and its last transitions. */
export class Track {
  readonly key: string;
  state: string;
  /** When the state changed last, wall-clock ms; 0: it has not. */
  since = 0;
  /** Made with the second one: many items only ever have their first state. */
  #own: Ring<Entry> | undefined;
  readonly #history: ItemTransitions;
  /** A task is run by several conditions: its outcome belongs to the one that ran it. */
  readonly #shared: boolean;
  /** Why its last run began. */
  #runReason = '';
  #last: Entry | undefined;
  #before: Entry | undefined;

  constructor(key: string, state: string, history: ItemTransitions) {
    this.key = key;
    this.state = state;
    this.#history = history;
    this.#shared = key.startsWith('task/');
  }

  /** The last transitions that it keeps for itself, oldest first. */
  get own(): readonly Entry[] {
    if (this.#own !== undefined) return this.#own.values;
    return this.#last === undefined ? [] : [this.#last];
  }
  /** The last transition. */
  get last(): Transition | undefined {
    return this.#last?.transition;
  }
  /** The same as it was the first time, without how often it was repeated: costs nothing. */
  get lastFact(): TransitionFact | undefined {
    return this.#last?.fact;
  }

  /** The item is in state `finish` now. The same state with a reason: it was looked at and stayed. */
  to(finish: string, reason: string, { cause, run }: TraceContext, details?: TransitionDetails): void {
    const why = runSecrets.mask(reason);
    const tags = details && runSecrets.maskIn(details);
    const start = this.state;
    const { deps, watched, listening } = this.#history;
    const { clock, topics } = deps;
    const [time, mono] = [clock.wall(), clock.mono()];
    this.state = finish;
    if (start !== finish) this.since = time;
    const again = this.#same(start, finish, why);
    if (again) this.#count(again, time, cause, run, tags?.output);
    if (again && !listening) return;
    if (again?.repeats && start === finish) {
      again.repeats.unreported += 1;
      if (mono - again.repeats.reportedAt >= REPEATS_REPORTED_MS) this.#report(again, again.repeats, mono);
      return;
    }
    if (!again) this.reportRepeats();
    deps.seq.last += 1;
    const seq = deps.seq.last;
    const { key } = this;
    const plain: TransitionFact = {
      kind: 'transition',
      seq,
      time,
      mono,
      item: key,
      run,
      cause,
      key,
      start,
      finish,
      why,
    };
    const fact = tags === undefined ? plain : { ...plain, ...tags };
    if (!again) this.#keep(fact);
    // In order: what a handler of a topic causes comes after it.
    if (watched) deps.hand(fact);
    if (again) topics.repeat(fact);
    else topics.publish(fact);
  }

  /** Takes a transition of a recording. Returns whether it is a new one; else it is counted. */
  restore(fact: TransitionFact): boolean {
    const { start, finish, why, time, cause, run, output } = fact;
    this.state = finish;
    const again = this.#same(start, finish, why);
    if (again) this.#count(again, time, cause, run, output);
    else this.#keep(fact);
    return again === undefined;
  }

  /** Takes the count of a recording. */
  recount({ of, count, time, cause, run }: RepeatFact): void {
    const entry = [this.#last, this.#before].find((one) => one?.fact.seq === of);
    if (entry === undefined) return;
    entry.order = this.#history.count(Math.max(0, count - entry.count));
    entry.repeat(Math.max(entry.count, count), time, cause, run);
    this.#makeLast(entry);
  }

  /** Reports how long rows of equal transitions were, the later one last: they have ended, or the recording does. */
  reportRepeats(): void {
    const mono = this.#history.deps.clock.mono();
    for (const entry of [this.#before, this.#last])
      if (entry?.repeats && entry.repeats.unreported > 0) this.#report(entry, entry.repeats, mono);
  }

  #report({ fact }: Entry, repeats: Repeats, mono: number): void {
    repeats.unreported = 0;
    repeats.reportedAt = mono;
    const { deps, watched } = this.#history;
    const { key } = this;
    deps.seq.last += 1;
    if (!watched) return;
    deps.hand({
      ...{ kind: 'repeat', seq: deps.seq.last, time: repeats.lastTime, mono, item: key },
      ...{ run: repeats.lastRun, cause: repeats.lastCause, key, of: fact.seq, count: repeats.count },
    });
  }

  /** The transition that this would repeat: the last one, or the one before where a check and its states alternate. */
  #same(start: string, finish: string, why: string): Entry | undefined {
    if (this.#is(this.#last, start, finish, why)) return this.#last;
    return this.#is(this.#before, start, finish, why) ? this.#before : undefined;
  }
  #is(entry: Entry | undefined, start: string, finish: string, why: string): boolean {
    if (entry === undefined) return false;
    const { fact } = entry;
    if (fact.finish !== finish || fact.start !== start || fact.why !== why) return false;
    return !this.#shared || finish === STARTED || entry.runReason === this.#runReason;
  }
  #count(entry: Entry, time: number, cause: string | null, run: string | null, output: string | undefined): void {
    entry.repeat(entry.count + 1, time, cause, run).output = output;
    entry.order = this.#history.count(1);
    this.#makeLast(entry);
  }
  #makeLast(entry: Entry): void {
    if (entry === this.#last) return;
    this.#before = this.#last;
    this.#setLast(entry);
  }
  #keep(fact: TransitionFact): void {
    const entry = new Entry(fact, this.#history.count(1), this.#runReason);
    this.#before = this.#last;
    this.#setLast(entry);
    const first = this.#before;
    if (this.#own === undefined && first !== undefined) {
      this.#own = new Ring(OWN_TRANSITIONS, OWN_TRANSITIONS_BYTES);
      this.#own.push(first, transitionBytes(first.fact));
    }
    const bytes = transitionBytes(fact);
    this.#own?.push(entry, bytes);
    this.#history.ring.push(entry, bytes);
  }
  #setLast(entry: Entry): void {
    this.#last = entry;
    if (this.#shared && entry.fact.finish === STARTED) this.#runReason = entry.fact.why;
  }
}

/** The states of all items and how they came about: the stories. */
export class ItemTransitions {
  readonly deps: HistoryDeps;
  /** Whether all facts are wanted. */
  watched = false;
  /** Whether anything gets transitions: a listener to all facts, or one to a topic. */
  listening = false;
  /** The transitions of all items. */
  readonly ring: Ring<Entry>;
  #count = 0;
  readonly #tracks = new Map<string, Track>();

  /** @param length transitions kept of all items together; 0: all. */
  constructor(deps: HistoryDeps, length: number) {
    this.deps = deps;
    this.ring = new Ring(length, bytesFor(length));
  }

  /** Counts what happens to all items: so many more. Returns how many there were in all. */
  count(more: number): number {
    this.#count += more;
    return this.#count;
  }

  /** The states of an item, `condition/Backup`; the one there is, or a new one in state `state`. */
  track(key: string, state: string): Track {
    let track = this.#tracks.get(key);
    if (track === undefined) {
      track = new Track(key, state, this);
      this.#tracks.set(key, track);
    }
    return track;
  }

  /** What is known of an item (`condition/Backup`, or `Backup` of any section), a cause or a run, oldest first. */
  find(query: string): Transition[] {
    const named = query.includes('/')
      ? [query]
      : ['condition', 'task', 'event'].map((section) => `${section}/${query}`);
    // What is left in the ring of an item that is forgotten is found by its causes only.
    const keys = named.filter((key) => this.#tracks.has(key));
    const found = new Set<Entry>();
    for (const key of keys) for (const entry of this.#tracks.get(key)!.own) found.add(entry);
    for (const entry of this.ring.values) if (keys.includes(entry.fact.key) || entry.isOf(query)) found.add(entry);
    return [...found].sort((a, b) => a.fact.seq - b.fact.seq).map(({ transition }) => transition);
  }

  /** The items that are known, with their states. */
  get states(): ReadonlyMap<string, string> {
    return new Map([...this.#tracks].map(([key, { state }]) => [key, state]));
  }
  stateOf(key: string): string | undefined {
    return this.#tracks.get(key)?.state;
  }
  /** The last transition of one item. */
  lastOf(key: string): Transition | undefined {
    return this.#tracks.get(key)?.last;
  }
  /** Why one item is in its state. */
  lastReasonOf(key: string): LastReason | undefined {
    return this.#tracks.get(key)?.lastFact;
  }
  /** Everything in the ring, oldest first. */
  get all(): Transition[] {
    return this.ring.values.map(({ transition }) => transition);
  }
  forget(key: string): void {
    this.#tracks.delete(key);
  }
  /** Reports what has only been counted so far: a recording ends. */
  reportRepeats(): void {
    for (const track of this.#tracks.values()) track.reportRepeats();
  }
}

/** How long the history and the topic of a removed item are kept, in ms. */
const REMOVED_KEPT_MS = 3_600_000;

/** Items that have left the configuration, until they are forgotten. */
export class RemovedItems {
  readonly #mono: () => number;
  readonly #forget: (key: string) => void;
  /** When each is forgotten (monotonic ms), earliest first. */
  readonly #until = new Map<string, number>();

  /** @param mono monotonic ms. @param forget called when an item has been away for an hour. */
  constructor(mono: () => number, forget: (key: string) => void) {
    this.#mono = mono;
    this.#forget = forget;
  }
  add(key: string): void {
    this.#until.delete(key);
    this.#until.set(key, this.#mono() + REMOVED_KEPT_MS);
    this.clear();
  }
  /** It has come back. */
  delete(key: string): void {
    this.#until.delete(key);
  }
  /** Forgets those whose time is over. */
  clear(): void {
    if (this.#until.size === 0) return;
    const now = this.#mono();
    for (const [key, until] of this.#until) {
      if (until > now) break;
      this.#until.delete(key);
      this.#forget(key);
    }
  }
}
