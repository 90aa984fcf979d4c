import type { Format } from './format.ts';
import { oneLine, printedJson } from './one-line.ts';

/** A value that needs quotes: blanks, signs of the syntax, and the sign for what is not UTF-8, which readers in Go refuse. */
const QUOTED = /^$|[\s="\\\ufffd]/;

/** A value of logfmt; with quotes it is a string of JSON, which is what readers expect. */
const shown = (value: string): string =>
  QUOTED.test(value) || oneLine(value) !== value ? printedJson(JSON.stringify(value)) : value;

/** Records as `key=value` pairs, the time in UTC. A key without a value is left out. */
export const logfmt: Format = ({ time, level, message, context, mark, origin, details, seq }) => {
  const { emitter, action, item, itemId } = context;
  const pairs: readonly (readonly [key: string, value: string | number | null | undefined])[] = [
    ['time', new Date(time).toISOString()],
    ['level', level],
    ['msg', message],
    ['emitter', emitter],
    ['action', action],
    ['item', item],
    ['item_id', itemId],
    ['mark', mark],
    ['run', origin?.run],
    ['cause', origin?.cause],
    ['seq', seq || undefined],
    ['file', details?.source?.file],
    ['line', details?.source?.line],
    ['error', details?.error?.stack],
  ];
  let line = '';
  for (const [key, value] of pairs)
    if (value !== null && value !== undefined) line += `${line && ' '}${key}=${shown(String(value))}`;
  return `${line}\n`;
};
