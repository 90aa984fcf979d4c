import { helpText, inputHint, nestedHelp } from '../command-parser.ts';
import { suggest } from '../config/suggest.ts';
import { FOUND } from './query-common.ts';
import { writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

/** The help that some words ask for. @throws UsageError when there is no such command. */
const helpOf = (subcommands: readonly Subcommand[], [name, inner, ...rest]: readonly string[]): string => {
  if (name === undefined) return helpText(subcommands);
  const names = subcommands.map((one) => one.name);
  const row = subcommands.find((one) => one.name === name);
  if (!row) throw new UsageError(`no command "${name}"${inputHint(name) || suggest(name, names)}`);
  if (inner === undefined) return helpText(subcommands, name);
  const { commands = [] } = row;
  if (commands.length === 0) throw new UsageError(`${name} has no commands of its own, found "${inner}"`);
  if (rest.length > 0) throw new UsageError(`expected one command of ${name}, found "${[inner, ...rest].join(' ')}"`);
  const nested = commands.find((one) => one.names.includes(inner));
  if (nested) return nestedHelp(name, nested);
  const known = commands.flatMap((one) => one.names);
  throw new UsageError(`${name} has no command "${inner}"${suggest(inner, known)}`);
};

/** The subcommand that prints the help. @param load loads all subcommands */
export const helpCommand = (load: () => Promise<readonly Subcommand[]>): Subcommand => ({
  name: 'help',
  help: 'print the help of the program, of a command, or of an input command: the text of --help',
  takes: [{ form: '[COMMAND...]', help: 'such as status, or ctl pause', names: ['command'] }],
  options: [],
  exitStatus: 'Status 0: printed; 2: there is no such command.',
  page: 'setup',
  examples: ['whenever help ctl pause'],
  run: async ({ args }) => {
    writeAll(1, helpOf(await load(), args));
    return FOUND;
  },
});
