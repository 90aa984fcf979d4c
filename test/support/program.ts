import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SUBCOMMAND_NAMES } from '../../src/commands/index.ts';
import { type Finished, runInProcess } from './in-process.ts';

/** One executable, made by `npm run binary`, that is tested in the place of the built program. */
const BINARY = process.env.WHENEVER_BINARY || undefined;
/** The launcher of the built program. */
export const PROGRAM = BINARY ?? join(import.meta.dirname, '..', '..', 'bin', 'whenever');
/** What is given the launcher: Node, or what becomes the program that it is given. */
export const RUNNER = BINARY === undefined ? process.execPath : '/usr/bin/env';

// Programs write what they have executed there when they end, also those that a test starts by itself.
if (process.env.WHENEVER_COVERAGE) process.env.NODE_V8_COVERAGE = process.env.WHENEVER_COVERAGE;

/** One JSON record as wrappers see it. */
export interface JsonRecord {
  readonly header: { readonly application: string; readonly level: string; readonly time: string };
  readonly contents: {
    readonly context: {
      readonly action: string;
      readonly emitter: string;
      readonly item: string | null;
      readonly item_id: number | null;
    };
    readonly message: string;
    readonly message_type: { readonly status: string; readonly when: string };
  };
}

/** How a program ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** `EMITTER ACTION ITEM/ID [WHEN/STATUS] message`. */
export const told = ({ contents: { context, message, message_type } }: JsonRecord): string =>
  `${context.emitter} ${context.action}${context.item === null ? '' : ` ${context.item}/${context.item_id}`} [${message_type.when}/${message_type.status}] ${message}`;

/** Waits until something is true, looking again whenever `change` says so, at most `ms`. */
const LONGEST_WAIT_MS = 15_000;
/** How long a program may take to end in order, in ms. */
const ORDERLY_MS = 3000;

/** A running program with what it has said so far. */
export class Program {
  readonly child: ChildProcess;
  /** Resolves when it has ended and its streams are closed. */
  readonly ended: Promise<End>;
  end: End | undefined;
  stdout = '';
  stderr = '';
  readonly #watchers = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.child = child;
    const changed = () => {
      for (const look of [...this.#watchers]) look();
    };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      changed();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      changed();
    });
    child.stdin?.on('error', () => {});
    this.ended = new Promise((resolve) =>
      child.once('close', (code, signal) => {
        this.end = { code, signal };
        resolve(this.end);
        changed();
      }),
    );
  }

  /** The records on standard output so far; only with --log-json. */
  get records(): JsonRecord[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as JsonRecord);
  }
  /** The records as short texts. */
  get told(): string[] {
    return this.records.map(told);
  }
  send(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }
  /** Resolves with the first record, as a short text, that matches; `from` skips as many records. */
  async record(pattern: RegExp, from = 0): Promise<string> {
    let found: string | undefined;
    await this.until(() => {
      found = this.told.slice(from).find((text) => pattern.test(text));
      return found !== undefined;
    }, String(pattern));
    return found!;
  }
  /** Resolves when `happened`; rejects with what was said when it has not in time, or cannot any more. */
  async until(happened: () => boolean, what: string, ms = LONGEST_WAIT_MS): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const give = (settle: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        settle();
      };
      const failed = (why: string) =>
        give(() => reject(new Error(`${why} while waiting for ${what}\n${this.stdout}\n${this.stderr}`)));
      const look = () => {
        if (happened()) give(resolve);
        else if (this.end) failed(`ended with ${JSON.stringify(this.end)}`);
      };
      const timer = setTimeout(() => failed('time is up'), ms);
      this.#watchers.add(look);
      look();
    });
  }
  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
  /** Ends it if it still runs: at once, or in order where it has to write what it has executed. */
  async dismiss(): Promise<void> {
    if (!this.end && process.env.WHENEVER_COVERAGE) {
      this.kill('SIGTERM');
      await Promise.race([this.ended, pause(ORDERLY_MS)]);
    }
    if (!this.end) this.kill('SIGKILL');
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
    await this.ended;
  }
}

const COMMANDS: ReadonlySet<string> = new Set([...SUBCOMMAND_NAMES, '__complete']);
/** Subcommands that hand their streams to a program, need a signal or go on until there is one. */
const PROCESSES = new Set(['fleet', 'lock', 'mcp', 'top', 'web']);
/** Options with which no daemon is started. */
const NO_DAEMON = /^(?:-[hVOr]|--(?:help|version|options|check-running))$/;
/** Whether it ends by itself, and nobody but its caller could notice that it had no process of its own. */
const endsByItself = (args: readonly string[], isRefused: boolean): boolean =>
  // What programs execute is counted by themselves.
  !process.env.WHENEVER_COVERAGE &&
  BINARY === undefined &&
  !args.includes('-') &&
  !PROCESSES.has(args[0] ?? '') &&
  (isRefused || COMMANDS.has(args[0] ?? '') || args.some((arg) => NO_DAEMON.test(arg)));

/** A program that has ended. */
const ended = ({ status, stdout, stderr }: Finished): Program & { end: End } => {
  const child = new EventEmitter() as ChildProcess;
  const program = Object.assign(new Program(child), { stdout, stderr });
  child.emit('close', status, null);
  return program as Program & { end: End };
};

/** How a test starts the program. */
export interface Start {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly stdio?: readonly ('pipe' | 'ignore' | number)[];
  readonly toml?: string;
  /** The daemon does not start: for `run`. */
  readonly refused?: boolean;
}

/** A place of one test: a directory of its own that is also the runtime directory, so that instances do not meet. */
export class Place {
  readonly path: string;
  readonly #programs: Program[] = [];

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'whenever-e2e-'));
    mkdirSync(join(this.path, 'run'), { mode: 0o700 });
  }
  file(name: string): string {
    return join(this.path, name);
  }
  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }
  write(name: string, text: string): string {
    writeFileSync(this.file(name), text);
    return this.file(name);
  }
  /** Starts the program; `toml` becomes the configuration, given last. */
  start(args: readonly string[], { env = {}, cwd, stdio, toml }: Start = {}): Program {
    const all = toml === undefined ? [...args] : [...args, this.write('config.toml', toml)];
    const child = spawn(RUNNER, [PROGRAM, ...all], {
      cwd: cwd ?? this.path,
      env: this.environment(env),
      stdio: stdio ? [...stdio] : ['pipe', 'pipe', 'pipe'],
    }) as ChildProcessWithoutNullStreams;
    const program = new Program(child);
    this.#programs.push(program);
    return program;
  }
  /** Starts it by a line for the shell, in which $1 is Node and $2 the launcher. The line ends with `exec`. */
  startShell(line: string): Program {
    const program = new Program(
      spawn('sh', ['-c', line, 'sh', RUNNER, PROGRAM], { cwd: this.path, env: this.environment() }),
    );
    this.#programs.push(program);
    return program;
  }
  /**
   * Executes the program until its end, with nothing on its standard input. A command that asks or prints and starts nothing is
   * executed in this process. What a process of its own does differently is for tests that `start` it.
   */
  async run(args: readonly string[], start: Start = {}): Promise<Program & { end: End }> {
    if (start.stdio === undefined && endsByItself(args, start.refused === true)) {
      const all = start.toml === undefined ? args : [...args, this.write('config.toml', start.toml)];
      const surroundings = { env: this.environment(start.env), cwd: start.cwd ?? this.path };
      const finished = await runInProcess(PROGRAM, all, surroundings);
      if (finished) return ended(finished);
    }
    const program = this.start(args, start);
    program.child.stdin?.end();
    await program.ended;
    return program as Program & { end: End };
  }
  environment(more: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
    const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
    return {
      ...env,
      XDG_RUNTIME_DIR: this.file('run'),
      XDG_STATE_HOME: this.file('state'),
      XDG_CONFIG_HOME: this.file('config'),
      ...more,
    };
  }
  /** Ends what still runs and takes everything away. */
  async clear(): Promise<void> {
    for (const program of this.#programs) await program.dismiss();
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A command task of a configuration. */
export const commandTask = (name: string, words: readonly string[], more = ''): string =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = ${JSON.stringify(words[0])}\ncommand_arguments = ${JSON.stringify(words.slice(1))}\n${more}\n`;

/** A shell script as a task. */
export const shellTask = (name: string, script: string, more = ''): string =>
  commandTask(name, ['sh', '-c', script], more);

/** A bucket condition with a cli event `Go_NAME` that fires it. */
export const onDemand = (name: string, tasks: readonly string[], more = ''): string =>
  `[[condition]]\nname = "${name}"\ntype = "bucket"\nrecurring = true\ntasks = ${JSON.stringify(tasks)}\n${more}\n[[event]]\nname = "Go_${name}"\ntype = "cli"\ncondition = "${name}"\n`;

/** A condition that is true at each tick. */
export const always = (name: string, tasks: readonly string[], more = 'recurring = true'): string =>
  `[[condition]]\nname = "${name}"\ntype = "interval"\ninterval_seconds = 0\ntasks = ${JSON.stringify(tasks)}\n${more}\n`;

/** Checks that come each second. */
export const TICK = 'scheduler_tick_seconds = 1\n';

/** True while a process lives; one that has ended and waits for its parent does not. */
export const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
};
