import { expect } from 'vitest';
import type { Daemon } from './daemon.ts';
import type { TaskShape } from './scenario.ts';

/** What the log says of an attempt: that it is followed by another one, is the last, or has succeeded. */
const JUDGED =
  /^\(trigger: \w+\) (?:not tried again after )?attempt (\d) of (\d)(?: failed.*; (again) (?:in .*|at once)|: .*| succeeded)$/;
/** How the first record of each attempt begins. */
const BEGUN = /^\(trigger: \w+, attempt (\d) of \d\) (?:running|carrying out)/;

/** A run of a task, by its attempts. Instants in ms of the monotonic clock. */
interface Tries {
  /** Undefined: a hook of a condition, which goes on when that is suspended. */
  readonly condition: string | undefined;
  readonly began: number;
  /** How many attempts have failed and are followed by another one, and when the last of them has. */
  failed: number;
  at: number;
  /** It is not tried any more. */
  ended: boolean;
}

/** Holds the attempts in the records of a daemon against the keys of its tasks. */
class AttemptRules {
  seen = 0;
  readonly #keys: ReadonlyMap<string, Readonly<Record<string, number>>>;
  readonly #open = new Map<string, Tries>();
  readonly #suspending = new Set<string>();
  readonly #hooks = new Set<string>();
  #ending = false;

  constructor(shapes: readonly TaskShape[]) {
    this.#keys = new Map(shapes.map(({ name, retries }) => [name, retries]));
  }

  take({ at, context, mark, message, origin }: Daemon['records']['all'][number]): void {
    const run = origin?.run ?? '';
    const item = context.item ?? '';
    if (/^(?:no more ticks|ending at once)/.test(message)) this.#ending = true;
    this.#suspends(message);
    if (/^on_\w+: running tasks/.test(message)) this.#hooks.add(run);
    if (context.emitter === 'CONDITION' && message.startsWith('all tasks have ended')) this.#suspending.delete(item);
    if (context.emitter !== 'TASK') return;
    const key = `${item}/${context.itemId}`;
    if (mark === 'HIST/START') {
      const condition = this.#hooks.has(run) ? undefined : /trigger:(\w+)/.exec(message)![1]!;
      this.#open.set(key, { condition, began: at, failed: 0, at, ended: false });
    }
    const tried = this.#open.get(key);
    if (mark === 'HIST/END') this.#open.delete(key);
    else if (tried) this.#attempt(item, message, tried, at);
  }

  #suspends(message: string): void {
    const [, queued] = /^condition (C\d) is busy: its suspension is queued$/.exec(message) ?? [];
    if (queued) this.#suspending.add(queued);
    // It was queued behind a check that did not lead to a run.
    const [, done] = /^queued suspension of condition (C\d) /.exec(message) ?? [];
    if (done) this.#suspending.delete(done);
  }

  #attempt(item: string, message: string, tried: Tries, now: number): void {
    const begun = BEGUN.exec(message);
    if (begun) this.#begins(item, Number(begun[1]), tried, now);
    const judged = JUDGED.exec(message);
    if (judged) this.#judged(item, Number(judged[1]), Number(judged[2]), judged[3] !== undefined, tried, now);
  }

  #begins(item: string, number: number, tried: Tries, now: number): void {
    expect(number, `${item} begins its next attempt`).toBe(tried.failed + 1);
    const { retry_delay_seconds: delay = 10, retry_timeout_seconds: limit, ...keys } = this.#keys.get(item)!;
    if (limit) expect(now - tried.began, `${item} begins after its time limit`).toBeLessThanOrEqual(limit * 1000);
    if (number === 1) return;
    const { retry_factor: factor = 1, retry_max_delay_seconds: most = 1e9, retry_jitter: jitter = 0 } = keys;
    const whole = Math.min(delay * factor ** (tried.failed - 1), most) * 1000;
    expect(now - tried.at, `${item} begins too early`).toBeGreaterThan(whole * (1 - jitter) - 0.001);
    expect(now - tried.at, `${item} begins too late`).toBeLessThan(whole + 0.001);
  }

  #judged(item: string, number: number, of: number, again: boolean, tried: Tries, now: number): void {
    this.seen += 1;
    expect(of, `${item}: attempts`).toBe((this.#keys.get(item)!.retries ?? 0) + 1);
    expect(tried.ended, `${item} is tried after it was ended`).toBe(false);
    tried.ended = !again;
    if (!again) return;
    expect(number, `${item}: number of the attempt`).toBe(tried.failed + 1);
    expect(number, `${item} is tried too often`).toBeLessThan(of);
    expect(this.#ending, `${item} waits while the scheduler ends`).toBe(false);
    const suspending = tried.condition !== undefined && this.#suspending.has(tried.condition);
    expect(suspending, `${item} waits while ${tried.condition} is to be suspended`).toBe(false);
    tried.failed = number;
    tried.at = now;
  }
}

/**
 * Attempts are counted from 1 without gaps, within one run and not too often; they are as far apart as the keys say, and none begins
 * after the time limit; nothing waits for one while the scheduler ends or the condition is to be suspended. Returns how many there were.
 */
export const checkAttempts = ({ records }: Daemon, shapes: readonly TaskShape[]): number => {
  const rules = new AttemptRules(shapes);
  for (const record of records.all) rules.take(record);
  return rules.seen;
};
