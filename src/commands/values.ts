import { writeSync } from 'node:fs';
import { oneLine, printed } from '../log/one-line.ts';
import { INSTANT, invalidDate, parseInstant } from '../terminal/instant.ts';

/** A wrong option or file: the text is for the person who typed it. */
export class UsageError extends Error {
  /** @param lines one problem each; what they quote does not break them. */
  constructor(...lines: readonly string[]) {
    super(lines.map(oneLine).join('\n'));
  }
}

/** What reads a file, with what is wrong with it as a wrong option. @throws UsageError */
export const asUsageError = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    const { lines } = error as { lines?: readonly string[] };
    throw lines ? new UsageError(...lines) : error;
  }
};

/** An option that should be an instant, or what `more` says, and is not. */
const wrongInstant = (name: string, value: unknown, more = ''): UsageError => {
  const why = invalidDate(String(value)) ?? `expected ${INSTANT}${more}, found "${String(value)}"`;
  return new UsageError(`--${name}: ${why}`);
};

/** The instant an option gives, or the fallback. @throws UsageError when it is none. */
export const instantOption = (name: string, value: unknown, fallback: number): number => {
  if (value === undefined) return fallback;
  const at = typeof value === 'string' ? parseInstant(value) : undefined;
  if (at === undefined) throw wrongInstant(name, value);
  return at;
};

/** The whole number an option gives. @throws UsageError when it is not one, or is out of bounds. */
export const countOption = (name: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number => {
  const n = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
  if (!Number.isSafeInteger(n) || n < least || n > most)
    throw new UsageError(`--${name}: expected a whole number, ${bounds}, found "${String(value)}"`);
  return n;
};

/** Writes everything, waiting for a slow reader. False when the reader has gone away. */
export const writeAll = (fd: 1 | 2, text: string): boolean => {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return true;
};

/** Writes to standard error, for a person: what files and arguments hold changes nothing of the terminal. */
export const writeStderr = (text: string): boolean => writeAll(2, printed(text));

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** How durations are written on the command line, in words. */
const DURATION = '30s, 10m, 2h, 1d, 1w';

/** ms of a duration as written; undefined: it is not one. */
const parseDuration = (value: unknown): number | undefined => {
  const [, amount, unit] = /^(\d{1,12})([smhdw])$/.exec(String(value)) ?? [];
  return amount === undefined ? undefined : Number(amount) * UNITS[unit as keyof typeof UNITS];
};

/** The instant that `--since` gives: as written, or so long before `now` (`10m`). @throws UsageError when it is neither. */
export const sinceOption = (value: unknown, now: number): number => {
  const ago = parseDuration(value);
  if (ago !== undefined) return now - ago;
  const at = typeof value === 'string' ? parseInstant(value) : undefined;
  if (at === undefined) throw wrongInstant('since', value, `, or ${DURATION}`);
  return at;
};

/** The last instant that any range ends with. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59Z');

/**
 * The range that `--from` and `--to` give, in wall-clock ms; `--to` may be a duration. Without `--to` it is `length` ms.
 * @throws UsageError when one of them is wrong, or the end is not after the beginning.
 */
export const rangeOption = (
  given: Readonly<Record<string, unknown>>,
  now: number,
  length: number,
): { readonly from: number; readonly to: number } => {
  const from = instantOption('from', given.from, now);
  const after = parseDuration(given.to);
  const at = typeof given.to === 'string' ? parseInstant(given.to) : undefined;
  if (given.to !== undefined && after === undefined && at === undefined)
    throw wrongInstant('to', given.to, `, or ${DURATION} after --from`);
  const to = Math.min(LAST_INSTANT, at ?? from + (after ?? length));
  if (to <= from) throw new UsageError('--to: expected an instant after --from');
  return { from, to };
};
