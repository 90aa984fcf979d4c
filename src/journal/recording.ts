import type { Fact } from './fact.ts';
import { readLogLine } from './log-line.ts';

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
  readonly pid: number;
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
}

const KINDS: readonly unknown[] = ['log', 'transition', 'event', 'repeat', 'span', 'metric'];

const isFact = (found: object): found is Fact =>
  'kind' in found && KINDS.includes(found.kind) && 'seq' in found && typeof found.seq === 'number';
const isHead = (found: object): found is Head => 'journal' in found && found.journal === 1 && 'session' in found;

/** Reads a recording, or a JSON log of this program or of whenever 1 as far as that goes. A line that was cut off is left out. */
export const readRecording = (text: string): Recording => {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  let cut = false;
  const facts: Fact[] = [];
  const bad: number[] = [];
  let head: Head | undefined;
  const log: object[] = [];
  const take = (line: string, number: number, final: boolean): void => {
    if (line.trim() === '') return;
    let found: unknown;
    try {
      found = JSON.parse(line);
    } catch {
      if (final) cut = true;
      else bad.push(number);
      return;
    }
    if (typeof found !== 'object' || found === null) bad.push(number);
    else if (isFact(found)) facts.push(found);
    else if (isHead(found)) head ??= found;
    else if ('header' in found) log.push(found);
    else bad.push(number);
  };
  for (const [i, line] of lines.entries()) take(line, i + 1, false);
  take(last, lines.length + 1, true);
  if (facts.length === 0 && head === undefined) {
    const reader = readLogLine();
    for (const line of log) facts.push(...reader(line));
  }
  return { head, facts, cut, bad };
};

/** Joins parts of one run of the program, the oldest first. */
export const joinParts = (parts: readonly Recording[]): Recording => ({
  head: parts[0]?.head,
  facts: parts.flatMap(({ facts }) => facts),
  cut: parts.at(-1)?.cut ?? false,
  bad: parts.at(-1)?.bad ?? [],
});
