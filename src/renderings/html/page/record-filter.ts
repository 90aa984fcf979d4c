/** Names of the levels of records; their places are the numbers of the levels. */
export const RECORD_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** What the filters of a log look at. */
export interface FilteredRecord {
  /** 0 (trace) to 4 (error). */
  readonly level: number;
  readonly item: string | null;
  /** The emitter and its action. */
  readonly who: string;
  readonly mark: string;
  readonly message: string;
  readonly cause: string | null;
  readonly run: string | null;
}

/** Which records are shown. */
export interface LogFilter {
  /** 0 (all) to 4 (errors only). */
  readonly level: number;
  /** '': all. */
  readonly item: string;
  /** Part of the message, the mark or the emitter, in lower case. */
  readonly text: string;
  /** The id of a cause or a run; '': all. */
  readonly cause: string;
}

/** The text of a record that is searched, in lower case. */
export const searchedText = ({ message, mark, who }: FilteredRecord): string =>
  `${message}\n${mark}\n${who}`.toLowerCase();

/** Whether a record matches. @param searched its text, if it is known: see {@link searchedText} */
export const matchesFilter = (
  record: FilteredRecord,
  { level, item, text, cause }: LogFilter,
  searched?: string,
): boolean =>
  record.level >= level &&
  (item === '' || record.item === item) &&
  (cause === '' || record.cause === cause || record.run === cause) &&
  (text === '' || (searched ?? searchedText(record)).includes(text));
