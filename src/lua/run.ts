import type { Level, RecordDetails } from '../log/record.ts';
import type { LockOwner } from './named-locks.ts';
import type { ScriptScheduler } from './script-scheduler.ts';
import type { ScriptJob } from './worker-messages.ts';

/** Why a script must end. */
export type AbortReason =
  | { readonly why: 'timeout' | 'cancelled' | 'killed' | 'memory' }
  | { readonly why: 'exit'; readonly message: string | undefined }
  | { readonly why: 'hold' };

/** Longer lines become several records. */
const MAX_LINE_BYTES = 64 * 1024;

/** One run of one script, in an interpreter of this thread or in a process: what it shares with others, and its output. */
export abstract class Run implements LockOwner {
  readonly job: ScriptJob;
  readonly scheduler: ScriptScheduler;
  /** The end was reported; nothing of the run may continue. */
  over = false;
  abortReason: AbortReason | undefined;
  /** Bytes by which the memory of the thread has grown while the script ran. */
  grown = 0;
  /** Ends the run and reports it. */
  finish: (reason: AbortReason) => void = () => {};
  readonly #effect: Int32Array;
  #line: Uint8Array[] = [];
  #lineBytes = 0;

  constructor(job: ScriptJob, scheduler: ScriptScheduler) {
    this.job = job;
    this.scheduler = scheduler;
    this.#effect = new Int32Array(job.effect);
  }

  /** Ends it from outside, whatever it is doing. */
  abstract end(reason: AbortReason): void;

  /** The condition in whose run the script runs, or the run of a hook. */
  get condition(): string {
    return this.job.lockOwner ?? this.job.condition;
  }

  /** Called before anything with an effect outside the script, which cannot be restarted afterwards. */
  markEffect(): void {
    Atomics.store(this.#effect, 0, 1);
  }

  /** Reports one line for the log. */
  logLine(level: Level, text: string, source?: RecordDetails['source']): void {
    if (this.over) return;
    this.markEffect();
    this.scheduler.report({ what: 'line', id: this.job.id, level, text, source });
  }

  /** Collects output of `print` and `io.write`; every complete line becomes a record. */
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

  /** Reports what is left of a line; an empty one only when `always`. */
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
