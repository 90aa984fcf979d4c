import { type ArgumentType, expectOptions, expectType, TYPES, tildeProblem, valueText } from '../check-arguments.ts';
import { suggest } from '../config/suggest.ts';
import type { Fact, LogFact } from '../journal/fact.ts';
import type { JournalOptions } from '../journal/journal.ts';
import { ALL_LEVELS, type LevelName, levelOf } from '../log/record.ts';
import type { Plugin } from '../plugins/plugin.ts';
import type { CancelSignal } from '../subscription.ts';

/** How a daemon inside another program is set up. Everything may be left out. */
export interface DaemonOptions {
  /** The name of the text in messages, such as the file that it was read from; default `configuration`. */
  readonly file?: string | undefined;
  /** Where relative paths of the configuration begin; default: the working directory, in which paths that scripts open begin always. */
  readonly baseDirectory?: string | undefined;
  /** The least severe level of log records that are made; default `info`. `[logging.levels]` of the text counts as well. */
  readonly level?: LevelName | undefined;
  /** Called with each log record when it is made. What it throws is reported to the logger `whenever`. */
  readonly onRecord?: ((record: LogFact) => unknown) | undefined;
  /** Called with each fact: records, transitions, events, timespans, metrics. What it throws is reported to the logger `whenever`. */
  readonly onFact?: ((fact: Fact) => unknown) | undefined;
  /** Begins paused: conditions are not checked before the command `resume`. */
  readonly paused?: boolean | undefined;
  /** Length of a tick in seconds, fractions allowed, at least 0.01; default: what the text says, or 5. */
  readonly tickSeconds?: number | undefined;
  /** How much is kept in memory of stories, topics and records; default: 1 000 of each. 0: everything. */
  readonly journal?: Pick<JournalOptions, 'storyLength' | 'topicLength' | 'recordsLength'> | undefined;
  /**
   * Where the runs are kept, so that the next daemon knows them: true, where the program keeps those of a configuration in this `file`; or
   * the path of a directory; default: in memory only. A directory is for one daemon at a time.
   */
  readonly history?: boolean | string | undefined;
  /** What commands and scripts inherit, and its PATH the place to search programs in; default: the environment of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Whether the daemon measures itself: true from the start, for `collect`; false never; default: as long as a handler listens to the
   * logger `whenever.metrics`.
   */
  readonly metrics?: boolean | undefined;
  /**
   * Its name among the daemons of this process: stands before the ids that its timespans have in the logs of the process, and is the field
   * `daemon` of its records in the loggers of the library; default: nothing, and `daemon2`, `daemon3` … for a daemon that begins while another
   * one runs. A name that another one has gets a number: `name-2`.
   */
  readonly name?: string | undefined;
  /**
   * What takes part in the daemon: objects with `setup`, `event` and `teardown`, or paths of modules, which are relative to `baseDirectory`;
   * `plugins` of the text counts as well.
   */
  readonly plugins?: readonly (Plugin | string)[] | undefined;
  /** Stops the daemon when it is aborted, as its method `stop` does. */
  readonly signal?: CancelSignal | undefined;
}

/** The name of a level. */
export const LEVEL: ArgumentType = [
  `one of ${ALL_LEVELS.join(', ')}`,
  (value) => typeof value === 'string' && levelOf(value) !== undefined,
];

/** What can be aborted. */
export const SIGNAL: ArgumentType = [
  'an AbortSignal',
  (value) => TYPES.table[1](value) && 'aborted' in (value as object),
];

const isPlugin = (value: unknown): boolean => {
  if (!TYPES.table[1](value)) return false;
  const { name, ...functions } = value as Readonly<Record<string, unknown>>;
  const given = ['setup', 'event', 'teardown'].map((one) => functions[one]).filter((one) => one !== undefined);
  return given.length > 0 && given.every(TYPES.function[1]) && (name === undefined || TYPES.text[1](name));
};

/** What each option expects. */
const OPTIONS: { readonly [K in keyof Required<DaemonOptions>]: ArgumentType } = {
  file: TYPES.text,
  baseDirectory: [
    'the path of a directory that does not begin with "~", which only a shell expands',
    (value) => typeof value === 'string' && tildeProblem(value) === undefined,
  ],
  level: LEVEL,
  signal: SIGNAL,
  onRecord: TYPES.function,
  onFact: TYPES.function,
  paused: TYPES.flag,
  tickSeconds: ['a number, at least 0.01', (value) => typeof value === 'number' && value >= 0.01 && value <= 1e9],
  journal: ['an object with storyLength, topicLength or recordsLength', TYPES.table[1]],
  environment: [
    'an object of texts',
    (value) =>
      TYPES.table[1](value) && Object.values(value as object).every((one) => one === undefined || TYPES.text[1](one)),
  ],
  metrics: TYPES.flag,
  history: [
    'true, false or the path of a directory that does not begin with "~", which only a shell expands',
    (value) => typeof value === 'boolean' || TYPES.path[1](value),
  ],
  name: TYPES.text,
  plugins: [
    'a list of paths, and of objects with setup, event or teardown',
    (value) => Array.isArray(value) && value.every((one) => isPlugin(one) || TYPES.path[1](one)),
  ],
};

/** Checks the options of programs in plain JavaScript. @throws TypeError that names the option and what it expects. */
export const checkOptions = (options: DaemonOptions): void => {
  const names = Object.keys(OPTIONS);
  expectOptions('createDaemon', options, {});
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name))
      throw new TypeError(
        `createDaemon: unknown option "${name}"${suggest(name, names)} (there are: ${names.join(', ')})`,
      );
    if (value !== undefined) expectType('createDaemon', name, value, OPTIONS[name as keyof DaemonOptions]);
  }
  const { storyLength, topicLength, recordsLength } = { ...options.journal };
  for (const [name, length] of Object.entries({ storyLength, topicLength, recordsLength }))
    if (length !== undefined) expectType('createDaemon', `journal.${name}`, length, TYPES.amount);
};

/** @throws TypeError when this is not a text, or looks like the name of a file. */
export const checkText = (configText: string): void => {
  if (typeof configText !== 'string')
    throw new TypeError(`expected the text of a configuration, found ${valueText(configText)}`);
  if (/^[^\n=[\]#]+\.toml$/.test(configText.trim()))
    throw new TypeError(
      `expected the text of a configuration, found ${valueText(configText)}: read the file, and give its name as the option "file"`,
    );
};
