import type { ItemLine, PauseLine, StartLine, StateLine } from './history-line.ts';

/** Why a condition was not checked at an instant. */
export type NotChecked =
  | 'paused'
  | 'suspended'
  | 'finished'
  | 'exhausted'
  | 'not-running'
  | 'not-in-file'
  | 'other-schedule';

/** From an instant on; until the next one. */
interface Since<T> {
  readonly at: number;
  readonly is: T;
}

const lastAt = <T>(list: readonly Since<T>[], at: number): T | undefined => {
  // Lines are in the order of happening; a clock that was set back makes the later one count.
  for (let i = list.length - 1; i >= 0; i--) if (list[i]!.at <= at) return list[i]!.is;
  return undefined;
};

/** How the program and one condition were, by the lines of the history. Instants are wall-clock ms. */
export class ConditionTimeline {
  readonly #instances: Since<'running' | 'paused' | 'ended'>[] = [];
  /** Its schedule; null: it is not in the file, or not of type `time`. */
  readonly #schedules: Since<string | null>[] = [];
  readonly #known: Since<boolean>[] = [];
  readonly #states: Since<string>[] = [];

  start(at: number, line: StartLine): void {
    if (line.last_alive !== undefined) this.killed(Date.parse(line.last_alive));
    this.pause(at, line);
  }
  end(at: number): void {
    this.#instances.push({ at, is: 'ended' });
  }
  /** The instance that has written last was killed, if it has not ended by itself. @param at when it was last known to run */
  killed(at: number): void {
    const last = this.#instances.at(-1);
    if (last && last.is !== 'ended') this.end(at);
  }
  pause(at: number, { paused, until }: StartLine | PauseLine): void {
    this.#instances.push({ at, is: paused ? 'paused' : 'running' });
    // It ends by itself: a line after it can say otherwise.
    if (paused && until !== undefined) this.#instances.push({ at: Date.parse(until), is: 'running' });
  }
  item(at: number, { change, schedule }: ItemLine): void {
    this.#known.push({ at, is: change !== 'removed' });
    this.#schedules.push({ at, is: schedule ?? null });
  }
  state(at: number, { state, suspended_until: end }: StateLine): void {
    this.#states.push({ at, is: state });
    if (state === 'suspended' && end !== undefined) this.#states.push({ at: Date.parse(end), is: 'waiting' });
  }

  /** From when on the condition is known; undefined: it is not. */
  get since(): number | undefined {
    return this.#known[0]?.at;
  }
  scheduleAt(at: number): string | null {
    return lastAt(this.#schedules, at) ?? null;
  }
  /** Up to when lines could be written: what came shortly before is accounted for by the next start. */
  knownUntil(now: number): number {
    const last = this.#instances.at(-1);
    return last?.is === 'ended' ? Math.min(last.at, now) : now;
  }

  /** Why the condition was not checked at an instant; undefined: it was. @param schedule that of the file */
  notChecked(
    at: number,
    schedule: string | undefined,
  ): { readonly verdict: NotChecked; readonly why: string } | undefined {
    const instance = lastAt(this.#instances, at);
    if (instance === undefined || instance === 'ended')
      return { verdict: 'not-running', why: 'whenever was not running' };
    if (lastAt(this.#known, at) !== true) return { verdict: 'not-in-file', why: 'it was not in the file' };
    if (schedule !== undefined && this.scheduleAt(at) !== schedule)
      return { verdict: 'other-schedule', why: 'the file had other times then' };
    if (instance === 'paused') return { verdict: 'paused', why: 'the scheduler was paused' };
    const state = lastAt(this.#states, at);
    if (state === 'suspended' || state === 'finished' || state === 'exhausted')
      return { verdict: state, why: `it was ${state}` };
    return undefined;
  }
}
