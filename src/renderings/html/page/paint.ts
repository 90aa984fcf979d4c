import { showNs } from '../../duration.ts';
import { HEADING, INSTANT_ROW, type Lane, PAD, ROW } from './lanes.ts';
import { drawInstants, drawRow } from './paint-rows.ts';
import { AXIS, FONT, type Pen, type Scene, xOf } from './scene.ts';

/** Shortens a text to `room`, px. */
const fitting = (pen: Pen, text: string, room: number): string => {
  if (pen.measureText(text).width <= room) return text;
  let end = Math.min(text.length, Math.floor(room / 4));
  while (end > 0 && pen.measureText(`${text.slice(0, end)}…`).width > room) end -= 1;
  return end > 0 ? `${text.slice(0, end)}…` : '';
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
  pen.fillText(clock.day(clock.at(Math.max(view.from, scene.begin))), 8, AXIS / 2 - 1);
  pen.strokeStyle = palette.line;
  pen.strokeRect(gutter - 0.5, -1, width, height + 2);
};
