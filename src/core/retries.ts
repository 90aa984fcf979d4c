import { EndController } from './end-signal.ts';
import type { ConditionRef, EnginePorts, TaskRef } from './engine-events.ts';
import { countsAsFailed, type Outcome } from './outcome.ts';
import type { Clock, Random } from './ports.ts';
import type { RetryEnd } from './reasons.ts';
import type { TaskTraits } from './spec.ts';
import { type Attempt, isEnded, type RunContext } from './task-run.ts';

/** By how many ms an attempt can be too late, because timers are late. */
const LATE_MS = 1000;

/** How long to wait after so many failures, in ms. */
export const retryDelayMs = (
  { retry_delay_seconds, retry_factor, retry_max_delay_seconds, retry_jitter }: TaskTraits,
  failures: number,
  random: Random,
): number => {
  // Nothing times infinity would not be a number.
  const grown = retry_delay_seconds === 0 ? 0 : retry_delay_seconds * retry_factor ** (failures - 1);
  const seconds = Math.min(grown, retry_max_delay_seconds ?? Number.MAX_SAFE_INTEGER);
  const ms = seconds * 1000;
  return retry_jitter > 0 ? ms - Math.floor(ms * retry_jitter * random()) : ms;
};

/** Ms since some instant, including the time that the machine was asleep. */
const elapsed = (clock: Clock): number => clock.elapsed?.() ?? clock.mono();

/** Tries a task again within one run, as its keys say. */
export class Retries {
  readonly #task: TaskRef;
  readonly #traits: TaskTraits;
  readonly #ports: Pick<EnginePorts, 'clock' | 'events' | 'random'>;
  #ended: RetryEnd | undefined;
  /** Ends the wait there is. */
  #wake: EndController | undefined;

  constructor(task: TaskRef, ports: Pick<EnginePorts, 'clock' | 'events' | 'random'>) {
    this.#task = task;
    this.#traits = task.spec.traits;
    this.#ports = ports;
  }

  /** Prevents further attempts, and ends the wait for one. */
  end(by: RetryEnd): void {
    this.#ended ??= by;
    this.#wake?.abort('ended');
  }

  /** Tries until an attempt does not fail, none is left, or something ends it. Never rejects if `attempt` does not. */
  async run(condition: ConditionRef, run: RunContext, attempt: (now: Attempt) => Promise<Outcome>): Promise<Outcome> {
    const { clock, events, random } = this.#ports;
    const { origin } = run;
    const of = this.#traits.retries + 1;
    const first = elapsed(clock);
    for (let number = 1; ; number++) {
      const now: Attempt = { number, of };
      const about = { task: this.#task, condition, attempt: now };
      events.emit('attempt.started', origin, about);
      const outcome = await attempt(now);
      const last = number > 1 ? { ...outcome, attempts: number } : outcome;
      if (isEnded(run) || !countsAsFailed(outcome) || number === of) {
        events.emit('attempt.finished', origin, { ...about, outcome });
        return last;
      }
      const delayMs = retryDelayMs(this.#traits, number, random);
      let by = this.#endedBy(run, elapsed(clock) + delayMs - first);
      events.emit('attempt.finished', origin, { ...about, outcome, ...(by === undefined ? { delayMs } : {}) });
      if (by === undefined) {
        await this.#wait(delayMs, run);
        if (isEnded(run)) return last;
        by = this.#endedBy(run, elapsed(clock) - first - LATE_MS);
      }
      if (by === undefined) continue;
      events.emit('retries.ended', origin, { ...about, by });
      return withEnd(last, now, by);
    }
  }

  /** What ends it. @param afterMs how long after the first attempt the next one begins */
  #endedBy({ retries }: RunContext, afterMs: number): RetryEnd | undefined {
    if (this.#ended !== undefined) return this.#ended;
    if (retries?.aborted) return retries.reason as RetryEnd;
    const { retry_timeout_seconds: limit } = this.#traits;
    return limit > 0 && afterMs > limit * 1000 ? 'time-limit' : undefined;
  }

  async #wait(ms: number, { signal, retries }: RunContext): Promise<void> {
    const controller = new EndController();
    this.#wake = controller;
    const wake = (): void => controller.abort('ended');
    signal.addEventListener('abort', wake);
    retries?.addEventListener('abort', wake);
    await this.#ports.clock.sleep(ms, controller);
    signal.removeEventListener('abort', wake);
    retries?.removeEventListener('abort', wake);
    this.#wake = undefined;
  }
}

/** The last outcome, with what has kept it from being tried again. That it was ended with the scheduler says that already. */
const withEnd = (outcome: Outcome, attempt: Attempt, by: RetryEnd): Outcome => {
  const { kind, reason: last } = outcome;
  if (last?.code === 'killed' || last?.code === 'scheduler-ended') return outcome;
  const reason = {
    code: 'retry-ended',
    by,
    attempt: attempt.number,
    of: attempt.of,
    ...(last ? { last } : {}),
  } as const;
  return { ...outcome, kind, reason };
};
