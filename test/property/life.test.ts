import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConditionState, ineligibility, initialState, reduce } from '../../src/core/condition-state.ts';
import { settings } from '../support/property.ts';

const traits = fc.record({
  tasks: fc.constantFrom<readonly string[]>([], ['T']),
  recurring: fc.boolean(),
  max_tasks_retries: fc.integer({ min: -1, max: 4 }),
  suspended: fc.boolean(),
});

/** What may happen to a condition from outside, and how its next check and its next run end. */
type Turn =
  | { readonly kind: 'reset' | 'suspend' | 'resume' }
  | { readonly kind: 'tick'; readonly positive: boolean; readonly failed: boolean };

const turn: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<Turn>({ kind: 'reset' }, { kind: 'suspend' }, { kind: 'resume' }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('tick' as const), positive: fc.boolean(), failed: fc.boolean() }),
  },
);

type Traits = Readonly<{ tasks: readonly string[]; recurring: boolean; max_tasks_retries: number; suspended: boolean }>;

/** What the manual allows a condition of which this has been seen. */
class Allowed {
  failedRuns = 0;
  #finished = false;
  #suspended: boolean;
  readonly #t: Traits;

  constructor(t: Traits) {
    this.#t = t;
    this.#suspended = t.suspended;
  }

  command(kind: 'suspend' | 'resume' | 'reset'): void {
    if (kind !== 'suspend') [this.failedRuns, this.#finished] = [0, false];
    if (kind !== 'reset') this.#suspended = kind === 'suspend';
  }

  ran(failed: boolean): void {
    if (failed) this.failedRuns += 1;
    else this.#finished = true;
  }

  get mostFailedRuns(): number {
    const { recurring, max_tasks_retries: most } = this.#t;
    return !recurring && most >= 0 ? most + 1 : Number.POSITIVE_INFINITY;
  }

  get state(): string | undefined {
    const { tasks, recurring, max_tasks_retries: most } = this.#t;
    if (tasks.length === 0) return 'no-tasks';
    if (this.#suspended) return 'suspended';
    if (recurring) return undefined;
    if (this.#finished) return 'finished';
    return most >= 0 && this.failedRuns > most ? 'exhausted' : undefined;
  }
}

const after = (life: ConditionState, one: Turn, t: Traits, allowed: Allowed): ConditionState => {
  if (one.kind !== 'tick') {
    allowed.command(one.kind);
    return reduce(life, { kind: one.kind }, t);
  }
  const state = ineligibility(life, t);
  expect(state).toBe(allowed.state);
  if (state !== undefined) return life;
  const checked = reduce(life, { kind: 'checking' }, t);
  expect(checked.succeeded).toBe(false);
  if (!one.positive) return checked;
  allowed.ran(one.failed);
  return reduce(reduce(checked, { kind: 'passed' }, t), { kind: 'ran', failed: one.failed }, t);
};

describe('the life of a condition', () => {
  test('runs are never more than the retries allow, finished stays finished, suspended is never checked', () => {
    fc.assert(
      fc.property(traits, fc.array(turn, { maxLength: 60 }), (t, turns) => {
        let life: ConditionState = initialState(t);
        const allowed = new Allowed(t);
        for (const one of turns) {
          life = after(life, one, t, allowed);
          expect(allowed.failedRuns, 'task runs of one life').toBeLessThanOrEqual(allowed.mostFailedRuns);
        }
      }),
      settings(2000),
    );
  });

  test('a reset makes a condition as at start, but does not end a suspension', () => {
    fc.assert(
      fc.property(traits, fc.array(turn, { maxLength: 20 }), (t, turns) => {
        let life = initialState(t);
        for (const one of turns)
          life = reduce(life, one.kind === 'tick' ? { kind: 'ran', failed: one.failed } : { kind: one.kind }, t);
        expect(reduce(life, { kind: 'reset' }, t)).toEqual({ ...initialState(t), suspended: life.suspended });
        expect(reduce(life, { kind: 'resume' }, t)).toEqual({ ...initialState(t), suspended: false });
      }),
      settings(500),
    );
  });

  test('nothing that happens changes the life before it', () => {
    fc.assert(
      fc.property(traits, turn, (t, one) => {
        const before = Object.freeze(initialState(t));
        reduce(before, one.kind === 'tick' ? { kind: 'ran', failed: one.failed } : { kind: one.kind }, t);
        expect(before).toEqual(initialState(t));
      }),
      settings(200),
    );
  });

  test('a recurring condition is open for ever', () => {
    const t = { tasks: ['T'], recurring: true, max_tasks_retries: 0, suspended: false };
    let life = initialState(t);
    for (const failed of [true, true, false, true]) {
      life = reduce(reduce(life, { kind: 'passed' }, t), { kind: 'ran', failed }, t);
      expect(ineligibility(life, t)).toBeUndefined();
    }
  });
});
