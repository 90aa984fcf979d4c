import type { EventHandlers } from '../core/engine-events.ts';
import type { Clock } from '../core/ports.ts';

/** Problems of a refused file that are kept. */
const MOST_PROBLEMS = 20;

/** Why the configuration on disk is not the one that runs. */
export interface Refusal {
  /** The file that was refused. */
  readonly file: string;
  /** Since when, wall-clock ms: it was refused again and again since. */
  readonly since: number;
  /** `FILE:LINE:COLUMN: …` of each problem that it had last, the first ones. */
  readonly problems: readonly string[];
}

/** Keeps why the last reload was refused, until one is not. */
export class LastRefusal {
  readonly #clock: Pick<Clock, 'wall'>;
  #now: Refusal | undefined;

  constructor(clock: Pick<Clock, 'wall'>) {
    this.#clock = clock;
  }

  readonly handlers: EventHandlers = {
    'reload.refused': ({ file, lines }) => {
      const since = this.#now?.file === file ? this.#now.since : this.#clock.wall();
      this.#now = { file, since, problems: lines.slice(0, MOST_PROBLEMS) };
    },
    'reload.finished': () => {
      this.#now = undefined;
    },
  };

  /** Undefined: the last reload was not refused, or there was none. */
  get now(): Refusal | undefined {
    return this.#now;
  }
}
