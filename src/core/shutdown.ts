import type { TraceContext } from '../log/record.ts';
import type { EnginePorts } from './engine-events.ts';
import { type Busy, busyText } from './hook-runs.ts';
import { SCHEDULER_ENDED, type Task } from './task.ts';

/** How often a waiting scheduler reports what it waits for, in ms. */
const REMINDER_MS = 60_000;
/** How long, in ms, scripts may go on after the request to end: unlike a program, a script is not worth a hung daemon. */
const SCRIPT_GRACE_MS = 5000;
/** How long, in ms, running work is given when the scheduler is killed. */
const KILL_GRACE_MS = 250;

/** Ends a scheduler: by waiting for what runs, or by ending it. */
export class Shutdown {
  readonly #ports: EnginePorts;
  readonly #busy: ReadonlySet<Busy>;
  readonly #asking: () => readonly Promise<void>[];
  #wake = new AbortController();

  /** @param busy the conditions and hooks that are busy, as it changes. @param asking what is being asked of guards; the end of it is awaited. */
  constructor(ports: EnginePorts, busy: ReadonlySet<Busy>, asking: () => readonly Promise<void>[]) {
    this.#asking = asking;
    this.#ports = ports;
    this.#busy = busy;
  }

  /** Called when there may be no reason to wait any more. */
  wake(): void {
    // With a reason: the error that is made without one costs much.
    if (!this.#wake.signal.aborted) this.#wake.abort('woken');
  }

  /** Waits until nothing is busy, or until `hurried`. Reports once a minute what it waits for. Scripts are ended after their grace. */
  async drain(hurried: () => boolean, origin: TraceContext): Promise<void> {
    const { clock, lua, processes, events } = this.#ports;
    processes.noMore?.();
    const report = (again: boolean): void =>
      events.emit('shutdown.draining', origin, { busy: [...new Set([...this.#busy].map(busyText))], again });
    report(false);
    let reminded = clock.mono();
    let scriptsEnd = reminded + SCRIPT_GRACE_MS;
    for (const one of this.#asking()) void one.then(() => this.wake());
    while ((this.#busy.size > 0 || this.#asking().length > 0) && !hurried()) {
      this.#wake = new AbortController();
      await clock.sleep(scriptsEnd - clock.mono(), this.#wake.signal);
      if (clock.mono() < scriptsEnd) continue;
      scriptsEnd = clock.mono() + SCRIPT_GRACE_MS;
      await lua.killAll(KILL_GRACE_MS);
      if (clock.mono() - reminded < REMINDER_MS) continue;
      reminded = clock.mono();
      report(true);
    }
  }

  /** Ends processes and scripts; a task that does not end in time is closed in the history all the same. */
  async abort(tasks: Iterable<Task>, origin: TraceContext): Promise<void> {
    const { clock, processes, lua, events } = this.#ports;
    events.emit('shutdown.aborting', origin, {});
    const all = [...tasks];
    // A task that was about to begin must not outlive the scheduler.
    for (const task of all) task.stop(SCHEDULER_ENDED);
    const ended = new AbortController();
    const work = Promise.allSettled([processes.killAll(KILL_GRACE_MS), lua.killAll(KILL_GRACE_MS)]);
    void work.then(() => ended.abort());
    await clock.sleep(2 * KILL_GRACE_MS, ended.signal);
    // What has ended by itself gets its own outcome first.
    await clock.turn();
    for (const task of all) task.abort(SCHEDULER_ENDED);
    await clock.turn();
  }
}
