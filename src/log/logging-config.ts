import type { FormatName } from './format-choice.ts';
import type { Level } from './record.ts';

/** Levels by subtree (`whenever.condition.Backup`); the most specific one that fits a record counts. */
export type LevelRules = Readonly<Record<string, Level>>;

/** A regular expression that is looked for in messages. */
export interface TextFilter {
  readonly source: string;
  readonly found: (text: string) => boolean;
}

/** One output that the configuration file asks for. */
export interface OutputConfig {
  /** `stdout`, `stderr`, or the path of a file. */
  readonly target: string;
  /** Undefined: plain in a file; on a standard stream what the command line says. */
  readonly format?: FormatName;
  /** Of the format `pattern`. */
  readonly pattern?: string;
  /** Of the format `pattern`: how `{time}` is written; undefined: as in the plain format. */
  readonly timeFormat?: string;
  /** The least severe level it takes; undefined: what the command line says. */
  readonly level?: Level;
  /** Only records about these; empty: all records. */
  readonly items: readonly string[];
  /** Only records of these: `EMITTER` or `EMITTER action`; empty: all records. */
  readonly contexts: readonly string[];
  /** Only records whose message has it. */
  readonly matching?: TextFilter;
  /** Only records whose message does not have it. */
  readonly notMatching?: TextFilter;
  /** Go on with a file instead of beginning anew. */
  readonly append: boolean;
  /** Records that are alike within so many seconds are counted instead of written; 0: all are written. */
  readonly repeatSeconds: number;
}

/** What the file says about the log. */
export interface LoggingConfig {
  readonly levels: LevelRules;
  readonly outputs: readonly OutputConfig[];
}
