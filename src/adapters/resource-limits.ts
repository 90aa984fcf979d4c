import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessResult, ResourceLimits } from '../core/ports.ts';
import { findExecutable, isExecutable } from './executable.ts';

/** A tool is tried for so long, ms. */
const TRIAL_MS = 5000;
/** What did not work is tried again after so long, ms. */
const RETRY_MS = 600_000;
/** How long, and how often, the user manager is asked how a scope has ended, ms. */
const SCOPE_MS = 1000;
const SCOPE_POLL_MS = 50;
/** The exit code of a tool that cannot do what it is for. */
const TOOL_FAILED = 1;
/** Of the name of an item, in the name of its scope. */
const MOST_NAME = 60;
/** Where tools are searched after the PATH. */
const SYSTEM_PATH = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'].join(delimiter);

type Environment = Readonly<Record<string, string | undefined>>;

/** What is to be started: a program with arguments and environment. */
interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

/** What a tool printed, or why it did not work. */
type Trial = { readonly printed: string } | { readonly problem: string; readonly code?: number };

/** The user manager of systemd: how a scope is begun, and what it can limit. */
interface UserManager {
  readonly program: string;
  readonly options: readonly string[];
  /** The controllers that are in force in a scope: cpu, memory, pids … */
  readonly controllers: ReadonlySet<string>;
}

/** How the limits of one run are applied. */
export interface LimitedRun {
  /** What to start in the place of a command. The process that it starts becomes the program: its number, group and signals stay. */
  wrap(command: Command): Command;
  /** Adds to the result of a process that failed under which limit of memory it did. */
  conclude(result: ProcessResult): Promise<ProcessResult>;
}

/** Prints the controllers of its own control group (version 2). */
const CONTROLLERS =
  'while IFS=: read -r n c p; do [ -n "$c" ] || cat "/sys/fs/cgroup$p/cgroup.controllers"; done < /proc/self/cgroup 2>/dev/null; :';

/** Runs a tool to its end. Never rejects. */
const attempt = (program: string, args: readonly string[], env: Environment): Promise<Trial> =>
  new Promise((resolve) => {
    const options = { env: env as NodeJS.ProcessEnv, timeout: TRIAL_MS, killSignal: 'SIGKILL' } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve({ printed: stdout });
      const [line = ''] = stderr.trim().split('\n');
      if (typeof error.code === 'number')
        return resolve({ problem: line || `it ended with exit code ${error.code}`, code: error.code });
      resolve({ problem: error.signal ? `it was ended by signal ${error.signal}` : error.message });
    }).stdin?.end();
  });

/** `idle` and `best-effort:7` as arguments of ionice. */
const ioniceArguments = (wanted: string): readonly string[] => {
  const [name, level] = wanted.split(':');
  return ['-c', name === 'idle' ? '3' : '2', ...(level === undefined ? [] : ['-n', level])];
};

const BY_SHELL = ['/bin/sh', '-c', 'exec "$@"', 'sh'];

const MANAGER_SOCKET = ['systemd', 'private'];

/** Variables that a scope needs or sets, and that a program gets only when it has them in any case. */
const OF_THE_SCOPE = ['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'INVOCATION_ID'] as const;

/** A program that no tool takes for an option or for a variable. */
const plainName = (file: string): string => (file.startsWith('/') ? file : `./${file.replace(/^\.\//, '')}`);

/** Applies limits by tools of the system. Each tool is tried before it is used. */
export class ResourceLimiter {
  readonly #own: Environment;
  /** Where tools are searched. */
  readonly #path: string;
  /** Of `own`, and where the user manager is. */
  readonly #managerEnv: Environment;
  readonly #tries = new Map<string, { readonly until: number; readonly made: Promise<unknown> }>();
  /** What was last reported, by item. */
  readonly #reported = new Map<string, string>();
  #scopes = 0;

  /**
   * @param own the environment of the daemon.
   * @param systemPath where tools are searched after its PATH.
   */
  constructor(own: Environment, systemPath = SYSTEM_PATH) {
    this.#own = own;
    this.#path = [own.PATH, systemPath].filter(Boolean).join(delimiter);
    this.#managerEnv = { ...own, XDG_RUNTIME_DIR: own.XDG_RUNTIME_DIR || `/run/user/${process.getuid?.() ?? ''}` };
  }

  /** How to apply limits to a run of an item. @param report is called with what is not applied, once for an item. */
  async plan(limits: ResourceLimits, item: string, report?: (text: string) => void): Promise<LimitedRun> {
    const { nice, ionice, memory_max: memory, cpu_percent: cpu } = limits;
    const unmet: string[] = [];
    const tools: string[] = [];
    const manager = memory === undefined && cpu === undefined ? { problem: '' } : await this.#manager();
    const controls = (name: string): boolean => !('problem' in manager) && manager.controllers.has(name);
    const why = 'problem' in manager ? manager.problem : 'it has no controller for it';
    const use = async (key: keyof ResourceLimits, name: string, args: readonly string[], more = ''): Promise<void> => {
      const tool = await this.#tool(name, args);
      if ('problem' in tool) unmet.push(`${key} (${tool.problem}${more})`);
      else tools.push(tool.program, ...args);
    };
    if (nice) await use('nice', 'nice', ['-n', `${nice}`]);
    if (ionice !== undefined) await use('ionice', 'ionice', ioniceArguments(ionice));
    const properties: string[] = [];
    if (memory !== undefined && controls('memory')) properties.push(`--property=MemoryMax=${memory}`);
    else if (memory !== undefined) await use('memory_max', 'prlimit', [`--as=${memory}`], `; user manager: ${why}`);
    if (cpu !== undefined && controls('cpu')) properties.push(`--property=CPUQuota=${cpu}%`);
    else if (cpu !== undefined) unmet.push(`cpu_percent (it needs a user manager of systemd: ${why})`);
    this.#report(item, unmet, report);
    const scope = 'problem' in manager || properties.length === 0 ? undefined : this.#scope(manager, item, properties);
    const applied = memory !== undefined && (controls('memory') || tools.includes(`--as=${memory}`));
    return {
      wrap: (command) => this.#wrap(command, scope?.start ?? [], tools),
      conclude: async (result) =>
        applied ? this.#conclude(result, memory, controls('memory') ? scope?.unit : undefined) : result,
    };
  }

  /** Reports what is not applied to an item, unless that was the last thing reported. */
  #report(item: string, unmet: readonly string[], report: ((text: string) => void) | undefined): void {
    const text = unmet.length === 0 ? '' : `limits that are not applied: ${unmet.join(', ')}`;
    const last = this.#reported.get(item) ?? '';
    this.#reported.set(item, text);
    if (text !== '' && text !== last) report?.(text);
  }

  /** The start of a scope with these properties. */
  #scope({ program, options }: UserManager, item: string, properties: readonly string[]) {
    const name = item.replace(/^.*\//, '').slice(0, MOST_NAME);
    this.#scopes += 1;
    const unit = `whenever-${name}-${process.pid}-${Date.now().toString(36)}-${this.#scopes}.scope`;
    return { unit, start: [program, ...this.#begin(unit, options, properties)] };
  }

  #begin(unit: string, options: readonly string[], properties: readonly string[]): readonly string[] {
    return ['--user', '--scope', '--quiet', ...options, `--unit=${unit}`, ...properties, '--'];
  }

  #wrap(command: Command, scope: readonly string[], tools: readonly string[]): Command {
    const { file, args, env } = command;
    const inScope = scope.length > 0;
    const program = plainName(file);
    // The program env takes a name with an equals sign for a variable.
    const named = inScope && tools.length === 0 && program.includes('=') ? BY_SHELL : [];
    const [first, ...rest] = [...scope, ...(inScope ? this.#restore(env) : []), ...tools, ...named];
    if (first === undefined) return command;
    return { file: first, args: [...rest, program, ...args], env: inScope ? this.#forScope(env) : env };
  }

  /** The environment of a program, with what a scope needs to be begun. */
  #forScope(env: Record<string, string>): Record<string, string> {
    const out = { ...env };
    for (const name of OF_THE_SCOPE) {
      const value = this.#managerEnv[name];
      if (value === undefined) delete out[name];
      else out[name] = value;
    }
    return out;
  }

  /** What gives a program in a scope its own environment again. */
  #restore(env: Record<string, string>): readonly string[] {
    const changed = OF_THE_SCOPE.filter((name) => name === 'INVOCATION_ID' || env[name] !== this.#managerEnv[name]);
    const without = changed.filter((name) => env[name] === undefined);
    const values = changed.filter((name) => env[name] !== undefined);
    return [
      this.#find('env') ?? '/usr/bin/env',
      ...without.flatMap((name) => ['-u', name]),
      ...values.map((name) => `${name}=${env[name]}`),
    ];
  }

  async #conclude(result: ProcessResult, bytes: number, unit: string | undefined): Promise<ProcessResult> {
    const { end } = result;
    if (end.how !== 'signal' && (end.how !== 'exit' || end.code === 0)) return result;
    if (unit === undefined) return { ...result, memoryLimit: { bytes, reached: false } };
    if (await this.#endedByMemory(unit)) return { ...result, memoryLimit: { bytes, reached: true } };
    // Older managers do not say it. The kernel ends a process that has no memory left by this signal.
    const killed = end.how === 'signal' ? end.signal === 'SIGKILL' : end.code === 128 + 9;
    return killed ? { ...result, memoryLimit: { bytes, reached: false } } : result;
  }

  /** Whether a scope has ended because of its limit of memory. */
  async #endedByMemory(unit: string): Promise<boolean> {
    const ask = (...words: readonly string[]): Promise<Trial> =>
      attempt(this.#find('systemctl') ?? 'systemctl', ['--user', ...words, unit], this.#managerEnv);
    const last = performance.now() + SCOPE_MS;
    for (;;) {
      const shown = await ask('show', '--property=ActiveState', '--property=Result');
      if ('problem' in shown) {
        this.#tries.delete('user manager');
        return false;
      }
      if (/^Result=oom-kill$/m.test(shown.printed)) {
        // A scope that has failed is kept until then.
        await ask('reset-failed');
        return true;
      }
      if (!/^ActiveState=(?:active|deactivating)$/m.test(shown.printed) || performance.now() > last) return false;
      await pause(SCOPE_POLL_MS);
    }
  }

  #find(name: string): string | undefined {
    if (process.platform === 'win32') return undefined;
    const found = findExecutable(name, '/', this.#path);
    return found !== undefined && isExecutable(found) ? found : undefined;
  }

  /** A tool that works with these arguments. */
  #tool(name: string, args: readonly string[]): Promise<{ readonly program: string } | { readonly problem: string }> {
    return this.#keep(`${name} ${args.join(' ')}`, async () => {
      const program = this.#find(name);
      if (program === undefined) return { problem: `there is no program ${name}` };
      const tried = await attempt(program, [...args, '/bin/sh', '-c', ':'], this.#own);
      // With very little memory not even a shell can be started: that is what was asked for.
      const works = 'printed' in tried || (name === 'prlimit' && tried.code !== TOOL_FAILED);
      return works ? { program } : tried;
    });
  }

  #manager(): Promise<UserManager | { readonly problem: string }> {
    return this.#keep('user manager', async () => {
      const program = this.#find('systemd-run');
      if (program === undefined) return { problem: 'there is no program systemd-run' };
      if (!existsSync(join(this.#managerEnv.XDG_RUNTIME_DIR!, ...MANAGER_SOCKET)))
        return { problem: 'none is running' };
      let problem = '';
      // Later versions replace variables in the arguments unless they are asked not to; earlier ones do not know the option.
      for (const options of [['--expand-environment=no'], []]) {
        this.#scopes += 1;
        const unit = `whenever-try-${process.pid}-${Date.now().toString(36)}-${this.#scopes}.scope`;
        const begin = this.#begin(unit, options, ['--property=MemoryMax=67108864', '--property=CPUQuota=100%']);
        const tried = await attempt(program, [...begin, '/bin/sh', '-c', CONTROLLERS], this.#managerEnv);
        if ('printed' in tried) return { program, options, controllers: new Set(tried.printed.trim().split(/\s+/)) };
        problem = tried.problem;
      }
      return { problem };
    });
  }

  /** Makes an answer once; one that is a problem is made again later. */
  #keep<T extends object>(key: string, make: () => Promise<T>): Promise<T> {
    const kept = this.#tries.get(key);
    if (kept && performance.now() < kept.until) return kept.made as Promise<T>;
    const made = make();
    this.#tries.set(key, { until: performance.now() + RETRY_MS, made });
    void made.then((answer) => {
      if (!('problem' in answer)) this.#tries.set(key, { until: Number.POSITIVE_INFINITY, made });
    });
    return made;
  }
}
