import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { wantsColours } from '../log/colours.ts';
import { PAPER, type Screen } from '../terminal/screen.ts';

/** Whether standard output gets colours. */
export const colours = (): boolean => wantsColours(isatty(1));

/** Standard output, as wide as it is; anew each time, because windows change. */
export const screen = (): Screen => ({
  paint: colours()
    ? (style, text) => (style === undefined ? text : styleText(style, text, { validateStream: false }))
    : PAPER.paint,
  ...(isatty(1) ? { width: process.stdout.columns || 80, height: process.stdout.rows || 24 } : {}),
});
