import type { ScriptScheduler } from '../script-scheduler.ts';
import { itemPath, type ScriptJob } from '../worker-messages.ts';
import { InterpreterProcess } from './interpreter-process.ts';

/** Processes that wait for the next script of their item, of all items together. */
const MOST_WAITING = 8;
/** How long one waits, ms. */
const LONGEST_WAIT_MS = 60_000;

interface Waiting {
  readonly process: InterpreterProcess;
  readonly timer: NodeJS.Timeout;
}

const keyOf = (job: ScriptJob): string => `${itemPath(job)} ${job.interpreter}`;

/** The processes of items with an interpreter of their own. Each is used again for the next run of its item. */
export class ProcessPool {
  readonly #memoryBytes: number;
  /** By item and interpreter, those that have waited longest first. */
  readonly #waiting = new Map<string, Waiting>();

  /** @param memoryBytes that one may use */
  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
  }

  /** A process for a script. @throws Error */
  take(job: ScriptJob, scheduler: ScriptScheduler): InterpreterProcess {
    const key = keyOf(job);
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      this.#waiting.delete(key);
      clearTimeout(waiting.timer);
      if (waiting.process.alive) return waiting.process;
    }
    return new InterpreterProcess(job.interpreter ?? '', this.#memoryBytes, scheduler, job);
  }

  /** Keeps a process for the next run of the item. */
  give(process: InterpreterProcess, job: ScriptJob): void {
    const key = keyOf(job);
    this.#end(key);
    const timer = setTimeout(() => this.#end(key), LONGEST_WAIT_MS).unref();
    this.#waiting.set(key, { process, timer });
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= MOST_WAITING) break;
      this.#end(oldest);
    }
  }

  /** Ends all that wait. */
  close(): void {
    for (const key of [...this.#waiting.keys()]) this.#end(key);
  }

  #end(key: string): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    this.#waiting.delete(key);
    clearTimeout(waiting.timer);
    waiting.process.close();
  }
}
