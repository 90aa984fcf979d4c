import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import { intervalSeconds, lengthKey, lengthText } from '../../items/common/interval-fields.ts';
import { isSecretName, REDACTED, Redactor } from '../../redact.ts';
import type { CheckedFile, CheckedItem, ItemWarnings } from '../checked-file.ts';

/** Programs that report by their exit status whether they have done what they are for. */
const REPORTS_BY_STATUS = new Set(
  'apt apt-get borg cmp cp curl dd diff dnf duplicity git grep make mount mv mysqldump pg_dump ping rclone restic rm rsync scp ssh systemctl tar test unzip wget zip'.split(
    ' ',
  ),
);
/** Programs that run a text as a script, or take texts that look like one. */
const TAKES_SCRIPTS =
  /^(?:(?:ba|da|k|z|fi|c|tc)?sh|env|sudo|su|doas|ssh|python[\d.]*|perl|ruby|node|lua[\d.]*|php|[gmn]?awk|sed|jq|e?grep|fgrep|rg|fd|find|xargs|parallel|watch|timeout|nice|ionice|systemd-run|flatpak-spawn|tmux|screen|docker|podman|kubectl|psql|mysql|sqlite3|expect|echo|printf|mail|notify-send|pwsh|powershell|cmd)(?:\.exe)?$/;
/** Programs whose arguments are files. */
const TAKES_FILES = new Set('cat chmod chown cp du gzip ls mkdir mv rm rmdir stat tar touch wc zip'.split(' '));

/** A word that only a shell understands: an operator, a redirection. */
const OPERATOR = /^(?:\||\|\||&&|;|&|\d?>>?&?\d?|<|\d?>>?\/\S+|&>\S*)$/;

/** What a shell would make of an argument; undefined: what it is. */
const shellMeaning = (word: string, command: string): string | undefined => {
  if (OPERATOR.test(word)) return `"${word}" is an argument like others`;
  if (/^~(?:\/|$)/.test(word)) return `"~" is not replaced in "${word}"`;
  if (/^\$(?:\w+|\{\w+\})(?:\/|$)/.test(word)) return `the variable in "${word}" is not replaced`;
  if (/\$\([\w./ +%-]+\)|^`.*`$/.test(word)) return `the command in "${word}" is not run`;
  if (TAKES_FILES.has(command) && /^[\w./-]*\*[\w./*-]*$/.test(word))
    return `"${word}" is not replaced by names of files`;
  return undefined;
};

/** A word as a shell would need it. */
const forShell = (word: string): string =>
  /^[\w@%+=:,./*~|&;<>$-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
const literal = (words: readonly string[]): string => `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;

/** Arguments that only a shell would understand, for a program that is not one. */
export const shellSyntax: ItemWarnings = ({ values }, warn) => {
  const command = basename(values.command as string);
  if (TAKES_SCRIPTS.test(command)) return;
  const args = values.command_arguments as readonly string[];
  for (const [i, word] of args.entries()) {
    const meaning = shellMeaning(word, command);
    if (meaning === undefined) continue;
    const line = [values.command as string, ...args].map(forShell).join(' ');
    warn('shell-syntax', ['command_arguments', i], `command_arguments: no shell takes part: ${meaning}`, {
      help: `command = "sh", command_arguments = ${literal(['-c', line])}`,
    });
    return;
  }
};

/** Where programs have been looked for, of a file that is being checked. */
const searched = new WeakMap<CheckedFile, Map<string, boolean>>();

/** Whether a program is there: in PATH, or from where it is started. */
const isThere = (command: string, startup: string, file: CheckedFile): boolean => {
  const known = searched.get(file) ?? new Map<string, boolean>();
  searched.set(file, known);
  const key = command.includes('/') ? resolve(startup, command) : command;
  const found = known.get(key);
  if (found !== undefined) return found;
  const paths = command.includes('/')
    ? [key]
    : (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory || startup, command));
  const there = paths.some((path) => file.machine.isFile(path));
  known.set(key, there);
  return there;
};

/** A program that is not there, and arguments within the name of the program. */
export const missingProgram: ItemWarnings = ({ values }, warn, file) => {
  const command = values.command as string;
  if (file.machine.platform === 'win32' || isThere(command, values.startup_path as string, file)) return;
  const words = command.trim().split(/\s+/);
  if (words.length === 1) {
    const path = resolve(values.startup_path as string, command);
    const there = file.machine.isDirectory(path) ? 'it is a directory' : 'the file does not exist';
    const where = command.includes('/') ? there : 'it is not in PATH';
    warn('command-not-found', ['command'], `command: "${command}" cannot be started: ${where}`);
    return;
  }
  const args = values.command_arguments as readonly string[];
  const shell = /[|&;<>$`"'*~]/.test(command);
  const all = shell ? ['-c', [command, ...args].join(' ')] : [...words.slice(1), ...args];
  warn('arguments-in-command', ['command'], `command: expected the program alone, there is no program "${command}"`, {
    help: `command = ${JSON.stringify(shell ? 'sh' : words[0])}, command_arguments = ${literal(all)}`,
  });
};

const CRITERIA = [
  'success_status',
  'failure_status',
  'success_stdout',
  'success_stderr',
  'failure_stdout',
  'failure_stderr',
];

/** No criterion, for a program that reports failures by its exit status. */
export const noCriterion: ItemWarnings = ({ values }, warn) => {
  const command = values.command as string;
  if (!REPORTS_BY_STATUS.has(basename(command)) || CRITERIA.some((key) => values[key] !== undefined)) return;
  warn(
    'no-success-criterion',
    ['command'],
    `${basename(command)} reports a failure by its exit status, and no key looks at it: every run is a success`,
    {
      help: 'success_status = 0',
    },
  );
};

/** Secrets among the arguments, which other users of the machine can see while it runs. */
export const secretArguments: ItemWarnings = ({ values }, warn) => {
  const { command, command_arguments: args } = values as {
    readonly command: string;
    readonly command_arguments: readonly string[];
  };
  const { command_arguments: shown } = new Redactor().redact({ command, command_arguments: args }) as {
    readonly command_arguments: readonly string[];
  };
  const i = args.findIndex(
    (word, index) =>
      shown[index] !== word &&
      String(shown[index]).includes(REDACTED) &&
      !/^\$|\$\(|\$\{?\w+|(?:file|path|dir|env|command|cmd)=|=\/|^\/|^(?:file|env|fd):/i.test(word),
  );
  if (i < 0) return;
  warn(
    'secret-in-arguments',
    ['command_arguments', i],
    'command_arguments: this looks like a secret: while the program runs, other users can see its arguments',
    {
      help: 'environment_variables, with a value from a file that only you can read',
    },
  );
};

/** Values that are named like secrets, in a file that other users can read. */
export const readableSecrets: ItemWarnings = (item, warn, { file, included, machine }) => {
  const key = item.values.environment_variables === undefined ? 'variables_to_set' : 'environment_variables';
  const place = included?.homeOf(item.path).source.file ?? file;
  for (const [name, value] of Object.entries((item.values[key] ?? {}) as Readonly<Record<string, unknown>>)) {
    if (typeof value !== 'string' || value === '' || !isSecretName(name)) continue;
    if (machine.isReadableByOthers?.(place) !== true) return;
    warn('secret-readable', [key, name], `${key}: "${name}" looks like a secret, and other users can read ${place}`, {
      help: `${name} = { file = "…" }, or chmod 600 ${place}`,
    });
  }
};

/** Paths that mean another place when the program is started elsewhere. */
export const relativePaths: ItemWarnings = (item, warn) => {
  const look = (key: readonly (string | number)[], path: unknown): void => {
    // A dot says just that.
    if (
      typeof path === 'string' &&
      path !== '' &&
      path !== '.' &&
      !isAbsolute(path) &&
      !/^[A-Za-z]:[\\/]|^\\\\/.test(path)
    )
      warn('relative-path', key, `${key[0]}: "${path}" is relative to the directory in which whenever is started`);
  };
  const { startup_path: startup, init_script_path: init, watch } = item.values;
  look(['startup_path'], startup);
  look(['init_script_path'], init);
  for (const [i, path] of ((watch ?? []) as readonly string[]).entries()) look(['watch', i], path);
};

/** Watches on files that the program writes itself. */
export const watchesOwnFiles: ItemWarnings = ({ values }, warn, { ownFiles }) => {
  const own = new Set(ownFiles.map((path) => resolve(path)));
  for (const [i, path] of ((values.watch ?? []) as readonly string[]).entries())
    if (own.has(resolve(path)))
      warn(
        'watch-own-files',
        ['watch', i],
        `watch: whenever writes "${path}" itself, and its own changes do not count`,
      );
};

const secondsOf = (item: CheckedItem | undefined): number => (item?.values.timeout_seconds as number | undefined) ?? 0;

/** Tasks that may take longer than the interval of the condition that runs them: it leaves firings out meanwhile. */
export const longTasks: ItemWarnings = ({ shared, values }, warn, { task }) => {
  const interval = intervalSeconds(values) ?? 0;
  // One that is counted from the end of the run leaves nothing out.
  if (shared.recurring !== true || shared.when_busy !== 'skip' || interval === 0 || values.after_end === true) return;
  for (const name of shared.tasks as readonly string[]) {
    const index = task.named.get(name)?.[1];
    const seconds = secondsOf(task.items.find(({ path }) => path[1] === index) as CheckedItem | undefined);
    if (seconds <= interval) continue;
    warn(
      'timeout-over-interval',
      [lengthKey(values)],
      `${lengthText(values)}, and the task "${name}" may take ${seconds} seconds (its timeout_seconds): ends of intervals meanwhile are left out`,
      {
        help: 'when_busy = "queue", after_end = true, or a shorter timeout_seconds',
      },
    );
    return;
  }
};
