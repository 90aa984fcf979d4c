import { writeSync } from 'node:fs';
import { printed } from '../log/one-line.ts';
import { INSTANT, parseInstant } from '../terminal/instant.ts';

/** A wrong option or file: the text is for the person who typed it. */
export class UsageError extends Error {}

/** What reads a file, with what is wrong with it as a wrong option. @throws UsageError */
export const reading = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    const { lines } = error as { lines?: readonly string[] };
    throw lines ? new UsageError(lines.join('\n')) : error;
  }
};

/** The instant an option gives, or the fallback. @throws UsageError when it is none. */
export const instantOption = (name: string, value: unknown, fallback: number): number => {
  if (value === undefined) return fallback;
  const at = typeof value === 'string' ? parseInstant(value) : undefined;
  if (at === undefined) throw new UsageError(`--${name}: expected ${INSTANT}, found "${String(value)}"`);
  return at;
};

/** The whole number an option gives. @throws UsageError when it is none. */
export const countOption = (name: string, value: unknown, least: number): number => {
  const n = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(n) || n < least)
    throw new UsageError(`--${name}: expected a whole number, ${least} or more, found "${String(value)}"`);
  return n;
};

/** Writes everything, waiting for a slow reader. False when the reader has gone away. */
export const writeOut = (fd: 1 | 2, text: string): boolean => {
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
export const writeNote = (text: string): boolean => writeOut(2, printed(text));

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The instant that `--since` gives: as written, or so long before `now` (`10m`). @throws UsageError when it is neither. */
export const sinceOption = (value: unknown, now: number): number => {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(String(value)) ?? [];
  if (amount !== undefined) return now - Number(amount) * UNITS[unit as keyof typeof UNITS];
  const at = typeof value === 'string' ? parseInstant(value) : undefined;
  if (at === undefined)
    throw new UsageError(`--since: expected ${INSTANT}, or 30s, 10m, 2h, 1d, found "${String(value)}"`);
  return at;
};
