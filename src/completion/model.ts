import type { ArgumentRow, NameOf, NestedCommand, OptionRow, Subcommand } from '../commands/subcommand.ts';
import { OPTIONS } from '../daemon-options.ts';

/** A word that is offered, with its meaning. */
export interface Word {
  readonly name: string;
  readonly help: string;
}

/** What can stand at a place of the command line. */
export type Value =
  | { readonly kind: 'file' | 'any' }
  | { readonly kind: 'words'; readonly words: readonly Word[] }
  | { readonly kind: 'names'; readonly names: readonly NameOf[] };

/** An option. Without a value it is a switch. */
export interface CompletedOption {
  /** `-n` and `--count`. */
  readonly flags: readonly string[];
  readonly help: string;
  /** The value as the help calls it, and what it can be. */
  readonly value?: { readonly label: string; readonly of: Value };
  readonly many: boolean;
}

/** An argument. */
export interface CompletedArgument {
  readonly label: string;
  readonly of: Value;
  readonly many: boolean;
}

/** The program, a command, or a command that is given to a command. */
export interface CompletedCommand {
  /** The words that lead to it; none: the program itself. */
  readonly path: readonly string[];
  readonly options: readonly CompletedOption[];
  readonly takes: readonly CompletedArgument[];
  /** The words that can be its first argument, and lead on. */
  readonly commands: readonly Word[];
}

/** The longest description, in characters. */
const LONGEST = 72;

/** A description that fits in a line and needs no quoting in any shell. */
const shortHelp = (help: string): string => {
  const [first = ''] = help.split(/; |: /);
  const plain = first
    .replaceAll(/[`"\\]/g, '')
    .replaceAll("'", '’')
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .replace(/\.$/, '');
  return plain.length <= LONGEST ? plain : `${plain.slice(0, LONGEST).replace(/[ ,]+\S*$/, '')} …`;
};

const word = (name: string, help = ''): Word => ({ name, help: shortHelp(help) });

const completedValue = (row: OptionRow | ArgumentRow, documented: Subcommand['words'] = []): Value => {
  const { names, words, path } = row;
  const all = ('choices' in row ? row.choices : undefined) ?? words;
  if (all)
    return { kind: 'words', words: all.map((name) => word(name, documented.find((one) => one.name === name)?.doc)) };
  if (names) return { kind: 'names', names };
  return { kind: path ? 'file' : 'any' };
};

/** The word between brackets. */
const labelOf = (form: string): string => /[[<]([\w-]+)/.exec(form)?.[1] ?? '';

const optionOf = (row: OptionRow, documented?: Subcommand['words']): CompletedOption => ({
  flags: row.flags.split(/[ ,]+/).filter((flag) => flag.startsWith('-')),
  help: shortHelp(row.help),
  many: row.many === true,
  ...(/[<[]/.test(row.flags) ? { value: { label: labelOf(row.flags), of: completedValue(row, documented) } } : {}),
});

const HELP: OptionRow = { flags: '-h, --help', help: 'print this help' };
const VERSION: OptionRow = { flags: '-V, --version', help: 'print the version' };

const argumentOf = (row: ArgumentRow): CompletedArgument => ({
  label: labelOf(row.form),
  of: completedValue(row),
  many: row.form.includes('...'),
});

const nestedWords = (commands: readonly NestedCommand[]): readonly Word[] =>
  commands.flatMap(({ names, help }) => names.map((name) => word(name, help)));

/** Commands that take the names of others, such as `help`. */
const namesCommands = ({ takes }: Subcommand): boolean => takes.some(({ names }) => names?.includes('command'));

const NOTHING = { options: [], takes: [], commands: [] } as const;

/** A subcommand with the commands that are given to it. */
const commandsOf = (subcommand: Subcommand, all: readonly Subcommand[]): readonly CompletedCommand[] => {
  const { name, options, takes, words, commands = [] } = subcommand;
  const own = [...options.map((row) => optionOf(row, words)), optionOf(HELP)];
  if (namesCommands(subcommand))
    return [
      { ...NOTHING, path: [name], options: own, commands: all.map((one) => word(one.name, one.help)) },
      ...all.map((one) => ({ ...NOTHING, path: [name, one.name], commands: nestedWords(one.commands ?? []) })),
    ];
  const nested = commands.flatMap((one) =>
    one.names.map((alias) => ({
      ...{ path: [name, alias], options: one.options.map((row) => optionOf(row)) },
      ...{ takes: one.takes.map(argumentOf), commands: [] },
    })),
  );
  const rest = commands.length > 0 ? [] : takes.map(argumentOf);
  return [{ path: [name], options: own, takes: rest, commands: nestedWords(commands) }, ...nested];
};

/** Every command, the program first. */
export const completedCommands = (subcommands: readonly Subcommand[]): readonly CompletedCommand[] => [
  {
    path: [],
    options: [...OPTIONS, HELP, VERSION].map((row) => optionOf(row)),
    takes: [{ label: 'CONFIG', of: { kind: 'file' }, many: false }],
    commands: subcommands.map(({ name, help }) => word(name, help)),
  },
  ...subcommands.flatMap((one) => commandsOf(one, subcommands)),
];

/** The hidden command that prints names. */
export const NAMES_COMMAND = '__complete';
