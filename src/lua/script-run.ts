import type { lua_State } from 'fengari/src/lua.js';
import type { Level } from '../log/record.ts';
import type { ScriptScheduler } from './script-scheduler.ts';
import type { ScriptJob } from './worker-messages.ts';

/** Why a script is not to go on. */
export type AbortReason =
  | { readonly why: 'timeout' | 'killed' | 'memory' }
  | { readonly why: 'exit'; readonly message: string | undefined }
  | { readonly why: 'hold' };

/** Something a script has open that must not outlive it. */
export interface OpenResource {
  /** Waits for what is on its way (buffers, the end of a process), as the end of a script in plain Lua does. */
  settle(): Promise<void>;
  /** Lets go at once. */
  abandon(): void;
}

/** Bytes of output that are taken at once: each may be a line. */
export const BLOCK = 4096;
/** Longer pieces of a line are records of their own. */
const MAX_LINE_BYTES = 64 * 1024;

/** One run of one script: its interpreter state and what the host knows about it. */
export class ScriptRun {
  readonly job: ScriptJob;
  readonly scheduler: ScriptScheduler;
  /** The state's own thread; never runs Lua code itself. */
  readonly L: lua_State;
  /** The coroutine that is the script, or its init script. */
  co: lua_State | undefined;
  /** Number of arguments `co` is to be resumed with. */
  args = 0;
  /** Set from the moment a coroutine yields to the host until the host resumes the script. */
  yielding: 'wait' | 'slice' | undefined;
  /** Coroutines above the running one that cannot pass a yield up. */
  blocked = 0;
  /** What the script was waiting for: leaves its results on the stack, or raises. */
  pushResults: ((L: lua_State) => number) | undefined;
  /** Gives up what the script is waiting for. */
  cancel: (() => void) | undefined;
  abortReason: AbortReason | undefined;
  /** The run has been reported; nothing of it may go on. */
  over = false;
  /** `performance.now()` when the running slice began. */
  sliceBegan = 0;
  hookAt = 0;
  /** Ends the promise of the chunk that is running. */
  ended: ((ok: boolean) => void) | undefined;
  /** On `performance.now()`; Infinity for none. */
  deadline = Number.POSITIVE_INFINITY;
  /** Ends the run and reports it. */
  finish: (sentence: AbortReason) => void = () => {};
  readonly resources = new Set<OpenResource>();
  /** How often its calls went too deep. */
  overflows = 0;
  /** Bytes by which the memory of the host has grown while it ran. */
  grown = 0;
  readonly #effect: Int32Array;
  /** The condition in whose run it runs. */
  get condition(): string {
    return this.job.condition;
  }
  #line: Uint8Array[] = [];
  #lineBytes = 0;

  constructor(job: ScriptJob, host: ScriptScheduler, L: lua_State) {
    this.job = job;
    this.scheduler = host;
    this.L = L;
    L.l_G.owner = this;
    this.#effect = new Int32Array(job.effect);
  }

  /** Called before anything that can be noticed outside: the script cannot be begun again from here on. */
  markEffect(): void {
    Atomics.store(this.#effect, 0, 1);
  }

  /** Says one line. */
  logLine(level: Level, text: string): void {
    if (this.over) return;
    this.markEffect();
    this.scheduler.report({ what: 'line', id: this.job.id, level, text });
  }

  /** Takes output of `print` and `io.write`; every whole line becomes a record. */
  write(data: Uint8Array): void {
    let from = 0;
    for (;;) {
      const at = data.indexOf(10, from);
      if (at < 0) break;
      this.#keep(data.subarray(from, at));
      this.flush(true);
      from = at + 1;
    }
    if (from < data.length) this.#keep(data.subarray(from).slice());
    if (this.#lineBytes > MAX_LINE_BYTES) this.flush();
  }

  /** Says what is left of a line; an empty one only when `always`. */
  flush(always = false): void {
    if (!always && this.#lineBytes === 0) return;
    const line = Buffer.concat(this.#line).toString('utf8');
    this.#line = [];
    this.#lineBytes = 0;
    this.logLine('info', line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  #keep(part: Uint8Array): void {
    this.#line.push(part);
    this.#lineBytes += part.length;
  }
}

/** The run a coroutine belongs to. */
export const runOf = (L: lua_State): ScriptRun => L.l_G.owner as ScriptRun;
