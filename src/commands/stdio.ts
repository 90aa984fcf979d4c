import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { codeOf, messageOf } from '../error-message.ts';
import { wantsColours } from '../log/colours.ts';
import { printed } from '../log/one-line.ts';
import { Progress } from '../terminal/progress.ts';
import { PLAIN, type Terminal } from '../terminal/terminal.ts';

let isOutputLost = false;
/** Standard output could not be written, and not because its reader has closed it. A message has said so. */
export const hasLostOutput = (): boolean => isOutputLost;

const reportLost = (error: unknown): void => {
  if (!isOutputLost) printMessage(`cannot write to standard output: ${messageOf(error)}`);
  isOutputLost = true;
};

/** Writes everything, waiting for a slow reader. Returns false when the reader has closed the stream, or it cannot be written. */
export const writeAll = (fd: 1 | 2, content: string | Uint8Array): boolean => {
  let rest: Uint8Array = typeof content === 'string' ? Buffer.from(content) : content;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'EAGAIN') {
        if (fd === 1 && code !== 'EPIPE') reportLost(error);
        return false;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return true;
};

/** Writes an error or a note to standard error. Control characters of files and arguments are escaped. */
export const printMessage = (text: string): boolean => writeAll(2, printed(`whenever: ${text}\n`));

/** The progress of some work, on standard error if that is a terminal. */
export const showProgress = (what: string, amount: (done: number) => string, every?: number): Progress => {
  const output = isatty(2)
    ? {
        now: () => performance.now(),
        width: process.stderr.columns || 80,
        write: (text: string) => void writeAll(2, text),
      }
    : undefined;
  return new Progress(printed(what), amount, output, every);
};

/** Whether standard output gets colours. */
export const wantsColour = (): boolean => wantsColours(isatty(1));

/** Whether the locale has characters beyond ASCII. Terminals of Windows show them. */
const isUnicode = ({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean => {
  const locale = LC_ALL || LC_CTYPE || LANG;
  return process.platform === 'win32' || locale === undefined || /utf-?8/i.test(locale);
};

/** Standard output with its present size: windows are resized. */
export const stdoutTerminal = (): Terminal => ({
  paint: wantsColour()
    ? (style, text) => (style === undefined ? text : styleText(style, text, { validateStream: false }))
    : PLAIN.paint,
  unicode: isUnicode(process.env),
  ...(isatty(1) ? { width: process.stdout.columns || 80, height: process.stdout.rows || 24 } : {}),
});
