import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Captured, ProcessEnd, Processes, ProcessRequest, ProcessResult, ResourceLimits } from '../core/ports.ts';
import { messageOf } from '../error-message.ts';
import { childEnvironment, ownEnvironment } from './child-environment.ts';
import {
  findExecutable,
  findNonExecutable,
  isExecutable,
  missingForStart,
  startFailure,
  wrongFormat,
} from './executable.ts';
import { FairQueue } from './fair-queue.ts';
import { lazy } from './lazy.ts';
import type { OrphanProcesses } from './orphan-processes.ts';
import { OutputCapture } from './output-capture.ts';
import { ProcessGroup } from './process-group.ts';
import { measureUsage, type UsageMeter } from './process-usage.ts';
import type { LimitedRun } from './resource-limits.ts';
import { START_MARK } from './running-processes-file.ts';
import { LineSplitter } from './stdin.ts';

/** Limits of the process runner; the defaults are those of the program. */
interface ProcessLimits {
  /** Bytes kept of each stream: the first half and the last. */
  readonly captureBytes: number;
  /** Between SIGTERM and SIGKILL after the time limit. */
  readonly graceMs: number;
  /** How long pipes that a grandchild holds open are read after the end of the child. */
  readonly drainMs: number;
}

/** The descriptor on which a child writes its events. */
const EVENTS_FD = 3;

/** How often a group that was asked to end is checked. */
const GROUP_POLL_MS = 20;

const DEFAULTS: ProcessLimits = { captureBytes: 16 * 2 ** 20, graceMs: 2000, drainMs: 100 };

const NOTHING: Captured = { text: '', bytes: 0, dropped: 0 };

const notStarted = (reason: string): ProcessResult => ({
  end: { how: 'not-started', reason },
  stdout: NOTHING,
  stderr: NOTHING,
});

/** Why a child is ended. */
type Forced = 'timeout' | 'cancelled' | 'killed';

/** One child on its way. */
class Run {
  /** Settled when the child has ended and its output is in; never rejected. */
  readonly result: Promise<ProcessResult>;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #group: ProcessGroup;
  readonly #limits: ProcessLimits;
  readonly #request: ProcessRequest;
  readonly #stdout: OutputCapture;
  readonly #stderr: OutputCapture;
  #forced: Forced | undefined;
  #graceOver = false;
  /** Set when the child has ended. */
  #end: ProcessEnd | undefined;
  readonly #cancel = (): void => this.end('cancelled', this.#limits.graceMs);
  #done: (end: ProcessEnd) => void = () => {};
  #timers: NodeJS.Timeout[] = [];
  readonly #events: Readable | undefined;
  #lines: LineSplitter | undefined;
  #meter: UsageMeter | undefined;

  constructor(child: ChildProcess, pid: number, request: ProcessRequest, limits: ProcessLimits) {
    this.pid = pid;
    this.#child = child;
    this.#group = new ProcessGroup(pid);
    this.#limits = limits;
    this.#request = request;
    this.#stdout = new OutputCapture(limits.captureBytes);
    this.#stderr = new OutputCapture(limits.captureBytes);
    for (const stream of ['stdout', 'stderr'] as const) this.#read(stream);
    this.#events = this.#listen();
    if (request.measure) this.#measure(pid);
    this.result = new Promise((settle) => this.#watch(settle));
    if (request.timeoutSeconds > 0)
      this.#after(request.timeoutSeconds * 1000, () => this.end('timeout', limits.graceMs));
    request.signal?.addEventListener('abort', this.#cancel);
    // While its start was waiting.
    if (request.signal?.aborted) this.#cancel();
  }

  /** Reads what the child writes to one stream. */
  #read(stream: 'stdout' | 'stderr'): void {
    const capture = stream === 'stdout' ? this.#stdout : this.#stderr;
    const { output } = this.#request;
    this.#child[stream]
      ?.on('data', (chunk: Buffer) => {
        capture.add(chunk);
        output?.(stream, chunk);
      })
      .on('error', () => {});
  }

  /** Reads the events descriptor, if there is one. */
  #listen(): Readable | undefined {
    const { events } = this.#request;
    const pipe = this.#child.stdio[EVENTS_FD];
    if (!events || !pipe || !('readable' in pipe)) return undefined;
    const lines = new LineSplitter({ line: events.line, bad: events.bad, end: () => {} }, 'an event');
    pipe.on('data', (chunk: Buffer) => lines.add(chunk)).on('error', () => {});
    this.#lines = lines;
    return pipe as Readable;
  }

  /** A child whose pipes have just ended still exists: one more sample holds everything it used. */
  #measure(pid: number): void {
    const { stdout, stderr } = this.#child;
    const meter = measureUsage(pid);
    this.#meter = meter;
    let open = 2;
    for (const pipe of [stdout, stderr]) pipe?.once('end', () => --open === 0 && !this.#end && meter?.sample());
  }

  #after(ms: number, act: () => void): void {
    // Node's timers count at most 2³¹−1 ms; 24 days and more are served in pieces.
    const piece = Math.min(ms, 2 ** 31 - 1);
    this.#timers.push(setTimeout(() => (piece < ms ? this.#after(ms - piece, act) : act()), piece));
  }

  #watch(settle: (result: ProcessResult) => void): void {
    const child = this.#child;
    this.#done = (end) => {
      for (const timer of this.#timers) clearTimeout(timer);
      this.#done = () => {};
      this.#request.signal?.removeEventListener('abort', this.#cancel);
      child.stdout?.destroy();
      child.stderr?.destroy();
      this.#events?.destroy();
      this.#lines?.end();
      const usage = this.#meter?.usage;
      const output = { stdout: this.#stdout.captured, stderr: this.#stderr.captured };
      const bytes = this.#request.keepBytes ? { bytes: this.#stdout.bytes } : {};
      settle({
        end,
        ...output,
        ...bytes,
        ...(usage ? { usage } : {}),
        ...(this.#request.measure ? { pid: this.pid } : {}),
      });
    };
    // A signal that could not be sent.
    child.on('error', () => {});
    child.once('exit', (code, signal) => {
      this.#meter?.stop();
      const own: ProcessEnd = code === null ? { how: 'signal', signal: signal ?? 'unknown' } : { how: 'exit', code };
      this.#end = this.#forced ? { how: this.#forced } : own;
      this.#gather();
    });
    child.once('close', () => this.#gather());
  }

  /** The child has ended: waits for the rest of its group if that was ended with it, and for the rest of its output. */
  #gather(): void {
    const end = this.#end;
    const { stdout, stderr } = this.#child;
    if (!end) return;
    if (this.#forced && !this.#graceOver && this.#group.alive) {
      this.#after(GROUP_POLL_MS, () => this.#gather());
    } else if (stdout?.closed && stderr?.closed && (this.#events?.closed ?? true)) this.#done(end);
    // A grandchild that holds the pipes keeps `close` from coming; its later output does not count. The turn of the event
    // loop lets in what is in the pipes already, however busy the program was.
    else this.#after(this.#limits.drainMs, () => setImmediate(() => this.#done(end)));
  }

  /** SIGTERM to the group, SIGKILL to what is left of it after the grace. Nothing when the child has ended already. */
  end(why: Forced, graceMs: number): void {
    if (this.#end) return;
    this.#forced ??= why;
    this.#group.signal('SIGTERM');
    this.#after(graceMs, () => {
      this.#graceOver = true;
      this.#group.signal('SIGKILL');
      this.#gather();
    });
  }
}

const KILLED: ProcessResult = { end: { how: 'killed' }, stdout: NOTHING, stderr: NOTHING };

const CANCELLED: ProcessResult = { end: { how: 'cancelled' }, stdout: NOTHING, stderr: NOTHING };

/** What is started, and the program that was found. */
type Prepared = ReturnType<typeof childEnvironment> & { readonly program: string };

/** Finds the program and makes its environment. @returns a text: why it cannot be started. */
const prepare = (
  request: ProcessRequest,
  own: Readonly<Record<string, string | undefined>>,
  limited: LimitedRun | undefined,
): Prepared | string => {
  const { command, cwd, events, variables } = request;
  const failure = (code: string, file?: string) => startFailure({ code, message: '' }, request, file);
  const program = findExecutable(command, cwd, own.PATH);
  if (program === undefined) {
    const found = findNonExecutable(command, cwd, own.PATH);
    return found === undefined
      ? failure('ENOENT')
      : `"${command}" is ${found} in the PATH, which is not executable (chmod +x)`;
  }
  const path = resolve(cwd, program);
  const named = events ? { ...request, variables: { WHENEVER_EVENTS_FD: String(EVENTS_FD), ...variables } } : request;
  const plain = childEnvironment(program, named, own);
  const launch = limited?.wrap(plain) ?? plain;
  // A shell that puts the environment right, and tools that limit it, would start in any case: what they are to become must be there.
  if (launch.file !== program) {
    if (!isExecutable(path)) return failure(existsSync(path) ? 'EACCES' : 'ENOENT', program);
    const missing = missingForStart(path, `"${command}"`);
    if (missing !== undefined) return missing;
  }
  return wrongFormat(path, `"${command}"`) ?? { ...launch, program };
};

/** Node reports in the next turn why there is no child. Without descriptors there are no pipes at all. */
const whyNoChild = (child: ChildProcess): Promise<NodeJS.ErrnoException> =>
  new Promise((resolve) => {
    child.once('error', (error) => {
      for (const pipe of (child.stdio as typeof child.stdio | undefined) ?? []) pipe?.destroy();
      resolve(error);
    });
  });

/** Starts a program. @returns why it could not be started, if that is known at once. */
const spawnChild = ({ cwd, command, events }: ProcessRequest, { program, file, args, env }: Prepared) => {
  try {
    return spawn(file, args, {
      ...{ cwd, env },
      // A group of its own: Ctrl-C in a terminal is for the scheduler, a time limit is for everything the command started.
      detached: process.platform !== 'win32',
      stdio: events ? ['ignore', 'pipe', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(file === program ? { argv0: command } : {}),
    });
  } catch (error) {
    return error as Error;
  }
};

/** Starts a command, and notes it for the next instance. @returns why it does not run. */
const startRun = (
  request: ProcessRequest,
  limits: ProcessLimits,
  own: Readonly<Record<string, string | undefined>>,
  orphans: OrphanProcesses | undefined,
  limited: LimitedRun | undefined,
): Run | ProcessResult | Promise<ProcessResult> => {
  const prepared = prepare(request, own, limited);
  if (typeof prepared === 'string') return notStarted(prepared);
  const { item, timeoutSeconds, asked } = request;
  const about = item === undefined ? undefined : { item, limit: timeoutSeconds, ...(asked ? { asked } : {}) };
  // Without an events descriptor the file forbids variables of the program.
  const mark = about && request.events && orphans?.notes.beforeStart(about);
  if (mark !== undefined) prepared.env[START_MARK] = mark;
  const child = spawnChild(request, prepared);
  if (child instanceof Error || child.pid === undefined) {
    orphans?.notes.startFailed();
    const failed = (error: Error) => notStarted(startFailure(error, request, prepared.program));
    return child instanceof Error ? failed(child) : whyNoChild(child).then(failed);
  }
  if (about) orphans?.notes.add(child.pid, about, mark);
  return new Run(child, child.pid, request, limits);
};

/**
 * Runs commands on this machine.
 * @param own what children may inherit, and where programs are searched; default: the environment of this process.
 * @param orphans where processes are noted for the next instance; default: nowhere.
 */
export const createProcesses = (
  options: Partial<ProcessLimits> = {},
  own: Readonly<Record<string, string | undefined>> = ownEnvironment(),
  orphans?: OrphanProcesses,
): Processes => {
  const limits = { ...DEFAULTS, ...options };
  const running = new Set<Run>();
  const starts = new FairQueue();
  let closed = false;
  const limiter = lazy(async () => new (await import('./resource-limits.ts')).ResourceLimiter(own));
  const start = (request: ProcessRequest, limited?: LimitedRun) => {
    if (closed) return KILLED;
    if (request.signal?.aborted) return CANCELLED;
    const run = startRun(request, limits, own, orphans, limited);
    if (run instanceof Run) running.add(run);
    return run;
  };
  const run = async (request: ProcessRequest, limited?: LimitedRun): Promise<ProcessResult> => {
    const started = await starts.run(() => start(request, limited), request.condition);
    if (!(started instanceof Run)) return started;
    try {
      return await started.result;
    } finally {
      running.delete(started);
      orphans?.notes.remove(started.pid);
    }
  };
  const runLimited = async (request: ProcessRequest, wanted: ResourceLimits): Promise<ProcessResult> => {
    let limited: LimitedRun;
    try {
      limited = await (await limiter()).plan(wanted, request.item ?? request.command, request.unlimited);
    } catch (error) {
      return notStarted(messageOf(error));
    }
    return limited.conclude(await run(request, limited));
  };
  return {
    run: (request) => (request.limits === undefined ? run(request) : runLimited(request, request.limits)),
    blocked: (item) => orphans?.blocked(item),
    noMore: () => orphans?.noMore(),
    killAll: async (graceMs) => {
      closed = true;
      const all = [...running];
      for (const run of all) run.end('killed', graceMs);
      await Promise.all([orphans?.killAll(graceMs), ...all.map((run) => run.result)]);
    },
  };
};
