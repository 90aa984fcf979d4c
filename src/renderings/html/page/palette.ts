import { INSTANT_STYLES, type InstantStyle, SPAN_STYLES, type SpanStyle } from './legend.ts';

/** The colours of the page for a canvas. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly surface: string;
  readonly band: string;
  readonly line: string;
  readonly focus: string;
  readonly spans: Readonly<Record<SpanStyle, string>>;
  readonly instants: Readonly<Record<InstantStyle, string>>;
}

/** Reads the colours from the style sheet, which has those for light and dark. */
export const paletteOf = (): Palette => {
  const probe = document.createElement('i');
  probe.className = 'probe';
  document.body.append(probe);
  const colour = (name: string): string => {
    probe.setAttribute('data-colour', name);
    return getComputedStyle(probe).color;
  };
  const palette = {
    text: colour('text'),
    muted: colour('muted'),
    surface: colour('surface'),
    band: colour('band'),
    line: colour('line'),
    focus: colour('focus'),
    spans: Object.fromEntries(SPAN_STYLES.map((style) => [style, colour(style)])) as Record<SpanStyle, string>,
    instants: Object.fromEntries(INSTANT_STYLES.map((style) => [style, colour(`mark-${style}`)])) as Record<
      InstantStyle,
      string
    >,
  };
  probe.remove();
  return palette;
};

/** A tile of 8 px, drawn in device pixels. */
const tile = (ratio: number, draw: (context: CanvasRenderingContext2D) => void): CanvasPattern | string => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.round(8 * ratio);
  const context = canvas.getContext('2d');
  if (!context) return 'transparent';
  context.scale(canvas.width / 8, canvas.height / 8);
  draw(context);
  const pattern = context.createPattern(canvas, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(8 / canvas.width));
  return pattern ?? 'transparent';
};

const lines = (context: CanvasRenderingContext2D, slopes: readonly number[]): void => {
  context.lineWidth = 1.6;
  context.beginPath();
  for (const slope of slopes)
    for (const x of [-8, 0, 8]) {
      context.moveTo(x - 1, slope > 0 ? -1 : 9);
      context.lineTo(x + 9, slope > 0 ? 9 : -1);
    }
  context.stroke();
};

/** Patterns over the colours of spans, so that colour is not the only sign. */
export const patternsOf = (
  palette: Palette,
  ratio: number,
): Readonly<Partial<Record<SpanStyle, CanvasPattern | string>>> => ({
  failure: tile(ratio, (context) => {
    context.strokeStyle = palette.surface;
    lines(context, [-1]);
  }),
  error: tile(ratio, (context) => {
    context.strokeStyle = palette.surface;
    lines(context, [-1, 1]);
  }),
  none: tile(ratio, (context) => {
    context.fillStyle = palette.surface;
    for (const [x, y] of [
      [2, 2],
      [6, 6],
    ] as const) {
      context.beginPath();
      context.arc(x, y, 1.3, 0, 7);
      context.fill();
    }
  }),
});
