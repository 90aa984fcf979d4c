import { booleanField, integerField } from './field.ts';

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
