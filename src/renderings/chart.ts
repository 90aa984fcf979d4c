import type { SpanName } from '../journal/span-names.ts';
import { showNs } from './duration.ts';
import { GRADES, type Grade, gradeOf } from './outcomes.ts';
import type { Rendering, Window } from './rendering.ts';
import type { ItemList, Span } from './span-data.ts';

const [S, MIN, H, DAY] = [1000, 60_000, 3_600_000, 86_400_000] as const;

/** Distances between marks, ms. */
const STEPS: readonly number[] = [
  ...[0.001, 0.01, 0.1].flatMap((ms) => [ms, 2 * ms, 5 * ms]),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * S),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MIN),
  ...[1, 2, 3, 6, 12].map((n) => n * H),
  ...[1, 2, 7, 14, 28, 91, 182, 365].map((n) => n * DAY),
];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A mark of a time axis. */
export interface AxisLabel {
  /** Share of the whole, 0 to 1. */
  readonly at: number;
  readonly label: string;
}

/** Of an axis: monotonic ns, and the wall clock at its beginning, if that is known. */
export interface AxisRange {
  readonly from: number;
  readonly to: number;
  readonly time: number | undefined;
}

/** Local time, as exact as the distance of marks asks for; a midnight is told by its day. */
const labelOf = (ms: number, step: number): string => {
  const d = new Date(ms);
  const [h, min, s] = [d.getHours(), d.getMinutes(), d.getSeconds()].map((n) => String(n).padStart(2, '0'));
  if (step >= DAY || (step >= MIN && h === '00' && min === '00')) return `${d.getDate()} ${MONTHS[d.getMonth()]}`;
  if (step >= MIN) return `${h}:${min}`;
  return step >= S ? `${h}:${min}:${s}` : `${h}:${min}:${s}.${String(d.getMilliseconds()).padStart(3, '0')}`;
};

/** Marks at whole minutes, hours or days of local time, at most as many as there is room for; without a clock, since the beginning. */
export const axisLabels = ({ from, to, time }: AxisRange, room: number): AxisLabel[] => {
  const length = (to - from) / 1e6;
  if (length <= 0) return [{ at: 0, label: time === undefined ? '0' : labelOf(time, 1) }];
  const least = time === undefined ? 0 : 1;
  const fits = (step: number) => {
    // Labels of short steps are longer.
    const letters = time === undefined || step >= MIN ? 8 : step >= S ? 10 : 14;
    return step >= least && (length / step) * letters <= room;
  };
  const step = STEPS.find(fits) ?? Math.ceil(length / (365 * DAY)) * 365 * DAY;
  const zero = time ?? 0;
  /** What has to be added to local time, ms; it may change on the way. */
  const offsetAt = (ms: number): number => (time === undefined ? 0 : new Date(ms).getTimezoneOffset() * MIN);
  const offset = offsetAt(zero);
  const marks: AxisLabel[] = [];
  for (let i = Math.ceil((zero - offset) / step); ; i++) {
    const local = i * step;
    const at = local + (step < H ? offset : offsetAt(local + offset)) - zero;
    if (at > length || marks.length > room) return marks;
    if (at < 0) continue;
    marks.push({ at: at / length, label: time === undefined ? showNs(at * 1e6) : labelOf(time + at, step) });
  }
};

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
  #configured: ItemList | undefined;

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

  items(items: ItemList): void {
    this.#configured = items;
  }

  end(window: Window): void {
    this.#done({ lanes: this.#lanes(), window });
  }

  #lanes(): ChartLane[] {
    const order = new Map<string, number>();
    for (const [i, { name }] of (this.#configured?.conditions ?? []).entries()) order.set(`condition/${name}`, i);
    for (const [i, { name }] of (this.#configured?.tasks ?? []).entries()) order.set(`task/${name}`, i);
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
