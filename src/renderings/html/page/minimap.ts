import { isBad } from './legend.ts';
import type { PageModel } from './page-model.ts';
import type { Palette } from './palette.ts';
import { fullView, type View } from './view.ts';

/** Width of a column, px. */
const COLUMN = 3;

/** How many spans start in each column, and how many of them failed. */
const countsOf = (
  { spans, length }: PageModel,
  columns: number,
): { readonly all: number[]; readonly bad: number[] } => {
  const { from, to } = fullView(length);
  const [all, bad] = [new Array<number>(columns).fill(0), new Array<number>(columns).fill(0)];
  for (const { category, start, style } of spans) {
    if (category === 'tick') continue;
    const column = Math.min(columns - 1, Math.floor(((start - from) / (to - from)) * columns));
    all[column]! += 1;
    if (isBad(style)) bad[column]! += 1;
  }
  return { all, bad };
};

/** A small picture of the whole time, with a window around what the timeline shows. */
export class Minimap {
  readonly #canvas: HTMLCanvasElement;
  #model: PageModel;
  #columns = 0;
  #counts = countsOf({ spans: [], instants: [], records: [], order: [], length: 1 }, 1);

  /** @param go moves the middle of the window to an instant, ns. */
  constructor(canvas: HTMLCanvasElement, model: PageModel, go: (ns: number) => void) {
    this.#canvas = canvas;
    this.#model = model;
    const move = (event: PointerEvent) => {
      const { left, width } = canvas.getBoundingClientRect();
      const { from, to } = fullView(this.#model.length);
      go(from + ((event.clientX - left) / width) * (to - from));
    };
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      move(event);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) move(event);
    });
  }

  /** Shows other data from the next drawing on. */
  show(model: PageModel): void {
    this.#model = model;
    this.#columns = 0;
  }

  /** Draws it at its current width. */
  paint(view: View, palette: Palette, ratio: number): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const pen = this.#canvas.getContext('2d');
    if (!pen || width === 0) return;
    const columns = Math.max(1, Math.floor(width / COLUMN));
    if (columns !== this.#columns) {
      this.#columns = columns;
      this.#counts = countsOf(this.#model, columns);
    }
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    pen.scale(ratio, ratio);
    pen.fillStyle = palette.band;
    pen.fillRect(0, 0, width, height);
    const { all, bad } = this.#counts;
    const most = Math.log1p(Math.max(1, ...all));
    for (const [i, count] of all.entries()) {
      if (count === 0) continue;
      const tall = Math.max(2, (Math.log1p(count) / most) * (height - 8));
      pen.fillStyle = palette.muted;
      pen.fillRect(i * COLUMN, height - tall, COLUMN - 1, tall);
      if (bad[i] === 0) continue;
      pen.fillStyle = palette.spans.failure;
      pen.fillRect(i * COLUMN, height - tall, COLUMN - 1, tall);
      pen.fillRect(i * COLUMN - 1, 0, COLUMN + 1, 3);
    }
    const { from, to } = fullView(this.#model.length);
    const left = ((view.from - from) / (to - from)) * width;
    const wide = Math.max(3, ((view.to - view.from) / (to - from)) * width);
    pen.fillStyle = palette.surface;
    pen.globalAlpha = 0.65;
    pen.fillRect(0, 0, left, height);
    pen.fillRect(left + wide, 0, width - left - wide, height);
    pen.globalAlpha = 1;
    pen.strokeStyle = palette.focus;
    pen.lineWidth = 2;
    pen.strokeRect(left + 1, 1, Math.max(1, wide - 2), height - 2);
  }
}
