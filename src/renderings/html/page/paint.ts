import { showNs } from '../../duration.ts';
import type { WallClock } from './clock.ts';
import { firstIn, HEADING, type Lane, MARK_ROW, PAD, ROW } from './lanes.ts';
import { type InstantStyle, isBad, type SpanStyle } from './legend.ts';
import type { PageSpan, TimelineEntry } from './page-model.ts';
import type { Palette, patternsOf } from './palette.ts';
import type { View } from './view.ts';

/** Height of the axis, px. */
export const AXIS = 26;

/** What a picture of the timeline is made of. Lengths in px. */
export interface Scene {
  readonly lanes: readonly Lane[];
  readonly view: View;
  readonly clock: WallClock;
  readonly palette: Palette;
  readonly patterns: ReturnType<typeof patternsOf>;
  readonly width: number;
  readonly height: number;
  /** Of the names at the left; 0: they stand above the spans. */
  readonly gutter: number;
  /** Height of a name above the spans. */
  readonly labelled: number;
  readonly scroll: number;
  /** What the keys are at, and what is shown in the details. */
  readonly at: TimelineEntry | undefined;
  readonly chosen: TimelineEntry | undefined;
}

/** Where an instant stands, px from the left. */
export const xOf = ({ view, gutter, width }: Pick<Scene, 'view' | 'gutter' | 'width'>, ns: number): number =>
  gutter + ((ns - view.from) / (view.to - view.from)) * (width - gutter);

/** What draws. */
export type Pen = CanvasRenderingContext2D;
/** The letters of the picture. */
export const FONT = 'system-ui, sans-serif';

/** A text that is not wider than `room`, px. */
export const fitting = (pen: Pen, text: string, room: number): string => {
  if (pen.measureText(text).width <= room) return text;
  let end = Math.min(text.length, Math.floor(room / 4));
  while (end > 0 && pen.measureText(`${text.slice(0, end)}…`).width > room) end -= 1;
  return end > 0 ? `${text.slice(0, end)}…` : '';
};

/** A frame around something. */
export const outline = (pen: Pen, colour: string, x: number, y: number, width: number, height: number): void => {
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.strokeRect(x - 1.5, y - 1.5, width + 3, height + 3);
};

/** Corners of the marks in a square from −4 to 4; a mark has a form of its own besides its colour. */
const FORMS: Readonly<Record<InstantStyle, readonly (readonly [x: number, y: number])[]>> = {
  fired: [
    [-3, -4],
    [4, 0],
    [-3, 4],
  ],
  skipped: [
    [0, -4],
    [4, 0],
    [0, 4],
    [-4, 0],
  ],
  retry: [
    [0, -4],
    [4, 3],
    [-4, 3],
  ],
  broken: [
    [-4, -2],
    [-2, -4],
    [0, -1.5],
    [2, -4],
    [4, -2],
    [1.5, 0],
    [4, 2],
    [2, 4],
    [0, 1.5],
    [-2, 4],
    [-4, 2],
    [-1.5, 0],
  ],
  missed: [
    [-4, -3],
    [4, -3],
    [0, 4],
  ],
  input: [
    [-3, -3],
    [3, -3],
    [3, 3],
    [-3, 3],
  ],
  other: [
    [-2, -4],
    [2, -4],
    [4, 0],
    [2, 4],
    [-2, 4],
    [-4, 0],
  ],
};

/** Draws a mark around a point; what was skipped is hollow. */
export const drawInstant = (
  pen: CanvasRenderingContext2D,
  palette: Palette,
  mark: InstantStyle,
  x: number,
  y: number,
): void => {
  pen.beginPath();
  for (const [i, [dx, dy]] of FORMS[mark].entries()) pen[i === 0 ? 'moveTo' : 'lineTo'](x + dx, y + dy);
  pen.closePath();
  pen.fillStyle = mark === 'skipped' ? palette.surface : palette.marks[mark];
  pen.fill();
  if (mark !== 'skipped') return;
  pen.strokeStyle = palette.marks[mark];
  pen.lineWidth = 1.4;
  pen.stroke();
};

const drawBar = (pen: Pen, scene: Scene, span: PageSpan, x: number, y: number, width: number): void => {
  const { palette, patterns } = scene;
  const height = ROW - 3;
  const colour = palette.kinds[span.style];
  if (span.style === 'negative') {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.strokeRect(x + 0.75, y + 0.75, Math.max(width - 1.5, 0.5), height - 1.5);
  } else {
    pen.fillStyle = colour;
    if (span.style === 'other') pen.fillRect(x, y + 3, width, height - 6);
    else pen.fillRect(x, y, width, height);
    const pattern = patterns[span.style];
    if (pattern && width > 5) {
      pen.fillStyle = pattern;
      pen.fillRect(x, y, width, height);
    }
    if (span.style === 'open') {
      // An arrow to the right: nobody knows how far it goes.
      pen.fillStyle = palette.surface;
      for (let at = x + width - 6; at > x && at > x + width - 30; at -= 8) {
        pen.beginPath();
        pen.moveTo(at, y + 2);
        pen.lineTo(at + 4, y + height / 2);
        pen.lineTo(at, y + height - 2);
        pen.lineTo(at + 1.5, y + height / 2);
        pen.fill();
      }
    }
  }
  if (width < 44 || span.style === 'other') return;
  pen.font = `11px ${FONT}`;
  const shown = span.open ? 'open' : showNs(span.finish - span.start);
  const left = Math.max(x, scene.gutter) + 4;
  const room = Math.min(x + width, scene.width) - (span.open ? 34 : 3) - left;
  const long = `${span.category} ${shown}`;
  // Half a number would be another number.
  const text = [span.item === null ? shown : long, shown].find((one) => pen.measureText(one).width <= room);
  if (!text) return;
  if (patterns[span.style]) {
    pen.fillStyle = colour;
    pen.fillRect(left - 3, y + 1, pen.measureText(text).width + 6, height - 2);
  }
  pen.fillStyle = span.style === 'negative' ? palette.text : palette.surface;
  pen.fillText(text, left, y + height / 2 + 0.5);
};

/** Width of the bar that stands for spans which are too short to be seen, px. */
const MERGED = 3;
/** So many spans in one bar are drawn in the full colour. */
const DENSE = 24;

/** How strong the colour of a bar is that stands for so many spans. */
export const densityOf = (count: number): number => Math.min(1, 0.5 + (0.5 * Math.log(count)) / Math.log(DENSE));

/** Draws bars that stand for many spans: the more there are, the stronger is the colour. */
const drawMerged = (
  pen: Pen,
  { palette }: Scene,
  bars: ReadonlyMap<SpanStyle, ReadonlyMap<number, number>>,
  y: number,
) => {
  for (const [kind, places] of bars) {
    const low = kind === 'negative' || kind === 'other';
    pen.fillStyle = palette.kinds[kind];
    for (const [place, count] of places) {
      pen.globalAlpha = isBad(kind) ? 1 : densityOf(count);
      pen.fillRect(place * MERGED, low ? y + 4 : y, MERGED - 0.5, low ? ROW - 11 : ROW - 3);
    }
  }
  pen.globalAlpha = 1;
};

/** A row of spans. What is smaller than a point is drawn together, by kind; what went wrong is drawn last. */
export const drawRow = (pen: Pen, scene: Scene, row: readonly PageSpan[], y: number, crowded: boolean): void => {
  const { view, palette } = scene;
  const merged = new Map<SpanStyle, Map<number, number>>();
  const wrong: number[] = [];
  for (let i = firstIn(row, view.from, crowded); i < row.length; i += 1) {
    const span = row[i]!;
    if (span.start > view.to) break;
    if (span.finish < view.from) continue;
    const left = xOf(scene, span.start);
    const x = Math.max(left, scene.gutter - 4);
    const width = Math.min(xOf(scene, span.finish), scene.width + 4) - x;
    const bad = isBad(span.style);
    if (bad && width < 12 && (wrong.at(-1) ?? Number.NEGATIVE_INFINITY) < left - 3)
      wrong.push(left + Math.max(width, 2) / 2);
    if (width >= 3) drawBar(pen, scene, span, x, y, width);
    else {
      const places = merged.get(span.style) ?? new Map<number, number>();
      const place = Math.floor(x / MERGED);
      places.set(place, (places.get(place) ?? 0) + 1);
      merged.set(span.style, places);
    }
    if (span === scene.chosen || span === scene.at)
      outline(pen, span === scene.at ? palette.focus : palette.text, x, y, Math.max(width, 2), ROW - 3);
  }
  drawMerged(pen, scene, merged, y);
  pen.fillStyle = palette.kinds.failure;
  for (const x of wrong) {
    pen.fillRect(x - 1, y, 2, ROW - 3);
    pen.beginPath();
    pen.moveTo(x - 4, y - 3);
    pen.lineTo(x + 4, y - 3);
    pen.lineTo(x, y + 4);
    pen.fill();
  }
};

/** What belongs to one item. */
const drawLane = (pen: Pen, scene: Scene, lane: Lane, y: number): void => {
  const { palette, gutter, width, labelled, view } = scene;
  pen.save();
  pen.beginPath();
  pen.rect(gutter, y, width - gutter, lane.height);
  pen.clip();
  const first = y + labelled + PAD + 1;
  for (const [i, row] of lane.rows.entries())
    drawRow(pen, scene, row, first + i * ROW, lane.crowded && i === lane.rows.length - 1);
  const marks = first + lane.rows.length * ROW + MARK_ROW / 2 - 1;
  const drawn = new Map<string, number>();
  for (let i = firstIn(lane.instants, view.from, false); i < lane.instants.length; i += 1) {
    const instant = lane.instants[i]!;
    if (instant.start > view.to) break;
    const x = xOf(scene, instant.start);
    if (
      instant !== scene.at &&
      instant !== scene.chosen &&
      (drawn.get(instant.style) ?? Number.NEGATIVE_INFINITY) > x - 3
    )
      continue;
    drawn.set(instant.style, x);
    drawInstant(pen, palette, instant.style, x, marks);
    if (instant === scene.at || instant === scene.chosen)
      outline(pen, instant === scene.at ? palette.focus : palette.text, x - 4, marks - 4, 8, 8);
  }
  pen.restore();
  pen.fillStyle = palette.text;
  pen.font = `12px ${FONT}`;
  const room = (gutter || width) - 16;
  pen.fillText(fitting(pen, lane.name, room), 8, gutter > 0 ? y + PAD + ROW / 2 : y + labelled / 2 + 2);
};

/** The lines of the axis through all lanes, and at its top what they are called. */
const drawAxis = (pen: Pen, scene: Scene, part: 'lines' | 'names'): void => {
  const { palette, clock, view, gutter, width, height } = scene;
  pen.font = `11px ${FONT}`;
  pen.lineWidth = 1;
  for (const { at, label } of clock.ticks(view.from, view.to, Math.max(2, (width - gutter) / 75))) {
    const x = Math.round(xOf(scene, at)) + 0.5;
    if (part === 'lines') {
      pen.strokeStyle = palette.line;
      pen.beginPath();
      pen.moveTo(x, AXIS - 6);
      pen.lineTo(x, height);
      pen.stroke();
      continue;
    }
    const wide = pen.measureText(label).width;
    if (x - wide / 2 < gutter + 2 || x + wide / 2 > width) continue;
    pen.fillStyle = palette.muted;
    pen.fillText(label, x - wide / 2, AXIS / 2 - 1);
  }
};

/** Where the wall clock stepped. */
const drawSteps = (pen: Pen, scene: Scene): void => {
  const { palette, clock, view, height } = scene;
  for (const { at, by } of clock.steps) {
    if (at < view.from || at > view.to) continue;
    const x = Math.round(xOf(scene, at)) + 0.5;
    pen.strokeStyle = palette.text;
    pen.setLineDash([4, 3]);
    pen.beginPath();
    pen.moveTo(x, 0);
    pen.lineTo(x, height);
    pen.stroke();
    pen.setLineDash([]);
    const text = `clock ${by > 0 ? '+' : '−'}${showNs(Math.abs(by) * 1e6)}`;
    const wide = pen.measureText(text).width;
    pen.fillStyle = palette.surface;
    pen.fillRect(x + 2, 2, wide + 4, AXIS - 8);
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
  const seen = lanes
    .map((lane, i) => ({ lane, y: AXIS + lane.top - scroll, even: i % 2 === 0 }))
    .filter(({ lane, y }) => y < height + HEADING && y + lane.height > AXIS);
  pen.fillStyle = palette.band;
  for (const { lane, y, even } of seen) if (even) pen.fillRect(0, y, width, lane.height);
  drawAxis(pen, scene, 'lines');
  for (const { lane, y } of seen) {
    if (lane.heading !== undefined) {
      pen.fillStyle = palette.muted;
      pen.font = `600 11px ${FONT}`;
      pen.fillText(lane.heading, 8, y - HEADING / 2 + 1);
    }
    drawLane(pen, scene, lane, y);
  }
  pen.fillStyle = palette.surface;
  pen.fillRect(0, 0, width, AXIS - 6);
  drawAxis(pen, scene, 'names');
  drawSteps(pen, scene);
  if (gutter === 0) return;
  pen.fillStyle = palette.muted;
  pen.fillText(clock.day(clock.at(Math.max(view.from, 0))), 8, AXIS / 2 - 1);
  pen.strokeStyle = palette.line;
  pen.strokeRect(gutter - 0.5, -1, width, height + 2);
};
