import {
  type CompletedArgument,
  type CompletedCommand,
  type CompletedOption,
  NAMES_COMMAND,
  type Value,
  type Word,
} from './model.ts';

/** A description within single quotes and brackets: it has neither quotes nor brackets. */
const described = (help: string): string => help.replaceAll(':', '\\:');

const list = (words: readonly Word[]): string =>
  words.map(({ name, help }) => `'${name}${help === '' ? '' : `:${described(help)}`}'`).join(' ');

/** The name of the function that offers some words. */
const functionOf = (path: readonly string[], word: string): string =>
  `_whenever_${[...path, word].join('_').replaceAll(/\W+/g, '_')}`;

const actionOf = (value: Value, wordsFunction: string): string => {
  if (value.kind === 'file') return '_files';
  if (value.kind === 'names') return ` _whenever_names ${value.names.join(',')}`;
  return value.kind === 'words' ? ` ${wordsFunction}` : ' ';
};

const optionSpec = (path: readonly string[], option: CompletedOption): string => {
  const { flags, help, value, many } = option;
  const sign = (flag: string): string => (value ? (flag.startsWith('--') ? `${flag}=` : `${flag}+`) : flag);
  const what = `[${described(help)}]${value ? `:${value.label}:${actionOf(value.of, functionOf(path, flags.at(-1)!))}` : ''}`;
  const once = many ? '*' : flags.length > 1 ? `(${flags.join(' ')})` : '';
  return flags.length === 1 ? `'${once}${sign(flags[0]!)}${what}'` : `'${once}'{${flags.map(sign).join(',')}}'${what}'`;
};

const argumentSpec = (path: readonly string[], { label, of, many }: CompletedArgument, i: number): string =>
  `'${many ? '*' : i + 1}:${label}:${actionOf(of, functionOf(path, label))}'`;

/** The functions that offer the words of options and arguments. */
const wordFunctions = ({ path, options, takes }: CompletedCommand): readonly string[] => {
  const named = [
    ...options.map(({ flags, value }) => ({ word: flags.at(-1)!, label: value?.label ?? '', of: value?.of })),
    ...takes.map(({ label, of }) => ({ word: label, label, of })),
  ];
  return named.flatMap(({ word, label, of }) =>
    of?.kind === 'words'
      ? [
          `${functionOf(path, word)}() {`,
          `  local -a list=(${list(of.words)})`,
          `  _describe -t values '${label}' list`,
          '}',
          '',
        ]
      : [],
  );
};

const firstFunction = ({ path, commands, takes }: CompletedCommand): readonly string[] =>
  commands.length === 0
    ? []
    : [
        `${functionOf(path, 'commands')}() {`,
        // The command is the first word: behind options of the daemon only its file can follow.
        ...(path.length === 0 ? ['  if (( CURRENT > 2 )); then _files; return; fi'] : []),
        `  local -a list=(${list(commands)})`,
        '  _describe -t commands command list',
        ...(takes[0]?.of.kind === 'file' ? ['  _files'] : []),
        '}',
        '',
      ];

const commandCase = (command: CompletedCommand): readonly string[] => {
  const { path, options, takes, commands } = command;
  const specs = [
    ...options.map((option) => optionSpec(path, option)),
    ...(commands.length > 0
      ? [`'1:command: ${functionOf(path, 'commands')}'`]
      : takes.map((argument, i) => argumentSpec(path, argument, i))),
  ];
  const lines = specs.map((spec, i) => `        ${spec}${i < specs.length - 1 ? ' \\' : ''}`);
  if (specs.length === 0) return [];
  return [`    '${path.join(' ')}')`, '      _arguments -s -S : \\', ...lines, '      ;;'];
};

const FUNCTIONS = String.raw`
# Names of the kinds $1, of the file on the line or of the running instance.
_whenever_names() {
  local -a list
  list=("${'$'}{(@f)$(${'$'}{~whenever_line[1]} ${NAMES_COMMAND} $1 "${'$'}{(@)whenever_line[2,-1]}" 2>/dev/null)}")
  list=("${'$'}{(@)list//$'\t'/:}")
  [[ -n $list ]] && _describe -t names name list
}
`;

const MAIN = `_whenever() {
  local curcontext=$curcontext known command=
  local -a whenever_line
  whenever_line=("\${(@Q)words[1,CURRENT]}")
  # A command is the first word: what follows it is completed as if it were a program.
  while (( CURRENT > 2 )); do
    known="\${command:+$command }\${words[2]}"
    (( \${_whenever_known[(Ie)$known]} )) || break
    command=$known
    shift words
    (( CURRENT-- ))
  done
  case $command in`;

/** The script for zsh: a file of fpath, or read by source. */
export const zshScript = (commands: readonly CompletedCommand[]): string =>
  [
    '#compdef whenever',
    '# Completion of whenever for zsh. Made by: whenever completion zsh',
    '',
    `typeset -ga _whenever_known=(${commands
      .filter(({ path }) => path.length > 0)
      .map(({ path }) => `'${path.join(' ')}'`)
      .join(' ')})`,
    FUNCTIONS,
    ...commands.flatMap((command) => [...firstFunction(command), ...wordFunctions(command)]),
    MAIN,
    ...commands.flatMap(commandCase),
    '  esac',
    '}',
    '',
    'if [[ $funcstack[1] == _whenever ]]; then',
    '  _whenever "$@"',
    'else',
    '  compdef _whenever whenever',
    'fi',
    '',
  ].join('\n');
