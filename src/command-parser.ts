import { Argument, Command, CommanderError, type Help, InvalidArgumentError, Option } from 'commander';
import { tildeProblem } from './check-arguments.ts';
import {
  type ArgumentRow,
  type CliOptions,
  type NestedCommand,
  type OptionRow,
  type Subcommand,
  UsageError,
} from './commands/subcommand.ts';
import { COMMANDS } from './core/commands.ts';
import { OPTIONS } from './daemon-options.ts';
import { wrap } from './terminal/wrap.ts';
import { VERSION } from './version.ts';

/** A call of a subcommand. */
export interface SubcommandCall {
  readonly subcommand: Subcommand;
  readonly args: readonly string[];
  readonly options: CliOptions;
}

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

/** What the help shows of an input command. */
type Described = Pick<NestedCommand, 'names' | 'usage' | 'help'>;

/** The input commands, as the help shows them. */
const inputCommands = (commands: readonly Described[]): string => {
  const margin = ' '.repeat(WIDEST_TERM + 4);
  return commands
    .map(({ names, usage, help }) => {
      const term = `  ${`${names.join(', ')} ${usage}`.trimEnd()}`;
      const head = term.length < margin.length - 1 ? term.padEnd(margin.length) : `${term}\n${margin}`;
      return `${head}${wrap(help, 50).join(`\n${margin}`)}`;
    })
    .join('\n');
};

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

/** Says what a word needs that is a choice elsewhere. */
const explainElsewhere = (option: Option, elsewhere: Readonly<Record<string, string>>): void => {
  const { parseArg } = option;
  option.argParser((value: string, before: unknown) => {
    if (Object.hasOwn(elsewhere, value)) throw new InvalidArgumentError(elsewhere[value]!);
    return parseArg === undefined ? value : parseArg(value, before);
  });
};

const optionOf = (row: OptionRow): Option => {
  const { flags, help, choices, elsewhere, fallback, conflicts, many, repeat, path, parse } = row;
  const option = new Option(flags, help);
  if (choices) option.choices(choices);
  if (elsewhere) explainElsewhere(option, elsewhere);
  if (fallback !== undefined) option.default(parse ? parse(fallback) : fallback, fallback);
  if (conflicts) option.conflicts([...conflicts]);
  if (many) option.argParser((value: string, before?: string) => (before === undefined ? value : `${before},${value}`));
  if (path) option.argParser(parsePath);
  if (repeat)
    option.argParser((value: string, before: readonly string[] = []) => [...before, path ? parsePath(value) : value]);
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
  const { name, help, takes, options, words = [], commands = [], examples, passThrough } = row;
  const command = program.command(name).description(help).exitOverride();
  for (const argument of takes) command.addArgument(argumentOf(argument));
  for (const option of options) command.addOption(optionOf(option));
  if (passThrough) command.passThroughOptions();
  if (words.length > 0) command.addHelpText('after', `\n${words.map(describeWord).join('\n')}`);
  if (commands.length > 0) command.addHelpText('after', `\nInput commands:\n${inputCommands(commands)}`);
  command.addHelpText('after', describeExamples(examples));
  command.action(() => chosen({ subcommand: row, args: command.args, options: command.opts<CliOptions>() }));
};

/** Makes the parser of the command line. @param chosen called when a subcommand is called */
export const createProgram = (subcommands: readonly Subcommand[], chosen: (call: SubcommandCall) => void): Command => {
  const program = new Command('whenever')
    .description('A per-user automation daemon: conditions, tasks and events from one TOML file.')
    .addArgument(
      argumentOf({ form: '[CONFIG]', help: 'the configuration file; default: the one that init writes', path: true }),
    )
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
  const input = `\nCommands on standard input, one a line:\n${inputCommands(COMMANDS)}\n`;
  const footer = `${describeExamples(EXAMPLES)}\nSee man whenever and man 5 whenever.toml.\n`;
  return program.addHelpText('after', `${input}${footer}`);
};

/** Runs the parser. Returns its output; `error` unless it has found a call, `printed` where that is a help or the version. */
export const runParser = (program: Command, args: readonly string[]) => {
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
    return { ...output, error: undefined, printed: false };
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CommanderError)) throw error;
    return { ...output, error, printed: error instanceof CommanderError && error.exitCode === 0 };
  }
};

/** How an input command is given to the running instance; empty for another word. */
export const inputHint = (word: string): string =>
  word !== 'help' && COMMANDS.some(({ names }) => names.includes(word)) ? `, did you mean "ctl ${word}"?` : '';

/** The help of the program or of a subcommand. */
export const helpText = (subcommands: readonly Subcommand[], name?: string): string => {
  const program = createProgram(subcommands, () => {});
  return runParser(program, name === undefined ? ['--help'] : [name, '--help']).stdout;
};

/** The help of a command that is given to a subcommand. */
export const nestedHelp = (subcommand: string, { names, usage, help }: NestedCommand): string => {
  const forms = names.map((name) => `whenever ${subcommand} ${name} ${usage}`.trimEnd());
  return `Usage: ${forms.join('\n       ')}\n\n${wrap(help, 80).join('\n')}\n`;
};

/** The name under which the parser keeps the value of an option. */
export const optionName = (flags: string): string => new Option(flags).attributeName();

/** What follows the message about a wrong command line. */
export const usageOf = (command: Command): string => {
  const name = command.parent ? `${command.parent.name()} ${command.name()}` : command.name();
  return `Usage: ${name} ${command.usage()}\nTry '${name} --help' for the options.\n`;
};
