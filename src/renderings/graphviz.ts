import type { InstantName, SpanName } from '../journal/span-names.ts';
import { printed } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { showNs } from './duration.ts';
import { type Grade, gradeOf } from './outcomes.ts';
import { type Out, type Rendering, type RenderingOptions, type Window, withSimulationFlag } from './rendering.ts';
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
    const { conditions, tasks, events } = this.#configured ?? { conditions: [], tasks: [], events: [] };
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
    const told = this.#configured !== undefined;
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

type ColorBy = NonNullable<RenderingOptions['colorBy']>;

const SHAPES: Readonly<Record<GraphNode['section'], string>> = { event: 'ellipse', condition: 'octagon', task: 'box' };

const GRADE_COLOURS: Readonly<Record<Grade, string>> = {
  good: '#2f855a',
  quiet: '#718096',
  bad: '#c53030',
  open: '#b7791f',
};
const NEUTRAL = '#4a5568';
/** For kinds, by the order in which they come. */
const KIND_COLOURS = ['#2b6cb0', '#b7791f', '#2f855a', '#c53030', '#6b46c1', '#2c7a7b', '#97266d', '#4a5568'] as const;

/**
 * Text between double quotes of the language of graphs. Ends of lines are written as such, other control characters are made visible:
 * the graph may be shown on a terminal.
 */
const quoted = (text: string): string =>
  `"${printed(text.replaceAll('\r', '')).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const idOf = ({ section, name }: GraphNode): string => quoted(`${section}/${name}`);

const linesOf = (node: GraphNode, times: boolean): string[] => {
  const { section, name, label, type, stats, checks, present, suspended } = node;
  const { count, open, mean, last, outcomes } = stats;
  const kind = [type, section].filter(Boolean).join(' ');
  const lines = label === name ? [name] : [label, name];
  lines.push(suspended ? `${kind}, suspended` : present ? kind : `${kind}, no longer there`);
  if (section === 'event') return [...lines, count === 0 ? 'never fired' : `fired ${counted(count, 'time')}`];
  if (checks > 0) lines.push(counted(checks, 'check'));
  if (count === 0) return [...lines, 'never run'];
  const bad = (outcomes.get('failure') ?? 0) + (outcomes.get('error') ?? 0);
  lines.push(`${counted(count, 'run')}${bad > 0 ? `, ${bad} failed` : ''}${open > 0 ? `, ${open} open` : ''}`);
  if (count > open)
    lines.push([`last: ${last ?? 'ended'}`, times ? `mean ${showNs(mean)}` : ''].filter(Boolean).join(', '));
  return lines;
};

const colourOf = ({ section, stats, type }: GraphNode, by: ColorBy, kinds: readonly string[]): string => {
  if (by === 'kind' && type !== '') return KIND_COLOURS[kinds.indexOf(type) % KIND_COLOURS.length] ?? NEUTRAL;
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
export const showGraph = (
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

/** The map of the configuration with what came of it, for the programs of Graphviz. */
export const graphviz = (out: Out, options: RenderingOptions): Rendering =>
  withSimulationFlag(
    (simulated) =>
      new GraphBuilder((graph) => {
        const title = simulated() ? { title: `${options.title ?? 'whenever'} (simulated)` } : {};
        out(showGraph(graph, { ...options, ...title }));
      }),
  );
