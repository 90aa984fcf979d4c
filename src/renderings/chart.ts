import type { SpanName } from '../journal/span-names.ts';
import { showNs } from './duration.ts';
import { GRADES, type Grade, gradeOf } from './outcomes.ts';
import type { Rendering, Window } from './rendering.ts';
import type { ItemList, Span } from './span-data.ts';

const [S, MIN, H, DAY] = [1000, 60_000, 3_600_000, 86_400_000] as const;

/** Distances between labels of an axis, ms. */
const STEPS: readonly number[] = [
  ...[0.001, 0.01, 0.1].flatMap((ms) => [ms, 2 * ms, 5 * ms]),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * S),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MIN),
  ...[1, 2, 3, 6, 12].map((n) => n * H),
  ...[1, 2, 7, 14, 28, 91, 182, 365].map((n) => n * DAY),
];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A label of a time axis. */
export interface AxisLabel {
  /** Position on the axis, 0 to 1. */
  readonly at: number;
  readonly label: string;
}

/** Local time, as precise as the distance of labels needs; at midnight the day. */
const labelOf = (ms: number, step: number): string => {
  const d = new Date(ms);
  const [h, min, s] = [d.getHours(), d.getMinutes(), d.getSeconds()].map((n) => String(n).padStart(2, '0'));
  if (step >= DAY || (step >= MIN && h === '00' && min === '00')) return `${d.getDate()} ${MONTHS[d.getMonth()]}`;
  if (step >= MIN) return `${h}:${min}`;
  return step >= S ? `${h}:${min}:${s}` : `${h}:${min}:${s}.${String(d.getMilliseconds()).padStart(3, '0')}`;
};

/** The shortest distance of labels, ms, at which all labels of `length` ms fit into `room` characters. */
const stepFor = (length: number, room: number, wallClock: boolean): number => {
  const fits = (step: number): boolean => {
    // Labels of short steps are longer.
    const letters = !wallClock || step >= MIN ? 8 : step >= S ? 10 : 14;
    return (step >= 1 || !wallClock) && (length / step) * letters <= room;
  };
  return STEPS.find(fits) ?? Math.ceil(length / (365 * DAY)) * 365 * DAY;
};

/**
 * Labels at whole minutes, hours or days of local time, as many as fit into `room` characters. They count from the beginning if
 * the wall clock is not known.
 */
export const axisLabels = ({ from, to, time }: Omit<Window, 'lost'>, room: number): AxisLabel[] => {
  const length = (to - from) / 1e6;
  if (length <= 0) return [{ at: 0, label: time === undefined ? '0' : labelOf(time, 1) }];
  const step = stepFor(length, room, time !== undefined);
  const zero = time ?? 0;
  /** From local time to UTC, ms; it may change within the range. */
  const offsetAt = (ms: number): number => (time === undefined ? 0 : new Date(ms).getTimezoneOffset() * MIN);
  const offset = offsetAt(zero);
  const labels: AxisLabel[] = [];
  for (let i = Math.ceil((zero - offset) / step); ; i++) {
    const local = i * step;
    const at = local + (step < H ? offset : offsetAt(local + offset)) - zero;
    if (at > length || labels.length > room) return labels;
    if (at >= 0)
      labels.push({ at: at / length, label: time === undefined ? showNs(at * 1e6) : labelOf(time + at, step) });
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

/** The bars of a lane, stored in columns, because there may be a million. */
export class Bars {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #grades: number[] = [];
  readonly #outcomes: (string | undefined)[] = [];
  readonly #runs: (string | null)[] = [];
  /** How many bars of each grade. */
  readonly counts: Record<Grade, number> = { good: 0, quiet: 0, bad: 0, open: 0 };

  get length(): number {
    return this.#starts.length;
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
  /** `condition/Backup`; null: the scheduler. */
  readonly item: string | null;
  /** Whether it belongs to the condition above it. */
  readonly inner: boolean;
  readonly bars: Bars;
}

/** The content of a chart. */
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

/** The category that a lane shows: the first of these that the item has. */
const SHOWN: readonly SpanName[] = ['run', 'check', 'wait', 'task', 'attempt', 'command', 'lua'];
/** Categories of the scheduler that are left out if there is anything else. */
const MINOR: readonly SpanName[] = ['tick', 'startup'];

const shownBars = ({ categories }: ItemBars): Bars =>
  categories.get(SHOWN.find((category) => categories.has(category)) ?? [...categories.keys()].sort()[0]!)!;

/** Collects a lane for each item, and for each category without an item. */
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
    const lane = (found: ItemBars, inner: boolean): ChartLane => ({
      ...{ name: found.name, item: found.item, inner, bars: shownBars(found) },
    });
    const conditions = all.filter(({ item }) => item?.startsWith('condition/'));
    const known = new Set(conditions.map(({ item }) => item));
    const tasks = all.filter(({ item }) => item !== null && !item.startsWith('condition/'));
    const owned = (owner: string | null) => tasks.filter((task) => task.owner === owner);
    const items = [
      ...conditions.flatMap((one) => [lane(one, false), ...owned(one.item).map((task) => lane(task, true))]),
      ...tasks.filter(({ owner }) => owner === undefined || !known.has(owner)).map((task) => lane(task, false)),
    ];
    const minor = ({ categories }: ItemBars) => MINOR.some((category) => categories.has(category));
    const own = all.filter(({ item }) => item === null);
    const scheduler = own.length === all.length ? own : own.filter((one) => !minor(one));
    return [...scheduler.map((one) => lane(one, false)), ...items];
  }
}
