/** What a finding is about: `error`: the file is refused; `warning`: it is loaded, and surely does not do what it says. */
export interface FindingRow {
  readonly level: 'error' | 'warning';
  /** One sentence, for the manual, for `--sarif` and for editors. */
  readonly doc: string;
}

const error = (doc: string): FindingRow & { readonly level: 'error' } => ({ level: 'error', doc });
const warning = (doc: string): FindingRow & { readonly level: 'warning' } => ({ level: 'warning', doc });

/** Everything that `whenever check` can find. The names are those of `allow`, `--json` and `--sarif`. */
export const FINDINGS = {
  unreadable: error('The file does not exist, cannot be read, is too large, or is not UTF-8.'),
  syntax: error('The text is not valid TOML.'),
  'unknown-key': error('A key that its table does not have.'),
  'missing-key': error('A key that is required is not there.'),
  'invalid-value': error('A value is not of the type or within the range of its key.'),
  'unknown-type': error('A task, condition or event of a type that does not exist.'),
  'not-on-this-system': error('A type that this system does not have.'),
  'duplicate-name': error('Two items of one section have the same name.'),
  'unknown-reference': error('A task, condition or event is named that does not exist.'),
  'invalid-reference': error('What is named cannot be used there, or is listed twice.'),
  'conflicting-keys': error('Two keys, or a key and a reference, exclude each other.'),
  'lua-syntax': error('A script is not valid Lua 5.3, or not valid in the language of its interpreter.'),
  'interpreter-not-found': error('The program of `interpreter` is not there.'),
  'regular-expression': error('A regular expression is not valid.'),
  'cron-syntax': error('A cron pattern is not valid.'),
  'time-zone': error('A time zone that does not exist.'),
  'path-not-found': error('A file or directory that has to exist does not.'),
  'include-twice': error('A file is included twice, or includes itself.'),
  'include-key': error('A key or table in an included file that only the main file can have.'),
  'tilde-path': error('A path begins with `~`, which only a shell replaces.'),

  'include-empty': warning('A pattern in `include` that fits no file.'),
  'plugin-not-found': warning('A file in `plugins` that does not exist.'),
  'fleet-file-not-found': warning(
    'A file that `credentials_file` or `tls` of `[fleet]` names and that does not exist.',
  ),
  'nothing-to-run': warning('The file has no condition.'),
  'no-tasks': warning('A condition without tasks that is not a guard: it is never checked.'),
  'no-event': warning('A condition for events that no event fires.'),
  'unused-task': warning('A task that no condition and no hook names.'),
  'unused-event': warning('An event that fires a condition without tasks.'),
  'time-never': warning('A time specification that never occurs, or not any more.'),
  'time-skips-months': warning('A day that not every month has.'),
  'time-in-gap': warning(
    'A time that the clocks skip when they go forward, this year or next, in the zone of the condition.',
  ),
  'time-in-fold': warning(
    'A time that comes twice when the clocks go back, this year or next, in the zone of the condition.',
  ),
  'time-hidden': warning('A time specification whose instants another one of the condition has already.'),
  'cron-uneven-step': warning(
    'A step such as `*/7`, of a cron pattern or of a key such as `minute`, that does not divide the round: the last step is shorter.',
  ),
  'cron-days': warning('A cron pattern with a day of the month and a day of the week: in cron either is enough.'),
  'window-never': warning(
    'A window (`from`, `until`, `except`, `holidays`, `only`) that never opens, or not any more, or in which no time of the condition is.',
  ),
  'interval-below-tick': warning('An interval that is shorter than a tick.'),
  'command-not-found': warning('A program that is not in PATH, or not where its path says.'),
  'arguments-in-command': warning('Arguments within `command`, which is the program alone.'),
  'shell-syntax': warning('An argument that only a shell would understand: `|`, `>`, `~/`, `$HOME`, `*.txt`.'),
  'no-success-criterion': warning(
    'A program that is known to report failures by its exit status, without a key that looks at it.',
  ),
  'secret-in-arguments': warning('An argument that looks like a secret: others can see it while the program runs.'),
  'secret-readable': warning('A variable that is named like a secret, in a file that other users can read.'),
  'relative-path': warning('A path that depends on the directory in which the program is started.'),
  'watch-own-files': warning('A watch on a file that the program writes itself.'),
  'timeout-over-interval': warning('A time limit of a task that is longer than the interval of its condition.'),
  'internal-command': warning(
    'An internal command that is unknown, has wrong arguments, or names what does not exist.',
  ),
  'matches-everything': warning('A text or an expression to look for that is found everywhere.'),
  'matches-nothing': warning('A regular expression that no text matches.'),
  'lua-undefined-global': warning('A script reads a global that nothing sets.'),
  'lua-unknown-field': warning('A script uses a field that a table of the program or of Lua does not have.'),
  'lua-result-never-set': warning('`expected_results` has a global that the script never sets.'),
  'break-without-sequence': warning('`break_on_failure` or `break_on_success` with `execute_sequence = false`.'),
  'key-without-effect': warning('A key that does nothing without another one.'),
  'unknown-warning': warning('A name in `allow` that is not that of a warning.'),
  'useless-retries': warning(
    '`max_tasks_retries` with `recurring = true`: each success of the check runs the tasks anyway.',
  ),
} as const satisfies Readonly<Record<string, FindingRow>>;

/** The name of a finding. */
export type FindingId = keyof typeof FINDINGS;

/** The names of findings of one level. */
export type FindingOf<L extends FindingRow['level']> = {
  [K in FindingId]: (typeof FINDINGS)[K]['level'] extends L ? K : never;
}[FindingId];
