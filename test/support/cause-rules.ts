import { expect } from 'vitest';
import type { Fact, SpanFact } from '../../src/journal/fact.ts';
import type { Scenario } from './scenario.ts';

/** Spans that make runs, and what is held before one. */
const RUNS = ['run', 'hook'];
type Timeline = Readonly<Record<string, unknown>>;

/** Holds the causes of runs in the facts of a daemon, and what becomes of firings that are held. */
class CauseRules {
  /** How many hooks, held firings and runs that were replaced there were. */
  readonly seen = { hooks: 0, held: 0, replaced: 0 };
  /** What has happened and can lead to something. */
  readonly #causes = new Set<string>();
  /** Conditions that run, and firings that are held, by condition. */
  readonly #running = new Map<string, string>();
  readonly #held = new Map<string, SpanFact>();
  /** When a run of each condition was replaced last, ns. */
  readonly #replaced = new Map<string, number>();
  readonly #scenario: Scenario;
  /** Until when the scheduler was paused, ns. */
  #paused = Number.NEGATIVE_INFINITY;
  /** Runs of conditions that have begun, of hooks, and of checks that need not have led to one: a firing that is held too long is missed. */
  readonly #runs = new Set<string>();
  readonly #hooks = new Set<string>();
  readonly #checks = new Set<string>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  take(fact: Fact): void {
    const { kind, cause, run } = fact;
    // What happens outside of a run is what leads to one.
    if (run === null && cause !== null) this.#causes.add(cause);
    if (run !== null && !this.#hooks.has(run)) this.#checks.add(run);
    if (kind !== 'span' || fact.edge === 'instant') return;
    if (RUNS.includes(fact.category)) this.#run(fact);
    else if (fact.category === 'held') this.#hold(fact);
    else if (fact.category === 'pause')
      this.#paused = fact.edge === 'start' ? Number.POSITIVE_INFINITY : fact.timestamp;
    else if (fact.category === 'task' && fact.edge === 'start')
      expect(run, `${fact.item} runs in no run`).not.toBeNull();
  }

  end(): void {
    expect([...this.#running.values()], 'runs without an end').toEqual([]);
    expect([...this.#held.keys()], 'firings that are held for ever').toEqual([]);
  }

  #run({ category, edge, id, cause, item, timeline, timestamp }: SpanFact): void {
    const name = String(id);
    const key = category === 'run' ? item! : name;
    if (edge === 'finish') {
      expect(this.#running.get(key), `${name} of ${item} ends`).toBe(name);
      this.#running.delete(key);
      // Only a firing that the guards have admitted takes the place of a run.
      if (this.#outcome(timeline) === 'replaced') {
        this.seen.replaced += 1;
        this.#replaced.set(item!, timestamp);
        expect(this.#held.has(item!), `${name} of ${item} is replaced while a firing is held`).toBe(false);
      }
      return;
    }
    expect(this.#running.get(key), `${item} runs twice at once`).toBeUndefined();
    this.#running.set(key, name);
    if (category === 'run') {
      expect(this.#held.has(item!), `${item} runs while its firing is held`).toBe(false);
      expect(this.#causes.has(cause ?? ''), `${name} of ${item} has a cause, not ${cause}`).toBe(true);
      this.#runs.add(name);
      return;
    }
    this.seen.hooks += 1;
    this.#hooks.add(name);
    this.#checks.delete(name);
    const { hook } = timeline as Timeline;
    const by = cause ?? '';
    const missed = hook === 'on_miss' && (this.#causes.has(by) || this.#checks.has(by));
    const overdue = hook === 'on_overdue' && by.startsWith('overdue-') && this.#causes.has(by);
    const led = this.#runs.has(by) || missed || overdue;
    expect(led, `${hook} of ${item} follows a run of a condition, a miss, or that it is overdue, not ${cause}`).toBe(
      true,
    );
  }

  #outcome(timeline: SpanFact['timeline']): unknown {
    return (timeline as Timeline).outcome;
  }

  #hold(fact: SpanFact): void {
    const { edge, id, timestamp } = fact;
    const item = fact.item!;
    const held = this.#held.get(item);
    if (edge === 'start') {
      this.seen.held += 1;
      expect(held, `two firings of ${item} are held`).toBeUndefined();
      const isLate = !this.#running.has(item) && this.#replaced.get(item) === timestamp;
      expect(isLate, `${item} has ended its run for a firing that is held`).toBe(false);
      this.#held.set(item, fact);
      return;
    }
    expect(held?.id, `${id} of ${item} ends`).toBe(id);
    this.#held.delete(item);
    // In a pause nothing is missed.
    if (this.#paused > held!.timestamp) return;
    const { conditions, others, tickSeconds } = this.#scenario;
    const limits = [...conditions, ...others].filter(({ name }) => item === `condition/${name}`);
    const most = Math.max(...limits.map(({ keys }) => Number(keys.hold_seconds ?? 86_400)));
    expect((timestamp - held!.timestamp) / 1e9, `${item} is held too long`).toBeLessThanOrEqual(most + tickSeconds);
  }
}

/**
 * No run is without a cause that has happened, no hook follows a hook, no condition runs twice at once, and each firing that is held is
 * released, missed in time, or dropped. Returns how many hooks, held firings and replaced runs there were.
 */
export const checkCauses = (
  facts: readonly Fact[],
  scenario: Scenario,
): { readonly hooks: number; readonly held: number; readonly replaced: number } => {
  const rules = new CauseRules(scenario);
  for (const fact of facts) rules.take(fact);
  rules.end();
  return rules.seen;
};
