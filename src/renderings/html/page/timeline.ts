import type { WallClock } from './clock.ts';
import { find, soon } from './dom.ts';
import { entryAt, type Lane, type LaneFilter, lanesOf, PAD, ROW } from './lanes.ts';
import { Minimap } from './minimap.ts';
import type { PageModel, TimelineEntry } from './page-model.ts';
import { AXIS, paint, type Scene, xOf } from './paint.ts';
import { paletteOf, patternsOf } from './palette.ts';
import { around, clampView, fullView, moved, revealing, type View, zoomed } from './view.ts';

/** Below this width, px, names stand above the spans. */
const NARROW = 560;
/** From this width of the window on, px, details stand beside the chart. */
const BESIDE = 1100;
const GUTTER = 168;
const LABEL = 16;
/** How far beside a span it is still meant, px. */
const NEAR = 4;

/** What is looked at first: everything, but not a long beginning of which nothing was kept. */
const initialView = ({ spans, instants, length }: PageModel): View => {
  const first = (spans[0] ?? instants[0])?.start ?? length;
  return first < length / 20 || first >= length
    ? fullView(length)
    : clampView(first - (length - first) / 50, (length - first) * 1.03, length);
};

/** The timeline: what is shown of it, and what is chosen in it. Keys and pointers are in `steering.ts`. */
export class Timeline {
  readonly canvas: HTMLCanvasElement;
  readonly scroller: HTMLElement;
  readonly model: PageModel;
  readonly #clock: WallClock;
  readonly #minimap: Minimap | undefined;
  #choice: LaneFilter = { hidden: new Set(), decisions: true, part: '' };
  #lanes: readonly Lane[] = [];
  #view: View;
  #palette = paletteOf();
  #patterns = patternsOf(this.#palette, 1);
  #at: TimelineEntry | undefined;
  #chosen: TimelineEntry | undefined;
  /** Draws before the next picture. */
  readonly draw = soon(() => this.#draw());

  constructor(canvas: HTMLCanvasElement, model: PageModel, clock: WallClock) {
    this.canvas = canvas;
    this.model = model;
    this.#clock = clock;
    this.scroller = find('scroller')!;
    this.#view = initialView(model);
    const minimap = find<HTMLCanvasElement>('minimap');
    this.#minimap =
      minimap &&
      new Minimap(minimap, model, (ns) => {
        const { from, to } = this.#view;
        this.view = moved(this.#view, (ns - (from + to) / 2) / (to - from), model.length);
      });
    this.scroller.addEventListener('scroll', this.draw);
    const arrange = soon(() => this.arrange());
    new ResizeObserver(arrange).observe(this.scroller);
    this.recolour();
  }

  get view(): View {
    return this.#view;
  }
  set view(view: View) {
    this.#view = view;
    this.draw();
  }
  get lanes(): readonly Lane[] {
    return this.#lanes;
  }
  /** What the keys are at. */
  get at(): TimelineEntry | undefined {
    return this.#at;
  }

  /** Takes the colours anew: the page has become dark or light. */
  recolour(): void {
    this.#palette = paletteOf();
    this.#patterns = patternsOf(this.#palette, devicePixelRatio);
    this.draw();
  }

  /** Shows other lanes. */
  choose(choice: LaneFilter): void {
    this.#choice = choice;
    this.arrange();
  }

  /** Lays out the lanes for the width that there is. */
  arrange(): void {
    this.#lanes = lanesOf(this.model, this.#choice, this.#gutter > 0 ? 0 : LABEL);
    const last = this.#lanes.at(-1);
    const all = AXIS + (last ? last.top + last.height : 2 * ROW) + 2;
    // The height of the window bounds that of the chart; the canvas is as high as the chart, whatever there is below.
    // On a small screen the details need room below it.
    const part = find('details')?.hidden === false && innerWidth < BESIDE ? 0.38 : 0.7;
    this.scroller.style.height = `${Math.min(all, Math.max(200, Math.round(innerHeight * part)))}px`;
    const height = this.scroller.clientHeight;
    this.canvas.style.height = `${height}px`;
    find('spacer')!.style.height = `${Math.max(0, all - height)}px`;
    this.draw();
  }

  zoom(factor: number, x?: number): void {
    const { from, to } = this.#view;
    this.view = zoomed(this.#view, factor, x === undefined ? (from + to) / 2 : this.nsAt(x), this.model.length);
  }
  move(part: number): void {
    this.view = moved(this.#view, part, this.model.length);
  }
  fit(): void {
    this.view = fullView(this.model.length);
  }
  /** Shows a span as large as it goes, with what is around it. */
  zoomTo(thing: TimelineEntry): void {
    this.view = around(thing.start, thing.finish, this.model.length);
    this.pointAt(thing);
  }

  /** ns at so many px from the left. */
  nsAt(x: number): number {
    const { from, to } = this.#view;
    const width = this.canvas.clientWidth - this.#gutter;
    return from + ((x - this.#gutter) / width) * (to - from);
  }

  /** The lane and the thing at a point of the canvas, px. */
  under(x: number, y: number): { readonly lane: Lane | undefined; readonly thing: TimelineEntry | undefined } {
    const down = y - AXIS + this.scroller.scrollTop;
    const lane = y < AXIS ? undefined : this.#lanes.find(({ top, height }) => down >= top && down < top + height);
    if (!lane || x < this.#gutter) return { lane, thing: undefined };
    const near = this.nsAt(x + NEAR) - this.nsAt(x);
    return { lane, thing: entryAt(lane, down - lane.top - this.#labelled, this.nsAt(x), near) };
  }

  /** Where a thing is in the canvas, px. */
  placeOf(thing: TimelineEntry): { readonly x: number; readonly y: number } | undefined {
    const lane = this.laneOf(thing);
    if (!lane) return undefined;
    const row = thing.type === 'span' ? lane.rows.findIndex((some) => some.includes(thing)) : lane.rows.length;
    const y = AXIS + lane.top - this.scroller.scrollTop + this.#labelled + PAD + row * ROW;
    const { from, to } = this.#view;
    const scene = { view: this.#view, gutter: this.#gutter, width: this.canvas.clientWidth };
    return { x: xOf(scene, (Math.max(thing.start, from) + Math.min(thing.finish, to)) / 2), y };
  }

  /** The lane that shows a thing; undefined while it is hidden. */
  laneOf(thing: TimelineEntry): Lane | undefined {
    return this.#lanes.find(({ rows, instants }) =>
      thing.type === 'span' ? rows.some((row) => row.includes(thing)) : instants.includes(thing),
    );
  }

  /** Puts the keys at a thing, and brings it into view. */
  pointAt(thing: TimelineEntry | undefined): void {
    this.#at = thing;
    if (thing) {
      this.#view = revealing(this.#view, thing.start, thing.finish, this.model.length);
      const lane = this.laneOf(thing);
      const { scrollTop, clientHeight } = this.scroller;
      if (lane && (lane.top < scrollTop || lane.top + lane.height > scrollTop + clientHeight - AXIS))
        this.scroller.scrollTop = lane.top - (clientHeight - AXIS) / 3;
    }
    this.draw();
  }

  /** Frames what the details are about. */
  frame(thing: TimelineEntry | undefined): void {
    this.#chosen = thing;
    this.draw();
  }

  get #gutter(): number {
    return this.scroller.clientWidth < NARROW ? 0 : GUTTER;
  }
  get #labelled(): number {
    return this.#gutter > 0 ? 0 : LABEL;
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const pen = this.canvas.getContext('2d');
    if (!pen || width === 0) return;
    const ratio = devicePixelRatio;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== wide || this.canvas.height !== high) {
      this.canvas.width = wide;
      this.canvas.height = high;
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const scene: Scene = {
      lanes: this.#lanes,
      view: this.#view,
      clock: this.#clock,
      palette: this.#palette,
      patterns: this.#patterns,
      width,
      height,
      gutter: this.#gutter,
      labelled: this.#labelled,
      scroll: this.scroller.scrollTop,
      at: this.#at,
      chosen: this.#chosen,
    };
    paint(pen, scene);
    this.#minimap?.paint(this.#view, this.#palette, ratio);
    // For who asks the page what it shows: tests, and people at the console.
    this.canvas.dataset.from = String(this.#view.from);
    this.canvas.dataset.to = String(this.#view.to);
  }
}
