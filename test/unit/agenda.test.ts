import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Due } from '../../src/core/instance.ts';
import { Heap, TimerQueue } from '../../src/core/timer-queue.ts';

describe('the heap', () => {
  test('gives its entries by their number, then by the order they came in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (numbers) => {
        const heap = new Heap<number>();
        for (const [i, at] of numbers.entries()) heap.push(at, i, at);
        expect(heap.size).toBe(numbers.length);
        const out: { at: number; version: number }[] = [];
        for (let first = heap.first; first; first = heap.first) {
          out.push({ at: first.at, version: first.version });
          heap.pop();
        }
        const sorted = numbers
          .map((at, version) => ({ at, version }))
          .sort((a, b) => a.at - b.at || a.version - b.version);
        expect(out).toEqual(sorted);
        expect(heap.first).toBeUndefined();
        heap.pop();
        expect(heap.size).toBe(0);
      }),
    );
  });

  test('keeps only what is wanted, and its order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(99)), (numbers) => {
        const heap = new Heap<number>();
        for (const at of numbers) heap.push(at, 0, at);
        heap.keep(({ value }) => value % 2 === 0);
        const out: number[] = [];
        for (let first = heap.first; first; first = heap.first) {
          out.push(first.value);
          heap.pop();
        }
        expect(out).toEqual(numbers.filter((n) => n % 2 === 0).sort((a, b) => a - b));
      }),
    );
  });
});

/** The same promises without any cleverness: looks at everything, every time. */
class SlowAgenda {
  readonly #plans = new Map<number, Due>();
  plan(value: number, due: Due): void {
    this.#plans.set(value, due);
  }
  drop(value: number): void {
    this.#plans.delete(value);
  }
  due(wall: number, mono: number): number[] {
    const due: number[] = [];
    for (const [value, plan] of this.#plans) {
      if (plan === 'any-tick') due.push(value);
      else if (plan !== 'on-event' && ('wall' in plan ? plan.wall <= wall : plan.mono <= mono)) {
        due.push(value);
        this.#plans.set(value, 'on-event');
      }
    }
    return due.sort((a, b) => a - b);
  }
  wait(wall: number, mono: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (const plan of this.#plans.values()) {
      if (plan === 'any-tick') return 0;
      if (plan !== 'on-event') least = Math.min(least, 'wall' in plan ? plan.wall - wall : plan.mono - mono);
    }
    return Math.max(0, least);
  }
}

const due: fc.Arbitrary<Due> = fc.oneof(
  fc.constantFrom<Due>('any-tick', 'on-event'),
  fc.nat(100).map((wall): Due => ({ wall })),
  fc.nat(100).map((mono): Due => ({ mono })),
);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('plan' as const), value: fc.nat(6), due }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), value: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('look' as const), wall: fc.nat(100), mono: fc.nat(100) }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const perform = (one: Step, agenda: TimerQueue<number>, slow: SlowAgenda, dropped: Set<number>): void => {
  if (one.kind === 'look') {
    expect(agenda.wait(one.wall, one.mono)).toBe(slow.wait(one.wall, one.mono));
    expect([...agenda.due(one.wall, one.mono)].sort((a, b) => a - b)).toEqual(slow.due(one.wall, one.mono));
    return;
  }
  // What has been dropped is gone for good.
  if (dropped.has(one.value)) return;
  if (one.kind === 'plan') {
    agenda.schedule(one.value, one.due);
    slow.plan(one.value, one.due);
  } else {
    dropped.add(one.value);
    agenda.drop(one.value);
    slow.drop(one.value);
  }
};

describe('the agenda', () => {
  test('gives what is due and how long to wait, as looking at everything would', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const agenda = new TimerQueue<number>();
        const slow = new SlowAgenda();
        const dropped = new Set<number>();
        for (const one of steps) perform(one, agenda, slow, dropped);
      }),
      { numRuns: 1000 },
    );
  });

  test('planning a condition again and again does not make it grow', () => {
    const agenda = new TimerQueue<string>();
    for (let i = 0; i < 200_000; i++) agenda.schedule('C', { mono: 1e9 - i });
    expect(agenda.wait(0, 0)).toBe(1e9 - 199_999);
    expect(agenda.due(0, 1e9)).toEqual(['C']);
    expect(agenda.due(0, 2e9)).toEqual([]);
  });
});
