import { expect, test } from 'vitest';
import { FairQueue } from '../../src/adapters/fair-queue.ts';
import { pid1Warning } from '../../src/adapters/process-group.ts';

/** Starts on a clock that goes on only while something is started. */
const counted = () => {
  let now = 0;
  const busy = (ms: number): void => {
    now += ms;
  };
  return { spread: new FairQueue(() => now), busy };
};

test('Starts that take long leave the turns to others in between, and keep their order', async () => {
  const { spread, busy } = counted();
  const done: number[] = [];
  let turns = 0;
  let goingOn = true;
  const turn = (): void => {
    turns += 1;
    if (goingOn) setImmediate(turn);
  };
  setImmediate(turn);
  const all = Array.from({ length: 20 }, (_, i) =>
    spread.run(() => {
      busy(3);
      done.push(i);
      return turns;
    }),
  );
  // What fits into one turn is done at once.
  expect(done).toEqual([0, 1]);
  const seen = await Promise.all(all);
  goingOn = false;
  expect(done).toEqual([...Array(20).keys()]);
  // Two of them in each turn.
  for (let i = 2; i < 20; i += 2) expect(seen[i]! - seen[i - 2]!).toBe(1);
});

test('One that starts very many delays the others by one start each, not by all of its own', async () => {
  const { spread, busy } = counted();
  const done: string[] = [];
  const start = (owner: string) =>
    spread.run(() => {
      busy(3);
      done.push(owner);
    }, owner);
  const all = [...Array(40).fill('Many'), ...Array(2).fill('Few'), 'One'].map(start);
  await Promise.all(all);
  // Two are done at once.
  expect(done.slice(0, 8)).toEqual(['Many', 'Many', 'Many', 'Few', 'One', 'Many', 'Few', 'Many']);
  expect(done.slice(8)).toEqual(Array(35).fill('Many'));
});

test('What comes while others wait has its turn after one start of each of them', async () => {
  const { spread, busy } = counted();
  const done: string[] = [];
  const start = (name: string, then: () => void = () => {}) =>
    spread.run(() => {
      busy(10);
      done.push(name);
      then();
    }, name[0]);
  let late: unknown;
  const all = ['a0', 'a1', 'a2', 'b1', 'b2'].map((name) =>
    start(
      name,
      name === 'a1'
        ? () => {
            late = start('c1');
          }
        : undefined,
    ),
  );
  await Promise.all(all);
  await late;
  expect(done).toEqual(['a0', 'a1', 'b1', 'a2', 'c1', 'b2']);
});

test('What is thrown reaches the one who asked for it, and the next is done', async () => {
  const { spread, busy } = counted();
  const first = spread.run(() => busy(10));
  const fails = spread.run((): string => {
    throw new Error('it broke');
  });
  const next = spread.run(() => 'done');
  await expect(fails).rejects.toThrow('it broke');
  expect(await next).toBe('done');
  await first;
  await first;
});

test('Process 1 is warned that nothing collects zombies, others are not', () => {
  expect(pid1Warning(1)).toMatch(/^this is process 1: .* start an init/);
  expect(pid1Warning()).toBeUndefined();
});
