import type { WallClock } from './clock.ts';
import type { Lane } from './lanes.ts';
import type { TimelineEntry } from './page-model.ts';
import type { Palette, patternsOf } from './palette.ts';
import type { View } from './view.ts';

/** Height of the axis, px. */
export const AXIS = 26;

/** What a picture of the timeline is made from. Lengths in px. */
export interface Scene {
  readonly lanes: readonly Lane[];
  readonly view: View;
  /** Where everything begins, ns. */
  readonly begin: number;
  readonly clock: WallClock;
  readonly palette: Palette;
  readonly patterns: ReturnType<typeof patternsOf>;
  readonly width: number;
  readonly height: number;
  /** Width of the names at the left; 0: they are above the spans. */
  readonly gutter: number;
  /** Height of a name above the spans. */
  readonly labelHeight: number;
  readonly scroll: number;
  /** The entry that the keys point at. */
  readonly focused: TimelineEntry | undefined;
  /** The entry that the details show. */
  readonly selected: TimelineEntry | undefined;
}

export type Pen = CanvasRenderingContext2D;

/** The position of an instant, px from the left. */
export const xOf = ({ view, gutter, width }: Pick<Scene, 'view' | 'gutter' | 'width'>, ns: number): number =>
  gutter + ((ns - view.from) / (view.to - view.from)) * (width - gutter);

export const FONT = 'system-ui, sans-serif';
