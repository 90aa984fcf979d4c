import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSystemFigures } from '../../src/adapters/system-figures.ts';

/** Waits until something is so, as long as it takes. */
const until = async (so: () => boolean): Promise<void> => {
  while (!so()) await pause(10);
};
const block = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

test('The free memory is a fraction, the load that of the last minute, the heap in bytes.', () => {
  const vitals = createSystemFigures();
  expect(vitals.freeMemory()).toBeGreaterThan(0);
  expect(vitals.freeMemory()).toBeLessThanOrEqual(1);
  expect(vitals.loadAverage()).toBeCloseTo(loadavg()[0]!, 1);
  expect(vitals.heapBytes()).toBeGreaterThan(1e6);
});

test('The delay of the event loop is 0 until somebody watches; then a loop that was held up shows, and is forgotten later.', async () => {
  const vitals = createSystemFigures();
  block(100);
  await pause(50);
  expect(vitals.eventLoopDelayMs()).toBe(0);
  const stop = vitals.watchEventLoop();
  await pause(60);
  block(300);
  await until(() => vitals.eventLoopDelayMs() >= 250);
  expect(vitals.eventLoopDelayMs()).toBeLessThan(2000);
  // An idle loop has no delay: what the looks at it wait for is none.
  await until(() => vitals.eventLoopDelayMs() < 19);
  stop();
  expect(vitals.eventLoopDelayMs()).toBe(0);
});

test('Several may watch; it ends with the last of them, and a second end of one counts for nothing.', async () => {
  const vitals = createSystemFigures();
  const [one, two] = [vitals.watchEventLoop(), vitals.watchEventLoop()];
  one();
  one();
  await pause(60);
  block(200);
  await until(() => vitals.eventLoopDelayMs() >= 150);
  two();
  expect(vitals.eventLoopDelayMs()).toBe(0);
});

test('Collections of garbage are counted while somebody watches.', async () => {
  const vitals = createSystemFigures();
  const stop = vitals.watchCollections();
  const before = vitals.collections();
  let kept: unknown[] = [];
  await until(() => {
    kept = Array.from({ length: 100_000 }, (_, i) => ({ i }));
    return vitals.collections().count > before.count;
  });
  expect(kept).toHaveLength(100_000);
  expect(vitals.collections().ms).toBeGreaterThan(before.ms);
  stop();
});
