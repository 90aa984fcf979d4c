import { homedir } from 'node:os';
import { basename, delimiter, isAbsolute, join } from 'node:path';
import { callInstance } from '../adapters/control-client.ts';
import { isExecutable } from '../adapters/executable.ts';
import { socketPath } from '../adapters/socket-path.ts';
import type { CommandEnvironment, EnvironmentAnswer } from '../control/environment.ts';
import type { ConditionReport } from '../control/status.ts';

/** What one who asks has and a failed program lacks. Never the value of a variable: it may be a secret. */
interface Lacking {
  /** What failed: `task/NAME` or `condition/NAME`. */
  readonly item: string;
  /** Of a program or a variable. */
  readonly name: string;
  /** Whose environment lacks it: the file can give an item another PATH, or let it inherit nothing. */
  readonly of: 'daemon' | 'item';
}
/** The program is in this directory, or the variable is set. */
export type EnvironmentDifference =
  | (Lacking & { readonly kind: 'program'; readonly directory: string })
  | (Lacking & { readonly kind: 'variable' });

/** Variables that matter to some programs, or to what their last line is about. */
const HINTS: readonly { readonly names: readonly string[]; readonly program?: RegExp; readonly line?: RegExp }[] = [
  { names: ['SSH_AUTH_SOCK'], program: /^(ssh|scp|sftp|ssh-add)$/, line: /publickey|authentication agent|host key/i },
  {
    names: ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY'],
    program: /^(xdg-open|zenity|kdialog|xdotool|xset|xrandr|xclip|xsel|wl-copy|scrot)$/,
    line: /display|wayland|x11|xcb|xlib/i,
  },
  {
    names: ['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR'],
    program: /^(notify-send|gdbus|dbus-send|busctl|systemctl|gsettings|secret-tool|playerctl|qdbus)$/,
    line: /d-?bus|session bus|user scope bus|secret service/i,
  },
  {
    names: ['LANG', 'LC_ALL', 'LC_CTYPE'],
    line: /locale|unicode(?:en|de)codeerror|'ascii' codec|charmap|invalid byte sequence|wide character/i,
  },
  { names: ['HOME'], line: /home directory/i },
  { names: ['VIRTUAL_ENV', 'PYTHONPATH', 'CONDA_PREFIX'], line: /no module named|importerror/i },
  { names: ['NODE_PATH'], line: /cannot find module|err_module_not_found/i },
  { names: ['GNUPGHOME', 'GPG_TTY'], program: /^(gpg2?|pass)$/, line: /gpg|pinentry/i },
  {
    names: ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'],
    line: /could not resolve|proxy|connection refused|timed out/i,
  },
];

/** Words of a line that are looked for as programs. */
const MOST_WORDS = 40;

/** What may be the names of programs in a line. */
const wordsOf = (line: string): readonly string[] =>
  [...new Set(line.split(/[\s:;,'"`‘’“”()[\]]+/u))]
    .filter((word) => /^[A-Za-z0-9_][\w.+-]{0,63}$/.test(word) && !/^\d+$/.test(word))
    .slice(0, MOST_WORDS);

/** The first directory of a PATH that has a program; undefined: none has. Directories that are not absolute are left out. */
const directoryOf = (program: string, path: string | null, isProgram: (path: string) => boolean): string | undefined =>
  (path ?? '').split(delimiter).find((directory) => isAbsolute(directory) && isProgram(join(directory, program)));

type Environment = Readonly<Record<string, string | undefined>>;

/** Programs that are in the PATH of the one who asks, and not in that of a failed program. */
const missingPrograms = (
  { item, program, path, inherits }: CommandEnvironment,
  daemon: EnvironmentAnswer,
  own: Environment,
  lastLine: string,
  isProgram: (path: string) => boolean,
): readonly EnvironmentDifference[] => {
  const found = (name: string, searched: string | null, of: Lacking['of']): readonly EnvironmentDifference[] => {
    const directory = directoryOf(name, own.PATH ?? null, isProgram);
    return directory === undefined || directoryOf(name, searched, isProgram) !== undefined
      ? []
      : [{ item, kind: 'program', name, of, directory }];
  };
  // The daemon searches its own PATH, whatever the program gets.
  const first = program.includes('/') ? [] : found(program, daemon.path, 'daemon');
  if (first.length > 0) return first;
  const words = wordsOf(lastLine).filter((word) => word !== basename(program));
  const isOwn = path !== null || !inherits;
  return words.flatMap((word) => (isOwn ? found(word, path, 'item') : found(word, daemon.path, 'daemon')));
};

/** Variables that the one who asks has, that a failed program lacks, and that its last line or the program is about. */
const missingVariables = (
  { item, program, names, inherits }: CommandEnvironment,
  daemon: EnvironmentAnswer,
  own: Environment,
  lastLine: string,
): readonly EnvironmentDifference[] => {
  const has = new Set([...names, ...(inherits ? daemon.names : [])]);
  const name = basename(program);
  const prefix = `${name.replace(/\W/g, '_').toUpperCase()}_`;
  const hinted = HINTS.filter((hint) => hint.program?.test(name) || hint.line?.test(lastLine)).flatMap(
    (hint) => hint.names,
  );
  const words = new Set(lastLine.match(/\b[A-Za-z_]\w{2,}\b/g));
  const candidates = Object.keys(own).filter(
    (variable) => hinted.includes(variable) || words.has(variable) || variable.startsWith(prefix),
  );
  return candidates
    .filter((variable) => variable !== 'PATH' && own[variable] && !has.has(variable))
    .sort()
    .map((variable) => ({ item, kind: 'variable', name: variable, of: inherits ? 'daemon' : 'item' }));
};

/** How the environment of a failed program differs from that of the one who asks, as far as that may be why it failed. */
export const environmentDifferences = (
  command: CommandEnvironment,
  daemon: EnvironmentAnswer,
  own: Environment,
  lastLine: string,
  isProgram: (path: string) => boolean = isExecutable,
): readonly EnvironmentDifference[] => [
  ...missingPrograms(command, daemon, own, lastLine, isProgram),
  ...missingVariables(command, daemon, own, lastLine),
];

/** Asks the running instance how the environment differs in which a condition has failed. Nothing, if it has not failed. */
export const differencesFor = async ({
  name,
  type,
  last,
  lastCheck,
}: ConditionReport): Promise<readonly EnvironmentDifference[]> => {
  if (!last?.failed && (type !== 'command' || lastCheck === null)) return [];
  let answer: EnvironmentAnswer;
  try {
    answer = (await callInstance(
      socketPath(),
      { request: 'environment', condition: name },
      () => {},
    )) as EnvironmentAnswer;
  } catch {
    // An instance of an earlier version, or one that has just ended.
    return [];
  }
  return answer.commands.flatMap((command) => {
    const { item } = command;
    if (item === `task/${last?.with}` && last?.failed)
      return environmentDifferences(command, answer, process.env, last.lastLine ?? '');
    // What a check has written is not known here.
    return item === `condition/${name}` ? missingPrograms(command, answer, process.env, '', isExecutable) : [];
  });
};

/** `~/.local/bin` for what is in the home directory. */
const shortened = (directory: string): string => {
  const home = homedir();
  return directory === home || directory.startsWith(`${home}/`) ? `~${directory.slice(home.length)}` : directory;
};

/** A difference as a sentence. */
export const differenceText = (difference: EnvironmentDifference): string => {
  const { item, name, of } = difference;
  if (difference.kind === 'program') {
    const lacking = of === 'daemon' ? "the daemon's" : `that of ${item}`;
    return `${name} is in ${shortened(difference.directory)}, which is in your PATH and not in ${lacking}.`;
  }
  const lacking = of === 'daemon' ? "the daemon's" : `that of ${item} (include_environment = false)`;
  return `${name} is set in your environment, and not in ${lacking}.`;
};
