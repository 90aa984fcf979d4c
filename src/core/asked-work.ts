import type { TraceContext } from '../log/record.ts';
import { isAway } from './away-runs.ts';
import { taskDefinition } from './definitions.ts';
import type { EngineEvents } from './engine-events.ts';
import type { Work, Worker } from './fleet-port.ts';
import type { Busy } from './hook-runs.ts';
import type { ItemRegistry } from './item-registry.ts';
import { type Outcome, taskError } from './outcome.ts';
import type { Task } from './task.ts';

/** What work for other machines needs of the scheduler. */
interface AskedWorkDeps {
  readonly events: EngineEvents;
  readonly registry: Pick<ItemRegistry, 'tasks' | 'perConfig'>;
  /** The scheduler neither pauses nor ends. */
  open(): boolean;
  /** The context of a new run. */
  run(): TraceContext;
  onBusy(busy: Busy, origin: TraceContext): void;
  onFree(busy: Busy, origin: TraceContext): void;
  /** Called at the end of a run: releases the locks of its scripts. */
  endScripts(run: string): void;
}

/** Does what other machines ask for. */
export class AskedWork implements Pick<Worker, 'tasks' | 'accepts'> {
  readonly #deps: AskedWorkDeps;
  readonly tasks: Worker['tasks'];

  constructor(deps: AskedWorkDeps) {
    this.#deps = deps;
    const { registry } = deps;
    this.tasks = registry.perConfig(() =>
      [...registry.tasks.values()]
        .filter(({ spec }) => isAway(spec))
        .map(({ name, spec }) => ({ task: name, definition: taskDefinition(spec), where: spec.traits.where })),
    );
  }

  accepts(work: Work): boolean {
    return this.#deps.open() && this.#find(work) !== undefined;
  }

  /** The context of a run that is about to be asked for. */
  context(): TraceContext {
    return this.#deps.run();
  }

  /** Runs a task for another machine. Never rejects. */
  async run(node: string, work: Work, origin: TraceContext, signal: AbortSignal): Promise<Outcome> {
    const { events, onBusy, onFree, endScripts } = this.#deps;
    const task = this.#find(work);
    if (task === undefined) return taskError({ code: 'not-started', message: 'it has another definition there now' });
    const { run, condition, ...given } = work.run;
    const about = { task, node, condition };
    const busy: Busy = { name: `${work.task} for ${node}` };
    onBusy(busy, origin);
    events.emit('work.started', origin, about);
    const outcome = await task.serve({ ...given, origin, signal, condition, asked: { node, run } });
    events.emit('work.finished', origin, { ...about, outcome });
    endScripts(origin.run ?? '');
    onFree(busy, origin);
    return outcome;
  }

  #find({ task: name, definition }: Work): Task | undefined {
    const task = this.#deps.registry.tasks.get(name);
    return task !== undefined && isAway(task.spec) && taskDefinition(task.spec) === definition ? task : undefined;
  }
}
