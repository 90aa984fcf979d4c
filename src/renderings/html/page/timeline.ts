import type { WallClock } from './clock.ts';
import { find, inNextFrame } from './dom.ts';
import { entryAt, keyOf, type Lane, type LaneFilter, lanesOf, PAD, ROW, rowOf } from './lanes.ts';
import { Minimap } from './minimap.ts';
import type { PageModel, TimelineEntry } from './page-model.ts';
import { paint } from './paint.ts';
import { paletteOf, patternsOf } from './palette.ts';
import { AXIS, type Scene, xOf } from './scene.ts';
import { around, clampView, fullView, moved, revealing, type View, zoomed } from './view.ts';

/** Below this width, px, names are above the spans. */
const NARROW = 560;
/** From this width of the window on, px, details are beside the chart. */
const BESIDE = 1100;
const GUTTER = 168;
const LABEL = 16;
/** A part of the view by which a move may miss its goal. */
const SLIGHTLY = 1e-3;
/** Tolerance beside a span, px. */
const NEAR = 4;

/** The first view: everything, except a long beginning whose spans were left out. */
const initialView = ({ spans, instants, length }: PageModel): View => {
  const first = (spans[0] ?? instants[0])?.start ?? length;
  return first < length / 20 || first >= length
    ? fullView(length)
    : clampView(first - (length - first) / 50, (length - first) * 1.03, length);
};

/** What a page adds to a timeline. */
export interface TimelineOptions {
  /** Draws on top of the picture. */
  readonly overlay: (pen: CanvasRenderingContext2D, scene: Scene) => void;
  /** Called for each move that would go to before the beginning. */
  readonly early: () => void;
}

/** The timeline: the part that is shown, and the selection. Keys and pointers are in `pan-zoom.ts`. */
export class Timeline {
  readonly canvas: HTMLCanvasElement;
  readonly scroller: HTMLElement;
  readonly #spacer: HTMLElement;
  #model: PageModel;
  readonly #clock: WallClock;
  readonly #options: TimelineOptions | undefined;
  readonly #closing = new AbortController();
  readonly #minimap: Minimap | undefined;
  #filter: LaneFilter = { hidden: new Set(), decisions: true, part: '' };
  #lanes: readonly Lane[] = [];
  #view: View;
  #palette = paletteOf();
  #patterns = patternsOf(this.#palette, 1);
  #focused: TimelineEntry | undefined;
  #selected: TimelineEntry | undefined;
  /** Draws in the next animation frame. */
  readonly draw = inNextFrame(() => this.#draw());

  constructor(canvas: HTMLCanvasElement, model: PageModel, clock: WallClock, options?: TimelineOptions) {
    this.canvas = canvas;
    this.#model = model;
    this.#options = options;
    this.#clock = clock;
    this.scroller = find('scroller')!;
    this.#spacer = find('spacer')!;
    this.#view = initialView(model);
    const minimap = find<HTMLCanvasElement>('minimap');
    this.#minimap =
      minimap &&
      new Minimap(minimap, model, this.closing, (ns) => {
        const { from, to } = this.#view;
        this.view = moved(this.#view, (ns - (from + to) / 2) / (to - from), this.model.length, this.model.begin);
      });
    this.scroller.addEventListener('scroll', this.draw, { signal: this.closing });
    const resized = new ResizeObserver(inNextFrame(() => this.arrange()));
    resized.observe(this.scroller);
    this.closing.addEventListener('abort', () => resized.disconnect());
    this.recolour();
  }

  get model(): PageModel {
    return this.#model;
  }
  /** Shows other data, of which what is pointed at and selected is a part. @param view what is shown of it */
  show(model: PageModel, view: View): void {
    this.#model = model;
    this.#view = clampView(view.from, view.to - view.from, model.length, model.begin);
    this.#minimap?.show(model);
    this.arrange();
  }
  /** Ends what goes on by itself. */
  close(): void {
    this.#closing.abort();
  }
  /** Aborted when it is closed: listeners end with it. */
  get closing(): AbortSignal {
    return this.#closing.signal;
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
  /** The entry that the keys point at. */
  get focused(): TimelineEntry | undefined {
    return this.#focused;
  }

  /** Reads the colours again after a change between light and dark. */
  recolour(): void {
    this.#palette = paletteOf();
    this.#patterns = patternsOf(this.#palette, devicePixelRatio);
    this.draw();
  }

  /** Shows other lanes. */
  filter(filter: LaneFilter): void {
    this.#filter = filter;
    this.arrange();
  }

  /** Lays out the lanes for the current width. */
  arrange(): void {
    this.#lanes = lanesOf(this.model, this.#filter, this.#gutter > 0 ? 0 : LABEL);
    const last = this.#lanes.at(-1);
    const all = AXIS + (last ? last.top + last.height : 2 * ROW) + 2;
    // The window limits the height of the chart, and the canvas has the height of the chart.
    // On a small screen the details need room below it.
    const part = find('details')?.hidden === false && innerWidth < BESIDE ? 0.38 : 0.7;
    this.scroller.style.height = `${Math.min(all, Math.max(200, Math.round(innerHeight * part)))}px`;
    const height = this.scroller.clientHeight;
    this.canvas.style.height = `${height}px`;
    this.#spacer.style.height = `${Math.max(0, all - height)}px`;
    this.draw();
  }

  zoom(factor: number, x?: number): void {
    const { from, to } = this.#view;
    const { length, begin } = this.model;
    this.view = zoomed(this.#view, factor, x === undefined ? (from + to) / 2 : this.nsAt(x), length, begin);
  }
  move(part: number): void {
    const { from, to } = this.#view;
    this.view = moved(this.#view, part, this.model.length, this.model.begin);
    const wanted = from + (to - from) * part;
    if (part < 0 && wanted < this.#view.from - (to - from) * SLIGHTLY) this.#options?.early();
  }
  fit(): void {
    this.view = fullView(this.model.length, this.model.begin);
  }
  /** Zooms to a span, with some time around it. */
  zoomTo(entry: TimelineEntry): void {
    this.view = around(entry.start, entry.finish, this.model.length, this.model.begin);
    this.pointAt(entry);
  }

  /** The instant at a position, px from the left. */
  nsAt(x: number): number {
    const { from, to } = this.#view;
    const width = this.canvas.clientWidth - this.#gutter;
    return from + ((x - this.#gutter) / width) * (to - from);
  }

  /** The lane and the entry at a point of the canvas, px. */
  under(x: number, y: number): { readonly lane: Lane | undefined; readonly entry: TimelineEntry | undefined } {
    const down = y - AXIS + this.scroller.scrollTop;
    const lane = y < AXIS ? undefined : this.#lanes.find(({ top, height }) => down >= top && down < top + height);
    if (!lane || x < this.#gutter) return { lane, entry: undefined };
    const near = this.nsAt(x + NEAR) - this.nsAt(x);
    return { lane, entry: entryAt(lane, down - lane.top - this.#labelHeight, this.nsAt(x), near) };
  }

  /** The position of an entry in the canvas, px. */
  placeOf(entry: TimelineEntry): { readonly x: number; readonly y: number } | undefined {
    const lane = this.laneOf(entry);
    if (!lane) return undefined;
    const row = rowOf(lane, entry);
    const y = AXIS + lane.top - this.scroller.scrollTop + this.#labelHeight + PAD + row * ROW;
    const { from, to } = this.#view;
    const scene = { view: this.#view, gutter: this.#gutter, width: this.canvas.clientWidth };
    return { x: xOf(scene, (Math.max(entry.start, from) + Math.min(entry.finish, to)) / 2), y };
  }

  /** The lane of an entry; undefined if it is hidden. */
  laneOf(entry: TimelineEntry): Lane | undefined {
    const key = keyOf(entry);
    return this.#lanes.find((lane) => lane.key === key && rowOf(lane, entry) >= 0);
  }

  /** Moves the keys to an entry, and brings it into view. */
  pointAt(entry: TimelineEntry | undefined): void {
    this.#focused = entry;
    if (entry) {
      const { length, begin } = this.model;
      this.#view = revealing(this.#view, entry.start, entry.finish, length, begin);
      const lane = this.laneOf(entry);
      const { scrollTop, clientHeight } = this.scroller;
      if (lane && (lane.top < scrollTop || lane.top + lane.height > scrollTop + clientHeight - AXIS))
        this.scroller.scrollTop = lane.top - (clientHeight - AXIS) / 3;
    }
    this.draw();
  }

  /** Frames the entry that the details show. */
  select(entry: TimelineEntry | undefined): void {
    this.#selected = entry;
    this.draw();
  }

  get #gutter(): number {
    return this.scroller.clientWidth < NARROW ? 0 : GUTTER;
  }
  get #labelHeight(): number {
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
      begin: this.#model.begin ?? 0,
      clock: this.#clock,
      palette: this.#palette,
      patterns: this.#patterns,
      width,
      height,
      gutter: this.#gutter,
      labelHeight: this.#labelHeight,
      scroll: this.scroller.scrollTop,
      focused: this.#focused,
      selected: this.#selected,
    };
    paint(pen, scene);
    this.#options?.overlay(pen, scene);
    this.#minimap?.paint(this.#view, this.#palette, ratio);
    // For tests, and for a developer console.
    this.canvas.dataset.from = String(this.#view.from);
    this.canvas.dataset.to = String(this.#view.to);
  }
}
