import { expectOptions, expectType, TYPES } from '../check-arguments.ts';
import { PROCESS_PLACEHOLDERS } from '../log/process-placeholders.ts';
import { timestamp } from '../log/timestamp.ts';
import type { Environment } from './filters.ts';

/** The values of the placeholders of a run name. */
export interface RunFacts {
  /** Wall clock, ms since 1970. */
  readonly time: number;
  readonly pid: number;
  readonly host: string;
  readonly environment: Environment;
}

/** The placeholders, with a line about each. */
export const PLACEHOLDERS = [
  { name: 'time', doc: 'the local time, as 2026-03-31T11-38-45.986', value: ({ time }: RunFacts) => timestamp(time) },
  {
    name: 'utc_time',
    doc: 'the time in UTC, as 2026-03-31T09-38-45.986Z',
    value: ({ time }: RunFacts) => new Date(time).toISOString(),
  },
  ...PROCESS_PLACEHOLDERS,
] as const;

/** Most bytes of a name of a file; systems allow 255, and an ending follows. */
const LONGEST = 180;
/** Names of devices on Windows, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

/** A name that every system takes for one file: colons become hyphens, other marks underscores. Never empty. */
export const safeFileName = (name: string): string => {
  expectType('safeFileName', 'name', name, TYPES.text);
  let safe = '';
  let bytes = 0;
  for (const c of name) {
    const taken = c === ':' ? '-' : /[<>"/\\|?*\p{C}]/u.test(c) ? '_' : c;
    bytes += ENCODER.encode(taken).length;
    if (bytes > LONGEST) break;
    safe += taken;
  }
  // Windows drops these at the end; `.` and `..` are directories.
  safe = safe.replace(/[. ]+$/, (end) => '_'.repeat(end.length)).replace(DEVICE, '$1_');
  return safe === '' ? '_' : safe;
};

const ENCODER = new TextEncoder();

/** Replaces the placeholders by their values; unknown ones stay. The result is safe as the name of a file. */
export const resolveRunName = (template: string, facts: RunFacts): string => {
  expectType('resolveRunName', 'template', template, TYPES.text);
  const { text, number, table } = TYPES;
  const needed = ['time', 'pid', 'host', 'environment'] as const;
  expectOptions('resolveRunName', facts, { time: number, pid: number, host: text, environment: table }, ...needed);
  return safeFileName(
    template.replace(/\{(\w+)\}/g, (whole, word: string) => {
      const known = PLACEHOLDERS.find(({ name }) => name === word);
      return known === undefined ? whole : known.value(facts);
    }),
  );
};
