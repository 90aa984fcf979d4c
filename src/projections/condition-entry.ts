import type { ConditionRef, NextCheck, TaskRef } from '../core/engine-events.ts';
import type { Clock } from '../core/ports.ts';
import { type ConditionStateName, INELIGIBLE } from '../core/states.ts';
import type { Attempt } from '../core/task-run.ts';
import type { Track, TransitionDetails } from '../journal/item-transitions.ts';
import type { TraceContext } from '../log/record.ts';
import { countdown, queueWords, shownInstant, waitWords } from './state-reasons.ts';

export const BY_GUARD: TransitionDetails = { code: 'guard' };
const SUSPENDED_IN_FILE = 'suspended = true in the file';
const SUSPENDED_BEFORE_START = 'suspended before the start, which persistent = true keeps';
const SUSPENDED_FOR_A_TIME = 'suspended before the start';
export const REPLACING = 'the condition that it replaces is not done yet';

/** An attempt of a task that has retries. */
interface RunningAttempt extends Attempt {
  /** It has failed, and the next one begins then, monotonic ms; undefined: it runs. */
  readonly again: number | undefined;
}

const NONE: readonly string[] = [];

let lastText = '';
/** The same text. Comparing it makes one piece of what it was joined from, and the conditions of a file often rest for the same reason. */
const inOnePiece = (text: string): string => {
  if (text !== lastText) lastText = text;
  return lastText;
};

/** What is known of one condition. */
export class ConditionEntry {
  readonly #name: string;
  readonly #track: Track;
  readonly #clock: Clock;
  /** It waits for the condition that it replaces. */
  replacing = false;
  /** Its firing is held. */
  held = false;
  /** Another one has taken its place: its states are those of the other one now. */
  closed = false;
  /** What has suspended it, if it is suspended. */
  suspender: string;
  /** The last lines of the first task that has failed in its run. */
  failedOutput: string | undefined;
  /** Tasks that run for it, and those that it waits for. */
  running: readonly string[] = NONE;
  /** How often those of them with retries have been tried, and when they are tried again. */
  #attempts: Map<string, RunningAttempt> | undefined;
  /** Undefined, as the one above: none so far, which is how most conditions are. */
  #queued: Set<TaskRef> | undefined;
  /** What its tasks wait for before other machines begin them; undefined: none of them does. */
  #waits: Map<string, string> | undefined;
  /** What is asked of the fleet, or waited for; undefined: nothing. */
  #claiming: string | undefined;

  constructor({ name, spec }: ConditionRef, track: Track, clock: Clock) {
    this.#name = name;
    this.#track = track;
    this.#clock = clock;
    this.suspender = spec.traits.suspended ? SUSPENDED_IN_FILE : SUSPENDED_BEFORE_START;
  }

  get attempts(): Map<string, RunningAttempt> {
    this.#attempts ??= new Map();
    return this.#attempts;
  }
  get queued(): Set<TaskRef> {
    this.#queued ??= new Set();
    return this.#queued;
  }
  get state(): string {
    return this.#track.state;
  }
  /** When its state changed, wall-clock ms. */
  get since(): number {
    return this.#track.since;
  }
  get queueWords(): string {
    return [...this.queued].map((task) => queueWords(task, this.#name)).join('; ');
  }

  set(state: ConditionStateName, why: string, trace: TraceContext, tags?: TransitionDetails): void {
    if (this.closed) return;
    this.#claiming = undefined;
    this.#track.to(state, why, trace, tags);
  }
  /** It is in the state that it was in, for a reason of now. */
  stay(why: string, trace: TraceContext, tags?: TransitionDetails): void {
    this.set(this.state as ConditionStateName, why, trace, tags);
  }
  /** Its tasks run, or wait for other conditions. */
  get isRunning(): boolean {
    return this.state === 'running' || (this.state === 'queued' && !this.replacing);
  }
  /** Sets its state, unless its tasks run: that is its state until they have ended. */
  setIfFree(state: ConditionStateName, why: string, trace: TraceContext, tags?: TransitionDetails): void {
    if (this.isRunning) this.stay(why, trace, tags);
    else this.set(state, why, trace, tags);
  }
  /** It has fired, and the fleet is asked. */
  claim(why: string, trace: TraceContext): void {
    this.set('checking', why, trace);
    this.#claiming = why;
  }
  /** One of its tasks waits for other machines; undefined: it does not any more. */
  wait(task: string, what: string | undefined, trace: TraceContext): void {
    if (what === undefined) {
      this.#waits?.delete(task);
      return;
    }
    this.#waits ??= new Map();
    this.#waits.set(task, what);
    this.stay(`task ${task} waits for ${what}`, trace);
  }
  /** It is free; what made it so, and what that means for its checks. */
  rest(why: string, next: NextCheck, trace: TraceContext, tags?: TransitionDetails): void {
    this.set(next.state, inOnePiece(`${why}; ${this.#nextWords(next)}`), trace, tags);
  }
  /** It is held as before. */
  hold(why: string, trace: TraceContext): void {
    if (this.state !== 'held') this.setIfFree('held', why, trace, BY_GUARD);
  }
  /** It is queued while none of its tasks runs and one has to wait. */
  queue(trace: TraceContext): void {
    if (this.running.length > 0 || (this.#queued?.size ?? 0) === 0 || this.state === 'queued') return;
    this.set('queued', this.queueWords, trace);
  }

  /** Why it is suspended, and until when. `now`: wall-clock ms. */
  suspendedWords({ until }: NextCheck, now: number): string {
    if (until === undefined) return this.suspender;
    const by = this.suspender === SUSPENDED_BEFORE_START ? SUSPENDED_FOR_A_TIME : this.suspender;
    return `${by}, until ${shownInstant(until, now)}`;
  }

  /** What it is busy with. `now`: wall-clock ms. */
  business(now: number): string {
    if (this.replacing) return REPLACING;
    const since = `since ${shownInstant(this.since, now)}`;
    if (this.state === 'queued') return `it waits ${since}: ${this.queueWords}`;
    if (this.state === 'checking' && this.#claiming !== undefined) return `${this.#claiming}, ${since}`;
    if (this.state !== 'running') return `it is being checked ${since}`;
    const attempts = [...(this.#attempts ?? [])].map(([task, { number, of, again }]) => {
      const how = again === undefined ? '' : ` failed, again in ${countdown(again - this.#clock.mono())}`;
      return `task ${task}: attempt ${number} of ${of}${how}`;
    });
    const waits = [...(this.#waits ?? [])].map(([task, what]) => `task ${task} waits for ${what}`);
    return [`its tasks are running ${since}`, ...waits, ...attempts].join('; ');
  }

  #nextWords(next: NextCheck): string {
    if (next.ineligible === 'suspended') return this.suspendedWords(next, this.#clock.wall());
    return next.ineligible === undefined ? waitWords(next, this.#clock.wall()) : INELIGIBLE[next.ineligible].why;
  }
}
