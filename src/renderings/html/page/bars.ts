import { showNs } from '../../duration.ts';
import { firstIn, ROW } from './lanes.ts';
import { isBad, type SpanStyle } from './legend.ts';
import type { PageSpan } from './page-model.ts';
import { FONT, outline, type Pen, type Scene, xOf } from './scene.ts';

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
