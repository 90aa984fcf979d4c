import { expect } from 'vitest';
import { CORRECTION_MS } from '../../src/core/clock-watch.ts';
import type {
  AccountedInstants,
  ClaimLine,
  HistoryLine,
  MissedLine,
  StateLine,
} from '../../src/history/history-line.ts';

/** Accounts for the instants of a condition that is true each `period` ms by the lines of a history: each instant once. */
export class InstantLedger {
  /** By what each instant is accounted for: a run, or the code of a miss. */
  readonly accounted = new Map<number, string>();
  readonly #period: number;
  readonly #tick: number;
  #known: number;
  #until: number;
  #held: ReadonlySet<number> = new Set();

  /** @param period ms @param tick ms @param from when the condition became known */
  constructor(period: number, tick: number, from: number) {
    this.#period = period;
    this.#tick = tick;
    this.#known = from;
    this.#until = from;
  }

  /** Takes the next line of the condition. */
  apply(line: HistoryLine): void {
    if (line.kind === 'claim') this.#claim(line);
    else if (line.kind === 'missed') this.#missed(line);
    else if (line.kind === 'state') this.#dropped(line);
    else if (line.kind === 'start') this.#start(Date.parse(line.time));
  }
  /** The instants since the condition became known, up to `to`, and those of them that nothing accounts for. */
  upTo(to: number): { readonly wanted: number; readonly lost: readonly string[] } {
    const wanted = this.#instants(this.#known, to);
    const lost = wanted.filter((at) => !this.accounted.has(at)).map((at) => new Date(at).toISOString());
    return { wanted: wanted.length, lost };
  }

  /** The instants after `from`, up to `to`. */
  #instants(from: number, to: number): number[] {
    const found: number[] = [];
    for (let at = Math.floor(from / this.#period + 1) * this.#period; at <= to; at += this.#period) found.push(at);
    return found;
  }
  #claim(line: ClaimLine): void {
    const { to, held } = this.#read(line);
    const covered = [...this.#instants(this.#until, to), ...this.#held].filter(
      (at) => !held.has(at) && !this.accounted.has(at),
    );
    // A run of its own is one that an instant is due for.
    if (line.code.startsWith('instant')) expect(covered.length, `${line.run} at ${line.time}`).toBeGreaterThan(0);
    for (const at of covered) this.#account(at, line.run);
    this.#advance(to, held);
  }
  /** What was held back, or has just come, ends with a suspension. */
  #dropped(line: StateLine): void {
    if (line.until === undefined) return;
    const { to, held } = this.#read(line);
    for (const at of [...this.#instants(this.#until, to), ...this.#held])
      if (!held.has(at) && !this.accounted.has(at)) this.#account(at, line.state);
    this.#advance(to, held);
  }
  /** A clock that is far behind was wrong before: what it shows again comes again. */
  #start(now: number): void {
    if (this.#until - now <= CORRECTION_MS) return;
    this.#until = now;
    this.#known = Math.min(this.#known, now);
    this.#held = new Set();
    for (const at of this.accounted.keys()) if (at > now) this.accounted.delete(at);
  }
  #missed(line: MissedLine): void {
    const { to, held } = this.#read(line);
    const found = line.ranges.flatMap(({ from, to }) => this.#instants(Date.parse(from), Date.parse(to)));
    expect([found.length, found[0], found.at(-1)]).toEqual([line.count, Date.parse(line.first), Date.parse(line.last)]);
    for (const at of found) this.#account(at, line.code);
    this.#joined(to, held);
    this.#advance(to, held);
  }
  /** What came at the same tick as an instant that is held back is one firing with it. */
  #joined(to: number, held: ReadonlySet<number>): void {
    const tickOf = (at: number) => Math.ceil(at / this.#tick);
    const ticks = new Set([...held].map(tickOf));
    for (const at of this.#instants(this.#until, to))
      if (!held.has(at) && !this.accounted.has(at) && ticks.has(tickOf(at))) this.#account(at, 'held');
  }
  #read({ until = '', held = [] }: AccountedInstants) {
    return { to: Date.parse(until), held: new Set(held.map((at) => Date.parse(at))) };
  }
  #advance(to: number, held: ReadonlySet<number>): void {
    this.#until = Math.max(this.#until, to);
    this.#held = held;
  }
  #account(at: number, by: string): void {
    expect(this.accounted.get(at), `${new Date(at).toISOString()} by ${by}`).toBeUndefined();
    this.accounted.set(at, by);
  }
}
