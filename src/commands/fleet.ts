import { suggest } from '../config/suggest.ts';
import { DEFAULT_LISTEN, LISTEN, parseListen, type ServerSettings } from '../fleet/server-config.ts';
import { instantOrAgo } from './option-values.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

interface FleetOptions {
  readonly listen?: Pick<ServerSettings, 'host' | 'port'>;
  readonly directory?: string;
  readonly json?: true;
  readonly since?: ReturnType<typeof instantOrAgo>;
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
};

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
      throw new UsageError(`--${option} goes with fleet ${owners.join(' and ')}, not with fleet ${name}`);
    }
  return action;
};

export const fleetCommand: Subcommand<FleetOptions> = {
  name: 'fleet',
  help: 'several machines that share firings: their server, how they stand, what came of each firing',
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
      help: 'of verify: from then on, or since so long ago: 12h, 7d; default: from the first firing on that is known',
      parse: instantOrAgo,
    },
    { flags: '--json', help: 'of status and verify: JSON instead of tables' },
  ],
  page: 'setup',
  more: '**serve** runs `nats-server` in the foreground until Ctrl-C and prints the table `[fleet]` for the file of each machine. **verify** finds out of each instant of the shared conditions whether it was run once, repeated after the death of a machine (REPEATED), reported as missed or lost or part of a later run (REPORTED), run on several machines without a server (TWICE), run without a server by one (UNPROVEN), or not asked for by any machine (OPEN). Of the last two it says whether machines were connected, were cut off from the server, had a clock that was off, or did not run.',
  exitStatus:
    'Status 0: serve was ended by Ctrl-C or a signal, a machine is alive, or every instant is accounted for; 1: none is, or not every one; 2: wrong usage or configuration, or the server has ended by itself; 3: no server answers.',
  examples: [
    'whenever fleet serve --listen 0.0.0.0:4222',
    'whenever fleet status my.toml',
    'whenever fleet verify my.toml --since 7d',
  ],
  run: ({ args, options, now }) => actionOf({ args, options }).run({ file: args[1], options, now }),
};
