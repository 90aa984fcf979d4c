import type { SpanName } from '../journal/span-names.ts';
import { GRADES, type Grade, gradeOf } from './outcomes.ts';
import type { Rendering, Window } from './rendering.ts';
import type { ItemList, Span } from './span-data.ts';

/** One bar of a chart. Monotonic ns. */
export interface Bar {
  readonly start: number;
  readonly end: number;
  readonly grade: Grade;
  readonly outcome: string | undefined;
  readonly run: string | null;
}

/** The bars of a lane, in columns, because there may be a million. */
export class Bars {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #grades: number[] = [];
  readonly #outcomes: (string | undefined)[] = [];
  readonly #runs: (string | null)[] = [];
  /** How many of which grade. */
  readonly counts: Record<Grade, number> = { good: 0, quiet: 0, bad: 0, open: 0 };

  get length(): number {
    return this.#starts.length;
  }
  get first(): number {
    return this.#starts[0] ?? 0;
  }
  add({ start, finish, outcome, run }: Span, end: number): void {
    const grade = gradeOf(outcome, finish === undefined);
    this.counts[grade] += 1;
    this.#starts.push(start);
    this.#ends.push(end);
    this.#grades.push(GRADES.indexOf(grade));
    this.#outcomes.push(outcome);
    this.#runs.push(run);
  }
  *[Symbol.iterator](): Generator<Bar> {
    for (let i = 0; i < this.#starts.length; i++)
      yield {
        ...{ start: this.#starts[i]!, end: this.#ends[i]!, grade: GRADES[this.#grades[i]!]! },
        ...{ outcome: this.#outcomes[i], run: this.#runs[i]! },
      };
  }
}

/** One line of a chart. */
export interface ChartLane {
  readonly name: string;
  /** `condition/Backup`; null: of the scheduler. */
  readonly item: string | null;
  /** It belongs to the condition above it. */
  readonly inner: boolean;
  /** What its bars are. */
  readonly category: string;
  readonly bars: Bars;
}

/** A chart before it is drawn. */
export interface Chart {
  readonly lanes: readonly ChartLane[];
  readonly window: Window;
}

interface ItemBars {
  readonly name: string;
  readonly item: string | null;
  readonly categories: Map<string, Bars>;
  /** The condition that ran it first. */
  owner: string | undefined;
}

/** What a lane shows, the first that there is. */
const SHOWN: readonly SpanName[] = ['run', 'check', 'wait', 'task', 'command', 'lua'];
/** That it started and ticks is nothing beside what it did. */
const DULL: readonly SpanName[] = ['tick', 'startup'];

const shownOf = ({ categories }: ItemBars): string =>
  SHOWN.find((category) => categories.has(category)) ?? [...categories.keys()].sort()[0] ?? '';

/** Gathers a lane for each item, and for each category that is about none. */
export class ChartBuilder implements Rendering {
  readonly #found = new Map<string, ItemBars>();
  readonly #done: (chart: Chart) => void;
  #plan: ItemList | undefined;

  constructor(done: (chart: Chart) => void) {
    this.#done = done;
  }

  ended(span: Span, at: number): void {
    const { item, name, category, began } = span;
    const key = item ?? ` ${category}`;
    let found = this.#found.get(key);
    if (!found) {
      found = { name, item, categories: new Map(), owner: undefined };
      this.#found.set(key, found);
    }
    if (found.owner === undefined && (category as SpanName) === 'task' && typeof began.condition === 'string')
      found.owner = `condition/${began.condition}`;
    let bars = found.categories.get(category);
    if (!bars) {
      bars = new Bars();
      found.categories.set(category, bars);
    }
    bars.add(span, at);
  }

  plan(plan: ItemList): void {
    this.#plan = plan;
  }

  end(window: Window): void {
    this.#done({ lanes: this.#lanes(), window });
  }

  #lanes(): ChartLane[] {
    const order = new Map<string, number>();
    for (const [i, { name }] of (this.#plan?.conditions ?? []).entries()) order.set(`condition/${name}`, i);
    for (const [i, { name }] of (this.#plan?.tasks ?? []).entries()) order.set(`task/${name}`, i);
    const place = ({ item }: ItemBars) => order.get(item ?? '') ?? Number.MAX_SAFE_INTEGER;
    const byPlace = (a: ItemBars, b: ItemBars) =>
      place(a) - place(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
    const all = [...this.#found.values()].sort(byPlace);
    const lane = (found: ItemBars, inner: boolean): ChartLane => {
      const category = shownOf(found);
      return { name: found.name, item: found.item, inner, category, bars: found.categories.get(category)! };
    };
    const conditions = all.filter(({ item }) => item?.startsWith('condition/'));
    const known = new Set(conditions.map(({ item }) => item));
    const tasks = all.filter(({ item }) => item !== null && !item.startsWith('condition/'));
    const owned = (owner: string | null) => tasks.filter((task) => task.owner === owner);
    const items = [
      ...conditions.flatMap((one) => [lane(one, false), ...owned(one.item).map((task) => lane(task, true))]),
      ...tasks.filter(({ owner }) => owner === undefined || !known.has(owner)).map((task) => lane(task, false)),
    ];
    const dull = ({ categories }: ItemBars) => DULL.some((category) => categories.has(category));
    const own = all.filter(({ item }) => item === null);
    const scheduler = own.length === all.length ? own : own.filter((one) => !dull(one));
    return [...scheduler.map((one) => lane(one, false)), ...items];
  }
}
