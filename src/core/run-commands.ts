import type { TraceContext } from '../log/record.ts';
import type { Condition } from './condition.ts';
import { showDuration } from './duration.ts';
import type { EngineEvents } from './engine-events.ts';
import type { ItemRegistry } from './item-registry.ts';
import { countsAsFailed } from './outcome.ts';
import type { CommandResult } from './ports.ts';
import { reasonText } from './reasons.ts';
import type { RunEnd } from './run-queue.ts';

const done = (said: string): CommandResult => ({ kind: 'done', said });

/** How a run of a command has ended, as text. */
const HOW = {
  success: 'succeeded',
  failure: 'failed',
  none: 'ended without an outcome',
  cancelled: 'was cancelled',
  replaced: 'was replaced by a new run',
} as const;

/** The answer to the command `run` when its run has ended. */
const endOf = (condition: string, end: RunEnd): CommandResult => {
  if ('dropped' in end) {
    const why = end.dropped.code === 'scheduler-ended' ? 'the scheduler ends' : reasonText(end.dropped);
    return { kind: 'no-effect', reason: `the queued run of condition ${condition} does not begin: ${why}` };
  }
  const { run: id, outcome, executed, ms } = end;
  const failures = executed.filter(({ outcome: one }) => countsAsFailed(one));
  const why = failures.map(({ task, outcome: { reason } }) => {
    const text = reason === undefined ? '' : `: ${reasonText(reason)}`;
    return `task ${task.name} failed${text}`;
  });
  const said = [`${id} of condition ${condition} ${HOW[outcome]} after ${showDuration(ms)}`, ...why].join('; ');
  return { kind: 'done', said, run: { id, outcome } };
};

/** The commands on runs: to begin one, and to end one. Nothing here waits. */
export class RunCommands {
  readonly #registry: ItemRegistry;
  readonly #events: EngineEvents;

  constructor(registry: ItemRegistry, events: EngineEvents) {
    this.#registry = registry;
    this.#events = events;
  }

  /** Runs the tasks of a condition, whatever its state. `queue`: when it is free. */
  run(name: string, queue: boolean, origin: TraceContext): CommandResult {
    const condition = this.#find('run', name, queue ? [name, '--queue'] : [name], origin);
    if (condition === undefined) return this.#unknown(name);
    if (condition.spec.traits.tasks.length === 0)
      return this.#noEffect(`run: condition ${name} lists no tasks`, origin);
    let end: (result: CommandResult) => void = () => {};
    const later = new Promise<CommandResult>((resolve) => {
      end = resolve;
    });
    const begun = condition.runNow(origin, queue, (ended) => end(endOf(name, ended)));
    if (begun === 'ending') return this.#noEffect(`run: condition ${name} does not run: the scheduler ends`, origin);
    if (begun === 'busy')
      return this.#noEffect(`run: condition ${name} is busy (with --queue it runs when it is free)`, origin);
    if (begun === 'queued') {
      const why = condition.busy ? 'is busy' : 'has just run';
      return { kind: 'done', said: `condition ${name} ${why}: one more run is queued`, later };
    }
    return { kind: 'done', said: `condition ${name} runs its tasks: ${begun.run}`, later };
  }

  /** Ends the run or the check of a condition, and what is queued. */
  cancel(name: string, origin: TraceContext): CommandResult {
    const condition = this.#find('cancel', name, [name], origin);
    if (condition === undefined) return this.#unknown(name);
    const { run, check, queued, held } = condition.cancel(origin);
    const texts = [
      ...(run === undefined ? [] : [`${run} is being ended`]),
      ...(check ? ['its check is being ended'] : []),
      ...(queued ? ['the queued run is dropped'] : []),
      ...(held ? ['the firing that was held is dropped'] : []),
    ];
    if (texts.length === 0) return this.#noEffect(`cancel: condition ${name} has nothing to cancel`, origin);
    const said = `condition ${name}: ${texts.join(', ')}`;
    if (run === undefined && !check) return done(said);
    const later = condition.settled.then(() => done(`condition ${name}: ${run ?? 'its check'} has ended`));
    return { kind: 'done', said, later };
  }

  #find(command: 'run' | 'cancel', name: string, args: readonly string[], origin: TraceContext): Condition | undefined {
    this.#events.emit('command.accepted', origin, { command, args });
    const { conditions } = this.#registry;
    const condition = conditions.get(name);
    if (condition === undefined)
      this.#events.emit('operation.unknown', origin, { operation: command, name, known: [...conditions.keys()] });
    return condition;
  }
  #unknown(name: string): CommandResult {
    return { kind: 'no-effect', reason: `no such condition: ${name}` };
  }
  #noEffect(reason: string, origin: TraceContext): CommandResult {
    this.#events.emit('command.rejected', origin, { level: 'warn', mark: 'PROC/FAIL', reason });
    return { kind: 'no-effect', reason };
  }
}
