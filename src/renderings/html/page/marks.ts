import type { InstantStyle } from './legend.ts';
import type { Palette } from './palette.ts';

/** Corners of the marks in a square from −4 to 4; a mark has a form of its own besides its colour. */
const FORMS: Readonly<Record<InstantStyle, readonly (readonly [x: number, y: number])[]>> = {
  fired: [
    [-3, -4],
    [4, 0],
    [-3, 4],
  ],
  skipped: [
    [0, -4],
    [4, 0],
    [0, 4],
    [-4, 0],
  ],
  retry: [
    [0, -4],
    [4, 3],
    [-4, 3],
  ],
  broken: [
    [-4, -2],
    [-2, -4],
    [0, -1.5],
    [2, -4],
    [4, -2],
    [1.5, 0],
    [4, 2],
    [2, 4],
    [0, 1.5],
    [-2, 4],
    [-4, 2],
    [-1.5, 0],
  ],
  missed: [
    [-4, -3],
    [4, -3],
    [0, 4],
  ],
  input: [
    [-3, -3],
    [3, -3],
    [3, 3],
    [-3, 3],
  ],
  other: [
    [-2, -4],
    [2, -4],
    [4, 0],
    [2, 4],
    [-2, 4],
    [-4, 0],
  ],
};

/** Draws a mark around a point; what was skipped is hollow. */
export const drawInstant = (
  pen: CanvasRenderingContext2D,
  palette: Palette,
  mark: InstantStyle,
  x: number,
  y: number,
): void => {
  pen.beginPath();
  for (const [i, [dx, dy]] of FORMS[mark].entries()) pen[i === 0 ? 'moveTo' : 'lineTo'](x + dx, y + dy);
  pen.closePath();
  pen.fillStyle = mark === 'skipped' ? palette.surface : palette.marks[mark];
  pen.fill();
  if (mark !== 'skipped') return;
  pen.strokeStyle = palette.marks[mark];
  pen.lineWidth = 1.4;
  pen.stroke();
};
