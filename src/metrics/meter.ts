import { expectOptions, TYPES } from '../check-arguments.ts';
import type { Fact, MetricFact, SpanFact } from '../journal/fact.ts';
import type { InstantName, SpanName } from '../journal/span-names.ts';
import type { Exemplar } from './exposition.ts';
import { isMapping, type Mapping, type RecordExtra } from './record.ts';
import { type ConditionTotals, type TaskTotals, Totals } from './totals.ts';

/** Figures of the process. */
export interface ProcessFigures {
  /** The longest delay of the event loop since the last question, ms. */
  readonly eventLoopDelayMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Processor time so far, seconds. */
  readonly cpuSeconds: number;
}

/** How a {@link DaemonMeter} is set up. */
export interface MeterOptions {
  /** Gets each metric record. */
  readonly record: (message: Mapping, extra: RecordExtra) => void;
  readonly vitals: () => ProcessFigures;
  /** A record about the scheduler after so many seconds at the earliest; 0: after each tick. Default 5. */
  readonly schedulerSeconds?: number;
  /** Returns the id of the trace that a run or a cause is part of; default: exemplars name the run. */
  readonly traceOf?: (runOrCause: string) => string;
}

const NS_PER_SECOND = 1e9;

/** `condition/Backup`: Backup. */
const nameOf = (item: string | null): string | undefined => item?.slice(item.indexOf('/') + 1);
const mappingOf = (timeline: unknown): Mapping => (isMapping(timeline) ? timeline : {});
const word = (value: unknown): string => (typeof value === 'string' ? value : 'none');
const numberOr = (value: unknown, other: number): number => (typeof value === 'number' ? value : other);
const keysOf = (value: unknown): readonly string[] => (isMapping(value) ? Object.keys(value) : []);

/** Makes metric records of the facts of the journal, and keeps the totals. */
export class DaemonMeter {
  readonly totals = new Totals();
  readonly #options: MeterOptions;
  /** When open spans began, monotonic ns, by category and id. */
  readonly #open = new Map<string, number>();
  /** Runs of conditions that are retries, by the id of the run. */
  readonly #retries = new Set<SpanFact['run']>();
  /** The greatest lateness since the last record about the scheduler, ms. */
  #late = 0;
  #recordedAt = Number.NEGATIVE_INFINITY;

  constructor(options: MeterOptions) {
    const { function: call, amount } = TYPES;
    const shapes = { record: call, vitals: call, schedulerSeconds: amount, traceOf: call };
    expectOptions('DaemonMeter', options, shapes, 'record', 'vitals');
    this.#options = options;
  }

  /** Takes any fact; those without a measurement cost a comparison. */
  take(fact: Fact): void {
    if (fact.kind === 'span') this.#span(fact);
    else if (fact.kind === 'metric') this.#metric(fact);
  }

  #metric(fact: MetricFact): void {
    const { message, hparams, item } = fact;
    // That of an item is about its program, not about the items there are.
    if (hparams === true && item === null)
      this.totals.configure({
        conditions: keysOf(message.condition),
        tasks: keysOf(message.task),
        events: keysOf(message.event),
      });
    this.#options.record(message, { ...belongings(fact), step: fact.step, hparams });
  }

  #span(fact: SpanFact): void {
    switch (fact.category as SpanName) {
      case 'tick':
        this.#tick(fact);
        return;
      case 'check':
      case 'run':
        this.#condition(fact);
        return;
      case 'task':
        this.#task(fact);
        return;
      case 'attempt':
        if (fact.edge === 'finish') this.#attempt(fact);
        return;
      case 'held':
        this.#held(fact);
        return;
      case 'reload':
        if (fact.edge === 'finish') this.totals.reloads.add(word(mappingOf(fact.timeline).outcome));
        return;
      case 'pause':
        this.totals.paused = fact.edge === 'start';
        return;
      default:
        if (fact.edge === 'instant') this.#instant(fact);
    }
  }

  #instant({ category, timeline }: SpanFact): void {
    const { reason, event, condition, count } = mappingOf(timeline);
    switch (category as InstantName) {
      case 'skipped':
        this.totals.skipped.add(word(reason));
        return;
      case 'fired': {
        const name = word(event);
        this.totals.fired.set(name, (this.totals.fired.get(name) ?? 0) + numberOr(count, 1));
        return;
      }
      case 'retry':
        this.totals.condition(word(condition)).failing = true;
        return;
      case 'missed':
        this.totals.condition(word(condition)).missed += numberOr(count, 1);
        return;
      default:
    }
  }

  #tick(fact: SpanFact): void {
    const { totals } = this;
    if (fact.edge === 'start') {
      const late = Math.max(0, numberOr(mappingOf(fact.timeline).late_ms, 0));
      totals.ticks += 1;
      totals.late.take(late / 1000);
      this.#late = Math.max(this.#late, late);
      return;
    }
    const { record, vitals, schedulerSeconds = 5 } = this.#options;
    // A tick that comes a moment early counts too.
    if (fact.mono - this.#recordedAt < schedulerSeconds * 1000 * 0.9) return;
    this.#recordedAt = fact.mono;
    const late_ms = thousandths(this.#late);
    this.#late = 0;
    const { eventLoopDelayMs, rssBytes: rss_bytes, heapBytes: heap_bytes } = vitals();
    const event_loop_delay_ms = thousandths(eventLoopDelayMs);
    const scheduler = { ticks: totals.ticks, late_ms, busy: totals.busy, event_loop_delay_ms, rss_bytes, heap_bytes };
    record({ scheduler }, { ...belongings(fact), step: tickNumber(fact.id) ?? totals.ticks, measured: true });
  }

  /** A firing that guards hold back. */
  #held({ item, edge }: SpanFact): void {
    const name = nameOf(item);
    if (name === undefined) return;
    const condition = this.totals.condition(name);
    condition.holding = edge === 'start';
    if (condition.holding) condition.held += 1;
  }

  /** Checks and runs of a condition. */
  #condition(fact: SpanFact): void {
    const name = nameOf(fact.item);
    if (name === undefined) return;
    const condition = this.totals.condition(name);
    const seconds = this.#seconds(fact);
    if (fact.edge === 'start') {
      condition.open += 1;
      takeQueued(condition, fact);
      if (fact.category === 'run' && condition.failing) this.#countRetry(condition, fact);
      return;
    }
    condition.open = Math.max(0, condition.open - 1);
    const outcome = word(mappingOf(fact.timeline).outcome);
    if (fact.category === 'check') {
      condition.checks += 1;
      condition.checkOutcomes.add(outcome);
      // A negative check has no record; a positive one is recorded with the run that it leads to.
      if (outcome === 'negative' || outcome === 'positive') return;
    } else {
      condition.runs += 1;
      condition.runOutcomes.add(outcome);
      this.#retries.delete(fact.run);
      if (outcome === 'success') condition.lastSuccess = fact.time / 1000;
    }
    const { checks, runs, retries } = condition;
    const figures = { ...(seconds === undefined ? {} : { seconds }), outcome, checks, runs, retries };
    this.#record('condition', name, { ...figures, ...lastSuccess(condition) }, checks, fact);
  }

  #countRetry(condition: ConditionTotals, { run }: SpanFact): void {
    condition.failing = false;
    condition.retries += 1;
    this.#retries.add(run);
  }

  /** One that has ended, of a task with `retries`. */
  #attempt({ item, timeline }: SpanFact): void {
    const name = nameOf(item);
    if (name !== undefined) this.totals.task(name).attempts.add(word(mappingOf(timeline).outcome));
  }

  #task(fact: SpanFact): void {
    const name = nameOf(fact.item);
    if (name === undefined) return;
    const task = this.totals.task(name);
    const id = String(fact.id);
    if (fact.edge === 'start') {
      task.running.set(id, fact.timestamp);
      takeQueued(task, fact);
      return;
    }
    const began = task.running.get(id);
    task.running.delete(id);
    const outcome = word(mappingOf(fact.timeline).outcome);
    task.runs += 1;
    task.outcomes.add(outcome);
    if (fact.run !== null && this.#retries.has(fact.run)) task.retries += 1;
    if (outcome === 'success') task.lastSuccess = fact.time / 1000;
    const seconds = began === undefined ? undefined : Math.max(0, fact.timestamp - began) / NS_PER_SECOND;
    if (seconds !== undefined) task.seconds.take(seconds, this.#exemplar(fact));
    const figures = { ...(seconds === undefined ? {} : { seconds }), outcome, runs: task.runs, retries: task.retries };
    this.#record('task', name, { ...figures, ...lastSuccess(task) }, task.runs, fact);
  }

  /** Where a duration comes from. */
  #exemplar({ run, cause, time }: SpanFact): Omit<Exemplar, 'value'> | undefined {
    const origin = run ?? cause;
    if (origin === null) return undefined;
    const { traceOf } = this.#options;
    return { labels: traceOf === undefined ? { run: origin } : { trace_id: traceOf(origin) }, time: time / 1000 };
  }

  /** How long a span took, at its finish; undefined at its start, or when that was not seen. */
  #seconds({ category, id, edge, timestamp }: SpanFact): number | undefined {
    const key = `${category} ${String(id)}`;
    if (edge === 'start') {
      this.#open.set(key, timestamp);
      return undefined;
    }
    const began = this.#open.get(key);
    this.#open.delete(key);
    return began === undefined ? undefined : Math.max(0, timestamp - began) / NS_PER_SECOND;
  }

  #record(section: 'task' | 'condition', name: string, figures: Mapping, step: number, fact: SpanFact): void {
    this.#options.record({ [section]: { [name]: figures } }, { ...belongings(fact), step, measured: true });
  }
}

/** How long it was queued before it began, where it was. */
const takeQueued = ({ queued }: Pick<TaskTotals, 'queued'>, { timeline }: SpanFact): void => {
  const { queued_ms } = mappingOf(timeline);
  if (typeof queued_ms === 'number') queued.take(queued_ms / 1000);
};

/** Finer than that nothing is measured. */
const thousandths = (ms: number): number => Math.round(ms * 1000) / 1000;

/** What never happened has no time. */
const lastSuccess = ({ lastSuccess: at }: { readonly lastSuccess: number }): Mapping =>
  at === 0 ? {} : { last_success: at };

const belongings = ({ time, item, run, cause }: SpanFact | MetricFact): RecordExtra => ({
  time,
  item: item ?? undefined,
  run: run ?? undefined,
  cause: cause ?? undefined,
});

/** `tick-17`: 17. */
const tickNumber = (id: SpanFact['id']): number | undefined => {
  const number = Number(/^tick-(\d+)$/.exec(String(id))?.[1]);
  return Number.isNaN(number) ? undefined : number;
};
