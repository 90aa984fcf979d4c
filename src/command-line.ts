import { createProgram, inputHint, optionName, runParser, type SubcommandCall, usageOf } from './command-parser.ts';
import { loadSubcommands, SUBCOMMAND_NAMES } from './commands/index.ts';
import { type CliOptions, givenFormat, type OptionRow, type Subcommand, UsageError } from './commands/subcommand.ts';
import { suggest } from './config/suggest.ts';
import { OPTIONS } from './daemon-options.ts';
import { type GivenFormatName, isForPrograms } from './log/format-choice.ts';
import { oneLine } from './log/one-line.ts';
import type { Level } from './log/record.ts';
import { type MetricsArguments, readMetricsOptions } from './metrics-options.ts';

/** The command line as a value. */
export interface Options extends MetricsArguments {
  readonly config?: string;
  readonly quiet: boolean;
  /** Load the configuration again when its files change. */
  readonly watch: boolean;
  readonly pause: boolean;
  readonly checkRunning: boolean;
  readonly options: boolean;
  readonly log?: string;
  readonly logLevel: Level;
  /** The level is given on the command line. */
  readonly levelGiven: boolean;
  readonly logAppend: boolean;
  readonly logIds: boolean;
  /** Send traces, logs and metrics by OTLP. */
  readonly otlp: boolean;
  /** The file of the recording. */
  readonly journal?: string;
  /** The files of plugins. */
  readonly plugins: readonly string[];
  /** How many transitions of all stories are kept; 0: all. */
  readonly storyLength: number;
  /** Undefined: colours on a terminal, plain elsewhere. */
  readonly format?: GivenFormatName;
}

/** The program ends before anything starts: help, version, or wrong usage. */
export interface EarlyExit {
  readonly status: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** Loads the subcommands that the command line may mean: all for the help, none for most starts of the daemon. */
const loadMentioned = async (args: readonly string[]): Promise<readonly Subcommand[]> => {
  if (args.some((arg) => /^-(?:-help$|[A-Za-z]*h)/.test(arg))) return loadSubcommands();
  const names = args.filter((arg) => SUBCOMMAND_NAMES.includes(arg));
  return names.length === 0 ? [] : loadSubcommands(names);
};

const takesValue = ({ flags }: OptionRow): boolean => flags.includes('<');

/** The option of a word whose value has to be the next word. */
const optionBeforeValue = (word: string, rows: readonly OptionRow[]): OptionRow | undefined => {
  if (word.startsWith('--')) return rows.find((row) => takesValue(row) && row.flags.split(/[ ,]+/).includes(word));
  if (!/^-[A-Za-z]+$/.test(word)) return undefined;
  // Of joined options the first one with a value takes the rest of the word.
  for (const [i, letter] of [...word].entries()) {
    const row = i > 0 ? rows.find(({ flags }) => flags.startsWith(`-${letter},`)) : undefined;
    if (row && takesValue(row)) return i === word.length - 1 ? row : undefined;
  }
  return undefined;
};

/**
 * The first option that is followed by another option in the place of its value; undefined: none. A value that begins with a dash
 * is written as `--log=-x`. @param stop words that end the options of the daemon.
 */
const optionWithoutValue = (
  args: readonly string[],
  rows: readonly OptionRow[],
  stop: readonly string[],
): OptionRow | undefined => {
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === '--' || stop.includes(word)) return undefined;
    const row = optionBeforeValue(word, rows);
    if (row === undefined) continue;
    if (/^-./.test(args[i + 1] ?? '')) return row;
    i += 1;
  }
  return undefined;
};

/** A contradiction between options of the daemon. */
const findContradiction = (given: CliOptions, config: string | undefined): string | undefined => {
  if (given.logAppend && given.log === undefined) return "option '-a, --log-append' needs option '-l, --log <FILE>'";
  if (given.journal !== undefined && given.journal === given.log) return '--journal and --log cannot be the same file';
  if (given.logFormat === 'journal' && given.log !== undefined)
    return '--log-format journal writes to the journal of systemd, and --log to a file: leave one of them out';
  const overwriting = ['log', 'journal'].find((option) => config !== undefined && given[option] === config);
  return overwriting && `--${overwriting} would overwrite the configuration file`;
};

/** The options of the daemon, or what is wrong with them. */
const readOptions = (program: ReturnType<typeof createProgram>): Options | string => {
  const given = program.opts<CliOptions>();
  const [config] = program.args;
  const contradiction = findContradiction(given, config);
  if (contradiction !== undefined) return contradiction;
  const metrics = readMetricsOptions(given);
  if (typeof metrics === 'string') return oneLine(metrics);
  const format = givenFormat<GivenFormatName>(given);
  return {
    quiet: given.quiet === true,
    watch: given.watch === true,
    pause: given.pause === true,
    checkRunning: given.checkRunning === true,
    options: given.options === true,
    logLevel: given.logLevel as Level,
    levelGiven: program.getOptionValueSource('logLevel') === 'cli',
    logAppend: given.logAppend === true,
    logIds: given.logIds === true,
    otlp: given.otlp === true,
    storyLength: given.storyLength as number,
    plugins: (given.plugin as readonly string[] | undefined) ?? [],
    ...(config === undefined ? {} : { config }),
    ...(typeof given.log === 'string' ? { log: given.log } : {}),
    ...(typeof given.journal === 'string' ? { journal: given.journal } : {}),
    ...(format ? { format } : {}),
    ...metrics,
  };
};

/** The message about a command line that the parser did not accept. */
const parserMessage = ({ error, stderr }: ReturnType<typeof runParser>, word = ''): string => {
  if (error instanceof UsageError) return error.message;
  const message = stderr.replace(/^error: /, '').trimEnd();
  // The configuration may be a mistyped subcommand.
  const hint = error?.code === 'commander.excessArguments' ? inputHint(word) || suggest(word, SUBCOMMAND_NAMES) : '';
  return hint === '' ? message : `${message.replace(/\.$/, '')}${hint}`;
};

/** A word that looks like the name of a command, not like a file. */
const COMMAND_LIKE = /^[A-Za-z][\w-]*$/;

/**
 * The message about a first word that is neither a command nor a file; undefined for any other word. @param exists whether there is such a
 * file
 */
const mistypedCommand = (word: string, exists: (path: string) => boolean): string | undefined => {
  if (!COMMAND_LIKE.test(word) || SUBCOMMAND_NAMES.includes(word) || exists(word)) return undefined;
  const options = OPTIONS.map(({ flags }) => /--[\w-]+/.exec(flags)![0]);
  const near =
    inputHint(word) ||
    (options.includes(`--${word}`) ? `, did you mean "--${word}"?` : suggest(word, SUBCOMMAND_NAMES)) ||
    suggest(`--${word}`, options) ||
    "; see 'whenever --help'";
  return `"${word}" is neither a command nor a file${near}`;
};

/** A daemon whose errors of the start go to its log, or to a program that reads records. */
const hasReader = ({ log, format }: Options): boolean => log !== undefined || isForPrograms(format);

/** What takes the place of the daemon; undefined: nothing does. */
const insteadOfDaemon = (options: Options, exists: (path: string) => boolean): EarlyExit | undefined => {
  const { config, checkRunning, quiet } = options;
  if (config === undefined || checkRunning || options.options || hasReader(options)) return undefined;
  const mistyped = mistypedCommand(config, exists);
  return mistyped === undefined ? undefined : { status: 2, stdout: '', stderr: quiet ? '' : `whenever: ${mistyped}\n` };
};

/**
 * Parses the command line; `args` begin after the name of the program. Its only effect is to load subcommands.
 * @param exists whether there is a file; only a word that is not one can be a mistyped command
 */
export const parseCommandLine = async (
  args: readonly string[],
  exists: (path: string) => boolean = () => true,
): Promise<Options | SubcommandCall | EarlyExit> => {
  let call: SubcommandCall | undefined;
  const program = createProgram(await loadMentioned(args), (chosen) => {
    call = chosen;
  });
  const [word = ''] = args.filter((arg) => !arg.startsWith('-'));
  const named = program.commands.find((command) => command.name() === word);
  const wrong = (problem: string): EarlyExit => ({
    ...{ status: 2, stdout: '' },
    stderr: `whenever: ${problem}\n\n${usageOf(named ?? program)}`,
  });
  // The parser would take the next option for the value.
  const incomplete = optionWithoutValue(args, OPTIONS, SUBCOMMAND_NAMES);
  if (incomplete) return wrong(`option '${incomplete.flags}' argument missing`);
  const parsed = runParser(program, args);
  const mistyped = parsed.error && args[0] === word ? mistypedCommand(word, exists) : undefined;
  if (mistyped !== undefined) return { status: 2, stdout: '', stderr: `whenever: ${mistyped}\n` };
  if (parsed.printed) return { status: 0, stdout: parsed.stdout, stderr: parsed.stderr };
  if (parsed.error) return wrong(parserMessage(parsed, named ? undefined : word));
  if (!call) {
    const options = readOptions(program);
    return typeof options === 'string' ? wrong(options) : (insteadOfDaemon(options, exists) ?? options);
  }
  const misplaced = OPTIONS.find(({ flags }) => program.getOptionValueSource(optionName(flags)) === 'cli');
  if (!misplaced) return call;
  const { name } = call.subcommand;
  return wrong(`put options of "${name}" after it; '${misplaced.flags}' is an option of the daemon`);
};
