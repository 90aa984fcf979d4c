import type { PageRecord } from './page-model.ts';

/** What is asked of the log. */
export interface LogFilter {
  /** 0 (all) to 4 (errors only). */
  readonly level: number;
  /** '': all. */
  readonly item: string;
  /** In the message, the mark, or the place that says it; in small letters. */
  readonly text: string;
  /** A cause or a run, as it is written; '': all. */
  readonly cause: string;
}

/** Those records that fit, in their order. */
export const filterRecords = (
  records: readonly PageRecord[],
  { level, item, text, cause }: LogFilter,
): readonly PageRecord[] =>
  records.filter(
    (record) =>
      record.level >= level &&
      (item === '' || record.item === item) &&
      (cause === '' || record.cause === cause || record.run === cause) &&
      (text === '' || `${record.message}\n${record.mark}\n${record.who}`.toLowerCase().includes(text)),
  );
