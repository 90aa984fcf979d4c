import { showNs } from '../../duration.ts';
import { drawRow } from './bars.ts';
import { firstIn, HEADING, type Lane, MARK_ROW, PAD, ROW } from './lanes.ts';
import { drawInstant } from './marks.ts';
import { AXIS, FONT, fitting, outline, type Pen, type Scene, xOf } from './scene.ts';

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
