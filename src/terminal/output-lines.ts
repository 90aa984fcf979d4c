import { oneLine } from '../log/one-line.ts';
import type { Terminal } from './terminal.ts';
import { paragraph } from './wrap.ts';

/** The last lines of an output, below a reason. */
export const outputLines = (output: string, { width, paint }: Terminal): string =>
  output
    .split('\n')
    .map((line) => `${paint('dim', paragraph(`      | ${oneLine(line)}`, width, 8).trimEnd())}\n`)
    .join('');
