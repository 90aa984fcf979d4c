import { Argument, Command, CommanderError, type Help, InvalidArgumentError, Option } from 'commander';
import { tildeProblem } from './check-arguments.ts';
import { loadSubcommands, SUBCOMMAND_NAMES } from './commands/index.ts';
import {
  type ArgumentRow,
  type CliOptions,
  LOG_OPTIONS,
  type OptionRow,
  type Subcommand,
  UsageError,
  wholeNumber,
} from './commands/subcommand.ts';
import { suggest } from './config/suggest.ts';
import { COMMANDS } from './core/commands.ts';
import { oneLine } from './log/one-line.ts';
import type { Level } from './log/record.ts';
import { METRICS_OPTIONS, type MetricsArguments, readMetricsOptions } from './metrics-options.ts';
import { wrap } from './terminal/wrap.ts';
import { VERSION } from './version.ts';

/** The command line as a value. */
export interface Options extends MetricsArguments {
  readonly config?: string;
  readonly quiet: boolean;
  readonly pause: boolean;
  readonly checkRunning: boolean;
  readonly options: boolean;
  readonly log?: string;
  readonly logLevel: Level;
  /** The level is given on the command line. */
  readonly levelGiven: boolean;
  readonly logAppend: boolean;
  readonly logIds: boolean;
  /** The file of the recording. */
  readonly journal?: string;
  /** How many transitions of all stories are kept; 0: all. */
  readonly storyLength: number;
  /** Undefined: colours on a terminal, plain elsewhere. */
  readonly format?: 'plain' | 'colour' | 'json';
}

/** A call of a subcommand. */
export interface SubcommandCall {
  readonly subcommand: Subcommand;
  readonly args: readonly string[];
  readonly options: CliOptions;
}

/** The program ends before anything starts: help, version, or wrong usage. */
export interface EarlyExit {
  readonly status: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** The options of the daemon. */
export const OPTIONS: readonly OptionRow[] = [
  { flags: '-q, --quiet', help: 'no records on standard output and no start-up texts; a log file gets everything' },
  { flags: '-p, --pause', help: 'start paused' },
  { flags: '-r, --check-running', help: 'test whether an instance is running and end: status 0 if so, 1 if not' },
  { flags: '-O, --options', help: 'print the optional features and end' },
  { flags: '-l, --log <FILE>', help: 'write the log to a file instead of standard output', path: true },
  ...LOG_OPTIONS.slice(0, 1),
  { flags: '-a, --log-append', help: 'append to the log file instead of beginning anew; needs --log' },
  ...LOG_OPTIONS.slice(1),
  {
    flags: '--log-ids',
    help: 'JSON records have their number, run and cause too, under the key "journal"',
  },
  {
    flags: '--journal <FILE>',
    help: 'record everything that happens as lines of JSON; older parts are FILE.1.gz to FILE.19.gz',
    path: true,
  },
  {
    flags: '--story-length <N>',
    help: 'how many changes of state are kept in memory, 0 for all of them',
    fallback: '1000',
    parse: wholeNumber(0, 999_999_999),
  },
  ...METRICS_OPTIONS,
];

/** The end of the help. */
const EXAMPLES = [
  'whenever my.toml                    start the daemon',
  'whenever next my.toml               see what will run, and when',
  'whenever status --watch             watch the running daemon',
  'whenever explain Nightly            ask why a condition did or did not run',
  'whenever logs --follow              read the log of the running daemon',
];

/** The widest first column of the help. The help of a longer term is on the lines below. */
const WIDEST_TERM = 26;

const inputCommands = (): string =>
  COMMANDS.map(
    ({ names, usage, help }) =>
      `  ${`${names.join(', ')} ${usage}`.padEnd(WIDEST_TERM + 2)}${wrap(help, 50).join(`\n${' '.repeat(WIDEST_TERM + 4)}`)}`,
  ).join('\n');

/** @throws InvalidArgumentError for a path that only a shell would understand. */
const parsePath = (path: string): string => {
  const problem = tildeProblem(path);
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return path;
};
const argumentOf = ({ form, help, path }: ArgumentRow): Argument => {
  const argument = new Argument(form, help);
  return path ? argument.argParser(parsePath) : argument;
};

/** Calls the parser of an option. @throws UsageError with the name of the option */
const parseValue = (option: Option, parse: (text: string) => unknown, text: string): unknown => {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${option.long}: ${error.message}`) : error;
  }
};

const optionOf = ({ flags, help, choices, fallback, conflicts, many, path, parse }: OptionRow): Option => {
  const option = new Option(flags, help);
  if (choices) option.choices(choices);
  if (fallback !== undefined) option.default(parse ? parse(fallback) : fallback, fallback);
  if (conflicts) option.conflicts([...conflicts]);
  if (many) option.argParser((value: string, before?: string) => (before === undefined ? value : `${before},${value}`));
  if (path) option.argParser(parsePath);
  if (parse) option.argParser((text) => parseValue(option, parse, text));
  return option;
};

/** A word and its meaning, in the columns of the options. */
const describeWord = ({ name, doc }: { readonly name: string; readonly doc: string }): string =>
  `  ${name.padEnd(14)}${wrap(doc, 62).join(`\n${' '.repeat(16)}`)}`;

const describeExamples = (lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`;

/** The help of Commander with the commands before the options. */
const formatHelp = (command: Command, helper: Help): string => {
  helper.subcommandTerm = (one) => helper.commandUsage(one).replace(/^whenever | \[options\]/g, '');
  const width = Math.min(WIDEST_TERM, helper.padWidth(command, helper));
  const item = (term: string, help: string) =>
    term.length <= width
      ? helper.formatItem(term, width, help, helper)
      : `  ${term}\n${helper.formatItem('', width, help, helper)}`;
  const section = (title: string, items: readonly string[]) => (items.length === 0 ? [] : [`${title}:`, ...items, '']);
  return [
    ...[`Usage: ${helper.commandUsage(command)}`, '', helper.commandDescription(command), ''],
    ...section(
      'Commands',
      helper.visibleCommands(command).map((one) => item(helper.subcommandTerm(one), helper.subcommandDescription(one))),
    ),
    ...section(
      'Arguments',
      helper.visibleArguments(command).map((one) => item(helper.argumentTerm(one), helper.argumentDescription(one))),
    ),
    ...section(
      'Options',
      helper.visibleOptions(command).map((one) => item(helper.optionTerm(one), helper.optionDescription(one))),
    ),
  ].join('\n');
};

const addSubcommand = (program: Command, row: Subcommand, chosen: (call: SubcommandCall) => void): void => {
  const { name, help, takes, options, words = [], examples, passThrough } = row;
  const command = program.command(name).description(help).exitOverride();
  for (const argument of takes) command.addArgument(argumentOf(argument));
  for (const option of options) command.addOption(optionOf(option));
  if (passThrough) command.passThroughOptions();
  if (words.length > 0) command.addHelpText('after', `\n${words.map(describeWord).join('\n')}`);
  command.addHelpText('after', describeExamples(examples));
  command.action(() => chosen({ subcommand: row, args: command.args, options: command.opts<CliOptions>() }));
};

const createProgram = (subcommands: readonly Subcommand[], chosen: (call: SubcommandCall) => void): Command => {
  const program = new Command('whenever')
    .description('A per-user automation daemon: conditions, tasks and events from one TOML file.')
    .addArgument(argumentOf({ form: '[CONFIG]', help: 'the configuration file', path: true }))
    // The same with and without subcommands.
    .usage('[options] [command] [CONFIG]')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .version(`whenever ${VERSION}`, '-V, --version', 'print the version')
    .enablePositionalOptions()
    .configureHelp({ formatHelp })
    .exitOverride()
    .action(() => {});
  for (const option of OPTIONS) program.addOption(optionOf(option));
  for (const subcommand of subcommands) addSubcommand(program, subcommand, chosen);
  if (subcommands.length === 0) return program;
  const input = `\nCommands on standard input, one a line:\n${inputCommands()}\n`;
  const footer = `${describeExamples(EXAMPLES)}\nSee man whenever and man 5 whenever.toml.\n`;
  return program.addHelpText('after', `${input}${footer}`);
};

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
  const overwriting = ['log', 'journal'].find((option) => config !== undefined && given[option] === config);
  return overwriting && `--${overwriting} would overwrite the configuration file`;
};

/** The options of the daemon, or what is wrong with them. */
const readOptions = (program: Command): Options | string => {
  const given = program.opts<CliOptions>();
  const [config] = program.args;
  const contradiction = findContradiction(given, config);
  if (contradiction !== undefined) return contradiction;
  const metrics = readMetricsOptions(given);
  if (typeof metrics === 'string') return oneLine(metrics);
  const format = given.logJson ? 'json' : given.logColor ? 'colour' : given.logPlain ? 'plain' : undefined;
  return {
    quiet: given.quiet === true,
    pause: given.pause === true,
    checkRunning: given.checkRunning === true,
    options: given.options === true,
    logLevel: given.logLevel as Level,
    levelGiven: program.getOptionValueSource('logLevel') === 'cli',
    logAppend: given.logAppend === true,
    logIds: given.logIds === true,
    storyLength: given.storyLength as number,
    ...(config === undefined ? {} : { config }),
    ...(typeof given.log === 'string' ? { log: given.log } : {}),
    ...(typeof given.journal === 'string' ? { journal: given.journal } : {}),
    ...(format ? { format } : {}),
    ...metrics,
  };
};

/** Runs the parser. Returns its output; `error` if it did not accept the command line. */
const runParser = (program: Command, args: readonly string[]) => {
  const output = { stdout: '', stderr: '' };
  for (const command of [program, ...program.commands])
    command.configureOutput({
      writeOut: (text) => {
        output.stdout += text;
      },
      writeErr: (text) => {
        output.stderr += text;
      },
    });
  try {
    program.parse(args, { from: 'user' });
    return { ...output, error: undefined };
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CommanderError)) throw error;
    return { ...output, error };
  }
};

/** How an input command is given to the running instance; empty for another word. */
export const inputHint = (word: string): string =>
  word !== 'help' && COMMANDS.some(({ names }) => names.includes(word)) ? `, did you mean "ctl ${word}"?` : '';

/** The message about a command line that the parser did not accept. */
const parserMessage = ({ error, stderr }: ReturnType<typeof runParser>, word = ''): string => {
  if (error instanceof UsageError) return error.message;
  const message = stderr.replace(/^error: /, '').trimEnd();
  // The configuration may be a mistyped subcommand.
  const hint = error?.code === 'commander.excessArguments' ? inputHint(word) || suggest(word, SUBCOMMAND_NAMES) : '';
  return hint === '' ? message : `${message.replace(/\.$/, '')}${hint}`;
};

/** Parses the command line; `args` begin after the name of the program. Its only effect is to load subcommands. */
export const parseCommandLine = async (args: readonly string[]): Promise<Options | SubcommandCall | EarlyExit> => {
  let call: SubcommandCall | undefined;
  const program = createProgram(await loadMentioned(args), (chosen) => {
    call = chosen;
  });
  const [word] = args.filter((arg) => !arg.startsWith('-'));
  const named = program.commands.find((command) => command.name() === word);
  const wrong = (problem: string): EarlyExit => ({
    ...{ status: 2, stdout: '' },
    stderr: `whenever: ${problem}\n\n${usage(named ?? program)}`,
  });
  // The parser would take the next option for the value.
  const incomplete = optionWithoutValue(args, OPTIONS, SUBCOMMAND_NAMES);
  if (incomplete) return wrong(`option '${incomplete.flags}' argument missing`);
  const parsed = runParser(program, args);
  if (parsed.error instanceof CommanderError && parsed.error.exitCode === 0)
    return { status: 0, stdout: parsed.stdout, stderr: parsed.stderr };
  if (parsed.error) return wrong(parserMessage(parsed, named ? undefined : word));
  if (!call) {
    const options = readOptions(program);
    return typeof options === 'string' ? wrong(options) : options;
  }
  const misplaced = OPTIONS.find(({ flags }) => program.getOptionValueSource(attribute(flags)) === 'cli');
  if (!misplaced) return call;
  const { name } = call.subcommand;
  return wrong(`put options of "${name}" after it; '${misplaced.flags}' is an option of the daemon`);
};

/** The name under which Commander keeps the value of an option. */
const attribute = (flags: string): string => new Option(flags).attributeName();

const usage = (command: Command): string => {
  const name = command.parent ? `${command.parent.name()} ${command.name()}` : command.name();
  return `Usage: ${name} ${command.usage()}\nTry '${name} --help' for the options.\n`;
};
