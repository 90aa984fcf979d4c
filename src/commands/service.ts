import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultFile } from '../adapters/default-file.ts';
import { findExecutable } from '../adapters/executable.ts';
import { findRunningInstance } from '../adapters/instance.ts';
import { socketPath } from '../adapters/socket-path.ts';
import { suggest } from '../config/suggest.ts';
import { printed } from '../log/one-line.ts';
import { type CommandWords, SERVICE_FORMATS, type ServiceFormat, temporaryBy } from '../service/formats.ts';
import type { Marked } from '../service/setting.ts';
import { loadConfigFile } from './load-config.ts';
import { FOUND, NOTHING } from './query-common.ts';
import {
  changedLines,
  formatNamed,
  isEnabled,
  isPassing,
  ownFormat,
  pathOf,
  readInstalled,
  removeFile,
  runManager,
  settingFor,
  writeFileAt,
} from './service-files.ts';
import { writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

interface ServiceOptions {
  readonly for?: ServiceFormat['name'];
}

/** How the command was called. */
interface Call {
  readonly file: string | undefined;
  readonly wanted: ServiceFormat['name'] | undefined;
}

const say = (...lines: readonly string[]): void => {
  if (lines.length > 0) writeAll(1, printed(`${lines.join('\n')}\n`));
};

/** Windows has no such ids, and asks for none. */
const ownId = (): number => process.getuid?.() ?? 0;

/** A command as it is typed. */
const typed = (words: CommandWords): string =>
  words.map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

/** Runs commands until one fails. Returns those that are left, and why. */
const runAll = (
  commands: readonly CommandWords[],
): { readonly left: readonly CommandWords[]; readonly why: string } => {
  for (const [i, command] of commands.entries()) {
    const why = runManager(command);
    if (why !== undefined) return { left: commands.slice(i), why };
  }
  return { left: [], why: '' };
};

/** What the user has to type because the manager could not be reached. */
const sayLeft = (left: readonly CommandWords[], why: string): void =>
  say(`not done: ${why}. Type:`, ...left.map((command) => `  ${typed(command)}`));

/** @throws UsageError when the file was not written by this program. */
const refuseForeign = (path: string): never => {
  throw new UsageError(`${path} was not written by whenever, and is left alone`);
};

/** What may keep the program from being started later: a path that a tool removes with the next version, a missing command. */
const notesOn = (format: ServiceFormat, { node, program }: Pick<Marked, 'node' | 'program'>): readonly string[] => {
  const temporary = [...new Set([node, program])].flatMap((path) => {
    const tool = temporaryBy(path);
    const again = "when that version is removed, 'whenever service install' is needed again";
    return tool === undefined ? [] : [`${path} belongs to ${tool}: ${again}`];
  });
  const { needs } = format;
  const missing = needs !== undefined && findExecutable(needs, '/', process.env.PATH) === undefined;
  return missing
    ? [...temporary, `the command ${needs} is missing: the program cannot report that it is ready`]
    : temporary;
};

/** Writes the file of a format, and prints what has changed. @throws UsageError for a file of someone else. */
const write = (format: ServiceFormat, path: string, text: string, why: string): void => {
  const before = readInstalled(path);
  if (before && !before.made) refuseForeign(path);
  if (before?.text === text) {
    say(`${path} is up to date (${format.title}${why})`);
    return;
  }
  writeFileAt(path, text);
  say(`${before ? 'updated' : 'wrote'} ${path} (${format.title}${why})`);
  if (before) say(...changedLines(before.text, text).map((line) => `  ${line}`));
};

/** Lets the manager start the program, now and at each login. Returns the exit status. */
const enable = async (format: ServiceFormat, path: string): Promise<number> => {
  const registration = { path, uid: ownId() };
  const running = await findRunningInstance(socketPath());
  const start = format.start(registration);
  const { left, why } = runAll([...format.enable(registration), ...(running ? [] : start)]);
  if (left.length > 0) sayLeft(left, why);
  else say(running || start.length === 0 ? 'it starts at each login' : 'it is started, and starts at each login');
  if (running) {
    say(`an instance runs already, ${running.description}, and goes on as it was started. To start it anew:`);
    say('  whenever ctl exit', ...start.map((command) => `  ${typed(command)}`));
  }
  return left.length > 0 ? NOTHING : FOUND;
};

const install = async ({ file = defaultFile(), wanted }: Call): Promise<number> => {
  const own = ownFormat();
  const format = formatNamed(wanted ?? own.name);
  const path = pathOf(format);
  const setting = settingFor(format, file);
  if (isPassing(setting.file))
    throw new UsageError(`${setting.file}: expected a file that is still there at the next login`);
  // What is refused now is refused at each login.
  await loadConfigFile(setting.file);
  write(format, path, format.text(setting), wanted === undefined ? `, because ${own.why}` : '');
  say(...notesOn(format, setting));
  return enable(format, path);
};

const uninstall = async ({ wanted }: Call): Promise<number> => {
  const formats = wanted === undefined ? SERVICE_FORMATS : [formatNamed(wanted)];
  const found = formats.flatMap((format) => {
    const path = pathOf(format);
    const installed = readInstalled(path);
    if (installed && !installed.made && wanted !== undefined) refuseForeign(path);
    return installed?.made ? [{ format, path }] : [];
  });
  if (found.length === 0) {
    say('nothing is installed');
    return NOTHING;
  }
  for (const { format, path } of found) {
    const { left, why } = runAll(format.disable({ path, uid: ownId() }));
    removeFile(path);
    say(`removed ${path} (${format.title})`);
    if (left.length > 0) say(`the service manager was not reached: ${why}. What it has started goes on`);
    else runAll(format.forget);
  }
  return FOUND;
};

/** What does not fit any more between a file and this machine. */
const misfits = (format: ServiceFormat, made: Marked, text: string, file: string | undefined): readonly string[] => {
  const missing = [...new Set([made.node, made.program, made.file])].filter((path) => !existsSync(path));
  const setting = settingFor(format, file ?? made.file);
  const changes = changedLines(text, format.text(setting));
  return [
    ...missing.map((path) => `${path} does not exist`),
    ...(changes.length === 0
      ? []
      : [`'whenever service install' would change it:`, ...changes.map((line) => `  ${line}`)]),
  ];
};

/** Prints how one file stands. Returns whether it is there and fits. */
const describe = (format: ServiceFormat, file: string | undefined): boolean => {
  const path = pathOf(format);
  const installed = readInstalled(path);
  if (!installed) {
    say(`installed      no: ${path} does not exist (${format.title})`);
    return false;
  }
  const { made, text } = installed;
  if (!made) {
    say(`installed      ${path}, which was not written by whenever (${format.title})`);
    return false;
  }
  const asked = format.isEnabled?.({ path, uid: ownId() });
  const enabled = asked === undefined ? 'yes' : isEnabled(asked);
  const [first, ...more] = misfits(format, made, text, file);
  say(
    `installed      ${path} (${format.title})`,
    `configuration  ${made.file}`,
    `enabled        ${enabled}`,
    `fits           ${first === undefined ? 'yes' : `no: ${first}`}`,
    ...more.map((line) => `               ${line}`),
    ...notesOn(format, made).map((note) => `note           ${note}`),
  );
  return first === undefined;
};

const status = async ({ file, wanted }: Call): Promise<number> => {
  const there = SERVICE_FORMATS.filter((format) => readInstalled(pathOf(format)));
  const formats = wanted === undefined && there.length > 0 ? there : [formatNamed(wanted ?? ownFormat().name)];
  const given = file === undefined ? undefined : resolve(file);
  const fits = formats.map((format) => describe(format, given));
  const running = await findRunningInstance(socketPath());
  say(`running        ${running ? running.description : 'no'}`);
  return fits.every(Boolean) ? FOUND : NOTHING;
};

const print = async ({ file = defaultFile(), wanted }: Call): Promise<number> => {
  const format = formatNamed(wanted ?? ownFormat().name);
  writeAll(1, format.text(settingFor(format, file)));
  return FOUND;
};

const ACTIONS: Readonly<Record<string, (call: Call) => Promise<number>>> = { install, uninstall, status, print };

export const serviceCommand: Subcommand<ServiceOptions> = {
  name: 'service',
  help: 'start the program at login: install, uninstall, status or print the file for that',
  takes: [
    { form: '<ACTION>', help: 'one of install, uninstall, status, print', words: Object.keys(ACTIONS) },
    {
      form: '[FILE]',
      help: 'the configuration file; default: $XDG_CONFIG_HOME/whenever/whenever.toml',
      path: true,
    },
  ],
  options: [
    {
      flags: '--for <MANAGER>',
      help: 'what starts it; default: what this machine has',
      choices: SERVICE_FORMATS.map(({ name }) => name),
    },
  ],
  page: 'setup',
  exitStatus:
    'Status 0: done; for status: installed, and it fits this machine; 1: a command is left to type, or nothing is installed, or it does not fit; 2: the configuration is refused, or a file is there that whenever has not written.',
  examples: ['whenever service install my.toml', 'whenever service print --for xdg my.toml'],
  run: ({ args: [action = '', file], options }) => {
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (!act) {
      const names = Object.keys(ACTIONS);
      throw new UsageError(`expected install, uninstall, status or print, found "${action}"${suggest(action, names)}`);
    }
    return act({ file, wanted: options.for });
  },
};
