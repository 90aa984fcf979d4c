import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { systemClock } from '../adapters/clock.ts';
import { findExecutable, findNonExecutable } from '../adapters/executable.ts';
import { suggest } from '../config/suggest.ts';
import { EngineEvents } from '../core/engine-events.ts';
import type { ItemDeps } from '../core/instance.ts';
import type { Outcome } from '../core/outcome.ts';
import type { LuaListener, Ports, ProcessEnd, ProcessRequest } from '../core/ports.ts';
import { reasonText } from '../core/reasons.ts';
import type { Config, TaskSpec } from '../core/spec.ts';
import { createPorts } from '../create-ports.ts';
import { plain } from '../log/format.ts';
import { LogHub } from '../log/log.ts';
import { runSecrets } from '../run-secrets.ts';
import { loadConfigFile } from './load-config.ts';
import { MaskedBytes } from './masked-bytes.ts';
import { printMessage, writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

type RunOptions = { readonly condition?: string; readonly verbose?: true };

/** The exit statuses of `timeout`, of shells for programs that cannot be run or are not there, and what they add for a signal. */
const [TIME_LIMIT, NOT_RUN, NOT_FOUND, SIGNALLED] = [124, 126, 127, 128] as const;

/** Signals that end the task. SIGPIPE stands for an output that is closed. */
type Interruption = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE';

const signalStatus = (name: string): number => SIGNALLED + ((constants.signals as Record<string, number>)[name] ?? 0);

/** Finds the task. @throws UsageError */
const findTask = ({ tasks, conditions }: Config, name: string): TaskSpec => {
  const bare = name.replace(/^task\//, '');
  const spec = tasks.find((task) => task.name === bare);
  if (spec === undefined) {
    if (conditions.some((condition) => condition.name === bare))
      throw new UsageError(`no task "${bare}", but there is a condition: whenever ctl run ${bare}`);
    const known = tasks.map((task) => task.name);
    throw new UsageError(`no task "${bare}"${suggest(bare, known) || ` (known: ${known.join(', ')})`}`);
  }
  if (spec.type !== 'internal') return spec;
  const { command } = spec.values;
  throw new UsageError(
    `task "${bare}" is of type internal: it gives the running instance a command; to give it by hand: whenever ctl ${String(command)}`,
  );
};

/** The condition that the task runs for: the one that is asked for, else the first one that lists it, else none. @throws UsageError */
const conditionFor = ({ conditions }: Config, task: string, wanted: string | undefined): string => {
  if (wanted === undefined) return conditions.find(({ traits }) => traits.tasks.includes(task))?.name ?? '';
  const names = conditions.map(({ name }) => name);
  if (names.includes(wanted)) return wanted;
  throw new UsageError(`--condition: no condition "${wanted}"${suggest(wanted, names)}`);
};

/** The log of the run, on standard error if it is wanted. */
const createLog = (verbose: boolean): LogHub => {
  const log = new LogHub(systemClock.wall);
  if (verbose) log.attach({ level: 'debug', write: (record) => writeAll(2, plain(record)) });
  return log;
};

/** The file descriptors of the streams. */
const FILES = { stdout: 1, stderr: 2 } as const;

/** Passes on what a task writes, without secrets that were read from files, and keeps how its process ended. */
class Foreground {
  /** The exit status for how the process has ended; undefined: there was none, or it was ended from here. */
  status: number | undefined;
  /** There was a process. */
  hadProcess = false;
  readonly #closed: () => void;

  /** @param closed called when an output is closed */
  constructor(closed: () => void) {
    this.#closed = closed;
  }

  /** The ports with outputs that lead to the terminal. */
  wrap(ports: Ports): Ports {
    const { processes, lua } = ports;
    return {
      ...ports,
      processes: {
        ...processes,
        run: async (request) => {
          const masked = { stdout: new MaskedBytes(), stderr: new MaskedBytes() };
          const output = (stream: 'stdout' | 'stderr', chunk: Uint8Array) =>
            this.#write(FILES[stream], masked[stream].add(chunk));
          // Also without records.
          const unlimited = request.unlimited && ((text: string) => printMessage(text));
          const result = await processes.run({ ...request, output, ...(unlimited ? { unlimited } : {}) });
          for (const stream of ['stdout', 'stderr'] as const) this.#write(FILES[stream], masked[stream].end());
          this.hadProcess = true;
          this.status = statusOfProcess(result.end, request);
          return result;
        },
      },
      lua: { ...lua, run: (request, listener) => lua.run(request, this.#listener(listener)) },
    };
  }

  /** What a script logs at level info goes to standard output, what is more severe to standard error. */
  #listener(listener: LuaListener): LuaListener {
    return {
      ...listener,
      line: (level, text, source) => {
        if (level !== 'trace' && level !== 'debug')
          this.#write(level === 'info' ? 1 : 2, Buffer.from(`${runSecrets.mask(text)}\n`));
        listener.line(level, text, source);
      },
    };
  }

  #write(fd: 1 | 2, chunk: Uint8Array): void {
    if (!writeAll(fd, chunk)) this.#closed();
  }
}

/** What the engine gives a task when it creates it. The others of its kind never use the inbox or events that are pending. */
const depsOf = (spec: TaskSpec, ports: Ports): ItemDeps => {
  const logAs = (action: string) => ports.log.for('TASK', action, spec.name, 0);
  return {
    ...{ name: spec.name, log: logAs('active'), logAs, ports },
    inbox: { submit: async () => ({ kind: 'refused', reason: 'no instance is running here' }) },
    own: { starting: false, occur: () => false, note: () => {} },
    pending: { add: () => {}, join: () => {}, has: () => false, take: () => undefined },
    locate: (key) => spec.locate(key),
  };
};

/** Whether a program that was not started is there. */
const isThere = ({ command, cwd }: ProcessRequest): boolean => {
  const program = findExecutable(command, cwd) ?? findNonExecutable(command, cwd);
  return program !== undefined && existsSync(resolve(cwd, program));
};

/** The exit status for how a process ended; undefined: it was ended from here. */
const statusOfProcess = (end: ProcessEnd, request: ProcessRequest): number | undefined => {
  switch (end.how) {
    case 'exit':
      return end.code;
    case 'signal':
      return signalStatus(end.signal);
    case 'timeout':
      return TIME_LIMIT;
    case 'not-started':
      return isThere(request) ? NOT_RUN : NOT_FOUND;
    default:
      return undefined;
  }
};

/** The exit status for the outcome of a script. */
const statusOfScript = ({ kind, reason }: Outcome): number => {
  if (reason?.code === 'time-limit') return TIME_LIMIT;
  return kind === 'success' || kind === 'none' ? 0 : 1;
};

/** Runs a task to its end. Returns the exit status. */
const runTask = async (spec: TaskSpec, condition: string, verbose: boolean): Promise<number> => {
  const log = createLog(verbose);
  const real = createPorts({ log });
  const stop = new AbortController();
  let interruption: Interruption | undefined;
  const interrupt = (signal: Interruption): void => {
    interruption = signal;
    stop.abort({ code: 'cancelled' });
  };
  const onSignal = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void => {
    if (interruption === undefined) interrupt(signal);
    else void Promise.all([real.processes.killAll(0), real.lua.killAll(0)]);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  const foreground = new Foreground(() => {
    if (interruption === undefined) interrupt('SIGPIPE');
  });
  const instance = spec.create(depsOf(spec, foreground.wrap({ ...real, events: new EngineEvents() })));
  let outcome: Outcome;
  try {
    const origin = { cause: 'command-1', run: 'run-1' };
    const { retries } = spec.traits;
    // By hand it is tried once.
    const first = retries > 0 ? { attempt: { number: 1, of: retries + 1 } } : {};
    outcome = await instance.run({ condition, origin, signal: stop.signal, ...first });
  } finally {
    instance.close?.();
    await real.close();
  }
  const { hadProcess, status } = foreground;
  if (interruption !== undefined && status === undefined) return signalStatus(interruption);
  const { reason } = outcome;
  if (outcome.kind !== 'success' && reason !== undefined)
    printMessage(
      `task ${spec.name} ${outcome.kind === 'none' ? 'has no outcome' : 'failed'}: ${runSecrets.mask(reasonText(reason))}`,
    );
  return hadProcess ? (status ?? NOT_RUN) : statusOfScript(outcome);
};

export const runTaskCommand: Subcommand<RunOptions> = {
  name: 'run',
  help: 'run one task of a configuration in the foreground, with what the daemon would give it',
  takes: [
    { form: '<CONFIG>', help: 'the configuration file', path: true, itemsOf: 'configuration' },
    { form: '<TASK>', help: 'a task of type command or lua', names: ['task'] },
  ],
  options: [
    {
      flags: '--condition <NAME>',
      help: 'for this condition; default: the first that has it',
      names: ['condition'],
    },
    { flags: '-v, --verbose', help: 'records of the run on standard error' },
  ],
  exitStatus:
    'The status is that of the program, whatever its criteria say; 128 and the number of the signal that has ended it, or of the one that has ended this command; 124: its time limit; 126: it cannot be run; 127: it was not found. Of a script 0, or 1 for a failure or an error. 2: wrong usage or configuration, or no output.',
  examples: ['whenever run my.toml Backup'],
  run: async ({ args: [file = '', name = ''], options: { condition, verbose = false } }) => {
    const config = await loadConfigFile(file);
    const spec = findTask(config, name);
    return runTask(spec, conditionFor(config, spec.name, condition), verbose);
  },
};
