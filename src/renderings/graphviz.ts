import type { InstantName, SpanName } from '../journal/span-names.ts';
import { printed } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { showNs } from './duration.ts';
import { type Grade, gradeOf } from './outcomes.ts';
import { type Out, type Rendering, type RenderingOptions, type Window, withSimulationFlag } from './rendering.ts';
import type { Instant, ItemList, Span } from './span-data.ts';
import { SpanCounter, type Stats } from './statistics.ts';

/** An item in a graph. */
interface GraphNode {
  readonly section: 'event' | 'condition' | 'task';
  readonly name: string;
  /** The name from an annotation, or its own. */
  readonly label: string;
  /** Its kind; empty: not known. */
  readonly type: string;
  /** Whether it is in the configuration at the end. */
  readonly present: boolean;
  readonly suspended: boolean;
  /** Figures of its runs; an event has only `count`: how often it fired. */
  readonly stats: Stats;
  /** How often a condition was checked. */
  readonly checks: number;
}

/** From an event to its condition, or from a condition to a task. */
interface GraphEdge {
  readonly from: GraphNode;
  readonly to: GraphNode;
  /** How often. */
  readonly count: number;
  /** Place in a sequence, from 1; undefined: the tasks run together, or there is one only. */
  readonly place: number | undefined;
}

/** The items of a configuration, and how often one led to another. */
interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

interface CountedItem {
  readonly counter: SpanCounter;
  readonly label: string;
  /** Of an event: how often it fired. */
  checks: number;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  count: number;
}

/** Categories that are counted. */
const COUNTED: readonly SpanName[] = ['check', 'run', 'task'];

const SECTIONS = ['event', 'condition', 'task'] as const;

const split = (key: string): { section: GraphNode['section'] | undefined; name: string } => {
  const at = key.indexOf('/');
  return { section: SECTIONS.find((one) => one === key.slice(0, at)), name: key.slice(at + 1) };
};

/** Orders keys of items: events, conditions, tasks, each by name. */
const bySection = (a: string, b: string): number => {
  const place = (key: string) => SECTIONS.findIndex((section) => key.startsWith(section));
  return place(a) - place(b) || (a < b ? -1 : a > b ? 1 : 0);
};

const NO_STATS: Stats = { count: 0, open: 0, mean: 0, min: 0, max: 0, total: 0, outcomes: new Map(), last: undefined };
const NO_ITEMS: ItemList = { conditions: [], tasks: [], events: [] };

/** Builds a graph of a configuration with counts; without a configuration, a graph of what ran. */
class GraphBuilder implements Rendering {
  readonly #counted = new Map<string, CountedItem>();
  readonly #edges = new Map<string, Edge>();
  /** Order of tasks in the runs of a condition, for conditions that are not in a configuration. */
  readonly #sequences = new Map<string, readonly string[]>();
  readonly #done: (graph: Graph) => void;
  #configured: ItemList | undefined;

  constructor(done: (graph: Graph) => void) {
    this.#done = done;
  }

  items(items: ItemList): void {
    this.#configured = items;
  }

  ended(span: Span): void {
    const { item, began } = span;
    const category = span.category as SpanName;
    if (item === null || !COUNTED.includes(category) || split(item).section === undefined) return;
    const found = this.#item(item, span.name);
    if (category === 'check') {
      found.checks += 1;
      return;
    }
    found.counter.add(span);
    if (category === 'task' && typeof began.condition === 'string')
      this.#edge(`condition/${began.condition}`, item).count += 1;
    if (category === 'run' && began.sequence === true && Array.isArray(began.tasks))
      this.#sequences.set(
        item,
        began.tasks.filter((one) => typeof one === 'string'),
      );
  }

  instant({ category, item, name, timeline }: Instant): void {
    if ((category as InstantName) !== 'fired' || item === null) return;
    this.#item(item, name).checks += 1;
    if (typeof timeline.condition === 'string') this.#edge(item, `condition/${timeline.condition}`).count += 1;
  }

  end(_window: Window): void {
    // In causal order, which does not depend on the order of the recording.
    const ran = [...this.#edges.values()].sort((a, b) => bySection(a.from, b.from) || bySection(a.to, b.to));
    const nodes = this.#nodes(ran);
    this.#done({ nodes: [...nodes.values()], edges: this.#graphEdges(nodes, ran) });
  }

  #nodes(ran: readonly Edge[]): ReadonlyMap<string, GraphNode> {
    const nodes = new Map<string, GraphNode>();
    const add = (key: string, type: string, present: boolean, suspended = false): void => {
      const { section, name } = split(key);
      if (section === undefined || nodes.has(key)) return;
      const { counter = NO_STATS, label = name, checks: count = 0 } = this.#counted.get(key) ?? {};
      const stats = section === 'event' ? { ...NO_STATS, count } : counter;
      const checks = section === 'condition' ? count : 0;
      nodes.set(key, { section, name, label, type, present, suspended, stats, checks });
    };
    const { conditions, tasks, events } = this.#configured ?? NO_ITEMS;
    for (const { name, type } of events) add(`event/${name}`, type, true);
    for (const { name, type, suspended } of conditions) add(`condition/${name}`, type, true, suspended);
    for (const { name, type } of tasks) add(`task/${name}`, type, true);
    // Other items were removed by a reload, or no configuration is recorded.
    const present = this.#configured === undefined;
    const ends = ran.flatMap(({ from, to }) => [from, to]);
    for (const key of [...[...this.#counted.keys()].sort(bySection), ...ends]) add(key, '', present);
    return nodes;
  }

  #graphEdges(nodes: ReadonlyMap<string, GraphNode>, ran: readonly Edge[]): GraphEdge[] {
    const edges = new Map<string, GraphEdge>();
    const add = (from: string, to: string, place?: number): void => {
      const [a, b, key] = [nodes.get(from), nodes.get(to), edgeKey(from, to)];
      if (!a || !b || edges.has(key)) return;
      edges.set(key, { from: a, to: b, count: this.#edges.get(key)?.count ?? 0, place });
    };
    const { conditions, events } = this.#configured ?? NO_ITEMS;
    for (const { name, condition } of events) add(`event/${name}`, `condition/${condition}`);
    for (const { name, tasks, sequence } of conditions)
      for (const [i, task] of tasks.entries())
        add(`condition/${name}`, `task/${task}`, sequence && tasks.length > 1 ? i + 1 : undefined);
    for (const { from, to } of ran) {
      const tasks = this.#sequences.get(from) ?? [];
      const place = tasks.indexOf(split(to).name);
      add(from, to, place === -1 || tasks.length === 1 ? undefined : place + 1);
    }
    return [...edges.values()];
  }

  #item(key: string, label: string): CountedItem {
    let found = this.#counted.get(key);
    if (!found) {
      found = { counter: new SpanCounter(), label, checks: 0 };
      this.#counted.set(key, found);
    }
    return found;
  }

  #edge(from: string, to: string): Edge {
    const key = edgeKey(from, to);
    let edge = this.#edges.get(key);
    if (!edge) {
      edge = { from, to, count: 0 };
      this.#edges.set(key, edge);
    }
    return edge;
  }
}

/** The key of an edge: no name contains the separator. */
const edgeKey = (from: string, to: string): string => `${from}\0${to}`;

type ColorBy = NonNullable<RenderingOptions['colorBy']>;

const SHAPES: Readonly<Record<GraphNode['section'], string>> = { event: 'ellipse', condition: 'octagon', task: 'box' };

const GRADE_COLOURS: Readonly<Record<Grade, string>> = {
  good: '#2f855a',
  quiet: '#718096',
  bad: '#c53030',
  open: '#b7791f',
};
const NEUTRAL = '#4a5568';
/** Colours of kinds, in the order in which they appear. */
const KIND_COLOURS = ['#2b6cb0', '#b7791f', '#2f855a', '#c53030', '#6b46c1', '#2c7a7b', '#97266d', '#4a5568'] as const;

/** A quoted text of the language of Graphviz. Control characters except line ends are made visible, for terminals. */
const quoted = (text: string): string =>
  `"${printed(text.replaceAll('\r', '')).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const idOf = ({ section, name }: GraphNode): string => quoted(`${section}/${name}`);

const runLines = ({ count, open, mean, last, outcomes }: Stats, times: boolean): string[] => {
  const bad = (outcomes.get('failure') ?? 0) + (outcomes.get('error') ?? 0);
  const runs = `${counted(count, 'run')}${bad > 0 ? `, ${bad} failed` : ''}${open > 0 ? `, ${open} open` : ''}`;
  return count === open ? [runs] : [runs, `last: ${last ?? 'ended'}${times ? `, mean ${showNs(mean)}` : ''}`];
};

const linesOf = (node: GraphNode, times: boolean): string[] => {
  const { section, name, label, type, stats, checks, present, suspended } = node;
  const { count } = stats;
  const kind = [type, section].filter(Boolean).join(' ');
  const lines = label === name ? [name] : [label, name];
  lines.push(suspended ? `${kind}, suspended` : present ? kind : `${kind}, no longer there`);
  if (section === 'event') return [...lines, count === 0 ? 'never fired' : `fired ${counted(count, 'time')}`];
  if (checks > 0) lines.push(counted(checks, 'check'));
  return [...lines, ...(count === 0 ? ['never run'] : runLines(stats, times))];
};

const colourOf = ({ section, stats, type }: GraphNode, by: ColorBy, kinds: readonly string[]): string => {
  if (by === 'kind' && type !== '') return KIND_COLOURS[kinds.indexOf(type) % KIND_COLOURS.length]!;
  if (by !== 'outcome' || section === 'event' || stats.count === 0) return NEUTRAL;
  return GRADE_COLOURS[gradeOf(stats.last, stats.open === stats.count)];
};

const attributes = (found: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(found)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
    .join(', ');

const nodeLine = (node: GraphNode, times: boolean, colour: string): string => {
  const never = node.stats.count === 0;
  const style = [node.suspended || !node.present ? 'dashed' : 'solid', ...(node.section === 'task' ? ['rounded'] : [])];
  return `  ${idOf(node)} [${attributes({
    label: quoted(linesOf(node, times).join('\n')),
    shape: SHAPES[node.section],
    style: quoted(style.join(',')),
    color: quoted(colour),
    fontcolor: never || node.suspended ? quoted(NEUTRAL) : undefined,
    penwidth: never ? '1' : '2',
  })}];\n`;
};

const edgeLine = ({ from, to, count, place }: GraphEdge): string => {
  const words = [place === undefined ? '' : `#${place}`, count > 0 ? `${count} ×` : ''].filter(Boolean).join(', ');
  return `  ${idOf(from)} -> ${idOf(to)} [${attributes({
    label: words === '' ? undefined : quoted(words),
    style: count > 0 ? 'solid' : from.suspended ? 'dashed' : 'dotted',
    color: quoted(NEUTRAL),
  })}];\n`;
};

/** A graph in the language of Graphviz: from left to right events, conditions, tasks. */
const showGraph = (
  { nodes, edges }: Graph,
  { times = true, colorBy = 'outcome', title }: Pick<RenderingOptions, 'times' | 'colorBy' | 'title'> = {},
): string => {
  const kinds = [...new Set(nodes.map(({ type }) => type))];
  const head = [
    'digraph whenever {\n  rankdir=LR;\n  node [fontname="Helvetica,sans-serif", fontsize=11];\n',
    '  edge [fontname="Helvetica,sans-serif", fontsize=10];\n',
    title === undefined ? '' : `  label=${quoted(title)};\n  labelloc=t;\n`,
  ];
  const empty = nodes.length === 0 ? '  "(no events recorded)" [shape=plaintext];\n' : '';
  const ranks = Object.keys(SHAPES).map((section) => {
    const column = nodes.filter((node) => node.section === section).map(idOf);
    return column.length > 1 ? `  { rank=same; ${column.join('; ')} }\n` : '';
  });
  const body = nodes.map((node) => nodeLine(node, times, colourOf(node, colorBy, kinds)));
  return `${head.join('')}${empty}${body.join('')}${ranks.join('')}${edges.map(edgeLine).join('')}}\n`;
};

/** The graph of a configuration with counts and outcomes, for the programs of Graphviz. */
export const graphviz = (out: Out, options: RenderingOptions): Rendering =>
  withSimulationFlag(
    (simulated) =>
      new GraphBuilder((graph) => {
        const title = simulated() ? { title: `${options.title ?? 'whenever'} (simulated)` } : {};
        out(showGraph(graph, { ...options, ...title }));
      }),
  );
