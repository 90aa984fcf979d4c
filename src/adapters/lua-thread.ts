import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { LuaEnd } from '../core/ports.ts';
import {
  COUNTER_BYTES,
  COUNTERS,
  itemPath,
  type ScriptJob,
  type WorkerCommand,
  type WorkerOptions,
  type WorkerReport,
} from '../lua/worker-messages.ts';
import { ownEnvironment } from './child-environment.ts';
import { canRestart, endScript, type RunningScript } from './lua-requests.ts';
import { LuaWatchdog, OVERDUE_MS } from './lua-watchdog.ts';
import type { OrphanProcesses } from './orphan-processes.ts';
import { stuckThreads } from './threads.ts';

/** How long the shutdown waits for a thread that does not end. */
const LAST_WAIT_MS = 1000;

/** Options of the thread that runs Lua scripts. */
export interface LuaOptions {
  /** The script file of the thread. */
  readonly workerPath: string;
  /** The script itself, where there is no such file. */
  readonly workerText?: (() => string) | undefined;
  /** Most memory it may use, heap and byte arrays together, in MiB; 512 if not set. */
  readonly memoryMiB?: number;
  /** A thread without progress for this time, in ms, is ended; 10 000 if not set. */
  readonly stallMs?: number;
  /** The environment of scripts and of their processes; that of this process if not set. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Records the processes of scripts for the next instance. */
  readonly leftovers?: OrphanProcesses | undefined;
}

/** One thread with the scripts that run on it. */
export class LuaThread {
  readonly pending = new Map<number, RunningScript>();
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #counters: Int32Array;
  readonly #processes = new Set<number>();
  readonly #leftovers: OrphanProcesses | undefined;
  readonly #watchdog: LuaWatchdog;
  readonly #onReport: (report: WorkerReport, thread: LuaThread) => void;
  readonly #onGone: (thread: LuaThread, again: readonly RunningScript[]) => void;
  readonly gone: Promise<void>;
  #quiet: (() => void) | undefined;
  #started = false;
  #ended = false;

  /** @param onGone receives the scripts that were lost because of another one and can be restarted. */
  constructor(
    options: LuaOptions,
    shared: Pick<WorkerOptions, 'shared' | 'locks'>,
    onReport: (report: WorkerReport, thread: LuaThread) => void,
    onGone: (thread: LuaThread, again: readonly RunningScript[]) => void,
  ) {
    this.#onReport = onReport;
    this.#onGone = onGone;
    this.#leftovers = options.leftovers;
    const { stallMs = 10_000, memoryMiB = 512 } = options;
    const memoryBytes = memoryMiB * 1024 * 1024;
    const counters = new SharedArrayBuffer(COUNTER_BYTES);
    this.#counters = new Int32Array(counters);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerOptions: WorkerOptions = {
      memoryBytes,
      holdMs: stallMs / 2,
      ...shared,
      counters,
      starts: this.#leftovers?.notes.starter,
    };
    const { pending } = this;
    this.#watchdog = new LuaWatchdog(
      {
        ...{ counters: this.#counters, pending },
        stop: (id, why) => this.send({ what: 'stop', id, why }),
        abort: (end, guilty) => this.abort(end, guilty),
      },
      memoryBytes,
      stallMs,
    );
    this.#worker = new Worker(options.workerText?.() ?? options.workerPath, {
      eval: options.workerText !== undefined,
      workerData: { options: workerOptions, port: port2 },
      transferList: [port2],
      env: options.environment ? { ...options.environment } : ownEnvironment(),
      // Output of the thread must not reach the daemon's streams.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memoryMiB) + 128, stackSizeMb: 4 },
    });
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    port1.on('message', (reports: readonly WorkerReport[]) => this.#receive(reports));
    this.#worker.on('error', (error: NodeJS.ErrnoException) =>
      this.abort(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? { how: 'memory' }
          : this.#started
            ? { how: 'lost', reason: `the Lua host failed: ${error.message}` }
            : { how: 'not-started', reason: error.message },
        Atomics.load(this.#counters, COUNTERS.current),
      ),
    );
    this.gone = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.abort({ how: 'lost', reason: 'the Lua host ended' });
        resolve();
      });
    });
    this.#idle();
  }

  run(id: number, job: ScriptJob, entry: RunningScript): void {
    if (this.pending.size === 0) {
      this.#worker.ref();
      this.#port.ref();
      this.#watchdog.begin();
    }
    this.pending.set(id, entry);
    this.send({ what: 'run', job });
    this.#watchdog.soon();
  }

  /** Called when the run of a condition has ended: releases its locks. */
  endRun(condition: string): void {
    this.send({ what: 'end-run', condition });
  }

  /** Ends a script. One that does not end soon is ended from outside, as at its time limit. */
  cancel(id: number): void {
    const entry = this.pending.get(id);
    if (entry === undefined || entry.answered) return;
    entry.overdueAt = performance.now() + OVERDUE_MS;
    entry.overdue = 'cancelled';
    this.send({ what: 'stop', id, why: 'cancelled' });
    this.#watchdog.soon();
  }

  /** Removes a script that has ended, and returns it. */
  settle(id: number): RunningScript | undefined {
    const entry = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0) this.#idle();
    return entry;
  }

  #idle(): void {
    this.#watchdog.end();
    this.#worker.unref();
    this.#port.unref();
  }

  send(command: WorkerCommand): void {
    this.#port.postMessage(command);
  }

  #receive(reports: readonly WorkerReport[]): void {
    this.#started = true;
    Atomics.add(this.#counters, COUNTERS.taken, 1);
    for (const report of reports) {
      if (report.what === 'process') this.#recordProcess(report);
      else if (report.what === 'quiet') this.#quiet?.();
      else if (report.what === 'memory') this.abort({ how: 'memory' }, report.guilty);
      else this.#onReport(report, this);
    }
  }

  #recordProcess({ id, pid, alive, start }: Extract<WorkerReport, { what: 'process' }>): void {
    if (!alive) {
      this.#processes.delete(pid);
      this.#leftovers?.notes.remove(pid);
      return;
    }
    this.#processes.add(pid);
    const request = this.pending.get(id)?.request;
    if (request) this.#leftovers?.notes.add(pid, { item: itemPath(request), limit: request.timeoutSeconds }, start);
  }

  /**
   * Ends the thread at once, and its scripts with `end`. When one script is the reason, the others that have had no effect outside
   * are passed to `onGone` for a restart.
   */
  abort(end: LuaEnd, guilty = 0): void {
    if (this.#ended) return;
    this.#ended = true;
    // Receives reports that were sent before the thread hung.
    for (let left = receiveMessageOnPort(this.#port); left !== undefined; left = receiveMessageOnPort(this.#port))
      this.#receive(left.message as readonly WorkerReport[]);
    const again = [...this.pending].filter(([id, entry]) => guilty !== 0 && id !== guilty && canRestart(entry));
    for (const [id] of again) this.pending.delete(id);
    const runs = [...this.pending.values()];
    this.pending.clear();
    this.#idle();
    this.#port.close();
    for (const pid of this.#processes) {
      kill(pid);
      this.#leftovers?.notes.remove(pid);
    }
    void this.#worker.terminate();
    for (const entry of runs) endScript(entry, end);
    this.#onGone(
      this,
      again.map(([, entry]) => entry),
    );
  }

  /** Ends all scripts as `killed` at once, then the thread: it has `graceMs` to end processes. */
  async kill(graceMs: number): Promise<void> {
    for (const entry of this.pending.values()) endScript(entry, { how: 'killed' });
    const quiet = new Promise<void>((resolve) => {
      this.#quiet = resolve;
    });
    this.send({ what: 'kill' });
    this.#worker.ref();
    this.#port.ref();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([quiet, timeout, this.gone]);
    clearTimeout(timer);
    this.abort({ how: 'killed' });
    // A thread cannot end during a system call, such as opening a FIFO without another end.
    stuckThreads.add(this);
    void this.gone.then(() => stuckThreads.delete(this));
    const waited = new Promise<void>((resolve) => setTimeout(resolve, LAST_WAIT_MS).unref());
    await Promise.race([this.gone, waited]);
  }
}

const kill = (pid: number): void => {
  try {
    if (process.platform === 'win32') process.kill(pid, 'SIGKILL');
    else process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
};
