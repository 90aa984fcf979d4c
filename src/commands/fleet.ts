import { suggest } from '../config/suggest.ts';
import { DEFAULT_LISTEN, LISTEN, parseListen, type ServerSettings } from '../fleet/server-config.ts';
import { LEVELS, type Level } from '../log/record.ts';
import type { FleetLogOptions } from './fleet-history.ts';
import { instantOrAgo } from './option-values.ts';
import { type Subcommand, UsageError, wholeNumber } from './subcommand.ts';

interface FleetOptions {
  readonly listen?: Pick<ServerSettings, 'host' | 'port'>;
  readonly directory?: string;
  readonly json?: true;
  readonly since?: ReturnType<typeof instantOrAgo>;
  readonly count?: number;
  readonly machine?: string;
  readonly item?: string;
  readonly topic?: string;
  readonly level?: Level;
  readonly failed?: true;
  readonly verbose?: true;
  readonly follow?: true;
}

/** @throws UsageError */
const listenOption = (text: string) => {
  const listen = parseListen(text);
  if (listen === undefined) throw new UsageError(`expected ${LISTEN}, found "${text}"`);
  return listen;
};

/** How it was called. */
interface Call {
  readonly file: string | undefined;
  readonly options: FleetOptions;
  readonly now: number;
}

/** Runs and records that are shown without `--count`. */
const SHOWN = 20;

/** What the actions that read the log have in common. */
const logOptions = ({ options: { json, since, count = SHOWN, machine, item }, now }: Call): FleetLogOptions => ({
  ...{ json: json === true, count, machine, item },
  since: since?.(now),
});

interface Action {
  /** The options that go with it. */
  readonly options: readonly (keyof FleetOptions)[];
  readonly takesFile: boolean;
  run(call: Call): Promise<number>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  serve: {
    options: ['listen', 'directory'],
    takesFile: false,
    run: async ({ options: { listen, directory } }) => (await import('./fleet-serve.ts')).serveFleet(listen, directory),
  },
  status: {
    options: ['json'],
    takesFile: true,
    run: async ({ file, options: { json = false } }) => (await import('./fleet-status.ts')).fleetStatus(file, json),
  },
  verify: {
    options: ['json', 'since'],
    takesFile: true,
    run: async ({ file, options: { json = false, since }, now }) =>
      (await import('./fleet-verify.ts')).fleetVerify(file, since?.(now), json),
  },
  history: {
    options: ['json', 'since', 'count', 'machine', 'item', 'failed', 'verbose'],
    takesFile: true,
    run: async (call) =>
      (await import('./fleet-history.ts')).fleetHistory(call.file, {
        ...logOptions(call),
        ...{ failed: call.options.failed ?? false, verbose: call.options.verbose ?? false },
      }),
  },
  logs: {
    options: ['json', 'since', 'count', 'machine', 'item', 'level', 'follow'],
    takesFile: true,
    run: async (call) =>
      (await import('./fleet-logs.ts')).fleetLogs(call.file, {
        ...logOptions(call),
        ...{ level: call.options.level ?? 'info', follow: call.options.follow === true },
      }),
  },
  events: {
    options: ['json', 'since', 'count', 'machine', 'topic'],
    takesFile: true,
    run: async (call) =>
      (await import('./fleet-logs.ts')).fleetEvents(call.file, { ...logOptions(call), topic: call.options.topic }),
  },
};

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** @throws UsageError */
const actionOf = ({ args: [name = '', file], options }: { args: readonly string[]; options: FleetOptions }): Action => {
  const names = Object.keys(ACTIONS);
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!action) throw new UsageError(`expected one of ${names.join(', ')}, found "${name}"${suggest(name, names)}`);
  if (file !== undefined && !action.takesFile)
    throw new UsageError(`fleet ${name}: no argument is expected, found "${file}"`);
  for (const option of Object.keys(options) as (keyof FleetOptions)[])
    if (!action.options.includes(option)) {
      const owners = names.filter((other) => ACTIONS[other]!.options.includes(option));
      throw new UsageError(`fleet ${name} does not take --${option}, which is for fleet ${listed(owners)}`);
    }
  return action;
};

export const fleetCommand: Subcommand<FleetOptions> = {
  name: 'fleet',
  help: 'several machines that share firings: their server, how they stand, what came of each firing, their log',
  takes: [
    { form: '<ACTION>', help: `one of ${Object.keys(ACTIONS).join(', ')}`, words: Object.keys(ACTIONS) },
    {
      form: '[FILE]',
      help: 'the configuration file; default: of the running instance, or $XDG_CONFIG_HOME/whenever/whenever.toml',
      path: true,
    },
  ],
  options: [
    {
      flags: '--listen <ADDRESS:PORT>',
      help: `of serve: where the server listens; default: ${DEFAULT_LISTEN}`,
      parse: listenOption,
    },
    {
      flags: '--directory <DIR>',
      help: 'of serve: where its data and its token are; default: $XDG_STATE_HOME/whenever/fleet',
      path: true,
    },
    {
      flags: '--since <T>',
      help: 'of verify, history, logs, events: from then on, or since so long ago: 12h, 7d; default: all that is known',
      parse: instantOrAgo,
    },
    {
      flags: '-n, --count <N>',
      help: `of history, logs, events: how many, the last ones; 0: all; default: ${SHOWN}`,
      parse: wholeNumber(0),
    },
    { flags: '-m, --machine <NAME>', help: 'of history, logs, events: only of this machine' },
    { flags: '-i, --item <ITEM>', help: 'of history, logs: only about this item', names: ['condition', 'task'] },
    { flags: '-t, --topic <TOPIC>', help: 'of events: only of this topic' },
    { flags: '-L, --level <LEVEL>', help: 'of logs: this level and more severe ones', choices: LEVELS.slice(2) },
    { flags: '-f, --follow', help: 'of logs: go on with records as they come' },
    { flags: '--failed', help: 'of history: only what failed, was interrupted or was missed' },
    { flags: '-v, --verbose', help: 'of history: the last lines of the output too' },
    { flags: '--json', help: 'of all but serve: JSON instead of tables and lines' },
  ],
  page: 'setup',
  more: '**serve** runs `nats-server` in the foreground until Ctrl-C and prints the table `[fleet]` for the file of each machine. **status** has a row for each machine; under DEFINED OTHERWISE, `Minute (lab)` says that the machine in this row and `lab` do not define the condition `Minute` alike, `Minute (the file)` that this machine defines it otherwise than the file that the command has read. **verify** finds out of each instant of the shared conditions whether it was run once, repeated after the death of a machine (REPEATED), reported as missed or lost or part of a later run (REPORTED), run on several machines without a server (TWICE), run without a server by one (UNPROVEN), or not asked for by any machine (OPEN). Of the last two it says whether machines were connected, were cut off from the server, had a clock that was off, or did not run. **history**, **logs** and **events** read the log of all machines, which the server keeps for 40 days: runs, records at info and more severe ones, and events of shared topics. What a machine could not ship yet is not in it.',
  exitStatus:
    'Status 0: serve was ended by Ctrl-C or a signal, a machine is alive, every instant is accounted for, or something is shown; 1: none is, not every one, or nothing; 2: wrong usage or configuration, or the server has ended by itself; 3: no server answers.',
  examples: [
    'whenever fleet serve --listen 0.0.0.0:4222',
    'whenever fleet status my.toml',
    'whenever fleet verify my.toml --since 7d',
    'whenever fleet history my.toml --machine office --failed',
  ],
  run: ({ args, options, now }) => actionOf({ args, options }).run({ file: args[1], options, now }),
};
