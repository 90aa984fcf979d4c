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

test('However many consumers come, go and throw, and whenever is fetched: columns are aligned, each event is there once, in its row.', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { start } = script();
      let reported = 0;
      let expectedReports = 0;
      const log = new MultiEventLog({ consumers: { id: IDMetrics() }, onError: () => ++reported });
      const oracle = new Map<string, Expected>();
      let [events, generation, rows] = [[] as SpanFact[], 0, 0];
      /** By span, the event that began it, as long as nobody has fetched its finish. */
      const open = new Map<number, { row: Record<string, unknown>; fetched: boolean }>();
      let resumed: Record<string, unknown>[] = [];
      let all = 0;

      const check = (columns: Columns) => {
        const names = ['id', ...oracle.keys()];
        expect(Object.keys(columns).sort()).toEqual([...names].sort());
        for (const name of names) {
          const own = name === 'id' ? events.map(({ id }) => id) : oracle.get(name)!.values;
          const before = resumed.map((row) => (Object.hasOwn(row, name) ? row[name] : null));
          expect(columns[name], name).toEqual([...before, ...own]);
        }
        all += events.length;
      };

      for (const one of steps) {
        if (one.do === 'event') {
          const event = { ...start('span', `s${one.span}`), edge: one.edge };
          log.write(event);
          events.push(event);
          rows += 1;
          const row = Object.fromEntries([
            ['id', event.id],
            ...[...oracle].map(([name, column]): [string, unknown] => {
              column.calls += 1;
              const fails = column.throws > 0 && column.calls % column.throws === 0;
              if (fails) expectedReports += 1;
              const value = fails ? null : `${column.generation} ${event.seq}`;
              column.values.push(value);
              return [name, value];
            }),
          ]);
          if (one.edge === 'start') open.set(one.span, { row, fetched: false });
          else if (one.edge === 'finish') {
            const began = open.get(one.span);
            if (began?.fetched) resumed.push(began.row);
            open.delete(one.span);
          }
        } else if (one.do === 'set') {
          const mine = ++generation;
          let calls = 0;
          const known = oracle.get(one.name);
          log.set(one.name, ({ seq }) => {
            if (one.throws > 0 && ++calls % one.throws === 0) throw new Error(one.name);
            return `${mine} ${seq}`;
          });
          const values = known?.values ?? events.map(() => null);
          oracle.set(one.name, { values, generation: mine, throws: one.throws, calls: 0 });
        } else if (one.do === 'delete') {
          expect(log.delete(one.name)).toBe(oracle.delete(one.name));
        } else {
          check(log.fetch());
          for (const began of open.values()) began.fetched = true;
          for (const column of oracle.values()) column.values = [];
          [events, resumed] = [[], []];
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
      told.forEach((one) => {
        const other = one.edge === 'start' ? 'finish' : 'start';
        const at = waiting.findIndex(({ edge, span }) => edge === other && span === one.span);
        const match = waiting[at];
        if (match) waiting.splice(at, 1);
        const fits = match && (one.edge === 'finish' || match.at >= one.at);
        if (match && fits) {
          const [a, b] = one.edge === 'start' ? [one, match] : [match, one];
          expected.push(`${one.span}: ${a.at} ${b.at}`);
          return;
        }
        const same = waiting.findIndex(({ edge, span }) => edge === one.edge && span === one.span);
        if (same >= 0) waiting.splice(same, 1);
        waiting.push(one);
      });
      expect(found).toEqual(expected);
    }),
    settings(500),
  );
});
