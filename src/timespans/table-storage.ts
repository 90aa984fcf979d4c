import { expectType, TYPES } from '../check-arguments.ts';
import type { Columns, CoreRow, Row } from './columns.ts';

/**
 * Keeps every row it is given, while a {@link LogWindow} keeps the log itself short. It grows until it is cleared.
 *
 * @example
 * window.creationHandlers.push(table.add);
 * const anHour = table.between(from, from + 3600e9);
 */
export class TableStorage {
  readonly #core: string;
  readonly #columns = new Map<string, unknown[]>();
  #length = 0;

  /** @param core the name under which {@link CoreMetrics} stands in the log */
  constructor(core = 'core') {
    expectType('TableStorage', 'core', core, TYPES.name);
    this.#core = core;
  }

  /** Appends a row. A consumer that was not there before is null in all rows before, one that is missing is null in this row. */
  readonly add = (row: Row): void => {
    expectType('add', 'row', row, TYPES.table);
    for (const name of Object.keys(row))
      if (!this.#columns.has(name)) this.#columns.set(name, new Array<unknown>(this.#length).fill(null));
    for (const [name, column] of this.#columns) column.push(Object.hasOwn(row, name) ? row[name] : null);
    this.#length += 1;
  };

  /** The rows whose instant is from `from` to `to` (monotonic ns, both included), in the order of their coming, as columns. */
  between(from: number, to: number): Columns {
    expectType('between', 'from', from, TYPES.number);
    expectType('between', 'to', to, TYPES.number);
    const core = this.#columns.get(this.#core) ?? [];
    const rows: number[] = [];
    core.forEach((value, i) => {
      const timestamp = (value as CoreRow | null)?.timestamp;
      if (timestamp !== undefined && timestamp >= from && timestamp <= to) rows.push(i);
    });
    return this.#rows((column) => rows.map((i) => column[i]));
  }
  /** Everything, as columns. */
  get all(): Columns {
    return this.#rows((column) => [...column]);
  }
  /** How many rows there are. */
  get length(): number {
    return this.#length;
  }
  /** Forgets all rows. */
  clear(): void {
    this.#columns.clear();
    this.#length = 0;
  }

  #rows(pick: (column: readonly unknown[]) => unknown[]): Columns {
    return Object.fromEntries([...this.#columns].map(([name, column]) => [name, pick(column)]));
  }
}
