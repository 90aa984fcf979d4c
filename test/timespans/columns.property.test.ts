import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Columns, IDMetrics, LocalEventLog, MultiEventLog, type SpanFact } from '../../src/timespans/index.ts';
import { settings } from '../support/property.ts';
import { script } from './support.ts';

type Edge = 'start' | 'finish' | 'instant';
type Step =
  | { readonly do: 'event'; readonly edge: Edge; readonly span: number }
  | { readonly do: 'set' | 'delete'; readonly name: string; readonly throws: number }
  | { readonly do: 'fetch' };

const NAMES = ['a', 'b', 'c', '__proto__'];
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('event' as const),
      edge: fc.constantFrom<Edge>('start', 'finish', 'finish', 'instant'),
      span: fc.nat(4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('set' as const, 'delete' as const),
      name: fc.constantFrom(...NAMES),
      /** Every how many calls it throws; 0: never. */
      throws: fc.nat(3),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'fetch' }) },
);

/** What one column must show, told in the slowest way. */
interface Expected {
  values: unknown[];
  generation: number;
  throws: number;
  calls: number;
}

const empty = (oracle: ReadonlyMap<string, Expected>): void => {
  for (const column of oracle.values()) column.values = [];
};

const valuesOf = (oracle: ReadonlyMap<string, Expected>): [string, unknown[]][] =>
  [...oracle].map(([name, { values }]) => [name, values]);

const expectColumns = (
  columns: Columns,
  expected: ReadonlyMap<string, readonly unknown[]>,
  resumed: readonly Record<string, unknown>[],
): void => {
  expect(Object.keys(columns).sort()).toEqual([...expected.keys()].sort());
  for (const [name, own] of expected) {
    const before = resumed.map((row) => (Object.hasOwn(row, name) ? row[name] : null));
    expect(columns[name], name).toEqual([...before, ...own]);
  }
};

/** The rows of events that began a span, as long as nobody has fetched its finish. */
class OpenRows {
  readonly #open = new Map<number, { row: Record<string, unknown>; fetched: boolean }>();
  /** Rows that were fetched before their spans ended: they are there again, with the finish. */
  resumed: Record<string, unknown>[] = [];

  write(span: number, edge: Edge, row: Record<string, unknown>): void {
    if (edge === 'start') this.#open.set(span, { row, fetched: false });
    if (edge !== 'finish') return;
    const began = this.#open.get(span);
    if (began?.fetched) this.resumed.push(began.row);
    this.#open.delete(span);
  }

  fetched(): void {
    for (const began of this.#open.values()) began.fetched = true;
    this.resumed = [];
  }
}

const nextValue = (column: Expected, seq: number): string | null => {
  column.calls += 1;
  const fails = column.throws > 0 && column.calls % column.throws === 0;
  const value = fails ? null : `${column.generation} ${seq}`;
  column.values.push(value);
  return value;
};

/** A consumer that throws at every so many calls; never where that is 0. */
const consumer = (name: string, generation: number, throws: number) => {
  let calls = 0;
  return ({ seq }: { readonly seq: number }): string => {
    if (throws > 0 && ++calls % throws === 0) throw new Error(name);
    return `${generation} ${seq}`;
  };
};

test('However many consumers come, go and throw, and whenever is fetched: columns are aligned, each event is there once, in its row.', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { start } = script();
      let reported = 0;
      let expectedReports = 0;
      const log = new MultiEventLog({ consumers: { id: IDMetrics() }, onError: () => ++reported });
      const oracle = new Map<string, Expected>();
      let [events, generation, rows] = [[] as SpanFact[], 0, 0];
      const open = new OpenRows();
      let all = 0;

      const check = (columns: Columns) => {
        expectColumns(columns, new Map([['id', events.map(({ id }) => id)], ...valuesOf(oracle)]), open.resumed);
        all += events.length;
      };

      /** What each column must show of an event. */
      const expectedRow = (event: SpanFact): Record<string, unknown> =>
        Object.fromEntries([
          ['id', event.id],
          ...[...oracle].map(([name, column]): [string, unknown] => {
            const value = nextValue(column, event.seq);
            expectedReports += Number(value === null);
            return [name, value];
          }),
        ]);
      const write = (span: number, edge: Edge): void => {
        const event = { ...start('span', `s${span}`), edge };
        log.write(event);
        events.push(event);
        rows += 1;
        const row = expectedRow(event);
        open.write(span, edge, row);
      };
      const set = (name: string, throws: number): void => {
        const mine = ++generation;
        const known = oracle.get(name);
        log.set(name, consumer(name, mine, throws));
        const values = known?.values ?? events.map(() => null);
        oracle.set(name, { values, generation: mine, throws, calls: 0 });
      };

      for (const one of steps) {
        if (one.do === 'event') write(one.span, one.edge);
        else if (one.do === 'set') set(one.name, one.throws);
        else if (one.do === 'delete') {
          expect(log.delete(one.name)).toBe(oracle.delete(one.name));
        } else {
          check(log.fetch());
          open.fetched();
          empty(oracle);
          events = [];
        }
        expect(log.length).toBe(events.length);
      }
      check(log.fetch());
      expect(all).toBe(rows);
      expect(reported).toBe(expectedReports);
    }),
    settings(500),
  );
});

test('However edges come, each span that has both is found once: compared with a slow oracle.', () => {
  const edges = fc.array(
    fc.record({ edge: fc.constantFrom<Edge>('start', 'finish'), span: fc.nat(3), at: fc.nat(30) }),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(edges, fc.array(fc.nat(59), { maxLength: 5 }), (told, fetches) => {
      const { start } = script();
      const log = new LocalEventLog();
      const read = () => log.fetch().map(({ id, start, finish }) => `${id}: ${start} ${finish}`);
      const found: string[] = [];
      told.forEach(({ edge, span, at }, i) => {
        log.write({ ...start('span', span, at), edge, seq: i });
        if (fetches.includes(i)) found.push(...read());
      });
      found.push(...read());
      // The oracle: for each edge, the other one of the same span that waits, looked for among all that came before.
      const waiting: { edge: string; span: number; at: number }[] = [];
      const expected: string[] = [];
      const take = (edge: Edge, span: number) => {
        const at = waiting.findIndex((one) => one.edge === edge && one.span === span);
        return at < 0 ? undefined : waiting.splice(at, 1)[0];
      };
      told.forEach((one) => {
        const match = take(one.edge === 'start' ? 'finish' : 'start', one.span);
        if (match && (one.edge === 'finish' || match.at >= one.at)) {
          const [a, b] = one.edge === 'start' ? [one, match] : [match, one];
          expected.push(`${one.span}: ${a.at} ${b.at}`);
          return;
        }
        take(one.edge, one.span);
        waiting.push(one);
      });
      expect(found).toEqual(expected);
    }),
    settings(500),
  );
});
