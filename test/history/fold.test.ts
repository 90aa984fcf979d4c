import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HistoryStore, HistoryStoreOptions } from '../../src/adapters/history/store.ts';
import { type HistoryLine, parseHistoryLine, type RunOutcome } from '../../src/history/history-line.ts';
import { HistoryState } from '../../src/history/history-state.ts';
import { claimLine, HistoryFolder, record, runLine, startLine, THEN } from '../support/history-lines.ts';

let folder: HistoryFolder | undefined;
// What a killed program would do after two seconds must not disturb the next one: here it is in the same process.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  folder?.remove();
});

const condition = fc.constantFrom('A', 'B', 'C', 'D');
const outcome = fc.constantFrom<RunOutcome>('success', 'failure', 'none', 'interrupted');
const base = (ms: number) => ({ time: new Date(ms).toISOString(), session: 's1' });

/** Makes a line of an instant and a number. */
type Make = (ms: number, n: number) => HistoryLine;
const aLine: fc.Arbitrary<Make> = fc.oneof(
  {
    weight: 4,
    arbitrary: condition.map(
      (name): Make =>
        (ms, n) =>
          claimLine(name, `r${n}`, ms),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(condition, outcome).map(
      ([name, how]): Make =>
        (ms, n) =>
          runLine(name, `r${n}`, ms, how),
    ),
  },
  fc.constant<Make>((ms) => startLine(ms)),
  fc.constant<Make>((ms) => ({ kind: 'end', ...base(ms), how: 'exit' })),
  fc.boolean().map(
    (paused): Make =>
      (ms, n) => ({ kind: 'pause', ...base(ms), cause: `c${n}`, paused }),
  ),
  fc.tuple(condition, fc.constantFrom('added', 'changed', 'removed')).map(
    ([name, change]): Make =>
      (ms, n) => ({
        kind: 'item',
        ...base(ms),
        ...{ condition: name, change, type: 'time', schedule: `s${n % 3}` },
      }),
  ),
  condition.map(
    (name): Make =>
      (ms) => ({
        kind: 'missed',
        ...base(ms),
        ...{ condition: name, code: 'x', why: 'ü — why', count: 1, ranges: [], owed: 1 },
        ...{ first: base(ms).time, last: base(ms).time, until: base(ms).time },
      }),
  ),
);

/** The lines, each some hours after the one before, or before it: the clock may be set. */
const someLines = fc
  .array(fc.tuple(aLine, fc.integer({ min: -5, max: 60 })), { minLength: 1, maxLength: 40 })
  .map((makes) => {
    let now = THEN;
    return makes.map(([make, hours], n) => {
      now += hours * 3_600_000;
      return make(now, n);
    });
  });

const fold = (lines: readonly HistoryLine[]): HistoryState => {
  const state = new HistoryState();
  for (const line of lines) state.apply(line);
  return state;
};

/** All lines in the segments of the folder, the oldest first. */
const linesIn = (place: HistoryFolder): HistoryLine[] =>
  place.files
    .filter((name) => name.endsWith('.jsonl') || name.endsWith('.gz'))
    .flatMap((name) => place.text(name).split('\n'))
    .flatMap((line) => parseHistoryLine(line) ?? []);

const options = fc.record({
  largest: fc.constantFrom(1500, 4000, 1e6),
  lines: fc.constantFrom(2, 7, 1000),
  days: fc.constant(100_000),
});

interface Life {
  readonly lines: readonly HistoryLine[];
  readonly options: HistoryStoreOptions;
  /** Finished segments are compressed after so many lines. */
  readonly tidyAfter: number;
  /** The program ends by itself; false: it is killed. */
  readonly ends: boolean;
}

/** Writes lines as a program does. What a killed one does in the background comes to its end: it is the same process. */
const live = async (store: HistoryStore, { lines, tidyAfter, ends }: Life): Promise<void> => {
  for (const [i, line] of lines.entries()) {
    record(store, line);
    if (i === tidyAfter) await store.keepHouse();
  }
  if (ends) store.close();
  else for (let i = 0; i < 3; i++) await store.keepHouse();
};

test('the state from the snapshot and what comes after it is the state from all lines, wherever the program was killed', async () => {
  const aLife = fc.record({ lines: someLines, options, tidyAfter: fc.nat(60), ends: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(aLife, { maxLength: 3 }), async (lives) => {
      const place = new HistoryFolder();
      folder = place;
      const written: HistoryLine[] = [];
      for (const life of lives) {
        const store = place.open(life.options);
        expect(store.state.stored).toEqual(fold(written).stored);
        written.push(...life.lines);
        await live(store, life);
      }
      expect(place.open().state.stored).toEqual(fold(written).stored);
      expect(linesIn(place)).toEqual(written);
      expect(place.warnings).toEqual([]);
      place.remove();
    }),
    { numRuns: 12 },
  );
});

test('cut anywhere after the snapshot, the file has the state of the lines that are whole, and goes on', () => {
  fc.assert(
    fc.property(
      someLines,
      someLines,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      (first, second, part, junk) => {
        const place = new HistoryFolder();
        folder = place;
        const flat = (lines: readonly HistoryLine[]) => lines.map((line) => ({ ...line, time: base(THEN).time }));
        const [before, after] = [flat(first), flat(second)];
        const store = place.open();
        record(store, ...before);
        store.close();
        const path = place.path('2026-11-001.jsonl');
        const { size } = statSync(path);
        const killed = place.open();
        record(killed, ...after);
        const cut = size + Math.floor(part * (statSync(path).size - size));
        truncateSync(path, cut);
        if (junk) appendFileSync(path, '{"kind":"ru');
        const text = readFileSync(path, 'utf8');
        const whole = text.split('\n').flatMap((line) => parseHistoryLine(line) ?? []);
        const next = place.open();
        expect(next.state.stored).toEqual(fold(whole).stored);
        record(next, ...after);
        expect(place.open().state.stored).toEqual(fold([...whole, ...after]).stored);
        expect(place.warnings).toEqual([]);
        place.remove();
      },
    ),
    { numRuns: 100 },
  );
});
