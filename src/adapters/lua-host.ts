import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { LuaEnd, LuaListener, LuaRequest, LuaResult } from '../core/ports.ts';
import {
  type Entries,
  type HostOptions,
  type Job,
  type Order,
  PULSE,
  PULSE_BYTES,
  type Report,
} from '../lua/protocol.ts';

/** How the Lua host is set up. */
export interface LuaOptions {
  /** The file that the host's thread runs. */
  readonly workerPath: string;
  /** Most the host may use, heap and byte arrays together, in MiB; 512 if not set. */
  readonly memoryMiB?: number;
  /** A host that does not get on for so long, in ms, is given up; 10 000 if not set. */
  readonly stallMs?: number;
  /** What scripts see with os.getenv, and what they start inherits; that of this process if not set. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A host that is late by this much in ending a script on time is given up, if that script is what it hangs in. */
export const OVERDUE_MS = 400;
/** Between two looks at a host that is busy, and at one whose scripts all wait. */
const BUSY_LOOK_MS = 250;
const IDLE_LOOK_MS = 5000;

/** A script that has been handed to a host. */
export interface Pending {
  readonly request: LuaRequest;
  readonly listener: LuaListener;
  readonly resolve: (result: LuaResult) => void;
  /** Milliseconds of `performance.now()`; Infinity for none. */
  readonly overdueAt: number;
  answered: boolean;
}

/** The result of a script that did not come to its own end. */
export const untouched = (end: LuaEnd): LuaResult => ({ end, state: { how: 'untouched' }, releasedLocks: [] });

/** One thread with the scripts that run on it. */
export class HostThread {
  readonly pending = new Map<number, Pending>();
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #pulse: Int32Array;
  readonly #processes = new Set<number>();
  readonly #memoryBytes: number;
  readonly #stallMs: number;
  readonly #onReport: (report: Report, host: HostThread) => void;
  readonly #onGone: (host: HostThread) => void;
  readonly gone: Promise<void>;
  #quiet: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #turns = 0;
  #turnedAt = 0;
  #lookAt = Number.POSITIVE_INFINITY;
  #startRss = 0;
  #started = false;
  #ended = false;

  constructor(
    options: LuaOptions,
    shared: ReadonlyMap<string, Entries>,
    onReport: (report: Report, host: HostThread) => void,
    onGone: (host: HostThread) => void,
  ) {
    this.#onReport = onReport;
    this.#onGone = onGone;
    this.#stallMs = options.stallMs ?? 10_000;
    this.#memoryBytes = (options.memoryMiB ?? 512) * 1024 * 1024;
    const pulse = new SharedArrayBuffer(PULSE_BYTES);
    this.#pulse = new Int32Array(pulse);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const host: HostOptions = { memoryBytes: this.#memoryBytes, holdMs: this.#stallMs / 2, shared: [...shared], pulse };
    this.#startRss = process.memoryUsage.rss();
    this.#worker = new Worker(options.workerPath, {
      workerData: { options: host, port: port2 },
      transferList: [port2],
      ...(options.environment ? { env: { ...options.environment } } : {}),
      // Nothing of the thread may reach the daemon's streams.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(this.#memoryBytes / 1024 / 1024) + 128, stackSizeMb: 4 },
    });
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    port1.on('message', (reports: readonly Report[]) => this.#take(reports));
    this.#worker.on('error', (error: NodeJS.ErrnoException) =>
      this.giveUp(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? { how: 'memory' }
          : this.#started
            ? { how: 'lost', reason: `the Lua host failed: ${error.message}` }
            : { how: 'not-started', reason: error.message },
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

  run(id: number, job: Job, entry: Pending): void {
    if (this.pending.size === 0) {
      this.#worker.ref();
      this.#port.ref();
      this.#turnedAt = performance.now();
    }
    this.pending.set(id, entry);
    this.#order({ what: 'run', job });
    this.#lookBy(performance.now() + BUSY_LOOK_MS);
  }

  /** Takes a run out; answers it. */
  settle(id: number): Pending | undefined {
    const entry = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0) this.#idle();
    return entry;
  }

  #idle(): void {
    clearTimeout(this.#timer);
    this.#lookAt = Number.POSITIVE_INFINITY;
    this.#worker.unref();
    this.#port.unref();
  }

  #order(order: Order): void {
    this.#port.postMessage(order);
  }

  #take(reports: readonly Report[]): void {
    this.#started = true;
    Atomics.add(this.#pulse, PULSE.taken, 1);
    for (const report of reports) {
      if (report.what === 'process') {
        if (report.alive) this.#processes.add(report.pid);
        else this.#processes.delete(report.pid);
      } else if (report.what === 'quiet') this.#quiet?.();
      else if (report.what === 'memory') this.giveUp({ how: 'memory' });
      else this.#onReport(report, this);
    }
  }

  /** Looks at that instant of `performance.now()`, or before. */
  #lookBy(at: number): void {
    if (at >= this.#lookAt) return;
    clearTimeout(this.#timer);
    this.#lookAt = at;
    this.#timer = setTimeout(
      () => {
        this.#lookAt = Number.POSITIVE_INFINITY;
        this.#look();
      },
      Math.max(0, at - performance.now()),
    );
  }

  /** Watches a host that has work: is it getting on, is anything overdue, how large has it grown? */
  #look(): void {
    const now = performance.now();
    const turns = Atomics.load(this.#pulse, PULSE.turns);
    const current = Atomics.load(this.#pulse, PULSE.current);
    if (turns !== this.#turns || current === 0) {
      this.#turns = turns;
      this.#turnedAt = now;
    }
    const stalled = now - this.#turnedAt;
    if (
      process.memoryUsage.rss() - this.#startRss > this.#memoryBytes * 1.5 + 256 * 1024 * 1024 &&
      stalled > BUSY_LOOK_MS
    ) {
      this.giveUp({ how: 'memory' });
      return;
    }
    for (const [id, entry] of this.pending) {
      if (now < entry.overdueAt || entry.answered) continue;
      entry.answered = true;
      entry.resolve(untouched({ how: 'timeout' }));
      this.#order({ what: 'stop', id });
    }
    const hanging = this.pending.get(current);
    if (stalled >= this.#stallMs || (hanging?.answered === true && stalled >= 2 * BUSY_LOOK_MS)) {
      const name = hanging?.request.chunk ?? 'a script';
      if (hanging !== undefined && !hanging.answered) {
        hanging.answered = true;
        hanging.resolve(
          untouched({
            how: 'lost',
            reason: `ended because it held up all other scripts for ${Math.round(stalled / 1000)} s in one call`,
          }),
        );
      }
      this.giveUp({ how: 'lost', reason: `ended with the Lua host, which hung in one call of ${name}` });
      return;
    }
    const idle = Math.max(BUSY_LOOK_MS, Math.min(IDLE_LOOK_MS, this.#stallMs / 2));
    this.#lookBy(now + (current === 0 ? idle : BUSY_LOOK_MS));
    for (const entry of this.pending.values()) if (!entry.answered) this.#lookBy(entry.overdueAt);
  }

  /** Ends the thread at once; what still runs ends as told. */
  giveUp(end: LuaEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    // What it said before it hung is on its way: take it first.
    for (let left = receiveMessageOnPort(this.#port); left !== undefined; left = receiveMessageOnPort(this.#port))
      this.#take(left.message as readonly Report[]);
    this.#onGone(this);
    const runs = [...this.pending.values()];
    this.pending.clear();
    this.#idle();
    this.#port.close();
    for (const pid of this.#processes) kill(pid);
    void this.#worker.terminate();
    for (const entry of runs) if (!entry.answered) entry.resolve(untouched(end));
  }

  /** Asks the scripts to end, then ends the thread. Their runs end as `killed` at once. */
  async kill(graceMs: number): Promise<void> {
    for (const entry of this.pending.values()) {
      if (entry.answered) continue;
      entry.answered = true;
      entry.resolve(untouched({ how: 'killed' }));
    }
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
    await this.gone;
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
