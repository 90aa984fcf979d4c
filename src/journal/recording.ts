import type { Fact } from './fact.ts';
import { Reading } from './reading.ts';

export { factLine } from './line.ts';

/** What the first line of a recording holds. */
export interface Head {
  /** Version of the format. */
  readonly journal: 1;
  /** Of this program. */
  readonly version: string;
  /** The same in all parts of one run of the program. */
  readonly session: string;
  /** Counts the parts, from 1. */
  readonly part: number;
  /** Wall-clock ms at which the program started. */
  readonly started: number;
  /** 0: no process ran, the recording is of a simulation. */
  readonly pid: number;
}

/** A fact whose number is known, and not what it says: that was told in a line that was not read. */
export interface Unread {
  readonly seq: number;
  /** So many facts are before it. */
  readonly at: number;
}

/** What was read. */
export interface Recording {
  /** Undefined: a plain JSON log. */
  readonly head: Head | undefined;
  readonly facts: readonly Fact[];
  /** The last line was cut off: the program was killed, or is writing. */
  readonly cut: boolean;
  /** Lines, from 1, that are neither facts nor records. */
  readonly bad: readonly number[];
  /** Not given: there are none. */
  readonly unread?: readonly Unread[];
}

/** Reads a recording, or a JSON log of this program or of whenever 1 as far as that goes. A line that was cut off is left out. */
export const readRecording = (text: string): Recording => {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const facts: Fact[] = [];
  const reading = new Reading((fact) => facts.push(fact));
  for (const [i, line] of lines.entries()) reading.line(line, i + 1);
  reading.line(last, lines.length + 1, true);
  const { head, cut, bad, unread } = reading;
  return { head, facts, cut, bad, ...(unread.length > 0 ? { unread } : {}) };
};

const joined = (parts: readonly Recording[]): Recording => ({
  head: parts[0]?.head,
  facts: parts.flatMap(({ facts }) => facts),
  cut: parts.at(-1)?.cut ?? false,
  bad: parts.at(-1)?.bad ?? [],
});

/** Joins parts of one run of the program, the oldest first. */
export const joinParts = (parts: readonly Recording[]): Recording => {
  let before = 0;
  const unread: Unread[] = [];
  for (const part of parts) {
    for (const { seq, at } of part.unread ?? []) unread.push({ seq, at: before + at });
    before += part.facts.length;
  }
  return { ...joined(parts), ...(unread.length > 0 ? { unread } : {}) };
};
