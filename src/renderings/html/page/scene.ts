import type { WallClock } from './clock.ts';
import type { Lane } from './lanes.ts';
import type { TimelineEntry } from './page-model.ts';
import type { Palette, patternsOf } from './palette.ts';
import type { View } from './view.ts';

/** Height of the axis, px. */
export const AXIS = 26;

/** What a picture of the timeline is made of. Lengths in px. */
export interface Scene {
  readonly lanes: readonly Lane[];
  readonly view: View;
  readonly clock: WallClock;
  readonly palette: Palette;
  readonly patterns: ReturnType<typeof patternsOf>;
  readonly width: number;
  readonly height: number;
  /** Of the names at the left; 0: they stand above the spans. */
  readonly gutter: number;
  /** Height of a name above the spans. */
  readonly labelled: number;
  readonly scroll: number;
  /** What the keys are at, and what is shown in the details. */
  readonly at: TimelineEntry | undefined;
  readonly chosen: TimelineEntry | undefined;
}

/** Where an instant stands, px from the left. */
export const xOf = ({ view, gutter, width }: Pick<Scene, 'view' | 'gutter' | 'width'>, ns: number): number =>
  gutter + ((ns - view.from) / (view.to - view.from)) * (width - gutter);

/** What draws. */
export type Pen = CanvasRenderingContext2D;
/** The letters of the picture. */
export const FONT = 'system-ui, sans-serif';

/** A text that is not wider than `room`, px. */
export const fitting = (pen: Pen, text: string, room: number): string => {
  if (pen.measureText(text).width <= room) return text;
  let end = Math.min(text.length, Math.floor(room / 4));
  while (end > 0 && pen.measureText(`${text.slice(0, end)}…`).width > room) end -= 1;
  return end > 0 ? `${text.slice(0, end)}…` : '';
};

/** A frame around something. */
export const outline = (pen: Pen, colour: string, x: number, y: number, width: number, height: number): void => {
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.strokeRect(x - 1.5, y - 1.5, width + 3, height + 3);
};
