import { type CompletedCommand, type CompletedOption, NAMES_COMMAND, type Value } from './model.ts';

/** What can stand at a place, as one word: `file`, `any`, `names:condition,task`, `words:info,warn`. */
const kindOf = (value: Value): string => {
  if (value.kind === 'words') return `words:${value.words.map(({ name }) => name).join(',')}`;
  return value.kind === 'names' ? `names:${value.names.join(',')}` : value.kind;
};

const quoted = (text: string): string => `'${text}'`;

const optionCases = (options: readonly CompletedOption[]): readonly string[] =>
  options.flatMap(({ flags, value }) =>
    value ? [`      ${flags.join(' | ')}) value=${quoted(kindOf(value.of))} ;;`] : [],
  );

/** What is known of a command: `options`, `arguments`, `commands`; and `value` of the option in $2. */
const commandCase = ({ path, options, takes, commands }: CompletedCommand): string => {
  const cases = optionCases(options);
  return [
    `  ${quoted(path.join(' '))})`,
    `    options=${quoted(options.flatMap(({ flags }) => flags).join(' '))}`,
    `    arguments=${quoted(takes.map(({ of, many }) => `${kindOf(of)}${many ? '*' : ''}`).join(' '))}`,
    `    commands=${quoted(commands.map(({ name }) => name).join(' '))}`,
    ...(cases.length > 0 ? ['    case $2 in', ...cases, '    esac'] : []),
    '    ;;',
  ].join('\n');
};

const FUNCTIONS = String.raw`
# The words before the cursor without their quotes, into the array words. Not those of readline, which cuts at = and : too.
_whenever_words() {
  local line=${'$'}{COMP_LINE:0:COMP_POINT} word='' quote='' begun='' c i
  words=()
  for ((i = 0; i < ${'$'}{#line}; i++)); do
    c=${'$'}{line:i:1}
    if [[ $quote == "'" ]]; then
      if [[ $c == "'" ]]; then quote=''; else word+=$c; fi
    elif [[ $c == \\ ]]; then
      i=$((i + 1)) begun=1
      word+=${'$'}{line:i:1}
    elif [[ $quote ]]; then
      if [[ $c == "$quote" ]]; then quote=''; else word+=$c; fi
    elif [[ $c == [\'\"] ]]; then
      quote=$c begun=1
    elif [[ $c == [[:space:]] ]]; then
      [[ $begun ]] && words+=("$word")
      word='' begun=''
    else
      word+=$c begun=1
    fi
  done
  words+=("$word")
  while [[ ${'$'}{words[0]} =~ ^[A-Za-z_][A-Za-z_0-9]*= ]]; do words=("${'$'}{words[@]:1}"); done
}

# What follows the option $2 of the command $1, into value; empty: nothing.
_whenever_value() {
  local options arguments commands letter i
  value=''
  if [[ $2 == -[!-]?* ]]; then
    for ((i = 1; i < ${'$'}{#2}; i++)); do
      letter=${'$'}{2:i:1}
      _whenever_command "$1" "-$letter"
      [[ $value ]] || continue
      ((i == ${'$'}{#2} - 1)) || value=''
      return
    done
  else
    _whenever_command "$1" "$2"
  fi
}

# Offers what begins with $current of the kind $1.
_whenever_offer() {
  local name rest
  case $1 in
  file) return ;;
  words:*) mapfile -t COMPREPLY < <(compgen -W "${'$'}{1#words:}" -- "$current") ;;
  names:*)
    while IFS=$'\t' read -r name rest; do
      [[ $name == "$current"* ]] && COMPREPLY+=("$name")
    done < <("${'$'}{words[0]/#\~\//$HOME/}" NAMES_COMMAND "${'$'}{1#names:}" "${'$'}{words[@]:1}" 2>/dev/null)
    ;;
  esac
  compopt +o default
}

_whenever() {
  local IFS=$' \t\n,'
  local -a words kinds
  local current command='' value='' ended='' count=0 i word options arguments commands
  COMPREPLY=()
  _whenever_words
  current=${'$'}{words[${'$'}{#words[@]} - 1]}
  _whenever_command ''
  for ((i = 1; i < ${'$'}{#words[@]} - 1; i++)); do
    word=${'$'}{words[i]}
    value=''
    if [[ ! $ended && $word == -- ]]; then
      ended=1
    elif [[ ! $ended && $word == --*=* ]]; then
      :
    elif [[ ! $ended && $word == -?* ]]; then
      _whenever_value "$command" "$word"
      [[ $value ]] && i=$((i + 1))
    elif ((count == 0)) && [[ $command || $i == 1 ]] && [[ " $commands " == *" $word "* ]]; then
      command+=${'$'}{command:+ }$word
      _whenever_command "$command"
    else
      count=$((count + 1))
    fi
  done
  # The last option has its value at the cursor.
  if [[ $value ]] && ((i == ${'$'}{#words[@]})); then
    _whenever_offer "$value"
    return
  fi
  if [[ ! $ended && $current == --*=* ]]; then
    _whenever_value "$command" "${'$'}{current%%=*}"
    current=${'$'}{current#*=}
    _whenever_offer "${'$'}{value:-any}"
    return
  fi
  if [[ ! $ended && $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    compopt +o default
    return
  fi
  # The command is the first word: behind options of the daemon only its file can follow.
  if [[ ! $command ]] && ((${'$'}{#words[@]} > 2)); then commands=''; fi
  if ((count == 0)) && [[ $commands ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
    if [[ $arguments != file ]]; then
      compopt +o default
    elif ((${'$'}{#COMPREPLY[@]} > 0)); then
      # Files too. Without any command that fits they are offered by readline itself.
      mapfile -t -O "${'$'}{#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X '!*.toml' -- "$current")
      compopt -o filenames
    fi
    return
  fi
  IFS=' ' read -r -a kinds <<<"$arguments"
  if ((count >= ${'$'}{#kinds[@]} && ${'$'}{#kinds[@]} > 0)) && [[ ${'$'}{kinds[${'$'}{#kinds[@]} - 1]} == *'*' ]]; then
    count=$((${'$'}{#kinds[@]} - 1))
  fi
  value=${'$'}{kinds[count]:-any}
  _whenever_offer "${'$'}{value%'*'}"
  if [[ $value == any && ! $current ]]; then mapfile -t COMPREPLY < <(compgen -W "$options"); fi
}

complete -o default -F _whenever whenever
`.replace('NAMES_COMMAND', NAMES_COMMAND);

/** The script for bash 4 and later. */
export const bashScript = (commands: readonly CompletedCommand[]): string =>
  [
    '# Completion of whenever for bash 4 or later. Made by: whenever completion bash',
    '',
    '# What is known of the command $1, into options, arguments and commands; and of its option $2, into value.',
    '_whenever_command() {',
    "  options='' arguments='' commands=''",
    '  case $1 in',
    ...commands.map(commandCase),
    '  esac',
    '}',
    FUNCTIONS.trimStart(),
  ].join('\n');
