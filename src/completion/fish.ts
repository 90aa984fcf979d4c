import { type CompletedCommand, type CompletedOption, NAMES_COMMAND, type Value } from './model.ts';

/** A text within single quotes. */
const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;

const words = (value: Value): string => {
  if (value.kind === 'names') return ` -a ${quoted(`(__whenever_names ${value.names.join(',')})`)}`;
  if (value.kind !== 'words') return '';
  return ` -a ${quoted(value.words.map(({ name, help }) => (help === '' ? name : `${name}\\t${quoted(help)}`)).join(' '))}`;
};

/** Completes a value: from files, or only from what is known. */
const completedValue = (value: Value): string => (value.kind === 'file' ? ' -F' : ` -f${words(value)}`);

const optionLine = (on: string, { flags, help, value }: CompletedOption): string => {
  const names = flags.map((flag) => (flag.startsWith('--') ? ` -l ${flag.slice(2)}` : ` -s ${flag.slice(1)}`)).join('');
  return `complete -c whenever -n ${quoted(on)}${names}${value ? ` -r${completedValue(value.of)}` : ''} -d ${quoted(help)}`;
};

const linesOf = ({ path, options, takes, commands }: CompletedCommand): readonly string[] => {
  // The command is the first word: behind options of the daemon only its file can follow.
  const first = path.length === 0 ? '0 first' : '0';
  const at = (position: string): string => `__whenever_at ${quoted(path.join(' '))} ${position}`;
  return [
    ...(commands.length > 0
      ? commands.map(
          ({ name, help }) => `complete -c whenever -n ${quoted(at(first))} -f -a ${name} -d ${quoted(help)}`,
        )
      : []),
    ...takes.map(
      ({ of, many }, i) => `complete -c whenever -n ${quoted(at(many ? `${i} more` : `${i}`))}${completedValue(of)}`,
    ),
    ...options.map((option) => optionLine(at('any'), option)),
  ];
};

/** Pairs of a command and an option that takes a value. */
const valued = ({ path, options }: CompletedCommand): readonly string[] =>
  options.flatMap(({ flags, value }) => (value ? flags.map((flag) => [...path, flag].join(' ')) : []));

const FUNCTIONS = `
# The command on the line, and how many arguments it has before the cursor. Options and their values do not count.
function __whenever_place
    set -l words (commandline -opc)
    set -e words[1]
    set -l command
    set -l count 0
    set -l skip
    set -l ended
    if contains -- "$words[1]" $__whenever_commands
        set command $words[1]
        set -e words[1]
    end
    for word in $words
        if test -n "$skip"
            set skip
        else if test -z "$ended"; and test "x$word" = x--
            set ended 1
        else if test -z "$ended"; and string match -q -- '--*=*' $word
            continue
        else if test -z "$ended"; and string match -q -- '-?*' $word
            set -l flag $word
            string match -qr -- '^-[^-]' $word; and set flag -(string sub -s -1 -- $word)
            contains -- (string join -- ' ' $command $flag) $__whenever_valued; and set skip 1
        else if test $count -eq 0 -a -n "$command"; and contains -- (string join -- ' ' $command $word) $__whenever_commands
            set -a command $word
        else
            set count (math $count + 1)
        end
    end
    echo (string join -- ' ' $command)
    echo $count
end

# Whether the cursor is at the argument $argv[2] of the command $argv[1]; any: anywhere; more: or behind it; first: right behind the program.
function __whenever_at
    set -l place (__whenever_place)
    test "$place[1]" = "$argv[1]"; or return
    test $argv[2] = any; and return
    if test "$argv[3]" = first
        test (count (commandline -opc)) -eq 1
        return
    end
    test $place[2] -eq $argv[2]; and return
    test "$argv[3]" = more -a $place[2] -gt $argv[2]
end

# Names of the kinds $argv[1], of the file on the line or of the running instance.
function __whenever_names
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -e words[1]
    command $program ${NAMES_COMMAND} $argv[1] $words (commandline -ct) 2>/dev/null
end
`;

/** The script for fish 3 and later. */
export const fishScript = (commands: readonly CompletedCommand[]): string =>
  [
    '# Completion of whenever for fish. Made by: whenever completion fish',
    '',
    `set -g __whenever_commands ${commands
      .filter(({ path }) => path.length > 0)
      .map(({ path }) => quoted(path.join(' ')))
      .join(' ')}`,
    `set -g __whenever_valued ${commands.flatMap(valued).map(quoted).join(' ')}`,
    FUNCTIONS,
    'complete -c whenever -e',
    'complete -c whenever -f',
    ...commands.flatMap(linesOf),
    '',
  ].join('\n');
