import { FORMAT_NAMES, type PlainFormatName } from '../log/format-choice.ts';
import { oneLine } from '../log/one-line.ts';
import { LEVELS } from '../log/record.ts';

/** What names are of: completion offers those of the file on the line, or of the running instance. */
export type NameOf = 'condition' | 'task' | 'event' | 'cli-event' | 'topic' | 'command';

/** What completion offers for an argument, or for the value of an option. */
interface Completed {
  /** It is a name of one of these. */
  readonly names?: readonly NameOf[];
  /** Words that it can be, where `choices` has none: others are possible. */
  readonly words?: readonly string[];
  /** It is a file, and names on the same line are those of its items. */
  readonly itemsOf?: 'configuration' | 'recording';
}

/** One option: the parser, the help text and the manual page are made from it. */
export interface OptionRow extends Completed {
  readonly flags: string;
  readonly help: string;
  readonly choices?: readonly string[];
  /** Words that are choices elsewhere, and what they need. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** The default, as it would be typed. */
  readonly fallback?: string;
  /** Names of options that cannot be given with it, in camel case. */
  readonly conflicts?: readonly string[];
  /** It may be given several times, or with commas between its values; the value is a text with commas. */
  readonly many?: true;
  /** It may be given several times; the value is a list. */
  readonly repeat?: true;
  /** The value is a path. */
  readonly path?: true;
  /** Makes the value from the text. @throws UsageError that says what was expected, without the name of the option. */
  readonly parse?: (text: string) => unknown;
}

/** One argument: `<NAME>` is required, `[NAME]` is optional, `...` stands for several. */
export interface ArgumentRow extends Completed {
  readonly form: string;
  readonly help: string;
  /** It is a path. */
  readonly path?: true;
}

/** Options by their long names in camel case. */
export type CliOptions = Readonly<Record<string, unknown>>;

/** How a subcommand was called. */
export interface Invocation<O = CliOptions> {
  readonly args: readonly string[];
  readonly options: O;
  /** Wall clock in ms. */
  readonly now: number;
}

/** A command that is given to a subcommand, as `pause` is to `ctl`. */
export interface NestedCommand {
  readonly names: readonly string[];
  /** The arguments as the help shows them. */
  readonly usage: string;
  readonly help: string;
  readonly takes: readonly ArgumentRow[];
  readonly options: readonly OptionRow[];
}

/** A subcommand: the parser, `--help`, the manual and the dispatch read it. `O`: its options after parsing. */
export interface Subcommand<O = CliOptions> {
  readonly name: string;
  readonly help: string;
  readonly takes: readonly ArgumentRow[];
  readonly options: readonly OptionRow[];
  /** What follows the first argument belongs to that argument, options included. */
  readonly passThrough?: true;
  /** Words that one of its options takes, each with its meaning. */
  readonly words?: readonly { readonly name: string; readonly doc: string }[];
  /** The commands that its first argument can be. */
  readonly commands?: readonly NestedCommand[];
  /** Further sentences for the manual. */
  readonly more?: string;
  /** The meaning of its exit status, as sentences. */
  readonly exitStatus: string;
  /** The manual page that describes it, as in whenever-setup(1); default: whenever(1). */
  readonly page?: 'setup' | 'live';
  /** Command lines for the help and the manual. */
  readonly examples: readonly string[];
  /** Returns the exit status. @throws UsageError, NotRunningError, RequestRefusedError, or an error of the configuration. */
  run(invocation: Invocation<O>): number | Promise<number>;
}

/** A wrong option, argument or file. The message is printed on standard error. */
export class UsageError extends Error {
  override name = 'UsageError';
  /** @param lines one problem each; line breaks in quoted text are escaped. */
  constructor(...lines: readonly string[]) {
    super(lines.map(oneLine).join('\n'));
  }
}

/** Makes a parser of whole numbers within bounds. */
export const wholeNumber =
  (min: number, max = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const n = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    const bounds = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`;
    if (!Number.isSafeInteger(n) || n < min || n > max)
      throw new UsageError(`expected a whole number, ${bounds}, found "${text}"`);
    return n;
  };

/** Options for the level and the format of log records. */
export const LOG_OPTIONS: readonly OptionRow[] = [
  { flags: '-L, --log-level <LEVEL>', help: 'how much is logged', choices: LEVELS, fallback: 'warn' },
  { flags: '-P, --log-plain', help: 'plain records, without colours' },
  {
    flags: '-C, --log-color',
    help: 'coloured records, also when standard output is not a terminal',
    conflicts: ['logPlain'],
  },
  { flags: '-J, --log-json', help: 'one JSON object a record', conflicts: ['logPlain', 'logColor'] },
  {
    flags: '--log-format <FORMAT>',
    elsewhere: { pattern: 'A pattern needs an output of the file: [[logging.outputs]] with format = "pattern".' },
    help: 'the format, see whenever.toml(5)',
    choices: FORMAT_NAMES,
    conflicts: ['logPlain', 'logColor', 'logJson'],
  },
];

/** The parsed options for the format of records. */
export type LogFormatOptions<Format extends string = PlainFormatName> = {
  readonly logPlain?: true;
  readonly logColor?: true;
  readonly logJson?: true;
  readonly logFormat?: Format;
};

/** The format that the options name; undefined: none. */
export const givenFormat = <Format extends string>(
  given: LogFormatOptions<Format>,
): Format | PlainFormatName | undefined => {
  if (given.logJson) return 'json';
  if (given.logColor) return 'color';
  return given.logPlain ? 'plain' : given.logFormat;
};
