import type { RepeatFact, TraceContext, Transition, TransitionFact } from './fact.ts';
import { Ring } from './ring.ts';

/** Chapters each item keeps for itself, whatever the others do. */
const OWN_CHAPTERS = 16;

/** The state of a task that has been started. */
const BEGUN = 'running';

/** What a change comes from. */
type Told = Pick<Transition, 'cause' | 'run'>;

/** A chapter that may still be counted up. */
export interface Entry extends Transition {
  count: number;
  lastTime: number;
  lastCause: string | null;
  lastRun: string | null;
  order: number;
  /** Why the run began that it came of; tasks only. */
  began: string;
  /** The reason as it was given: the same one again need not be put into words. */
  given: string;
  /** Equal looks since the last fact about it. */
  unsaid: number;
}

/** What stories need of the journal they are part of. */
export interface Teller {
  readonly clock: { wall(): number; mono(): number };
  /** Whether anybody wants facts. */
  listening: boolean;
  seq(): number;
  /** `again`: the topics have it already. */
  tell(fact: TransitionFact | RepeatFact, again: boolean): void;
}

/** What all tracks share. */
export interface Shelf {
  readonly teller: Teller;
  /** The chapters of all items. */
  readonly ring: Ring<Entry>;
  /** Counts what happens to all items: so many more. Returns how many there were in all. */
  order(more: number): number;
}

/** The states of one item and its last chapters. */
export class Track {
  readonly key: string;
  state: string;
  readonly own: Ring<Entry> = new Ring(OWN_CHAPTERS);
  readonly #shelf: Shelf;
  /** What several conditions run is told for each of them: what came of it belongs to the one it was run by. */
  readonly #shared: boolean;
  /** Why its last run began. */
  #began = '';
  #last: Entry | undefined;
  #before: Entry | undefined;

  constructor(key: string, state: string, shelf: Shelf) {
    this.key = key;
    this.state = state;
    this.#shelf = shelf;
    this.#shared = key.startsWith('task/');
  }

  /** What was told last. */
  get last(): Transition | undefined {
    return this.#last;
  }

  to(finish: string, why: string, origin: TraceContext): void {
    const start = this.state;
    this.state = finish;
    const again = this.#same(start, finish, why);
    const teller = this.#shelf.teller;
    if (again) {
      this.#count(again, teller.clock.wall(), origin);
      if (!teller.listening) return;
      if (start === finish) {
        again.unsaid += 1;
        return;
      }
      this.#tell(again, origin);
      return;
    }
    this.#settle();
    const { cause, run } = origin;
    const time = teller.clock.wall();
    const entry: Entry = {
      seq: teller.seq(),
      key: this.key,
      start,
      finish,
      cause,
      run,
      why,
      time,
      mono: teller.clock.mono(),
      count: 1,
      lastTime: time,
      lastCause: cause,
      lastRun: run,
      order: this.#shelf.order(1),
      began: this.#began,
      given: why,
      unsaid: 0,
    };
    this.#keep(entry);
    const { seq, mono } = entry;
    teller.tell(
      { kind: 'transition', seq, time, mono, item: this.key, run, cause, key: this.key, start, finish, why },
      false,
    );
  }

  /** Takes a transition of a recording. */
  restore(fact: TransitionFact): void {
    const { seq, key, start, finish, cause, run, why, time, mono } = fact;
    this.state = finish;
    const again = this.#same(start, finish, why);
    if (again) {
      this.#count(again, time, { cause, run });
      return;
    }
    this.#keep({
      ...{ seq, key, start, finish, cause, run, why, time, mono, count: 1, lastTime: time, lastCause: cause },
      ...{ lastRun: run, order: this.#shelf.order(1), began: this.#began, given: why, unsaid: 0 },
    });
  }

  /** Takes the count of a recording. */
  recount({ of, count, time, cause }: RepeatFact): void {
    for (const entry of [this.#last, this.#before]) {
      if (entry?.seq !== of) continue;
      entry.order = this.#shelf.order(Math.max(0, count - entry.count));
      entry.count = Math.max(entry.count, count);
      entry.lastTime = time;
      entry.lastCause = cause;
    }
  }

  /** The chapter of which this would be the same again; checks that alternate with the states between them count too. */
  #same(start: string, finish: string, why: string): Entry | undefined {
    if (this.#is(this.#last, start, finish, why)) return this.#last;
    return this.#is(this.#before, start, finish, why) ? this.#before : undefined;
  }
  #is(entry: Entry | undefined, start: string, finish: string, why: string): boolean {
    if (entry === undefined || entry.finish !== finish || entry.start !== start) return false;
    if (this.#shared && finish !== BEGUN && entry.began !== this.#began) return false;
    return entry.why === why;
  }
  #count(entry: Entry, time: number, { cause, run }: Told): void {
    entry.count += 1;
    entry.lastTime = time;
    entry.lastCause = cause;
    entry.lastRun = run;
    entry.order = this.#shelf.order(1);
    if (entry === this.#last) return;
    this.#before = this.#last;
    this.#turn(entry);
  }
  #turn(entry: Entry): void {
    this.#last = entry;
    if (this.#shared && entry.finish === BEGUN) this.#began = entry.why;
  }
  #keep(entry: Entry): void {
    this.#before = this.#last;
    this.#turn(entry);
    this.own.push(entry);
    this.#shelf.ring.push(entry);
  }

  #tell({ why, start, finish }: Entry, { cause, run }: TraceContext): void {
    const { teller } = this.#shelf;
    teller.tell(
      {
        ...{
          kind: 'transition',
          seq: teller.seq(),
          time: teller.clock.wall(),
          mono: teller.clock.mono(),
          item: this.key,
          run,
          cause,
        },
        ...{ key: this.key, start, finish, why },
      },
      true,
    );
  }

  /** A row of equal looks has ended, or the recording is: says how long it was. */
  #settle(): void {
    const last = this.#last;
    if (last === undefined || last.unsaid === 0) return;
    last.unsaid = 0;
    const { teller } = this.#shelf;
    teller.tell(
      {
        ...{ kind: 'repeat', seq: teller.seq(), time: last.lastTime, mono: teller.clock.mono(), item: this.key },
        ...{ run: last.run, cause: last.lastCause, key: this.key, of: last.seq, count: last.count },
      },
      true,
    );
  }
  /** Says what has only been counted so far. */
  settle(): void {
    this.#settle();
  }
}
