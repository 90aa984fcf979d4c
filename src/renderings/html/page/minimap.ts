import { isBad } from './legend.ts';
import type { PageModel, PageSpan } from './page-model.ts';
import type { Palette } from './palette.ts';
import { fullView, type View } from './view.ts';

/** Width of a column, px. */
const COLUMN = 3;

/** How many spans start in each column, and how many of them failed. Spans that are new are added to what is counted. */
class Counts {
  readonly all: number[];
  readonly bad: number[];
  readonly #view: View;
  #counted = 0;
  /** Spans that were open when they were counted: they may fail. */
  #open: readonly PageSpan[] = [];

  constructor(columns: number, view: View) {
    this.all = new Array<number>(columns).fill(0);
    this.bad = new Array<number>(columns).fill(0);
    this.#view = view;
  }
  /** @param spans those of the last call, and new ones after them */
  add(spans: readonly PageSpan[]): void {
    const before = this.#open;
    const open: PageSpan[] = [];
    for (; this.#counted < spans.length; this.#counted += 1) {
      const span = spans[this.#counted]!;
      if (span.category === 'tick') continue;
      const column = this.#column(span);
      this.all[column]! += 1;
      if (span.open) open.push(span);
      else if (isBad(span.style)) this.bad[column]! += 1;
    }
    for (const span of before)
      if (span.open) open.push(span);
      else if (isBad(span.style)) this.bad[this.#column(span)]! += 1;
    this.#open = open;
  }
  #column({ start }: PageSpan): number {
    const { from, to } = this.#view;
    const columns = this.all.length;
    return Math.max(0, Math.min(columns - 1, Math.floor(((start - from) / (to - from)) * columns)));
  }
}

/** A small picture of the whole time, with a window around what the timeline shows. */
export class Minimap {
  readonly #canvas: HTMLCanvasElement;
  #model: PageModel;
  #counts: Counts | undefined;

  /** @param go moves the middle of the window to an instant, ns. */
  constructor(canvas: HTMLCanvasElement, model: PageModel, signal: AbortSignal, go: (ns: number) => void) {
    this.#canvas = canvas;
    this.#model = model;
    const move = (event: PointerEvent) => {
      const { left, width } = canvas.getBoundingClientRect();
      const { from, to } = this.#whole;
      go(from + ((event.clientX - left) / width) * (to - from));
    };
    canvas.addEventListener(
      'pointerdown',
      (event) => {
        canvas.setPointerCapture(event.pointerId);
        move(event);
      },
      { signal },
    );
    canvas.addEventListener(
      'pointermove',
      (event) => {
        if (canvas.hasPointerCapture(event.pointerId)) move(event);
      },
      { signal },
    );
  }

  /** Shows other data from the next drawing on. */
  show(model: PageModel): void {
    const { spans, length, begin } = this.#model;
    if (model.spans !== spans || model.length !== length || model.begin !== begin) this.#counts = undefined;
    this.#model = model;
  }

  get #whole(): View {
    return fullView(this.#model.length, this.#model.begin);
  }

  /** Draws it at its current width. */
  paint(view: View, palette: Palette, ratio: number): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const pen = this.#canvas.getContext('2d');
    if (!pen || width === 0) return;
    const columns = Math.max(1, Math.floor(width / COLUMN));
    if (columns !== this.#counts?.all.length) this.#counts = new Counts(columns, this.#whole);
    this.#counts.add(this.#model.spans);
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
    const { from, to } = this.#whole;
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
