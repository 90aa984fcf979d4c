import { PAD, ROW } from '../../renderings/html/page/lanes.ts';
import { AXIS, type Scene, xOf } from '../../renderings/html/page/scene.ts';
import type { Timeline } from '../../renderings/html/page/timeline.ts';
import { type Arrow, arrowsOf } from './run-arrows.ts';
import type { RunModel, RunSpan } from './run-model.ts';

/** A range of the timeline, ns since its beginning. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is drawn on top of the timeline: the present, times without an instance, a selection, arrows of the run that is pointed at. */
export interface TimelineOverlay {
  /** Wall clock at the beginning, ms. */
  base: number;
  model: RunModel | undefined;
  gaps: readonly Range[];
  selection: Range | undefined;
  /** Coming firings by the key of their lane, ns, the soonest first. */
  coming: ReadonlyMap<string, readonly number[]>;
  /** The run that is open, and the one that is pointed at. */
  run: RunSpan | undefined;
  pointed: RunSpan | undefined;
  readonly draw: (pen: CanvasRenderingContext2D, scene: Scene) => void;
  /** Selects by dragging with Shift. */
  connect(timeline: Timeline, selected: (range: Range | null) => void): void;
}

const band = (
  pen: CanvasRenderingContext2D,
  scene: Scene,
  { from, to }: Range,
  colour: string,
  alpha: number,
): void => {
  const [left, right] = [Math.max(scene.gutter, xOf(scene, from)), Math.min(scene.width, xOf(scene, to))];
  if (right <= left) return;
  pen.globalAlpha = alpha;
  pen.fillStyle = colour;
  pen.fillRect(left, AXIS - 6, right - left, scene.height);
  pen.globalAlpha = 1;
};

/** The size of a coming firing, and the least distance between two that are drawn, px. */
const [MARK, APART] = [7, 9];

/** Draws a dotted mark for each coming firing, in the first row of its lane. */
const drawComing = (pen: CanvasRenderingContext2D, scene: Scene, coming: TimelineOverlay['coming'], now: number) => {
  pen.strokeStyle = scene.palette.muted;
  pen.lineWidth = 1;
  pen.setLineDash([1, 2]);
  for (const { key, top } of scene.lanes) {
    const y = AXIS + top - scene.scroll + scene.labelHeight + PAD;
    if (y < AXIS - ROW || y > scene.height) continue;
    let last = Number.NEGATIVE_INFINITY;
    for (const at of coming.get(key) ?? []) {
      const x = xOf(scene, at);
      if (at < now || x - last < APART) continue;
      if (x > scene.width) break;
      pen.strokeRect(Math.round(x) + 0.5, y + 3.5, MARK, ROW - 9);
      last = x;
    }
  }
  pen.setLineDash([]);
};

/** The size of the tip of an arrow, px. */
const TIP = 5;

const drawArrow = (pen: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void => {
  const bend = Math.max(10, Math.abs(toX - x) / 2);
  pen.beginPath();
  pen.moveTo(x, y);
  pen.bezierCurveTo(x + bend, y, toX - bend, toY, toX - TIP, toY);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(toX, toY);
  pen.lineTo(toX - TIP, toY - TIP / 1.5);
  pen.lineTo(toX - TIP, toY + TIP / 1.5);
  pen.fill();
};

/** Makes what is drawn on top of a timeline. */
export const overlayOf = (): TimelineOverlay => {
  let timeline: Timeline | undefined;
  let known: { readonly span: RunSpan; readonly model: RunModel; readonly arrows: readonly Arrow[] } | undefined;
  const arrows = (span: RunSpan, model: RunModel): readonly Arrow[] => {
    if (known?.span !== span || known.model !== model) known = { span, model, arrows: arrowsOf(model, span) };
    return known.arrows;
  };
  const drawArrows = (pen: CanvasRenderingContext2D, scene: Scene): void => {
    const span = overlay.pointed ?? overlay.run;
    if (span === undefined || timeline === undefined || overlay.model === undefined) return;
    pen.strokeStyle = pen.fillStyle = scene.palette.text;
    pen.lineWidth = 1.5;
    for (const [cause, effect] of arrows(span, overlay.model)) {
      const [from, to] = [timeline.placeOf(cause), timeline.placeOf(effect)];
      if (!from || !to) continue;
      const start = cause.run === effect.run && cause.category === 'run' ? cause.start : cause.finish;
      drawArrow(pen, Math.max(scene.gutter, xOf(scene, start)), from.y + 6, xOf(scene, effect.start), to.y + 6);
    }
  };
  const overlay: TimelineOverlay = {
    ...{
      base: 0,
      model: undefined,
      gaps: [],
      coming: new Map(),
      selection: undefined,
      run: undefined,
      pointed: undefined,
    },
    draw: (pen, scene) => {
      pen.save();
      pen.beginPath();
      pen.rect(scene.gutter, 0, scene.width - scene.gutter, scene.height);
      pen.clip();
      for (const gap of overlay.gaps) band(pen, scene, gap, scene.palette.muted, 0.18);
      if (overlay.selection) band(pen, scene, overlay.selection, scene.palette.focus, 0.16);
      const now = (Date.now() - overlay.base) * 1e6;
      drawComing(pen, scene, overlay.coming, now);
      const x = Math.round(xOf(scene, now)) + 0.5;
      pen.strokeStyle = scene.palette.focus;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(x, AXIS - 6);
      pen.lineTo(x, scene.height);
      pen.stroke();
      drawArrows(pen, scene);
      pen.restore();
    },
    connect: (own, selected) => {
      timeline = own;
      const { canvas, closing: signal } = own;
      let began: number | undefined;
      const down = (event: PointerEvent): void => {
        if (!event.shiftKey || event.button !== 0) return;
        event.stopImmediatePropagation();
        canvas.setPointerCapture(event.pointerId);
        began = own.nsAt(event.offsetX);
      };
      const move = (event: PointerEvent): void => {
        if (began === undefined) return;
        event.stopImmediatePropagation();
        const at = own.nsAt(event.offsetX);
        overlay.selection = { from: Math.min(began, at), to: Math.max(began, at) };
        own.draw();
      };
      const up = (event: PointerEvent): void => {
        if (began === undefined) return;
        event.stopImmediatePropagation();
        began = undefined;
        selected(overlay.selection ?? null);
      };
      const listeners = [
        ['pointerdown', down],
        ['pointermove', move],
        ['pointerup', up],
      ] as const;
      for (const [name, listen] of listeners) canvas.addEventListener(name, listen, { capture: true, signal });
    },
  };
  return overlay;
};
