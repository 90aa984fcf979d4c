import { suggest } from '../config/suggest.ts';
import { DEFAULT_LISTEN, LISTEN, parseListen, type ServerSettings } from '../fleet/server-config.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

interface FleetOptions {
  readonly listen?: Pick<ServerSettings, 'host' | 'port'>;
  readonly directory?: string;
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
  help: 'several machines that share firings: serve starts a NATS server for them',
  takes: [{ form: '<ACTION>', help: `one of ${Object.keys(ACTIONS).join(', ')}`, words: Object.keys(ACTIONS) }],
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
  ],
  page: 'setup',
  more: '**serve** runs `nats-server` in the foreground until Ctrl-C and prints the table `[fleet]` for the file of each machine.',
  exitStatus: 'Status 0: serve was ended by Ctrl-C or a signal; 2: wrong usage, or the server has ended by itself.',
  examples: ['whenever fleet serve --listen 0.0.0.0:4222'],
  run: ({ args, options, now }) => actionOf({ args, options }).run({ file: args[1], options, now }),
};
