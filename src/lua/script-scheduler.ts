import { appendFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import * as lua from './lua-api.ts';
import { MemoryLimit } from './memory-limit.ts';
import { NamedLocks } from './named-locks.ts';
import { type ProgramLock, ProgramLocks } from './program-locks.ts';
import { type AbortReason, Run } from './run.ts';
import { SharedStates } from './shared-states.ts';
import { COUNTERS, itemPath, type ScriptJob, type WorkerOptions, type WorkerReport } from './worker-messages.ts';

/** Something a script has opened that must not outlive it. */
export interface OpenResource {
  /** Waits for buffers to be written or a process to end, as plain Lua does at the end of a script. */
  settle(): Promise<void>;
  /** Closes it at once. */
  abandon(): void;
}

/** Bytes of output in one piece of work: each byte may be a line. */
export const BLOCK = 4096;

/** Pushes results on the stack of a script and returns their number, or raises a Lua error. */
export type PushResults = (L: lua.State) => number;

/** One run of one script: its interpreter state, and what the scheduler keeps about it. */
export class ScriptRun extends Run {
  /** The main thread of the state; never runs Lua code. */
  readonly L: lua.State;
  /** The coroutine of the script, or of its init script. */
  co: lua.State | undefined;
  /** Number of arguments `co` is to be resumed with. */
  args = 0;
  /** Set while a yield is meant for the scheduler and not for a coroutine of the script. */
  yielding: 'wait' | 'slice' | undefined;
  /** Coroutines above the running one that cannot pass a yield up. */
  blocked = 0;
  /** Pushes the result of a finished wait. */
  pushResults: PushResults | undefined;
  /** Cancels what the script is waiting for. */
  cancel: (() => void) | undefined;
  /** `performance.now()` when the running slice began. */
  sliceBegan = 0;
  /** `performance.now()` of the last call of the clock hook. */
  hookAt = 0;
  /** Resolves the promise of the running chunk. */
  ended: ((ok: boolean) => void) | undefined;
  /** On `performance.now()`; Infinity for none. */
  deadline = Number.POSITIVE_INFINITY;
  readonly resources = new Set<OpenResource>();
  /** Number of stack overflows. */
  overflows = 0;

  constructor(job: ScriptJob, scheduler: ScriptScheduler, L: lua.State) {
    super(job, scheduler);
    this.L = L;
    L.l_G.owner = this;
  }

  override end(reason: AbortReason): void {
    this.scheduler.abort(this, reason);
  }
}

/** Returns the run to which a coroutine belongs. */
export const runOf = (L: lua.State): ScriptRun => L.l_G.owner as ScriptRun;

/** Makes the clock be checked before the next instruction. */
export const checkClockSoon = (L: lua.State): void => {
  L.hookcount = 1;
};

/** A turn of the scheduler ends after this time, so that timers and messages are handled. */
const TURN_MS = 10;
/** Reports per turn; a script that reports more waits for the next turn. */
const MOST_REPORTS = 256;
/** Batches of reports that the main thread has not yet received. */
const MOST_IN_TRANSIT = 4;

/** Runs scripts side by side on one thread: each continues until it waits, ends, or has used up its slice. */
export class ScriptScheduler {
  readonly locks = new NamedLocks<Run | ProgramLock>();
  readonly programLocks: ProgramLocks<Run>;
  readonly shared: SharedStates;
  readonly runs = new Map<number, Run>();
  readonly #counters: Int32Array;
  readonly #options: WorkerOptions;
  readonly #memory: MemoryLimit;
  readonly #send: (reports: readonly WorkerReport[]) => void;
  #ready: ScriptRun[] = [];
  #reports: WorkerReport[] = [];
  #turnPlanned = false;
  #starts = 0;
  #running: lua.State | undefined;

  constructor(options: WorkerOptions, send: (reports: readonly WorkerReport[]) => void) {
    this.#options = options;
    this.#memory = new MemoryLimit(options.memoryBytes, this);
    this.#send = send;
    this.#counters = new Int32Array(options.counters);
    this.shared = new SharedStates(options.shared);
    this.programLocks = new ProgramLocks(
      this.locks,
      (report) => this.report(report),
      ({ job: { chunk, condition } }) => `${chunk} of condition ${condition}`,
    );
    for (const lock of options.locks) this.programLocks.take(lock);
  }

  /** Sends a report to the main thread at the end of this turn. */
  report(report: WorkerReport): void {
    this.#reports.push(report);
    this.#wake();
  }

  /** True when a script should wait a turn before it reports more. */
  get full(): boolean {
    return this.#reports.length >= MOST_REPORTS;
  }

  /** Records that a process of the script starts. Returns the mark for its environment. */
  recordProcessStart(job: ScriptJob): { variable: string; mark: string } | undefined {
    const { starts } = this.#options;
    if (!starts) return undefined;
    const { path, variable } = starts;
    const mark = `${starts.mark}.${++this.#starts}`;
    const note = { starting: mark, item: itemPath(job), at: Date.now(), limit: job.timeoutSeconds };
    try {
      appendFileSync(path, `${JSON.stringify(note)}\n`, { mode: 0o600 });
    } catch {
      // The main thread reports the problem when it records the process itself.
    }
    return { variable, mark };
  }

  /** Queues the run for its next slice. */
  enqueue(run: ScriptRun): void {
    this.#ready.push(run);
    this.#wake();
  }

  /** Set to the coroutine that is running. */
  set running(L: lua.State | undefined) {
    this.#running = L;
  }

  /** Makes the running script check the clock soon: called after something costly. */
  checkClockSoon(): void {
    if (this.#running !== undefined) checkClockSoon(this.#running);
  }

  /** Called when a run of this condition holds a lock, which ends with this thread: prevents a restart of its scripts. */
  markEffect(condition: string): void {
    for (const run of this.runs.values()) if (run.condition === condition) run.markEffect();
  }

  /** Called with the number of bytes by which the memory of this thread has changed since the last measurement. */
  addMemoryGrowth(bytes: number): void {
    if (this.#running === undefined) return;
    const run = runOf(this.#running);
    run.grown = Math.max(0, run.grown + bytes);
  }

  /** True when the running script has used most of the memory. */
  isLargestUser(): boolean {
    return this.#running !== undefined && runOf(this.#running).job.id === this.#largestUser();
  }

  /** Returns the script that has used most of the memory; 0 when that is not known. */
  #largestUser(): number {
    let found: Run | undefined = this.#running === undefined ? undefined : runOf(this.#running);
    for (const run of this.runs.values()) if (run.grown > (found?.grown ?? 0)) found = run;
    return found?.job.id ?? 0;
  }

  /** Called from time to time within a running script. */
  checkLimits(run: ScriptRun, now: number): void {
    if (now >= run.deadline) run.abortReason = { why: 'timeout' };
    else if (this.#memory.over(now)) this.memoryExhausted();
  }

  /** Called when a script that cannot be suspended has used up its slice. */
  checkHoldTime(run: ScriptRun, now: number): void {
    if (now - run.sliceBegan > this.#options.holdMs) run.abortReason = { why: 'hold' };
  }

  /** Called when the memory limit is reached: ends every script here; the main thread then ends this thread. */
  memoryExhausted(): void {
    for (const run of this.runs.values()) run.abortReason = { why: 'memory' };
    if (!this.#reports.some((r) => r.what === 'memory'))
      this.#reports.push({ what: 'memory', guilty: this.#largestUser() });
    this.#wake();
  }

  /**
   * Runs the coroutine to its end. Resolves to true without an error, to false with the error on top of its stack. Never
   * resolves when the run is aborted.
   */
  runToEnd(run: ScriptRun, co: lua.State, args: number): Promise<boolean> {
    run.co = co;
    run.args = args;
    return new Promise((resolve) => {
      run.ended = resolve;
      this.enqueue(run);
    });
  }

  /** Ends a run from outside, whatever it is doing. */
  abort(run: ScriptRun, reason: AbortReason): void {
    if (run.over || run.abortReason !== undefined) return;
    run.abortReason = reason;
    this.enqueue(run);
  }

  #wake(): void {
    if (this.#turnPlanned) return;
    this.#turnPlanned = true;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    const began = performance.now();
    Atomics.add(this.#counters, COUNTERS.turns, 1);
    if (Atomics.load(this.#counters, COUNTERS.sent) - Atomics.load(this.#counters, COUNTERS.taken) >= MOST_IN_TRANSIT) {
      setTimeout(this.#turn, 1);
      return;
    }
    let left = this.#ready.length;
    try {
      while (left-- > 0 && !this.full && performance.now() - began < TURN_MS) this.#step(this.#ready.shift()!);
      this.flush();
    } finally {
      if (this.#ready.length > 0 || this.#reports.length > 0) setImmediate(this.#turn);
      else this.#turnPlanned = false;
    }
  };

  /** Sends what was reported so far. */
  flush(): void {
    if (this.#reports.length === 0) return;
    const batch = this.#reports;
    this.#reports = [];
    Atomics.add(this.#counters, COUNTERS.sent, 1);
    this.#send(batch);
  }

  #step(run: ScriptRun): void {
    if (run.over) return;
    if (run.abortReason !== undefined) {
      this.#finish(run);
      return;
    }
    const { co } = run;
    if (co === undefined) return;
    run.yielding = undefined;
    run.sliceBegan = run.hookAt = performance.now();
    Atomics.store(this.#counters, COUNTERS.current, run.job.id);
    this.running = co;
    const status = lua.resume(co, run.L, run.args);
    this.running = undefined;
    Atomics.store(this.#counters, COUNTERS.current, 0);
    run.args = 0;
    this.#afterStep(run, status);
  }

  #afterStep(run: ScriptRun, status: number): void {
    if (run.over) return;
    if (run.abortReason !== undefined) this.#finish(run);
    else if (status === lua.YIELD) {
      if (run.yielding === 'slice') this.#ready.push(run);
    } else {
      run.co = undefined;
      const { ended } = run;
      run.ended = undefined;
      ended?.(status === lua.OK);
    }
  }

  #finish(run: ScriptRun): void {
    const { cancel, abortReason } = run;
    run.cancel = undefined;
    cancel?.();
    // The main thread ends a thread without memory, and reports the end of its scripts.
    if (abortReason !== undefined && abortReason.why !== 'memory') run.finish(abortReason);
  }
}
