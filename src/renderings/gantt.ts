import { oneLine } from '../log/one-line.ts';
import { PLAIN, type Terminal } from '../terminal/terminal.ts';
import { paragraph } from '../terminal/wrap.ts';
import { type AxisLabel, axisLabels, type Bars, type Chart, ChartBuilder, type ChartLane } from './chart.ts';
import { showNs } from './duration.ts';
import { GRADE_LABELS, GRADES, type Grade, gradeStyle, worse } from './outcomes.ts';
import {
  type Out,
  type Rendering,
  type RenderingOptions,
  rangeText,
  SIMULATION_NOTE,
  type Window,
  withSimulationFlag,
} from './rendering.ts';
import { NO_EVENTS } from './summary.ts';

const NORMAL_WIDTH = 80;
/** Columns of the time axis at least, however narrow the terminal. */
const LEAST_TIME = 24;
const LONGEST_NAME = 28;

/** The character of a cell, by the grade of what ended in it; without colours this is the only sign. */
const FILL: Readonly<Record<Grade, string>> = { good: '█', quiet: '░', bad: '▒', open: '▓' };
/** Cells that are filled from the left, in eighths. */
const EIGHTHS = ['▏', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'] as const;
/** One column of a lane: what is there, and which part of it is covered, 0 to 1. */
interface Cell {
  grade: Grade;
  from: number;
  to: number;
}

const cellsOf = (bars: Bars, { from, to }: Window, width: number): (Cell | undefined)[] => {
  const cells: (Cell | undefined)[] = new Array(width).fill(undefined);
  const scale = to > from ? width / (to - from) : 0;
  for (const { start, end, grade } of bars) {
    if (end < from || start > to) continue;
    const a = Math.max(0, (start - from) * scale);
    const b = Math.min(width, (end - from) * scale);
    const first = Math.min(width - 1, Math.floor(a));
    const last = Math.max(first, Math.min(width - 1, Math.ceil(b) - 1));
    for (let i = first; i <= last; i++) {
      const [l, r] = [Math.max(0, a - i), Math.min(1, b - i)];
      const cell = cells[i];
      if (!cell) {
        cells[i] = { grade, from: l, to: r };
        continue;
      }
      cell.grade = worse(grade, cell.grade);
      cell.from = Math.min(cell.from, l);
      cell.to = Math.max(cell.to, r);
    }
  }
  return cells;
};

const glyph = ({ grade, from, to }: Cell, last: boolean): string => {
  if (grade === 'open' && last) return '▶';
  if (grade !== 'good') return FILL[grade];
  const [left, right] = [from < 0.25, to > 0.99];
  if (right) return left ? '█' : from < 0.75 ? '▐' : '▕';
  return left || from < 0.5 ? EIGHTHS[Math.round((to - (left ? 0 : from)) * 8)]! : '▕';
};

const shortened = (name: string, width: number): string =>
  name.length <= width ? name.padEnd(width) : `${name.slice(0, width - 1)}…`;

/** Labels to the right of their ticks, or to the left at the end of the line. Labels without room are left out. */
const axisOf = (labels: readonly AxisLabel[], width: number): string => {
  let line = '';
  for (const { at, label } of labels) {
    const column = Math.min(width - 1, Math.round(at * width));
    const before = column + 1 + label.length > width;
    const start = before ? column - label.length : column;
    if (start > line.length || (start === 0 && line === ''))
      line = `${line.padEnd(start)}${before ? `${label}│` : `│${label}`}`;
  }
  return line;
};

const headOf = (window: Window, width: number): string => {
  const length = window.to - window.from;
  return `${rangeText(window)}${length > 0 ? `; one column is ${showNs(length / width)}` : ''}\n`;
};

/** A chart as text: a line for each lane, time from left to right. */
const showGantt = (
  { lanes, window }: Chart,
  { width = NORMAL_WIDTH, paint }: Terminal = PLAIN,
  title?: string,
): string => {
  if (lanes.length === 0) return NO_EVENTS;
  const labelOf = ({ inner, name }: ChartLane) => `${inner ? '  ' : ''}${oneLine(name)}`;
  const counts = lanes.map(({ bars }): readonly [string, string] => [
    String(bars.length),
    bars.counts.bad > 0 ? String(bars.counts.bad) : '',
  ]);
  const [count, failed] = [0, 1].map((i) =>
    Math.max(['RUNS', 'FAILED'][i]!.length, ...counts.map((row) => row[i]!.length)),
  ) as [number, number];
  const anyFailed = counts.some(([, bad]) => bad !== '');
  const right = 2 + count + (anyFailed ? 2 + failed : 0);
  const longest = Math.max(...lanes.map((lane) => labelOf(lane).length));
  const names = Math.max(6, Math.min(longest, LONGEST_NAME, width - right - LEAST_TIME - 2));
  const room = Math.max(LEAST_TIME, width - names - 2 - right);
  const labels = axisLabels(window, room);
  const guides = new Set(labels.map(({ at }) => Math.min(room - 1, Math.round(at * room))));

  const used = new Set<Grade>();
  // Assigned in a closure, which the analysis of types does not follow.
  let partial = false as boolean;
  const line = (lane: ChartLane, i: number): string => {
    const cells = cellsOf(lane.bars, window, room);
    const drawn = cells.map((cell, at) => {
      if (!cell) return guides.has(at) ? paint('dim', '·') : ' ';
      used.add(cell.grade);
      const drawn = glyph(cell, at === room - 1);
      partial ||= cell.grade === 'good' && drawn !== FILL.good;
      return paint(gradeStyle(cell.grade), drawn);
    });
    const [runs, bad] = counts[i]!;
    const tail = `${runs.padStart(count)}${bad === '' ? '' : `  ${paint('red', bad.padStart(failed))}`}`;
    return `${shortened(labelOf(lane), names)}  ${drawn.join('')}  ${tail}`;
  };
  const body = lanes.map(line);
  const axis = axisOf(labels, room).padEnd(room);
  const heading = `${' '.repeat(names)}  ${axis}  ${'RUNS'.padStart(count)}${anyFailed ? `  ${'FAILED'.padStart(failed)}` : ''}`;
  const legend = GRADES.filter((grade) => used.has(grade)).map(
    (grade) => `${paint(gradeStyle(grade), grade === 'open' ? '▓▶' : FILL[grade])} ${GRADE_LABELS[grade]}`,
  );
  if (partial) legend.push(`${paint(gradeStyle('good'), '▕')} less than a column`);
  const foot = legend.length === 0 ? '' : `\n${legend.join('   ')}\n`;
  const above = title === undefined ? '' : `${paint('bold', oneLine(title))}\n`;
  return `${above}${headOf(window, room)}\n${[heading, ...body].join('\n')}\n${foot}`;
};

/** Lanes of conditions and tasks over time, as text. */
export const gantt = (out: Out, { width, paint = PLAIN.paint, title }: RenderingOptions): Rendering =>
  withSimulationFlag(
    (simulated) =>
      new ChartBuilder((chart) => {
        const note = simulated() ? `${paragraph(SIMULATION_NOTE, width)}\n` : '';
        out(`${note}${showGantt(chart, { paint, ...(width === undefined ? {} : { width }) }, title)}`);
      }),
  );
