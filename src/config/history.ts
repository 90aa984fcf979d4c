import { booleanField, integerField, isTable, type Table, type Values } from './field.ts';
import type { ProblemList } from './problem.ts';
import { describeValue, readFields } from './read-fields.ts';

/** The keys of `[history]`. */
export const historyFields = {
  enabled: booleanField({
    fallback: true,
    doc: 'Keep the history of runs. When false, nothing of it is read or written: each start begins anew.',
  }),
  days: integerField({
    min: 1,
    max: 36_500,
    fallback: 90,
    doc: 'How long runs are kept. What is removed are whole files, the oldest first: of a month, or of 16 MiB within one.',
  }),
  megabytes: integerField({
    min: 1,
    max: 1_000_000,
    fallback: 200,
    doc: 'The greatest size of the directory of this configuration. Files that are complete are compressed, to about a tenth.',
  }),
} as const;

/** Parses `[history]`. */
export const readHistory = (root: Table, found: ProblemList): Values<typeof historyFields> => {
  const { history: section = {} } = root;
  const table = isTable(section) ? section : {};
  if (table !== section)
    found.add({ path: ['history'], at: 'key', text: `history: expected a table, found ${describeValue(section)}` });
  return Object.freeze(readFields(table, historyFields, ['history'], undefined, found)) as Values<typeof historyFields>;
};
