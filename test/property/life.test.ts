import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Action, type ConditionState, eligibility, initialState, reduce } from '../../src/core/condition-state.ts';
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

describe('the life of a condition', () => {
  test('runs are never more than the retries allow, finished stays finished, suspended is never checked', () => {
    fc.assert(
      fc.property(traits, fc.array(turn, { maxLength: 60 }), (t, turns) => {
        let life: ConditionState = initialState(t);
        const happens = (fact: Action) => {
          life = reduce(life, fact, t);
        };
        let failedRuns = 0;
        let finished = false;
        let suspended = t.suspended;
        for (const one of turns) {
          if (one.kind !== 'tick') {
            happens({ kind: one.kind });
            if (one.kind === 'suspend') suspended = true;
            else {
              failedRuns = 0;
              finished = false;
              if (one.kind === 'resume') suspended = false;
            }
            continue;
          }
          const state = eligibility(life, t);
          if (t.tasks.length === 0) expect(state).toBe('no-tasks');
          else if (suspended) expect(state).toBe('suspended');
          else if (!t.recurring && finished) expect(state).toBe('finished');
          else if (!t.recurring && t.max_tasks_retries >= 0 && failedRuns > t.max_tasks_retries)
            expect(state).toBe('given-up');
          else expect(state).toBe('open');
          if (state !== 'open') continue;
          happens({ kind: 'checking' });
          expect(life.succeeded).toBe(false);
          if (!one.positive) continue;
          happens({ kind: 'positive' });
          happens({ kind: 'ran', failed: one.failed });
          if (one.failed) failedRuns += 1;
          else finished = true;
          if (!t.recurring && t.max_tasks_retries >= 0)
            expect(failedRuns, 'task runs of one life').toBeLessThanOrEqual(t.max_tasks_retries + 1);
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
      life = reduce(reduce(life, { kind: 'positive' }, t), { kind: 'ran', failed }, t);
      expect(eligibility(life, t)).toBe('open');
    }
  });
});
