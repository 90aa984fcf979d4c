import { expectOptions, expectType, TYPES } from '../check-arguments.ts';
import { SKIP_REASONS } from '../journal/span-names.ts';
import type { Exemplar, Sample } from './exposition.ts';

/** Counts values by how large they are; cheap, and its size does not grow. */
class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  /** The last value of each bucket that says where it comes from. */
  readonly #exemplars: (Exemplar | undefined)[] = [];
  #sum = 0;
  #max = 0;

  /** @param bounds the upper bounds of the buckets, ascending; one without bound follows them. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }
  get sum(): number {
    return this.#sum;
  }
  /** The greatest value so far; 0 without any. */
  get max(): number {
    return this.#max;
  }
  /** @param exemplar where the value comes from */
  take(value: number, exemplar?: Omit<Exemplar, 'value'>): void {
    let at = 0;
    while (at < this.#bounds.length && value > this.#bounds[at]!) at += 1;
    this.#counts[at]! += 1;
    this.#sum += value;
    if (exemplar !== undefined) this.#exemplars[at] = { ...exemplar, value };
    if (value > this.#max) this.#max = value;
  }
  /** As Prometheus has it: each bucket includes those below it. */
  samples(labels: Readonly<Record<string, string>>): readonly Sample[] {
    const samples: Sample[] = [];
    let count = 0;
    for (const [i, own] of this.#counts.entries()) {
      count += own;
      const le = i < this.#bounds.length ? String(this.#bounds[i]) : '+Inf';
      const exemplar = this.#exemplars[i];
      const bucket = { suffix: '_bucket', labels: { ...labels, le }, value: count };
      samples.push(exemplar === undefined ? bucket : { ...bucket, exemplar });
    }
    samples.push({ suffix: '_sum', labels, value: this.#sum }, { suffix: '_count', labels, value: count });
    return samples;
  }
}

/** What can come of a run of a task; of a check; of the run of a condition; of a reload. */
const TASK_OUTCOMES = ['success', 'failure', 'none', 'error'] as const;
const CHECK_OUTCOMES = ['positive', 'negative', 'none', 'error'] as const;
const RUN_OUTCOMES = ['success', 'failure', 'cancelled', 'replaced'] as const;
const RELOAD_OUTCOMES = ['success', 'failure', 'error'] as const;

/** Upper bounds in seconds. */
const TASK_BOUNDS = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 7200];
const QUEUE_BOUNDS = [0.1, 1, 5, 30, 60, 300, 1800, 7200];
const LATE_BOUNDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

/** A counter for each value of a label; the known ones are there from the start. */
export class Counts {
  readonly #counts: Map<string, number>;

  /** @throws TypeError */
  constructor(known: readonly string[] = []) {
    expectType('Counts', 'known', known, TYPES.texts);
    this.#counts = new Map(known.map((word) => [word, 0]));
  }
  /** @throws TypeError */
  add(word: string): void {
    if (typeof word !== 'string') expectType('add', 'word', word, TYPES.text);
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
  }
  /** @throws TypeError */
  get(word: string): number {
    expectType('get', 'word', word, TYPES.text);
    return this.#counts.get(word) ?? 0;
  }
  entries(): Iterable<readonly [string, number]> {
    return this.#counts.entries();
  }
}

/** What has been counted of one task. */
export class TaskTotals {
  readonly outcomes = new Counts(TASK_OUTCOMES);
  readonly seconds = new Histogram(TASK_BOUNDS);
  /** Of each attempt, of a task with `retries`. */
  readonly attempts = new Counts(TASK_OUTCOMES);
  /** How long it was queued behind another run of it, of runs that were. */
  readonly queued = new Histogram(QUEUE_BOUNDS);
  /** When the runs that are not over began, monotonic ns, by the id of their span. */
  readonly running = new Map<string, number>();
  runs = 0;
  retries = 0;
  /** Seconds since 1970; 0: never. */
  lastSuccess = 0;
}

/** What has been counted of one condition. */
export class ConditionTotals {
  readonly checkOutcomes = new Counts(CHECK_OUTCOMES);
  readonly runOutcomes = new Counts(RUN_OUTCOMES);
  checks = 0;
  runs = 0;
  retries = 0;
  /** It has failed and will be tried again: the next run is a retry. */
  failing = false;
  /** How long runs were queued behind the one in progress, of runs that were. */
  readonly queued = new Histogram(QUEUE_BOUNDS);
  /** Instants that were missed. */
  missed = 0;
  /** Firings that guards have held back. */
  held = 0;
  /** One is held now. */
  holding = false;
  /** Its checks and runs that are not over. */
  open = 0;
  /** Seconds since 1970; 0: never. */
  lastSuccess = 0;
}

/** The names of a configuration. */
export interface Names {
  readonly conditions: readonly string[];
  readonly tasks: readonly string[];
  readonly events: readonly string[];
}

const NAMES = { conditions: TYPES.texts, tasks: TYPES.texts, events: TYPES.texts } as const;

/** Everything that has been counted since the start. */
export class Totals {
  readonly tasks = new Map<string, TaskTotals>();
  readonly conditions = new Map<string, ConditionTotals>();
  /** How often each event has fired. */
  readonly fired = new Map<string, number>();
  readonly skipped = new Counts(SKIP_REASONS);
  readonly reloads = new Counts(RELOAD_OUTCOMES);
  readonly late = new Histogram(LATE_BOUNDS);
  ticks = 0;
  paused = false;

  /** @throws TypeError */
  task(name: string): TaskTotals {
    if (typeof name !== 'string') expectType('task', 'name', name, TYPES.text);
    return getOrMake(this.tasks, name, () => new TaskTotals());
  }
  /** @throws TypeError */
  condition(name: string): ConditionTotals {
    if (typeof name !== 'string') expectType('condition', 'name', name, TYPES.text);
    return getOrMake(this.conditions, name, () => new ConditionTotals());
  }
  /** How many conditions are being checked or have tasks that run. */
  get busy(): number {
    let busy = 0;
    for (const { open } of this.conditions.values()) if (open > 0) busy += 1;
    return busy;
  }
  /** These are the items there are: new ones begin with zeros, others are forgotten unless they are not done yet. */
  configure(names: Names): void {
    expectOptions('configure', names, NAMES, 'conditions', 'tasks', 'events');
    const { conditions, tasks, events } = names;
    for (const name of tasks) this.task(name);
    for (const name of conditions) this.condition(name);
    for (const name of events) getOrMake(this.fired, name, () => 0);
    drop(this.tasks, tasks, ({ running }) => running.size > 0);
    drop(this.conditions, conditions, ({ open }) => open > 0);
    drop(this.fired, events, () => false);
  }
}

const getOrMake = <T>(map: Map<string, T>, name: string, make: () => T): T => {
  let found = map.get(name);
  if (found === undefined) {
    found = make();
    map.set(name, found);
  }
  return found;
};

const drop = <T>(map: Map<string, T>, known: readonly string[], stays: (one: T) => boolean): void => {
  const names = new Set(known);
  for (const [name, one] of map) if (!names.has(name) && !stays(one)) map.delete(name);
};
