import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { PAPER, type Screen } from '../terminal/screen.ts';

/** Whether standard output gets colours: a terminal does, unless NO_COLOR is set; FORCE_COLOR says otherwise. */
export const colours = (): boolean => {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isatty(1);
};

/** Standard output, as wide as it is; anew each time, because windows change. */
export const screen = (): Screen => ({
  paint: colours()
    ? (style, text) => (style === undefined ? text : styleText(style, text, { validateStream: false }))
    : PAPER.paint,
  ...(isatty(1) ? { width: process.stdout.columns || 80, height: process.stdout.rows || 24 } : {}),
});
