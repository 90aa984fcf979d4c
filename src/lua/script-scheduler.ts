import { appendFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { LUA_OK, LUA_YIELD, lua_resume, type lua_State } from 'fengari/src/lua.js';
import { NamedLocks } from './named-locks.ts';
import type { MemoryLimit } from './resource-accounting.ts';
import { type AbortReason, runOf, type ScriptRun } from './script-run.ts';
import {
  COUNTERS,
  itemPath,
  type ScriptJob,
  type StoredEntries,
  type WorkerOptions,
  type WorkerReport,
} from './worker-messages.ts';
import { checkClockSoon } from './yielding.ts';

/** A turn of the host ends after so long, so that timers and answers from outside come in. */
const TURN_MS = 10;
/** Reports per turn; a script that says more waits for the next one. */
export const MOST_REPORTS = 256;
/** Batches of reports that may be under way to the main thread. */
const MOST_UNDER_WAY = 4;

/** Runs scripts side by side on one thread: each goes on until it waits, ends, or its slice is over. */
export class ScriptScheduler {
  readonly locks = new NamedLocks<ScriptRun>();
  readonly shared: Map<string, StoredEntries>;
  readonly runs = new Map<number, ScriptRun>();
  readonly #counters: Int32Array;
  readonly #options: WorkerOptions;
  readonly #memory: MemoryLimit;
  readonly #send: (reports: readonly WorkerReport[]) => void;
  #ready: ScriptRun[] = [];
  #reports: WorkerReport[] = [];
  #pumping = false;
  #starts = 0;
  #running: lua_State | undefined;

  constructor(options: WorkerOptions, memory: MemoryLimit, send: (reports: readonly WorkerReport[]) => void) {
    this.#options = options;
    this.#memory = memory;
    this.#send = send;
    this.#counters = new Int32Array(options.counters);
    this.shared = new Map(options.shared);
  }

  /** Tells the main thread, with the end of this turn. */
  report(report: WorkerReport): void {
    this.#reports.push(report);
    this.#wake();
  }

  /** True when a script that wants to say more should wait a turn. */
  get full(): boolean {
    return this.#reports.length >= MOST_REPORTS;
  }

  /** Notes that a process of the script is started now. @returns the mark that its environment must have. */
  recordProcessStart(job: ScriptJob): { variable: string; mark: string } | undefined {
    const { starts } = this.#options;
    if (!starts) return undefined;
    const { path, variable } = starts;
    const mark = `${starts.mark}.${++this.#starts}`;
    const note = { starting: mark, item: itemPath(job), at: Date.now(), limit: job.timeoutSeconds };
    try {
      appendFileSync(path, `${JSON.stringify(note)}\n`, { mode: 0o600 });
    } catch {
      // The main thread says so, when it notes the process itself.
    }
    return { variable, mark };
  }

  /** Lets the run go on in its turn. */
  enqueue(run: ScriptRun): void {
    this.#ready.push(run);
    this.#wake();
  }

  /** Says which coroutine is running now. */
  set running(L: lua_State | undefined) {
    this.#running = L;
  }

  /** Makes the running script look at the clock soon: something costly happened. */
  checkClockSoon(): void {
    if (this.#running !== undefined) checkClockSoon(this.#running);
  }

  /** A run of this condition holds a lock, which ends with this host: its scripts cannot be begun again. */
  markEffect(condition: string): void {
    for (const run of this.runs.values()) if (run.condition === condition) run.markEffect();
  }

  /** The memory of this thread has changed by so many bytes since it was measured before. */
  addMemoryGrowth(bytes: number): void {
    if (this.#running === undefined) return;
    const run = runOf(this.#running);
    run.grown = Math.max(0, run.grown + bytes);
  }

  /** The script that is running took most of the memory. */
  isLargestUser(): boolean {
    return this.#running !== undefined && runOf(this.#running).job.id === this.#guilty();
  }

  /** The script that took most of the memory; 0 when that is not known. */
  #guilty(): number {
    let found = this.#running === undefined ? undefined : runOf(this.#running);
    for (const run of this.runs.values()) if (run.grown > (found?.grown ?? 0)) found = run;
    return found?.job.id ?? 0;
  }

  /** Called now and then from within a running script. */
  checkLimits(run: ScriptRun, now: number): void {
    if (now >= run.deadline) run.abortReason = { why: 'timeout' };
    else if (this.#memory.over(now)) this.memoryExhausted();
  }

  /** Called when a script that cannot be left has used up its slice. */
  checkHoldTime(run: ScriptRun, now: number): void {
    if (now - run.sliceBegan > this.#options.holdMs) run.abortReason = { why: 'hold' };
  }

  /** The memory limit is reached: every script here ends, and the main thread gives up this host. */
  memoryExhausted(): void {
    for (const run of this.runs.values()) run.abortReason = { why: 'memory' };
    if (!this.#reports.some((r) => r.what === 'memory')) this.#reports.push({ what: 'memory', guilty: this.#guilty() });
    this.#wake();
  }

  /**
   * Runs the coroutine to its end; answers true when it ended without an error, which else is on top of its stack. Never
   * settles when the run is ended otherwise.
   */
  runToEnd(run: ScriptRun, co: lua_State, args: number): Promise<boolean> {
    run.co = co;
    run.args = args;
    return new Promise((resolve) => {
      run.ended = resolve;
      this.enqueue(run);
    });
  }

  /** Ends a run from outside, whatever it is doing. */
  abort(run: ScriptRun, sentence: AbortReason): void {
    if (run.over || run.abortReason !== undefined) return;
    run.abortReason = sentence;
    this.enqueue(run);
  }

  #wake(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    const began = performance.now();
    Atomics.add(this.#counters, COUNTERS.turns, 1);
    if (Atomics.load(this.#counters, COUNTERS.sent) - Atomics.load(this.#counters, COUNTERS.taken) >= MOST_UNDER_WAY) {
      setTimeout(this.#turn, 1);
      return;
    }
    let left = this.#ready.length;
    try {
      while (left-- > 0 && !this.full && performance.now() - began < TURN_MS) this.#step(this.#ready.shift()!);
      this.flush();
    } finally {
      if (this.#ready.length > 0 || this.#reports.length > 0) setImmediate(this.#turn);
      else this.#pumping = false;
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
      this.#executeSentence(run);
      return;
    }
    const { co } = run;
    if (co === undefined) return;
    run.yielding = undefined;
    run.sliceBegan = run.hookAt = performance.now();
    Atomics.store(this.#counters, COUNTERS.current, run.job.id);
    this.running = co;
    const status = lua_resume(co, run.L, run.args);
    this.running = undefined;
    Atomics.store(this.#counters, COUNTERS.current, 0);
    run.args = 0;
    this.#afterStep(run, status);
  }

  #afterStep(run: ScriptRun, status: number): void {
    if (run.over) return;
    if (run.abortReason !== undefined) this.#executeSentence(run);
    else if (status === LUA_YIELD) {
      if (run.yielding === 'slice') this.#ready.push(run);
    } else {
      run.co = undefined;
      const { ended } = run;
      run.ended = undefined;
      ended?.(status === LUA_OK);
    }
  }

  #executeSentence(run: ScriptRun): void {
    const { cancel, abortReason: sentence } = run;
    run.cancel = undefined;
    cancel?.();
    // The main thread gives up a host without memory, and answers for its scripts.
    if (sentence !== undefined && sentence.why !== 'memory') run.finish(sentence);
  }
}
