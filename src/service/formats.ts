import { LABEL, launchdAgent } from './launchd.ts';
import type { Setting } from './setting.ts';
import { systemdUnit } from './systemd.ts';
import { scheduledTask, TASK_NAME } from './windows.ts';
import { autostartEntry } from './xdg.ts';

/** The directories that the files are in. */
export interface Places {
  readonly home: string;
  /** Where programs look for their configuration. */
  readonly config: string;
  /** Where programs of Windows keep what is of one machine. */
  readonly local: string;
}

/** One command with its arguments. */
export type CommandWords = readonly string[];

/** What a format needs to be known to its manager. */
export interface Registration {
  /** The path of the file. */
  readonly path: string;
  /** The number of the user. */
  readonly uid: number;
}

/** A way to start the program at login. */
export interface ServiceFormat {
  readonly name: 'systemd' | 'xdg' | 'launchd' | 'windows';
  /** The file, in words. */
  readonly title: string;
  /** The parts of the path of the file. */
  readonly path: (places: Places) => readonly string[];
  /** A command that the program needs to notify the manager. */
  readonly needs?: string;
  readonly text: (setting: Setting) => string;
  /** What makes the manager read the file, so that the program starts at login. */
  readonly enable: (registration: Registration) => readonly CommandWords[];
  /** What starts it now. */
  readonly start: (registration: Registration) => readonly CommandWords[];
  /** What ends it and makes the manager forget it, before the file is removed. */
  readonly disable: (registration: Registration) => readonly CommandWords[];
  /** What the manager is given after the file was removed. */
  readonly forget: readonly CommandWords[];
  /** What ends with 0 if the program is enabled; undefined: the file is enough. */
  readonly isEnabled?: (registration: Registration) => CommandWords;
}

const UNIT = 'whenever.service';
const systemctl = (...words: readonly string[]): CommandWords => ['systemctl', '--user', ...words];

/** The ways to start the program at login. */
export const SERVICE_FORMATS: readonly ServiceFormat[] = [
  {
    name: 'systemd',
    title: 'the user unit for systemd',
    path: ({ config }) => [config, 'systemd', 'user', UNIT],
    needs: 'systemd-notify',
    text: systemdUnit,
    enable: () => [systemctl('daemon-reload'), systemctl('enable', UNIT)],
    start: () => [systemctl('start', UNIT)],
    disable: () => [systemctl('disable', '--now', UNIT)],
    forget: [systemctl('daemon-reload')],
    isEnabled: () => systemctl('is-enabled', '--quiet', UNIT),
  },
  {
    name: 'xdg',
    title: 'the autostart entry for desktops',
    path: ({ config }) => [config, 'autostart', 'whenever.desktop'],
    text: autostartEntry,
    enable: () => [],
    start: () => [],
    disable: () => [],
    forget: [],
  },
  {
    name: 'launchd',
    title: 'the agent for launchd',
    path: ({ home }) => [home, 'Library', 'LaunchAgents', `${LABEL}.plist`],
    text: launchdAgent,
    enable: () => [],
    // An agent that is loaded is started.
    start: ({ path, uid }) => [['launchctl', 'bootstrap', `gui/${uid}`, path]],
    disable: ({ uid }) => [['launchctl', 'bootout', `gui/${uid}/${LABEL}`]],
    forget: [],
  },
  {
    name: 'windows',
    title: 'the task for the Task Scheduler',
    path: ({ local }) => [local, 'whenever', 'whenever.xml'],
    text: scheduledTask,
    enable: ({ path }) => [['schtasks', '/Create', '/F', '/TN', TASK_NAME, '/XML', path]],
    start: () => [['schtasks', '/Run', '/TN', TASK_NAME]],
    disable: () => [['schtasks', '/Delete', '/F', '/TN', TASK_NAME]],
    forget: [],
    isEnabled: () => ['schtasks', '/Query', '/TN', TASK_NAME],
  },
];

/** What is known of a machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** It was started by systemd. */
  readonly systemd: boolean;
}

/** The way that a machine has to start the program at login, and why it is this one. */
export const serviceFormatOf = ({
  platform,
  systemd,
}: Machine): { readonly name: ServiceFormat['name']; readonly why: string } => {
  if (platform === 'win32') return { name: 'windows', why: 'this is Windows' };
  if (platform === 'darwin') return { name: 'launchd', why: 'this is macOS' };
  return systemd
    ? { name: 'systemd', why: 'systemd runs this machine' }
    : { name: 'xdg', why: 'systemd does not run this machine' };
};

/** Tools that install versions of Node side by side, and remove them, by a part of the path. */
const TEMPORARY: readonly (readonly [RegExp, string])[] = [
  [/[\\/]\.?nvm[\\/]/, 'nvm'],
  [/[\\/]fnm(?:_multishells)?[\\/]/, 'fnm'],
  [/[\\/]\.?volta[\\/]/i, 'Volta'],
  [/[\\/]\.asdf[\\/]/, 'asdf'],
  [/[\\/]mise[\\/]/, 'mise'],
  [/[\\/]\.?n(?:odenv)?[\\/]versions[\\/]/, 'a manager of versions'],
  [/[\\/]Cellar[\\/]/, 'Homebrew'],
  [/[\\/]_npx[\\/]/, 'npx'],
];

/** The tool that a path belongs to, which removes it with the next version; undefined: none that is known. */
export const temporaryBy = (path: string): string | undefined => TEMPORARY.find(([part]) => part.test(path))?.[1];
