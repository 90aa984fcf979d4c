import type { OutputConfig, TextFilter } from './logging-config.ts';
import type { LogRecord } from './record.ts';

/** Whether a record passes. */
export type RecordFilter = (record: LogRecord) => boolean;

type FilterKeys = Pick<OutputConfig, 'items' | 'contexts' | 'matching' | 'notMatching'>;

const byItem = (names: readonly string[]): RecordFilter => {
  const items = new Set(names);
  return ({ context: { item } }) => item !== null && items.has(item);
};

const byContext = (names: readonly string[]): RecordFilter => {
  const contexts = new Set(names);
  return ({ context: { emitter, action } }) => contexts.has(emitter) || contexts.has(`${emitter} ${action}`);
};

const byText =
  ({ found }: TextFilter, wanted: boolean): RecordFilter =>
  (record) =>
    found(record.message) === wanted;

/** The filter of an output: all that it names have to fit. Undefined: all records pass. What costs most comes last. */
export const outputFilter = ({ items, contexts, matching, notMatching }: FilterKeys): RecordFilter | undefined => {
  const filters = [
    ...(items.length > 0 ? [byItem(items)] : []),
    ...(contexts.length > 0 ? [byContext(contexts)] : []),
    ...(matching ? [byText(matching, true)] : []),
    ...(notMatching ? [byText(notMatching, false)] : []),
  ];
  if (filters.length < 2) return filters[0];
  return (record) => filters.every((passes) => passes(record));
};
