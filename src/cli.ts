import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { tildeProblem } from './check-arguments.ts';
import { optionWithoutValue } from './cli-values.ts';
import { suggest } from './config/suggest.ts';
import { COMMANDS } from './core/commands.ts';
import { oneLine } from './log/one-line.ts';
import type { Level } from './log/record.ts';
import { METRICS_OPTIONS, type MetricsArguments, readMetricsOptions } from './metrics-options.ts';
import {
  type ArgumentRow,
  LOG_LOOK,
  type OptionRow,
  SUBCOMMANDS,
  type SubcommandName,
  type SubcommandRow,
} from './subcommands.ts';
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
  /** The level stands on the command line. */
  readonly levelGiven: boolean;
  readonly logAppend: boolean;
  readonly logIds: boolean;
  /** Where the facts are recorded. */
  readonly journal?: string;
  /** Chapters kept of all stories; 0: all. */
  readonly storyLength: number;
  /** Undefined: colour on a terminal, plain elsewhere. */
  readonly format?: 'plain' | 'colour' | 'json';
}

/** One of the other commands, with its options by their long names in camel case. */
export interface Subcommand {
  readonly command: SubcommandName;
  /** Its arguments, in order. */
  readonly args: readonly string[];
  readonly given: Readonly<Record<string, string | boolean | undefined>>;
}

/** The command line is finished with before anything starts: help, version, or wrong usage. */
export interface EarlyExit {
  readonly status: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** The options of `cli.md` §1. */
export const OPTIONS: readonly OptionRow[] = [
  { flags: '-q, --quiet', help: 'no records on standard output and no start-up texts; a log file gets everything' },
  { flags: '-p, --pause', help: 'start paused' },
  { flags: '-r, --check-running', help: 'test whether an instance is running and end: status 0 if so, 1 if not' },
  { flags: '-O, --options', help: 'print the optional features and end' },
  { flags: '-l, --log <FILE>', help: 'write the log to a file instead of standard output', path: true },
  ...LOG_LOOK.slice(0, 1),
  { flags: '-a, --log-append', help: 'append to the log file instead of beginning anew; needs --log' },
  ...LOG_LOOK.slice(1),
  {
    flags: '--log-ids',
    help: 'JSON records tell their number, run and cause too, under the key "journal"',
  },
  {
    flags: '--journal <FILE>',
    help: 'record everything that happens as lines of JSON; older parts are FILE.1 to FILE.4',
    path: true,
  },
  {
    flags: '--story-length <N>',
    help: 'how many changes of state are kept in memory, 0 for all of them',
    fallback: '1000',
  },
  ...METRICS_OPTIONS,
];

const inputCommands = (): string =>
  COMMANDS.map(({ names, usage, help }) => `  ${`${names.join(', ')} ${usage}`.padEnd(28)}${help}`).join('\n');

/** What the parser makes of a path: the path. */
const pathOf = (path: string): string => {
  const wrong = tildeProblem(path);
  if (wrong !== undefined) throw new InvalidArgumentError(wrong);
  return path;
};
const argumentOf = ({ form, help, path }: ArgumentRow): Argument => {
  const argument = new Argument(form, help);
  return path ? argument.argParser(pathOf) : argument;
};

const addOptions = (command: Command, rows: readonly OptionRow[]): Command => {
  for (const { flags, help, choices, fallback, conflicts, many, path } of rows) {
    const option = new Option(flags, help);
    if (choices) option.choices(choices);
    if (fallback !== undefined) option.default(fallback);
    if (conflicts) option.conflicts([...conflicts]);
    if (many)
      option.argParser((value: string, before?: string) => (before === undefined ? value : `${before},${value}`));
    if (path) option.argParser(pathOf);
    command.addOption(option);
  }
  return command;
};

/** A word and what it means, as the help has its options. */
const describeWord = ({ name, doc }: { readonly name: string; readonly doc: string }): string =>
  `  ${name.padEnd(14)}${wrap(doc, 62).join(`\n${' '.repeat(16)}`)}`;

/** Every start would pay for the other commands: they are made when one of them, or the help, may be meant. */
const othersMeant = (args: readonly string[]): boolean =>
  args.some((arg) => /^-(?:-help$|[A-Za-z]*h)/.test(arg) || SUBCOMMANDS.some(({ name }) => name === arg));

const build = (others: boolean, chosen: (subcommand: Subcommand) => void): Command => {
  const program = new Command('whenever')
    .description('A per-user automation daemon: conditions, tasks and events from one TOML file.')
    .addArgument(argumentOf({ form: '[CONFIG]', help: 'the configuration file', path: true }))
    // The same with and without its commands.
    .usage('[options] [command] [CONFIG]')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .version(`whenever ${VERSION}`, '-V, --version', 'print the version')
    .enablePositionalOptions()
    .exitOverride()
    .action(() => {});
  addOptions(program, OPTIONS);
  const rows: readonly (SubcommandRow & { name: SubcommandName })[] = others ? SUBCOMMANDS : [];
  for (const { name, help, takes, options, words = [] } of rows) {
    const command = program.command(name).description(help).exitOverride();
    for (const row of takes) command.addArgument(argumentOf(row));
    // After the first word everything belongs to the input command.
    if (name === 'ctl') command.passThroughOptions();
    if (words.length > 0) command.addHelpText('after', `\n${words.map(describeWord).join('\n')}`);
    addOptions(command, options).action(() =>
      chosen({ command: name, args: command.args, given: command.opts<Subcommand['given']>() }),
    );
  }
  if (!others) return program;
  const footer = `\nCommands on standard input, one a line:\n${inputCommands()}\n\nSee man whenever and man 5 whenever.toml.\n`;
  return program.addHelpText('after', footer);
};

/** Reads the command line. `args` begin after the name of the program. No side effects. */
export const parseCommandLine = (args: readonly string[]): Options | Subcommand | EarlyExit => {
  let subcommand: Subcommand | undefined;
  const program = build(othersMeant(args), (chosen) => {
    subcommand = chosen;
  });
  let stdout = '';
  let stderr = '';
  for (const command of [program, ...program.commands]) {
    command.configureOutput({
      writeOut: (text) => {
        stdout += text;
      },
      writeErr: (text) => {
        stderr += text;
      },
    });
  }
  const words = args.filter((arg) => !arg.startsWith('-'));
  /** The command that was meant, for its usage line. */
  const meant = program.commands.find((command) => command.name() === words[0]) ?? program;
  const wrong = (text: string): EarlyExit => ({
    status: 2,
    stdout: '',
    stderr: `${text.trimEnd()}\n\n${usage(meant)}`,
  });
  // The parser would take the option that follows for the value.
  const short = optionWithoutValue(args, OPTIONS, NAMES);
  if (short) return wrong(`error: option '${short.flags}' argument missing`);
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { status: 0, stdout, stderr };
    const hint = error.code === 'commander.excessArguments' && meant === program ? suggest(words[0] ?? '', NAMES) : '';
    return wrong(hint ? `${stderr.trimEnd().replace(/\.$/, '')}${hint}` : stderr);
  }
  if (subcommand) {
    const before = OPTIONS.filter(({ flags }) => program.getOptionValueSource(attribute(flags)) === 'cli');
    if (before.length > 0)
      return wrong(
        `error: option '${before[0]!.flags}' goes with the daemon; options of ${subcommand.command} stand behind it`,
      );
    return subcommand;
  }
  const given = program.opts<Record<string, string | boolean | undefined>>();
  if (given.logAppend && given.log === undefined)
    return wrong("error: option '-a, --log-append' needs option '-l, --log <FILE>'");
  if (given.journal !== undefined && given.journal === given.log)
    return wrong('error: --journal and --log cannot be the same file');
  const [config] = program.args;
  for (const option of ['log', 'journal'])
    if (config !== undefined && given[option] === config)
      return wrong(`error: --${option} would overwrite the configuration file`);
  if (!/^\d{1,9}$/.test(String(given.storyLength)))
    return wrong("error: option '--story-length <N>' needs a whole number, 0 or more");
  const measuring = readMetricsOptions(given);
  if (typeof measuring === 'string') return wrong(`error: ${oneLine(measuring)}`);
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
    storyLength: Number(given.storyLength),
    ...(config === undefined ? {} : { config }),
    ...(typeof given.log === 'string' ? { log: given.log } : {}),
    ...(typeof given.journal === 'string' ? { journal: given.journal } : {}),
    ...(format ? { format } : {}),
    ...measuring,
  };
};

const NAMES = SUBCOMMANDS.map(({ name }) => name);

/** The name under which commander keeps the value of an option. */
const attribute = (flags: string): string => new Option(flags).attributeName();

const usage = (command: Command): string => {
  const name = command.parent ? `${command.parent.name()} ${command.name()}` : command.name();
  return `Usage: ${name} ${command.usage()}\nTry '${name} --help' for the options.\n`;
};
