import type { TraceContext } from '../log/record.ts';
import { EndController } from './end-signal.ts';
import type { ConditionRef, EngineEvents } from './engine-events.ts';
import { countsAsFailed } from './outcome.ts';
import type { Task } from './task.ts';
import type { HookContext } from './task-run.ts';
import type { TaskRunner } from './task-runner.ts';

/** Something that the end of the scheduler waits for, and how it is called. */
export interface Busy {
  readonly name: string;
  /** What it waits for on other machines; absent: nothing. */
  readonly waitsFor?: string | undefined;
}

/** What the end waits for, in words. */
export const busyText = ({ name, waitsFor }: Busy): string =>
  waitsFor === undefined ? name : `${name} (waits for ${waitsFor})`;

/** What hooks need of the scheduler. */
interface HookRunsDeps {
  readonly events: EngineEvents;
  readonly runner: TaskRunner;
  /** The tasks of a list, as they are now. */
  tasks(names: readonly string[]): Task[];
  /** The context of a new run. */
  run(cause: string): TraceContext;
  onBusy(busy: Busy, origin: TraceContext): void;
  onFree(busy: Busy, origin: TraceContext): void;
  /** Called at the end of a run: releases the locks of its scripts, and calls `released` with each. */
  endScripts(run: string, released: (lock: string) => void): void;
}

/** Runs hooks: lists of tasks of a condition, each in a run of its own, which the condition itself does not wait for. */
export class HookRuns {
  readonly #deps: HookRunsDeps;

  constructor(deps: HookRunsDeps) {
    this.#deps = deps;
  }

  /** Begins a run in sequence, if one of its tasks is in the file. @param cause the run, or the miss, that led to it. */
  run(condition: ConditionRef, hook: HookContext, cause: string): void {
    const { events, runner, ...deps } = this.#deps;
    const { name, id, spec } = condition;
    const tasks = deps.tasks(spec.traits.hooks?.[hook.name] ?? []);
    if (tasks.length === 0) return;
    const names = tasks.map((task) => task.name);
    const sequence = { execute_sequence: true, break_on_failure: false, break_on_success: false };
    const own: ConditionRef = {
      ...{ name, id, hook: hook.name },
      spec: Object.create(spec, { traits: { value: { ...spec.traits, ...sequence, tasks: names } } }) as typeof spec,
    };
    const origin = deps.run(cause);
    const busy: Busy = { name: `${hook.name} of ${name}` };
    deps.onBusy(busy, origin);
    events.emit('hook.started', origin, { condition: own, hook, next: tasks.slice(0, 1) });
    const signal = new EndController();
    void runner.run(own, tasks, { origin, signal, hook }).then((executed) => {
      const failed = executed.some(({ outcome }) => countsAsFailed(outcome));
      events.emit('hook.finished', origin, { condition: own, hook, executed, failed });
      deps.endScripts(origin.run!, (lock) => events.emit('condition.lock-released', origin, { condition: own, lock }));
      deps.onFree(busy, origin);
    });
  }
}
