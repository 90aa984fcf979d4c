import { ecsFormat } from './ecs.ts';
import { APPLICATION, colour, type Format, journald, json, jsonWithIds, plain, type TraceIdsOf } from './format.ts';
import { journalEntry } from './journal-entry.ts';
import { logfmt } from './logfmt.ts';
import { type PatternFacts, patternFormat } from './pattern.ts';

/** How records can be written: each with its sentence, and whether programs read it. */
export const LOG_FORMATS = [
  { name: 'plain', doc: 'one line for people', machine: false },
  { name: 'color', doc: 'the same with colours', machine: false },
  { name: 'json', doc: 'one JSON object, as with --log-json', machine: true },
  { name: 'ecs', doc: 'one JSON object with the names of the Elastic Common Schema', machine: true },
  { name: 'logfmt', doc: 'pairs such as level=info msg="whenever 2.0.0"', machine: true },
  { name: 'pattern', doc: 'as the key pattern says', machine: false },
  { name: 'journal', doc: 'an entry of the journal of systemd, with fields such as WHENEVER_ITEM', machine: true },
] as const;

/** The name of a format as users write it. */
export type FormatName = (typeof LOG_FORMATS)[number]['name'];

/** Formats that need nothing but their name. */
export type PlainFormatName = Exclude<FormatName, 'pattern' | 'journal'>;
/** Formats of the command line of the daemon. */
export type GivenFormatName = PlainFormatName | 'journal';
const isAlone = (name: FormatName): name is PlainFormatName => name !== 'pattern' && name !== 'journal';
/** Their names. */
export const FORMAT_NAMES = LOG_FORMATS.map(({ name }) => name).filter(isAlone);

/** Whether programs read the format, not people. */
export const isForPrograms = (name: FormatName | undefined): boolean =>
  LOG_FORMATS.some((row) => row.name === name && row.machine);

/** What formats need to know besides the record. */
export interface FormatFacts extends PatternFacts {
  /** JSON records have their place in the journal: `--log-ids`. */
  readonly ids: boolean;
  /** With them: the ids of traces. */
  readonly trace?: TraceIdsOf | undefined;
}

/** A format with what belongs to it. */
export interface FormatChoice {
  readonly format: FormatName | 'journald';
  /** With the format `pattern`. */
  readonly pattern?: string;
  readonly timeFormat?: string;
}

/** Makes the function that writes records in a format. */
export const makeFormat = ({ format, pattern = '', timeFormat }: FormatChoice, facts: FormatFacts): Format => {
  switch (format) {
    case 'plain':
      return plain;
    case 'color':
      return colour;
    case 'journald':
      return journald;
    case 'json':
      return facts.ids ? (record) => jsonWithIds(record, facts.trace) : json;
    case 'ecs':
      return ecsFormat(APPLICATION, facts);
    case 'logfmt':
      return logfmt;
    case 'journal':
      return journalEntry(facts);
    case 'pattern':
      return patternFormat(pattern, timeFormat, facts);
  }
};
