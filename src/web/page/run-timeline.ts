import { WallClock } from '../../renderings/html/page/clock.ts';
import { placeTip } from '../../renderings/html/page/controls.ts';
import { sentence } from '../../renderings/html/page/details.ts';
import type { TimelineEntry } from '../../renderings/html/page/page-model.ts';
import { setUpPanZoom } from '../../renderings/html/page/pan-zoom.ts';
import { Timeline } from '../../renderings/html/page/timeline.ts';
import { fullView } from '../../renderings/html/page/view.ts';
import type { SlimRun } from '../api.ts';
import { ask, store } from './connection.ts';
import { figuresIn, type RangeFigures } from './range-figures.ts';
import { type RunModel, RunModels, type RunSpan, type ShownRuns, type TimelineRun } from './run-model.ts';
import { overlayOf, type Range } from './timeline-overlay.ts';

const NS = 1e6;
/** Room to the right of the present, as a part of the range. */
const AHEAD = 0.04;
/** Runs that are asked for at once: what is done with them takes a fraction of a frame. */
const PART = 2500;
/** Runs that are shown. */
const MOST_RUNS = 200_000;
/** How often it is asked what is coming, ms. */
const COMING_MS = 60_000;
/** So long after a picture of what has come there may be the next one, ms. */
const AGAIN_MS = 250;

/** Lets the browser draw, and take what the user does. */
const nextTask = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

/** How the loading of runs stands. */
export interface Loading {
  readonly state: 'loading' | 'loaded';
  /** The first part is there. */
  readonly shown: boolean;
  /** Older runs that are not shown, because there are too many. */
  readonly leftOut: number;
  readonly error: string | undefined;
}

export const NOTHING_LOADED: Loading = { state: 'loading', shown: false, leftOut: 0, error: undefined };

interface Handlers {
  loading(loading: Loading): void;
  /** A run was opened, or closed. */
  opened(run: TimelineRun | null): void;
  selected(range: Range | null): void;
  /** The user has moved back, and wants to look rather than to follow. */
  movedBack(): void;
}

/** Runs over time on a canvas: loads them a part at a time, the newest first, and takes what comes. */
export class RunTimeline {
  readonly #handlers: Handlers;
  readonly #length: number;
  readonly #models: RunModels;
  readonly #overlay = overlayOf();
  readonly #timeline: Timeline;
  #model: RunModel;
  #loading = NOTHING_LOADED;
  /** Where it begins and ends, wall-clock ms. */
  #from: number;
  #until: number;
  /** When the oldest run of the history began. */
  #oldest = Number.POSITIVE_INFINITY;
  #shownAt = 0;
  #askedAt = 0;
  #live: readonly SlimRun[] = [];

  /** @param length of the time that is shown, ms */
  constructor(canvas: HTMLCanvasElement, length: number, zone: string, handlers: Handlers) {
    const base = Date.now() - length;
    this.#handlers = handlers;
    this.#length = length;
    this.#models = new RunModels(base);
    this.#from = base;
    this.#until = base + length * (1 + AHEAD);
    this.#model = this.#models.model({ from: base, until: this.#until });
    this.#overlay.base = base;
    const clock = new WallClock({ steps: [[0, 0]], time: base, zone });
    this.#timeline = new Timeline(canvas, this.#model, clock, {
      overlay: this.#overlay.draw,
      early: () => void this.#loadEarlier(),
    });
    this.#timeline.view = fullView(this.#model.length);
    this.#listen(clock);
    void this.#load(base, base + length);
    void this.#askComing();
  }

  /** Takes what has come. */
  update(live: readonly SlimRun[], follow: boolean): void {
    const now = Date.now();
    const { view } = this.#timeline;
    const width = view.to - view.from;
    const to = (now - this.#models.base) * NS + width * AHEAD;
    const next = follow && view.to < to ? { from: to - width, to } : view;
    if (now + (this.#length * AHEAD) / 2 > this.#until) this.#until = now + this.#length * AHEAD;
    if (now - this.#askedAt > COMING_MS) void this.#askComing();
    const changes = this.#live !== live || this.#models.isRunning;
    if (changes && now - this.#shownAt > AGAIN_MS) {
      this.#live = live;
      this.#models.take(live, now);
      this.#show(next);
    } else if (next !== view) this.#timeline.view = next;
    else this.#timeline.draw();
  }
  /** Shows the spans with an outcome. */
  filter(outcome: ShownRuns): void {
    this.#models.show(outcome);
    this.#show();
  }
  figures({ from, to }: Range): readonly RangeFigures[] {
    return figuresIn(this.#model, from, to);
  }
  /** Selects what is shown. */
  selectShown(): void {
    this.select({ ...this.#timeline.view });
  }
  select(range: Range | undefined): void {
    this.#overlay.selection = range;
    this.#handlers.selected(range ?? null);
    this.#timeline.draw();
  }
  close(): void {
    this.#timeline.close();
  }

  #show(view = this.#timeline.view): void {
    this.#shownAt = Date.now();
    this.#model = this.#models.model({ from: this.#from, until: this.#until });
    this.#overlay.model = this.#model;
    this.#timeline.show(this.#model, view);
  }

  /** Marks what is coming, as far as the picture goes. */
  async #askComing(): Promise<void> {
    this.#askedAt = Date.now();
    const answer = await ask('coming', { until: this.#until }, this.#timeline.closing).catch(() => undefined);
    if (answer === undefined) return;
    const coming = new Map<string, number[]>();
    for (const [condition, at] of answer.firings) {
      const key = `condition/${condition}`;
      const list = coming.get(key) ?? [];
      list.push((at - this.#models.base) * NS);
      coming.set(key, list);
    }
    this.#overlay.coming = coming;
    this.#models.mention(new Set(answer.firings.map(([condition]) => condition)));
    this.#show();
  }

  #setLoading(change: Partial<Loading>): void {
    this.#loading = { ...this.#loading, ...change };
    this.#handlers.loading(this.#loading);
  }
  async #load(since: number, until: number): Promise<void> {
    const signal = this.#timeline.closing;
    this.#setLoading({ state: 'loading', error: undefined });
    try {
      for (let before: number | undefined, more = true; more; ) {
        const columns = await ask(
          'columns',
          { since, until, rows: PART, ...(before === undefined ? {} : { before }) },
          signal,
        );
        await nextTask();
        if (signal.aborted) return;
        before = columns.first;
        this.#oldest = columns.oldest ?? Number.POSITIVE_INFINITY;
        more = columns.leftOut > 0 && this.#models.size < MOST_RUNS;
        this.#models.addOlder(columns);
        const gaps = columns.gaps.map(([from, to]) => ({
          from: (from - this.#models.base) * NS,
          to: (to - this.#models.base) * NS,
        }));
        this.#overlay.gaps = [...this.#overlay.gaps, ...gaps];
        this.#models.take(store.state.runs, Date.now());
        this.#show();
        if (!more || !this.#loading.shown) this.#setLoading({ shown: true, leftOut: columns.leftOut });
      }
      this.#setLoading({ state: 'loaded' });
    } catch (error) {
      if (!signal.aborted) this.#setLoading({ state: 'loaded', error: (error as Error).message });
    }
  }
  /** Loads what was before the beginning, as long again. */
  async #loadEarlier(): Promise<void> {
    const { state, leftOut } = this.#loading;
    if (state === 'loading' || leftOut > 0 || this.#oldest >= this.#from) return;
    const until = this.#from;
    this.#from -= this.#length;
    this.#show();
    await this.#load(this.#from, until);
  }

  #listen(clock: WallClock): void {
    const own = this.#timeline;
    const overlay = this.#overlay;
    const signal = own.closing;
    const spanOf = (entry: TimelineEntry | undefined): RunSpan | undefined =>
      entry?.type === 'span' ? (entry as RunSpan) : undefined;
    const open = (entry: TimelineEntry | undefined): void => {
      own.select(entry);
      overlay.run = spanOf(entry);
      own.draw();
      this.#handlers.opened(overlay.run?.of ?? null);
    };
    overlay.connect(own, (range) => this.#handlers.selected(range));
    setUpPanZoom(own, {
      point: (entry, x, y) => {
        placeTip(entry && sentence(entry, clock), entry, x, y);
        overlay.pointed = spanOf(entry);
        own.draw();
      },
      open,
      close: () => {
        open(undefined);
        this.select(undefined);
      },
    });
    const stop = (): void => {
      if (own.view.to < (Date.now() - this.#models.base) * NS) this.#handlers.movedBack();
    };
    own.canvas.addEventListener('pointerup', stop, { signal });
    own.canvas.addEventListener('keyup', stop, { signal });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => own.recolour(), { signal });
    own.arrange();
  }
}
