import { showNs } from '../../duration.ts';
import type { WallClock } from './clock.ts';
import { HEADING, INSTANT_ROW, indexFrom, type Lane, PAD, ROW, rangeIn, visibleIn } from './lanes.ts';
import { type InstantStyle, isBad, type SpanStyle } from './legend.ts';
import type { PageInstant, PageSpan, TimelineEntry } from './page-model.ts';
import type { Palette, patternsOf } from './palette.ts';
import type { View } from './view.ts';

/** Height of the axis, px. */
export const AXIS = 26;

/** What a picture of the timeline is made from. Lengths in px. */
export interface Scene {
  readonly lanes: readonly Lane[];
  readonly view: View;
  readonly clock: WallClock;
  readonly palette: Palette;
  readonly patterns: ReturnType<typeof patternsOf>;
  readonly width: number;
  readonly height: number;
  /** Width of the names at the left; 0: they are above the spans. */
  readonly gutter: number;
  /** Height of a name above the spans. */
  readonly labelHeight: number;
  readonly scroll: number;
  /** The entry that the keys point at. */
  readonly focused: TimelineEntry | undefined;
  /** The entry that the details show. */
  readonly selected: TimelineEntry | undefined;
}

type Pen = CanvasRenderingContext2D;

/** The position of an instant, px from the left. */
export const xOf = ({ view, gutter, width }: Pick<Scene, 'view' | 'gutter' | 'width'>, ns: number): number =>
  gutter + ((ns - view.from) / (view.to - view.from)) * (width - gutter);

const FONT = 'system-ui, sans-serif';

/** Shortens a text to `room`, px. */
const fitting = (pen: Pen, text: string, room: number): string => {
  if (pen.measureText(text).width <= room) return text;
  let end = Math.min(text.length, Math.floor(room / 4));
  while (end > 0 && pen.measureText(`${text.slice(0, end)}…`).width > room) end -= 1;
  return end > 0 ? `${text.slice(0, end)}…` : '';
};

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
  const length = span.open ? 'open' : showNs(span.finish - span.start);
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

/** How many failed spans are before each span of a row; made once for each row. */
const failedBefore = new WeakMap<readonly PageSpan[], Uint32Array>();
const failuresOf = (row: readonly PageSpan[]): Uint32Array => {
  let sums = failedBefore.get(row);
  if (!sums) {
    sums = new Uint32Array(row.length + 1);
    for (let i = 0; i < row.length; i += 1) sums[i + 1] = sums[i]! + (isBad(row[i]!.style) ? 1 : 0);
    failedBefore.set(row, sums);
  }
  return sums;
};

/**
 * Draws a row of many spans, none of which overlap: a search for each column finds how many there are, and how many of them failed. So a
 * picture takes as long as it is wide, however many spans there are.
 */
const drawDense = (pen: Pen, scene: Scene, row: readonly PageSpan[], first: number, last: number, y: number): void => {
  const { palette, view, gutter, width } = scene;
  const failed = failuresOf(row);
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
const drawRow = (pen: Pen, scene: Scene, row: readonly PageSpan[], y: number, crowded: boolean): void => {
  const [begin, end] = crowded ? [0, 0] : rangeIn(row, scene.view);
  if (end - begin <= MOST_SINGLE) {
    drawSingle(pen, scene, row, y, crowded);
    return;
  }
  drawDense(pen, scene, row, begin, end, y);
  outlineIn(pen, scene, row, y);
};

/** Draws instants in a row; of those at the same place only one of each style. */
const drawInstants = (pen: Pen, scene: Scene, instants: readonly PageInstant[], y: number): void => {
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

const drawLane = (pen: Pen, scene: Scene, lane: Lane, y: number): void => {
  const { palette, gutter, width, labelHeight } = scene;
  pen.save();
  pen.beginPath();
  pen.rect(gutter, y, width - gutter, lane.height);
  pen.clip();
  const first = y + labelHeight + PAD + 1;
  for (const [i, row] of lane.rows.entries())
    drawRow(pen, scene, row, first + i * ROW, lane.crowded && i === lane.rows.length - 1);
  drawInstants(pen, scene, lane.instants, first + lane.rows.length * ROW + INSTANT_ROW / 2 - 1);
  pen.restore();
  pen.fillStyle = palette.text;
  pen.font = `12px ${FONT}`;
  const room = (gutter || width) - 16;
  pen.fillText(fitting(pen, lane.name, room), 8, gutter > 0 ? y + PAD + ROW / 2 : y + labelHeight / 2 + 2);
};

/** Draws the lines of the axis through all lanes, or its labels at the top. */
const drawAxis = (pen: Pen, scene: Scene, part: 'lines' | 'labels'): void => {
  const { palette, clock, view, gutter, width, height } = scene;
  pen.font = `11px ${FONT}`;
  pen.fillStyle = palette.muted;
  for (const { at, label } of clock.ticks(view.from, view.to, Math.max(2, (width - gutter) / 75))) {
    const x = Math.round(xOf(scene, at)) + 0.5;
    if (part === 'lines') {
      drawVertical(pen, palette.line, x, AXIS - 6, height);
      continue;
    }
    const half = pen.measureText(label).width / 2;
    if (x - half >= gutter + 2 && x + half <= width) pen.fillText(label, x - half, AXIS / 2 - 1);
  }
};

const drawVertical = (pen: Pen, colour: string, x: number, from: number, to: number): void => {
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x, from);
  pen.lineTo(x, to);
  pen.stroke();
};

/** Draws the steps of the wall clock. */
const drawSteps = (pen: Pen, scene: Scene): void => {
  const { palette, clock, view, height } = scene;
  for (const { at, by } of clock.steps) {
    if (at < view.from || at > view.to) continue;
    const x = Math.round(xOf(scene, at)) + 0.5;
    pen.setLineDash([4, 3]);
    drawVertical(pen, palette.text, x, 0, height);
    pen.setLineDash([]);
    const text = `clock ${by > 0 ? '+' : '−'}${showNs(Math.abs(by) * 1e6)}`;
    pen.fillStyle = palette.surface;
    pen.fillRect(x + 2, 2, pen.measureText(text).width + 4, AXIS - 8);
    pen.fillStyle = palette.text;
    pen.fillText(text, x + 4, AXIS / 2 - 1);
  }
};

/** Draws the timeline. */
export const paint = (pen: Pen, scene: Scene): void => {
  const { lanes, palette, width, height, scroll, gutter, clock, view } = scene;
  pen.textBaseline = 'middle';
  pen.fillStyle = palette.surface;
  pen.fillRect(0, 0, width, height);
  const visible = lanes
    .map((lane, i) => ({ lane, y: AXIS + lane.top - scroll, even: i % 2 === 0 }))
    .filter(({ lane, y }) => y < height + HEADING && y + lane.height > AXIS);
  pen.fillStyle = palette.band;
  for (const { lane, y, even } of visible) if (even) pen.fillRect(0, y, width, lane.height);
  drawAxis(pen, scene, 'lines');
  for (const { lane, y } of visible) {
    if (lane.heading !== undefined) {
      pen.fillStyle = palette.muted;
      pen.font = `600 11px ${FONT}`;
      pen.fillText(lane.heading, 8, y - HEADING / 2 + 1);
    }
    drawLane(pen, scene, lane, y);
  }
  pen.fillStyle = palette.surface;
  pen.fillRect(0, 0, width, AXIS - 6);
  drawAxis(pen, scene, 'labels');
  drawSteps(pen, scene);
  if (gutter === 0) return;
  pen.fillStyle = palette.muted;
  pen.fillText(clock.day(clock.at(Math.max(view.from, 0))), 8, AXIS / 2 - 1);
  pen.strokeStyle = palette.line;
  pen.strokeRect(gutter - 0.5, -1, width, height + 2);
};
