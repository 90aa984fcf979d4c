import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { wantsColours } from '../log/colours.ts';
import { PLAIN, type Terminal } from '../terminal/terminal.ts';

/** Whether standard output gets colours. */
export const wantsColour = (): boolean => wantsColours(isatty(1));

/** Standard output, as wide as it is; anew each time, because windows change. */
export const stdoutTerminal = (): Terminal => ({
  paint: wantsColour()
    ? (style, text) => (style === undefined ? text : styleText(style, text, { validateStream: false }))
    : PLAIN.paint,
  ...(isatty(1) ? { width: process.stdout.columns || 80, height: process.stdout.rows || 24 } : {}),
});
