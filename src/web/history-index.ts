import type { ClaimLine, HistoryLine, MissedLine, RunLine, StartLine, TaskLine } from '../history/history-line.ts';
import type { Questions, RunColumns } from './api.ts';
import { HistoryTail, type LineListener } from './history-tail.ts';
import { Numbers, TextTable } from './numbers.ts';

/** Runs of one answer; the newest are kept. */
export const MOST_ROWS = 200_000;
/** Characters of a reason that are kept. */
const LONGEST_WHY = 300;

const keyOf = ({ session, run }: { readonly session: string; readonly run: string }): string => `${session}/${run}`;

/** `tick-17` as `tick` and 17: ids are numbers that count up, and would be most of the memory as texts. */
const splitId = (id: string): readonly [prefix: string, number: number] => {
  const found = /^(.*-)(\d{1,15})$/s.exec(id);
  return found ? [found[1]!, Number(found[2])] : [id, -1];
};
const joinId = (prefix: string, number: number): string => (number < 0 ? prefix : `${prefix}${number}`);

/** Ids in two columns. */
class Ids {
  readonly #prefix = new Numbers();
  readonly #number = new Numbers();
  readonly #texts: TextTable;

  constructor(texts: TextTable) {
    this.#texts = texts;
  }
  push(id: string): void {
    const [prefix, number] = splitId(id);
    this.#prefix.push(this.#texts.add(prefix));
    this.#number.push(number);
  }
  at(row: number): string {
    return joinId(this.#texts.text(this.#prefix.at(row)), this.#number.at(row));
  }
}

/** What the instance is known to do. */
export interface Liveness {
  /** Whether the instance that wrote last is running. */
  readonly alive: boolean;
  /** When it was known to run last, wall-clock ms; only where it is not. */
  readonly lastAlive?: number | undefined;
}

/** All runs of a history in columns, read once; then only what is new is read. */
export class HistoryIndex {
  readonly directory: string;
  readonly #onLine: LineListener;
  readonly #texts = new TextTable();
  readonly #condition = new Numbers();
  readonly #session = new Numbers();
  readonly #run = new Ids(this.#texts);
  readonly #cause = new Ids(this.#texts);
  readonly #outcome = new Numbers();
  readonly #event = new Numbers();
  readonly #why = new Numbers();
  readonly #began = new Numbers();
  readonly #length = new Numbers();
  readonly #tasks = {
    row: new Numbers(),
    task: new Numbers(),
    began: new Numbers(),
    length: new Numbers(),
    outcome: new Numbers(),
  };
  readonly #missed = {
    condition: new Numbers(),
    first: new Numbers(),
    last: new Numbers(),
    count: new Numbers(),
    why: new Numbers(),
  };
  readonly #gaps: (readonly [number, number])[] = [];
  /** Rows of runs that have not ended. */
  readonly #open = new Map<string, number>();
  #newest: string | undefined;
  #config: string | undefined;
  #loaded: number | undefined;
  #ended: number | undefined;
  #lastLine: number | undefined;
  readonly #lines: HistoryTail;

  /** @param onLine called for each line that is read */
  constructor(directory: string, onLine: LineListener = () => {}) {
    this.directory = directory;
    this.#onLine = onLine;
    this.#lines = new HistoryTail(directory, (line, isNew) => this.#take(line, isNew));
  }

  /** When the instance that wrote last has ended, wall-clock ms; undefined: it did not write its end. */
  get ended(): number | undefined {
    return this.#ended;
  }
  /** The configuration that was loaded last. */
  get config(): string | undefined {
    return this.#config;
  }
  /** When that was, wall-clock ms. */
  get loaded(): number | undefined {
    return this.#loaded;
  }
  /** When the last line was written, wall-clock ms. */
  get lastLine(): number | undefined {
    return this.#lastLine;
  }

  /** What was read is not there any more: the files were taken away, cut off, or are others. */
  get replaced(): boolean {
    return this.#lines.replaced;
  }

  /** Reads what has been written since the last call. @throws Error of the system */
  update(): Promise<void> {
    return this.#lines.update();
  }

  #take(line: HistoryLine, isNew: boolean): void {
    this.#lastLine = Date.parse(line.time);
    switch (line.kind) {
      case 'start':
        this.#start(line);
        break;
      case 'reload':
        this.#config = line.config;
        this.#loaded = Date.parse(line.time);
        break;
      case 'end':
        if (line.session === this.#newest) this.#ended = Date.parse(line.time);
        break;
      case 'claim':
        this.#claim(line);
        break;
      case 'task':
        this.#task(line);
        break;
      case 'run':
        this.#end(line);
        break;
      case 'missed':
        this.#miss(line);
        break;
      default:
    }
    this.#onLine(line, isNew);
  }
  #start(line: StartLine): void {
    this.#newest = line.session;
    this.#config = line.config;
    this.#loaded = Date.parse(line.time);
    this.#ended = undefined;
    if (line.last_alive !== undefined) this.#gaps.push([Date.parse(line.last_alive), Date.parse(line.time)]);
    for (const row of this.#open.values()) this.#outcome.set(row, this.#texts.add('interrupted'));
  }
  #row(line: ClaimLine | RunLine | TaskLine, began: string): number {
    const row = this.#condition.length;
    this.#condition.push(this.#texts.add(line.condition));
    this.#session.push(this.#texts.add(line.session));
    this.#run.push(line.run);
    this.#cause.push(line.cause);
    this.#outcome.push(-1);
    this.#event.push(-1);
    this.#why.push(this.#texts.add(line.why.slice(0, LONGEST_WHY)));
    this.#began.push(Date.parse(began));
    this.#length.push(-1);
    return row;
  }
  #claim(line: ClaimLine): void {
    const row = this.#row(line, line.time);
    if (line.event) this.#event.set(row, this.#texts.add(line.event.name));
    this.#open.set(keyOf(line), row);
  }
  #task(line: TaskLine): void {
    // The beginning of the run may be in a part of the history that is no longer kept.
    const row = this.#open.get(keyOf(line));
    if (row === undefined) return;
    const tasks = this.#tasks;
    tasks.row.push(row);
    tasks.task.push(this.#texts.add(line.task));
    tasks.began.push(Date.parse(line.began));
    tasks.length.push(line.seconds * 1000);
    tasks.outcome.push(this.#texts.add(line.outcome));
  }
  #end(line: RunLine): void {
    const key = keyOf(line);
    const row = this.#open.get(key) ?? this.#row(line, line.began);
    this.#open.delete(key);
    this.#outcome.set(row, this.#texts.add(line.outcome));
    this.#began.set(row, Date.parse(line.began));
    this.#length.set(row, line.outcome === 'interrupted' ? -1 : line.seconds * 1000);
  }
  #miss({ condition, first, last, count, why }: MissedLine): void {
    this.#missed.condition.push(this.#texts.add(condition));
    this.#missed.first.push(Date.parse(first));
    this.#missed.last.push(Date.parse(last));
    this.#missed.count.push(count);
    this.#missed.why.push(this.#texts.add(why.slice(0, LONGEST_WHY)));
  }

  /** The outcome of a run: without one it runs, or was interrupted. */
  #outcomeOf(row: number, alive: boolean): string {
    const outcome = this.#outcome.at(row);
    if (outcome >= 0) return this.#texts.text(outcome);
    const own = this.#newest !== undefined && this.#texts.text(this.#session.at(row)) === this.#newest;
    return alive && own && this.#ended === undefined ? 'running' : 'interrupted';
  }
  /** The rows of runs that were under way within a range, the oldest first; `before`: only those before this row. */
  #rowsWithin(since: number, until: number, before: number): readonly number[] {
    const open = new Set(this.#open.values());
    const rows: number[] = [];
    for (let row = 0; row < Math.min(before, this.#began.length); row++) {
      const began = this.#began.at(row);
      if (began > until) continue;
      const length = this.#length.at(row);
      if (began >= since || began + length >= since || (length < 0 && open.has(row))) rows.push(row);
    }
    return rows;
  }

  /** Calls `each` with every run that began within a range, and whether it has failed, and with each of its missed instants. */
  count(
    since: number,
    until: number,
    alive: boolean,
    each: (condition: string, at: number, outcome: string, times: number) => void,
  ): void {
    for (let row = 0; row < this.#began.length; row++) {
      const began = this.#began.at(row);
      if (began >= since && began < until)
        each(this.#texts.text(this.#condition.at(row)), began, this.#outcomeOf(row, alive), 1);
    }
    for (let i = 0; i < this.#missed.last.length; i++) {
      const last = this.#missed.last.at(i);
      if (last >= since && last < until)
        each(this.#texts.text(this.#missed.condition.at(i)), last, 'missed', this.#missed.count.at(i));
    }
  }

  /** The runs within a range, as the page gets them. Instants are wall-clock ms. */
  columns(
    { since, until, rows: most = MOST_ROWS, before }: Questions['columns']['query'],
    { alive, lastAlive }: Liveness,
    now: number,
  ): RunColumns {
    const all = this.#rowsWithin(since, until, before ?? Number.POSITIVE_INFINITY);
    const rows = all.slice(-most);
    const texts = new TextTable();
    const again = (number: number): number => (number < 0 ? -1 : texts.add(this.#texts.text(number)));
    const isFirst = before === undefined;
    const gaps = alive || lastAlive === undefined ? this.#gaps : [...this.#gaps, [lastAlive, now] as const];
    return {
      condition: rows.map((row) => again(this.#condition.at(row))),
      session: rows.map((row) => again(this.#session.at(row))),
      run: rows.map((row) => texts.add(this.#run.at(row))),
      cause: rows.map((row) => texts.add(this.#cause.at(row))),
      outcome: rows.map((row) => texts.add(this.#outcomeOf(row, alive))),
      event: rows.map((row) => again(this.#event.at(row))),
      why: rows.map((row) => again(this.#why.at(row))),
      began: rows.map((row) => this.#began.at(row)),
      length: rows.map((row) => this.#length.at(row)),
      tasks: this.#tasksOf(rows, again),
      missed: isFirst ? this.#missedWithin(since, until, again) : [],
      gaps: isFirst ? gaps.filter(([from, to]) => to >= since && from <= until) : [],
      leftOut: all.length - rows.length,
      ...{ first: rows[0] ?? 0, oldest: this.#began.length > 0 ? this.#began.at(0) : null },
      texts: texts.texts,
    };
  }
  /** The tasks of rows, by the index of the row in the answer. */
  #tasksOf(rows: readonly number[], again: (text: number) => number): number[][] {
    const { row: rowOf, task, began, length, outcome } = this.#tasks;
    const numberOf = new Map(rows.map((row, i) => [row, i]));
    const [first, last] = [rows[0] ?? 0, rows.at(-1) ?? -1];
    const tasks: number[][] = [];
    for (let i = 0; i < rowOf.length; i++) {
      const of = rowOf.at(i);
      const row = of < first || of > last ? undefined : numberOf.get(of);
      if (row !== undefined) tasks.push([row, again(task.at(i)), began.at(i), length.at(i), again(outcome.at(i))]);
    }
    return tasks.sort((a, b) => a[0]! - b[0]!);
  }
  #missedWithin(since: number, until: number, again: (text: number) => number): number[][] {
    const { condition, first, last, count, why } = this.#missed;
    const found: number[][] = [];
    for (let i = 0; i < last.length; i++)
      if (last.at(i) >= since && first.at(i) <= until)
        found.push([again(condition.at(i)), first.at(i), last.at(i), count.at(i), again(why.at(i))]);
    return found;
  }
}
