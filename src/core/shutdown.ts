import type { Logger, TraceContext } from '../log/record.ts';
import type { Condition } from './condition.ts';
import type { Ports } from './ports.ts';
import { ENDED, type Task } from './task.ts';

/** How often a waiting scheduler says what it waits for. */
const REMINDER_MS = 60_000;
/** How long, in ms, scripts may go on after the request to end: unlike a program, a script is not worth a hung daemon. */
const SCRIPT_GRACE_MS = 5000;
/** How long, in ms, running work is given when the scheduler is killed. */
const KILL_GRACE_MS = 250;

/** Ends a scheduler: by waiting for what runs, or by ending it (`scheduling.md` §7.4). */
export class Shutdown {
  readonly #ports: Ports;
  readonly #log: Logger;
  readonly #busy: ReadonlySet<Condition>;
  #stirred = new AbortController();

  /** @param log `MAIN exit`. @param busy the conditions that are busy, as it changes. */
  constructor(ports: Ports, log: Logger, busy: ReadonlySet<Condition>) {
    this.#ports = ports;
    this.#log = log;
    this.#busy = busy;
  }

  /** Something changed: look again whether there is still reason to wait. */
  stir(): void {
    // With a reason: the error that stands for it otherwise is dear to make.
    if (!this.#stirred.signal.aborted) this.#stirred.abort('stirred');
  }

  /** Waits until nothing is busy or `hurried` says so; tells once a minute what for. Scripts have their grace, then end. */
  async drain(hurried: () => boolean, origin: TraceContext): Promise<void> {
    const { clock, lua, processes } = this.#ports;
    processes.noMore?.();
    const names = () => [...new Set([...this.#busy].map(({ name }) => name))].join(', ');
    const waiting = this.#busy.size > 0 ? `, waiting for busy conditions: ${names()}` : '';
    this.#log.info('END/OK', `no more ticks${waiting}`, origin);
    let reminded = clock.mono();
    let scriptsEnd = reminded + SCRIPT_GRACE_MS;
    while (this.#busy.size > 0 && !hurried()) {
      this.#stirred = new AbortController();
      await clock.sleep(scriptsEnd - clock.mono(), this.#stirred.signal);
      if (clock.mono() < scriptsEnd) continue;
      scriptsEnd = clock.mono() + SCRIPT_GRACE_MS;
      await lua.killAll(KILL_GRACE_MS);
      if (clock.mono() - reminded < REMINDER_MS) continue;
      reminded = clock.mono();
      this.#log.info('PROC/MSG', `still waiting for busy conditions: ${names()}`, origin);
    }
  }

  /** Ends processes and scripts; a task that does not end in time is closed in the history all the same. */
  async abort(tasks: Iterable<Task>, origin: TraceContext): Promise<void> {
    const { clock, processes, lua } = this.#ports;
    this.#log.warn('END/OK', 'ending at once, all activity is abandoned', origin);
    const all = [...tasks];
    // What was about to begin must not outlive us.
    for (const task of all) task.stop(ENDED);
    const ended = new AbortController();
    const work = Promise.allSettled([processes.killAll(KILL_GRACE_MS), lua.killAll(KILL_GRACE_MS)]);
    void work.then(() => ended.abort());
    await clock.sleep(2 * KILL_GRACE_MS, ended.signal);
    // What has ended by itself gets its own outcome first.
    await clock.turn();
    for (const task of all) task.abandon(ENDED);
    await clock.turn();
  }
}
