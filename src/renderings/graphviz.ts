import { printed } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { showNs } from './duration.ts';
import { type Graph, GraphBuilder, type GraphEdge, type GraphNode } from './graph.ts';
import { type Grade, gradeOf } from './outcomes.ts';
import type { Out, Rendering, RenderingOptions } from './rendering.ts';
import { withSimulationFlag } from './simulated.ts';

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
