import { showNs } from '../../duration.ts';
import { ROW } from './lanes.ts';
import { type InstantStyle, isBad, type SpanStyle } from './legend.ts';
import type { PageInstant, PageSpan, TimelineEntry } from './page-model.ts';
import type { Palette } from './palette.ts';
import { FONT, type Pen, type Scene, xOf } from './scene.ts';
import { failureSums, indexFrom, rangeIn, visibleIn } from './span-rows.ts';

const isMarked = ({ focused, selected }: Scene, entry: TimelineEntry): boolean =>
  entry === focused || entry === selected;

/** Draws a frame around the focused or selected entry. */
const outline = (pen: Pen, scene: Scene, entry: TimelineEntry, x: number, y: number, width: number, height: number) => {
  if (!isMarked(scene, entry)) return;
  pen.strokeStyle = entry === scene.focused ? scene.palette.focus : scene.palette.text;
  pen.lineWidth = 2;
  pen.strokeRect(x - 1.5, y - 1.5, width + 3, height + 3);
};

const fillPolygon = (pen: Pen, ...corners: readonly (readonly [x: number, y: number])[]): void => {
  pen.beginPath();
  for (const [x, y] of corners) pen.lineTo(x, y);
  pen.fill();
};

/** Shapes of instants in a square from −4 to 4, so that colour is not the only sign. */
const SHAPES: Readonly<Record<InstantStyle, Path2D>> = {
  fired: new Path2D('M-3-4 4 0-3 4z'),
  skipped: new Path2D('M0-4 4 0 0 4-4 0z'),
  retry: new Path2D('M0-4 4 3-4 3z'),
  broken: new Path2D('M-4-2-2-4 0-1.5 2-4 4-2 1.5 0 4 2 2 4 0 1.5-2 4-4 2-1.5 0z'),
  missed: new Path2D('M-4-3 4-3 0 4z'),
  input: new Path2D('M-3-3H3V3H-3z'),
  other: new Path2D('M-2-4 2-4 4 0 2 4-2 4-4 0z'),
};

/** Draws the shape of an instant around a point; skipped checks are hollow. */
const drawInstant = (pen: Pen, palette: Palette, style: InstantStyle, x: number, y: number): void => {
  const hollow = style === 'skipped';
  pen.translate(x, y);
  pen.fillStyle = hollow ? palette.surface : palette.instants[style];
  pen.fill(SHAPES[style]);
  if (hollow) {
    pen.strokeStyle = palette.instants[style];
    pen.lineWidth = 1.4;
    pen.stroke(SHAPES[style]);
  }
  pen.translate(-x, -y);
};

const BAR = ROW - 3;

/** Draws arrows to the right at the end of an open span: its length is not known. */
const drawArrows = (pen: Pen, palette: Palette, x: number, y: number, width: number): void => {
  pen.fillStyle = palette.surface;
  for (let at = x + width - 6; at > x && at > x + width - 30; at -= 8)
    fillPolygon(pen, [at, y + 2], [at + 4, y + BAR / 2], [at, y + BAR - 2], [at + 1.5, y + BAR / 2]);
};

const drawBox = (pen: Pen, scene: Scene, style: SpanStyle, x: number, y: number, width: number): void => {
  const { palette, patterns } = scene;
  if (style === 'negative') {
    pen.strokeStyle = palette.spans[style];
    pen.lineWidth = 1.5;
    pen.strokeRect(x + 0.75, y + 0.75, Math.max(width - 1.5, 0.5), BAR - 1.5);
    return;
  }
  pen.fillStyle = palette.spans[style];
  if (style === 'other') pen.fillRect(x, y + 3, width, BAR - 6);
  else pen.fillRect(x, y, width, BAR);
  const pattern = patterns[style];
  if (pattern && width > 5) {
    pen.fillStyle = pattern;
    pen.fillRect(x, y, width, BAR);
  }
  if (style === 'open') drawArrows(pen, palette, x, y, width);
};

/** Draws the category and the length of a span into its box, if there is room. */
const drawBarText = (pen: Pen, scene: Scene, span: PageSpan, x: number, y: number, width: number): void => {
  const { palette, patterns } = scene;
  pen.font = `11px ${FONT}`;
  const length = span.open ? (span.outcome ?? 'open') : showNs(span.finish - span.start);
  const left = Math.max(x, scene.gutter) + 4;
  const room = Math.min(x + width, scene.width) - (span.open ? 34 : 3) - left;
  const long = `${span.category} ${length}`;
  // A number is not shortened: it would be another number.
  const text = [span.item === null ? length : long, length].find((one) => pen.measureText(one).width <= room);
  if (!text) return;
  if (patterns[span.style]) {
    pen.fillStyle = palette.spans[span.style];
    pen.fillRect(left - 3, y + 1, pen.measureText(text).width + 6, BAR - 2);
  }
  pen.fillStyle = span.style === 'negative' ? palette.text : palette.surface;
  pen.fillText(text, left, y + BAR / 2 + 0.5);
};

/** Width of the bar for spans that are too short to be drawn alone, px. */
const MERGED = 3;
/** Number of spans in one bar from which on it has the full colour. */
const DENSE = 24;

const opacityOf = (count: number): number => Math.min(1, 0.5 + (0.5 * Math.log(count)) / Math.log(DENSE));

/** Number of merged spans by style and column. */
type Merged = Map<SpanStyle, Map<number, number>>;

const countMerged = (merged: Merged, style: SpanStyle, x: number): void => {
  const columns = merged.get(style) ?? new Map<number, number>();
  const column = Math.floor(x / MERGED);
  columns.set(column, (columns.get(column) ?? 0) + 1);
  merged.set(style, columns);
};

/** Draws bars for short spans; the more spans one stands for, the stronger is its colour. */
const drawMerged = (pen: Pen, { palette }: Scene, merged: Merged, y: number) => {
  for (const [style, columns] of merged) {
    const low = style === 'negative' || style === 'other';
    pen.fillStyle = palette.spans[style];
    for (const [column, count] of columns) {
      pen.globalAlpha = isBad(style) ? 1 : opacityOf(count);
      pen.fillRect(column * MERGED, low ? y + 4 : y, MERGED - 0.5, low ? ROW - 11 : BAR);
    }
  }
  pen.globalAlpha = 1;
};

/** Draws a line with a triangle above it, so that a short failed span is seen. */
const drawFailures = (pen: Pen, { palette }: Scene, positions: readonly number[], y: number): void => {
  pen.fillStyle = palette.spans.failure;
  for (const x of positions) {
    pen.fillRect(x - 1, y, 2, BAR);
    fillPolygon(pen, [x - 4, y - 3], [x + 4, y - 3], [x, y + 4]);
  }
};

/** With more visible spans than this a row is drawn by columns. */
const MOST_SINGLE = 1500;

/**
 * Draws a row of many spans, none of which overlap: a search for each column finds how many there are, and how many of them failed. So a
 * picture takes as long as it is wide, however many spans there are.
 */
const drawDense = (pen: Pen, scene: Scene, row: readonly PageSpan[], first: number, last: number, y: number): void => {
  const { palette, view, gutter, width } = scene;
  const failed = failureSums(row);
  const perColumn = ((view.to - view.from) / (width - gutter)) * MERGED;
  for (let i = first; i < last; ) {
    const span = row[i]!;
    const x = Math.max(gutter + Math.floor((xOf(scene, span.start) - gutter) / MERGED) * MERGED, gutter);
    const wide = Math.min(xOf(scene, span.finish), width + 4) - x;
    const end = Math.max(i + 1, Math.min(last, indexFrom(row, span.start + perColumn)));
    const bad = failed[end]! - failed[i]!;
    pen.fillStyle = palette.spans[bad > 0 ? 'failure' : span.style];
    pen.globalAlpha = bad > 0 ? 1 : opacityOf(end - i);
    pen.fillRect(x, y, Math.max(wide, MERGED - 0.5), BAR);
    if (bad > 0 && bad < end - i) {
      pen.fillStyle = palette.spans.success;
      pen.fillRect(x, y + BAR / 2, MERGED - 0.5, BAR / 2);
    }
    i = end;
  }
  pen.globalAlpha = 1;
};

/** Frames the marked entries of a row that is drawn by columns. */
const outlineIn = (pen: Pen, scene: Scene, row: readonly PageSpan[], y: number): void => {
  for (const span of [scene.focused, scene.selected]) {
    if (span?.type !== 'span' || row[indexFrom(row, span.start)] !== span) continue;
    const [left, right] = [xOf(scene, span.start), xOf(scene, span.finish)];
    outline(pen, scene, span, left, y, Math.max(2, right - left), BAR);
  }
};

/** Draws spans one by one. Spans smaller than a bar are merged by style; failures are drawn last. */
const drawSingle = (pen: Pen, scene: Scene, row: readonly PageSpan[], y: number, crowded: boolean): void => {
  const merged: Merged = new Map();
  const failures: number[] = [];
  for (const span of visibleIn(row, scene.view, crowded)) {
    const left = xOf(scene, span.start);
    const x = Math.max(left, scene.gutter - 4);
    const width = Math.min(xOf(scene, span.finish), scene.width + 4) - x;
    const apart = (failures.at(-1) ?? Number.NEGATIVE_INFINITY) < left - 3;
    if (isBad(span.style) && width < 12 && apart) failures.push(left + Math.max(width, 2) / 2);
    if (width >= 3) {
      drawBox(pen, scene, span.style, x, y, width);
      if (width >= 44 && span.style !== 'other') drawBarText(pen, scene, span, x, y, width);
    } else countMerged(merged, span.style, x);
    outline(pen, scene, span, x, y, Math.max(width, 2), BAR);
  }
  drawMerged(pen, scene, merged, y);
  drawFailures(pen, scene, failures, y);
};

/** Draws a row of spans. */
export const drawRow = (pen: Pen, scene: Scene, row: readonly PageSpan[], y: number, crowded: boolean): void => {
  const [begin, end] = crowded ? [0, 0] : rangeIn(row, scene.view);
  if (end - begin <= MOST_SINGLE) {
    drawSingle(pen, scene, row, y, crowded);
    return;
  }
  drawDense(pen, scene, row, begin, end, y);
  outlineIn(pen, scene, row, y);
};

/** Draws instants in a row; of those at the same place only one of each style. */
export const drawInstants = (pen: Pen, scene: Scene, instants: readonly PageInstant[], y: number): void => {
  const { view, palette } = scene;
  const drawn = new Map<InstantStyle, number>();
  for (const instant of visibleIn(instants, view, false)) {
    const x = xOf(scene, instant.start);
    const apart = (drawn.get(instant.style) ?? Number.NEGATIVE_INFINITY) <= x - 3;
    if (!apart && !isMarked(scene, instant)) continue;
    drawn.set(instant.style, x);
    drawInstant(pen, palette, instant.style, x, y);
    outline(pen, scene, instant, x - 4, y - 4, 8, 8);
  }
};
