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
  'lua-syntax': error('A script is not valid Lua 5.3.'),
  'regular-expression': error('A regular expression is not valid.'),
  'cron-syntax': error('A cron pattern is not valid.'),
  'time-zone': error('A time zone that does not exist.'),
  'path-not-found': error('A file or directory that has to exist does not.'),
  'tilde-path': error('A path begins with `~`, which only a shell replaces.'),

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
