import type { InstantName, SpanName } from '../journal/span-names.ts';
import type { Rendering, Window } from './rendering.ts';
import type { Instant, ItemList, Span } from './span-data.ts';
import { SpanCounter, type Stats } from './statistics.ts';

/** An item as a graph shows it. */
export interface GraphNode {
  readonly section: 'event' | 'condition' | 'task';
  readonly name: string;
  /** The name given to it, or its own. */
  readonly label: string;
  /** The kind; empty: not known. */
  readonly type: string;
  /** It is part of the configuration that counts at the end. */
  readonly present: boolean;
  readonly suspended: boolean;
  /** Of its runs; for an event only `count` is there: how often it fired. */
  readonly stats: Stats;
  /** How often it was checked; for conditions. */
  readonly checks: number;
}

/** Who leads to whom. */
export interface GraphEdge {
  readonly from: GraphNode;
  readonly to: GraphNode;
  /** How often. */
  readonly count: number;
  /** Place in a sequence, from 1; undefined: the tasks run together, or there is one only. */
  readonly place: number | undefined;
}

/** What a configuration is made of, and what came of it. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

interface Item {
  readonly counter: SpanCounter;
  readonly label: string;
  checks: number;
}

/** What is counted on an item. */
const COUNTED: readonly SpanName[] = ['check', 'run', 'task'];

/** Between the two ends of a way, as no name holds it. */
const BETWEEN = '\0';

/** Events before conditions before tasks, each by their names. */
const bySection = (a: string, b: string): number => {
  const place = (key: string) => ['e', 'c', 't'].indexOf(key.charAt(0));
  return place(a) - place(b) || (a < b ? -1 : 1);
};

const NO_STATS: Stats = { count: 0, open: 0, mean: 0, min: 0, max: 0, total: 0, outcomes: new Map(), last: undefined };

/** Gathers the map of a configuration, with what was counted on it; without a configuration, of what ran. */
export class GraphBuilder implements Rendering {
  readonly #items = new Map<string, Item>();
  readonly #edges = new Map<string, number>();
  /** Where the configuration does not tell: order of tasks in runs. */
  readonly #sequences = new Map<string, readonly string[]>();
  readonly #done: (graph: Graph) => void;
  #plan: ItemList | undefined;

  constructor(done: (graph: Graph) => void) {
    this.#done = done;
  }

  plan(plan: ItemList): void {
    this.#plan = plan;
  }

  ended(span: Span): void {
    const { item, began } = span;
    const category = span.category as SpanName;
    if (item === null || !COUNTED.includes(category)) return;
    const { section, name } = split(item);
    if (section === undefined) return;
    const found = this.#item(item, span.name);
    if (category === 'check') {
      found.checks += 1;
      return;
    }
    found.counter.add(span);
    if (category === 'task' && typeof began.condition === 'string') this.#edge(`condition/${began.condition}`, item);
    if (category === 'run' && began.sequence === true && Array.isArray(began.tasks))
      this.#sequences.set(
        name,
        began.tasks.filter((one) => typeof one === 'string'),
      );
  }

  instant({ category, item, name, timeline }: Instant): void {
    if ((category as InstantName) !== 'fired' || item === null) return;
    this.#item(item, name).checks += 1;
    if (typeof timeline.condition === 'string') this.#edge(item, `condition/${timeline.condition}`);
  }

  end(_window: Window): void {
    const nodes = new Map<string, GraphNode>();
    const { conditions, tasks, events } = this.#plan ?? { conditions: [], tasks: [], events: [] };
    const node = (key: string, type: string, present: boolean, suspended = false): void => {
      const { section, name } = split(key);
      if (section === undefined || nodes.has(key)) return;
      const found = this.#items.get(key);
      const counted: Stats = found?.counter ?? NO_STATS;
      const stats = section === 'event' ? { ...NO_STATS, count: found?.checks ?? 0 } : counted;
      const checks = section === 'condition' ? (found?.checks ?? 0) : 0;
      nodes.set(key, { section, name, label: found?.label ?? name, type, present, suspended, stats, checks });
    };
    for (const { name, type } of events) node(`event/${name}`, type, true);
    for (const { name, type, suspended } of conditions) node(`condition/${name}`, type, true, suspended);
    for (const { name, type } of tasks) node(`task/${name}`, type, true);
    // What is in no configuration is there all the same: a reload took it away, or nobody told of one.
    const told = this.#plan !== undefined;
    for (const key of [...this.#items.keys()].sort(bySection)) node(key, '', !told);
    const ways = [...this.#edges.keys()].sort(bySection);
    for (const key of ways) for (const end of key.split(BETWEEN)) node(end, '', !told);

    const edges: GraphEdge[] = [];
    const done = new Set<string>();
    const edge = (from: string, to: string, place?: number): void => {
      const [a, b, key] = [nodes.get(from), nodes.get(to), `${from}${BETWEEN}${to}`];
      if (!a || !b || done.has(key)) return;
      done.add(key);
      edges.push({ from: a, to: b, count: this.#edges.get(key) ?? 0, place });
    };
    for (const { name, condition } of events) edge(`event/${name}`, `condition/${condition}`);
    for (const { name, tasks: run, sequence } of conditions)
      for (const [i, task] of run.entries())
        edge(`condition/${name}`, `task/${task}`, sequence && run.length > 1 ? i + 1 : undefined);
    for (const key of ways) {
      const [from = '', to = ''] = key.split(BETWEEN);
      const row = this.#sequences.get(split(from).name) ?? [];
      const place = row.indexOf(split(to).name);
      edge(from, to, place === -1 || row.length === 1 ? undefined : place + 1);
    }
    this.#done({ nodes: [...nodes.values()], edges });
  }

  #item(key: string, label: string): Item {
    let found = this.#items.get(key);
    if (!found) {
      found = { counter: new SpanCounter(), label, checks: 0 };
      this.#items.set(key, found);
    }
    return found;
  }

  #edge(from: string, to: string): void {
    const key = `${from}${BETWEEN}${to}`;
    this.#edges.set(key, (this.#edges.get(key) ?? 0) + 1);
  }
}

const split = (key: string): { section: GraphNode['section'] | undefined; name: string } => {
  const at = key.indexOf('/');
  const section = key.slice(0, at);
  const known = section === 'event' || section === 'condition' || section === 'task';
  return { section: known ? section : undefined, name: key.slice(at + 1) };
};
