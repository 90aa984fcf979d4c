import type { Envelope, Fact, SpanFact } from '../journal/fact.ts';
import type { PluginEvent } from './plugin.ts';

/** The data of spans, by category. */
type Timeline = Readonly<Record<string, unknown>>;

/** Runs whose beginning is remembered at the most. */
const MOST_OPEN = 10_000;

const NS = 1e9;

const envelope = ({ seq, time, mono, item, run, cause }: Envelope): Envelope => ({
  seq,
  time,
  mono,
  item,
  run,
  cause,
});

const nameOf = (item: string | null): string => item?.slice(item.indexOf('/') + 1) ?? '';

/** What facts of the journal are for plugins. Each is frozen, with all that is in it, so that no plugin changes what others get. */
export class PluginEvents {
  /** The spans that are open, with their data. */
  readonly #open = new Map<string, SpanFact>();

  /** Undefined: plugins are not called with it. */
  of(fact: Fact): PluginEvent | undefined {
    switch (fact.kind) {
      case 'transition':
        return Object.freeze({ ...fact });
      case 'event':
        // The journal has frozen the message.
        return Object.freeze({ ...fact, topics: Object.freeze([...fact.topics]) });
      case 'span':
        return this.#span(fact);
      default:
        return undefined;
    }
  }

  #span(fact: SpanFact): PluginEvent | undefined {
    if (!['run', 'hook', 'task'].includes(fact.category)) return undefined;
    const key = `${fact.category} ${JSON.stringify(fact.id)}`;
    if (fact.edge === 'start') {
      if (this.#open.size < MOST_OPEN) this.#open.set(key, fact);
      return Object.freeze(fact.category === 'task' ? this.#taskStarted(fact) : this.#runStarted(fact));
    }
    const begun = this.#open.get(key);
    this.#open.delete(key);
    const seconds = begun === undefined ? null : (fact.timestamp - begun.timestamp) / NS;
    const start = (begun?.timeline ?? {}) as Timeline;
    return Object.freeze(
      fact.category === 'task' ? this.#taskFinished(fact, start, seconds) : this.#runFinished(fact, start, seconds),
    );
  }

  #runStarted(fact: SpanFact): PluginEvent {
    const { condition, tasks, hook } = fact.timeline as Timeline;
    return {
      ...envelope(fact),
      ...{ kind: 'run-started', condition: condition as string },
      ...(hook === undefined ? {} : { hook: hook as string }),
      tasks: Object.freeze([...(tasks as readonly string[])]),
    };
  }

  #runFinished(fact: SpanFact, { hook }: Timeline, seconds: number | null): PluginEvent {
    const { outcome, executed } = fact.timeline as Timeline;
    return {
      ...envelope(fact),
      ...{ kind: 'run-finished', condition: nameOf(fact.item) },
      ...(hook === undefined ? {} : { hook: hook as string }),
      ...{ outcome: outcome as string, executed: executed as number, seconds },
    };
  }

  #taskStarted(fact: SpanFact): PluginEvent {
    const { task, condition } = fact.timeline as Timeline;
    return { ...envelope(fact), kind: 'task-started', task: task as string, condition: condition as string };
  }

  #taskFinished(fact: SpanFact, { condition = '' }: Timeline, seconds: number | null): PluginEvent {
    const { outcome, why, attempts, output } = fact.timeline as Timeline;
    return {
      ...envelope(fact),
      ...{ kind: 'task-finished', task: nameOf(fact.item), condition: condition as string },
      ...{ outcome: outcome as string, why: why as string },
      ...(attempts === undefined ? {} : { attempts: attempts as number }),
      ...(output === undefined ? {} : { output: output as string }),
      seconds,
    };
  }
}
