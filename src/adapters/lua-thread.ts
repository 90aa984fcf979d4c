import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { LuaEnd } from '../core/ports.ts';
import {
  COUNTER_BYTES,
  COUNTERS,
  itemPath,
  type ScriptJob,
  type StoredEntries,
  type WorkerCommand,
  type WorkerOptions,
  type WorkerReport,
} from '../lua/worker-messages.ts';
import { ownEnvironment } from './child-environment.ts';
import type { LuaOptions } from './lua-options.ts';
import { canRestart, endScript, type RunningScript } from './lua-requests.ts';
import { LuaWatchdog } from './lua-watchdog.ts';
import type { OrphanProcesses } from './orphan-processes.ts';
import { stuckThreads } from './threads.ts';

/** How long the end waits for a thread that does not end, ms. */
const LAST_WAIT_MS = 1000;

/** One thread with the scripts that run on it. */
export class LuaThread {
  readonly pending = new Map<number, RunningScript>();
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #counters: Int32Array;
  readonly #processes = new Set<number>();
  readonly #leftovers: OrphanProcesses | undefined;
  readonly #watch: LuaWatchdog;
  readonly #onReport: (report: WorkerReport, host: LuaThread) => void;
  readonly #onGone: (host: LuaThread, again: readonly RunningScript[]) => void;
  readonly gone: Promise<void>;
  #quiet: (() => void) | undefined;
  #started = false;
  #ended = false;

  /** @param onGone gets the scripts that the host lost because of another one and that can be begun again. */
  constructor(
    options: LuaOptions,
    shared: ReadonlyMap<string, StoredEntries>,
    onReport: (report: WorkerReport, host: LuaThread) => void,
    onGone: (host: LuaThread, again: readonly RunningScript[]) => void,
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
    const host: WorkerOptions = {
      memoryBytes,
      holdMs: stallMs / 2,
      shared: [...shared],
      counters,
      starts: this.#leftovers?.starter,
    };
    const { pending } = this;
    this.#watch = new LuaWatchdog(
      {
        ...{ counters: this.#counters, pending },
        stop: (id) => this.#order({ what: 'stop', id }),
        giveUp: (end, guilty) => this.giveUp(end, guilty),
      },
      memoryBytes,
      stallMs,
    );
    this.#worker = new Worker(options.workerPath, {
      workerData: { options: host, port: port2 },
      transferList: [port2],
      env: options.environment ? { ...options.environment } : ownEnvironment(),
      // Nothing of the thread may reach the daemon's streams.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memoryMiB) + 128, stackSizeMb: 4 },
    });
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    port1.on('message', (reports: readonly WorkerReport[]) => this.#take(reports));
    this.#worker.on('error', (error: NodeJS.ErrnoException) =>
      this.giveUp(
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
        this.giveUp({ how: 'lost', reason: 'the Lua host ended' });
        resolve();
      });
    });
    this.#idle();
  }

  run(id: number, job: ScriptJob, entry: RunningScript): void {
    if (this.pending.size === 0) {
      this.#worker.ref();
      this.#port.ref();
      this.#watch.begin();
    }
    this.pending.set(id, entry);
    this.#order({ what: 'run', job });
    this.#watch.soon();
  }

  /** The run of a condition has ended: nothing of it holds a lock any more. */
  endRun(condition: string): void {
    this.#order({ what: 'end-run', condition });
  }

  /** Takes a run out; answers it. */
  settle(id: number): RunningScript | undefined {
    const entry = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0) this.#idle();
    return entry;
  }

  #idle(): void {
    this.#watch.end();
    this.#worker.unref();
    this.#port.unref();
  }

  #order(order: WorkerCommand): void {
    this.#port.postMessage(order);
  }

  #take(reports: readonly WorkerReport[]): void {
    this.#started = true;
    Atomics.add(this.#counters, COUNTERS.taken, 1);
    for (const report of reports) {
      if (report.what === 'process') {
        this.#note(report);
      } else if (report.what === 'quiet') this.#quiet?.();
      else if (report.what === 'memory') this.giveUp({ how: 'memory' }, report.guilty);
      else this.#onReport(report, this);
    }
  }

  #note({ id, pid, alive, start }: Extract<WorkerReport, { what: 'process' }>): void {
    if (!alive) {
      this.#processes.delete(pid);
      this.#leftovers?.ended(pid);
      return;
    }
    this.#processes.add(pid);
    const request = this.pending.get(id)?.request;
    if (request) this.#leftovers?.afterStart(itemPath(request), pid, request.timeoutSeconds, start);
  }

  /**
   * Ends the thread at once; what still runs ends like that. When one script is the reason, those beside it that have changed
   * nothing outside are handed on, to be begun again.
   */
  giveUp(end: LuaEnd, guilty = 0): void {
    if (this.#ended) return;
    this.#ended = true;
    // What it said before it hung is on its way: take it first.
    for (let left = receiveMessageOnPort(this.#port); left !== undefined; left = receiveMessageOnPort(this.#port))
      this.#take(left.message as readonly WorkerReport[]);
    const again = [...this.pending].filter(([id, entry]) => guilty !== 0 && id !== guilty && canRestart(entry));
    for (const [id] of again) this.pending.delete(id);
    const runs = [...this.pending.values()];
    this.pending.clear();
    this.#idle();
    this.#port.close();
    for (const pid of this.#processes) {
      kill(pid);
      this.#leftovers?.ended(pid);
    }
    void this.#worker.terminate();
    for (const entry of runs) endScript(entry, end);
    this.#onGone(
      this,
      again.map(([, entry]) => entry),
    );
  }

  /** Asks the scripts to end, then ends the thread. Their runs end as `killed` at once. */
  async kill(graceMs: number): Promise<void> {
    for (const entry of this.pending.values()) endScript(entry, { how: 'killed' });
    const quiet = new Promise<void>((resolve) => {
      this.#quiet = resolve;
    });
    this.#order({ what: 'kill' });
    this.#worker.ref();
    this.#port.ref();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([quiet, late, this.gone]);
    clearTimeout(timer);
    this.giveUp({ how: 'killed' });
    // It does not end while it waits for the system, as for the other end of a FIFO.
    stuckThreads.add(this);
    void this.gone.then(() => stuckThreads.delete(this));
    const given = new Promise<void>((resolve) => setTimeout(resolve, LAST_WAIT_MS).unref());
    await Promise.race([this.gone, given]);
  }
}

const kill = (pid: number): void => {
  try {
    if (process.platform === 'win32') process.kill(pid, 'SIGKILL');
    else process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
};
