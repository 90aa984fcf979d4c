import { taskDefinition } from './definitions.ts';
import type { ConditionRef, EngineEvents, TaskRef } from './engine-events.ts';
import type { Dispatched, Work, WorkExchange, WorkOutput, WorkResult } from './fleet-port.ts';
import { countsAsFailed, type Outcome, taskError } from './outcome.ts';
import type { Reason } from './reasons.ts';
import type { TaskSpec } from './spec.ts';
import type { TaskRunContext } from './task-run.ts';

/** Characters of what an event has brought that go to another machine; of more the last change does. */
const LONGEST_EVENT = 64 * 1024;

/** Whether other machines take part in a task. */
export const isAway = ({ traits: { where } }: TaskSpec): boolean => where !== 'here';

/** What an event has brought, as far as it is short. */
const shortEvent = (event: NonNullable<TaskRunContext['event']>): typeof event => {
  if (JSON.stringify(event).length <= LONGEST_EVENT) return event;
  const { changes, more = 0, name, type, count } = event;
  if (changes === undefined) return { name, type, count };
  return { name, type, count, changes: changes.slice(-1), more: more + changes.length - 1 };
};

const workOf = (
  spec: TaskSpec,
  { traits: { on_lost: onLost } }: ConditionRef['spec'],
  { origin, condition, fence, event, hook, previous, attempt }: TaskRunContext,
): Work => ({
  ...{ task: spec.name, definition: taskDefinition(spec), where: spec.traits.where, onLost },
  run: {
    ...{ condition, run: origin.run },
    ...(fence === undefined ? {} : { fence }),
    ...(event === undefined ? {} : { event: shortEvent(event) }),
    ...(hook === undefined ? {} : { hook }),
    // A file does not travel.
    ...(previous === undefined ? {} : { previous: { task: previous.task, outcome: previous.outcome } }),
    ...(attempt === undefined ? {} : { attempt }),
  },
});

/** How it ended on a machine, with its name. */
const named = (node: string, { kind, reason }: Outcome): Outcome => {
  if (reason?.code === 'fleet-worker-lost') return { kind, reason };
  const ran: Reason = { code: 'fleet-ran', node, ...(reason === undefined ? {} : { reason }) };
  return { kind, reason: ran };
};

type NamedResult = WorkResult & { readonly node: string };

/** The result that decides; undefined: all of them do. */
const decisiveOf = (results: readonly NamedResult[], where: string): NamedResult | undefined =>
  results.find(({ outcome }) => countsAsFailed(outcome)) ?? (where === 'all' ? undefined : results[0]);

/** One outcome of several machines: it has failed if it has on one. */
const joined = (results: readonly NamedResult[], decisive: NamedResult | undefined): Outcome => {
  if (decisive !== undefined) return named(decisive.node, decisive.outcome);
  const kind = results.every(({ outcome }) => outcome.kind === 'none') ? 'none' : 'success';
  return { kind, reason: { code: 'fleet-all', count: results.length } };
};

const encoder = new TextEncoder();

/** Has the tasks done by other machines that are for them. */
export class AwayRuns {
  readonly #events: EngineEvents;
  readonly #exchange: WorkExchange;

  constructor(events: EngineEvents, exchange: WorkExchange) {
    this.#events = events;
    this.#exchange = exchange;
  }

  /** Never rejects. @param here runs it on this machine @param onWaiting as that of `WorkExchange` */
  async run(
    task: TaskRef,
    condition: ConditionRef,
    context: TaskRunContext,
    signal: AbortSignal,
    here: () => Promise<Outcome>,
    onWaiting: (what: string | undefined) => void,
  ): Promise<Outcome> {
    const work = workOf(task.spec, condition.spec, context);
    const answer: Dispatched = await this.#exchange.dispatch(work, signal, onWaiting);
    if (answer.kind === 'here') return here();
    if (answer.kind === 'cancelled') return taskError({ code: 'scheduler-ended' });
    if (answer.kind === 'unreachable')
      return taskError({ code: 'fleet-unreachable', message: answer.message, runs: false });
    if (answer.kind === 'name-taken') return taskError({ code: 'fleet-name-taken', node: answer.node });
    const { results } = answer;
    const decisive = decisiveOf(results, work.where);
    // The last line of all is quoted as that of the machine which the reason names.
    const inOrder = decisive === undefined ? results : [...results.filter((one) => one !== decisive), decisive];
    for (const { node, output } of inOrder)
      this.#emitOutput(`task/${task.name}`, work.where === 'all' ? `== ${node} ==\n` : '', output, context);
    return joined(results, decisive);
  }

  #emitOutput(item: string, head: string, output: WorkOutput, { origin }: TaskRunContext): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = output[stream];
      if (text) this.#events.emit('process.output', origin, { item, stream, chunk: encoder.encode(head + text) });
    }
    if (output.log) this.#events.emit('script.logged', origin, { item, text: head + output.log.replace(/\n$/, '') });
  }
}
