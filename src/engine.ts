import { ALWAYS, EngineEvents, type EventHandlers } from './core/engine-events.ts';
import type { Ports } from './core/ports.ts';
import { Scheduler, type SchedulerOptions } from './core/scheduler.ts';
import type { Config } from './core/spec.ts';
import { type HistoryWriter, NO_WRITER } from './history/history-line.ts';
import { HistoryState } from './history/history-state.ts';
import { HookEvents } from './hooks/hook-events.ts';
import type { Overdue } from './hooks/overdue.ts';
import type { Journal } from './journal/journal.ts';
import { ItemStates } from './projections/item-states.ts';
import { logRecords } from './projections/log-records.ts';
import { MOST_SEVERE } from './projections/record-texts.ts';
import { LastRefusal } from './projections/refusal.ts';
import { runFailures } from './projections/run-failures.ts';
import { type InstanceDetails, RunHistory } from './projections/run-history.ts';
import { LiveOutputs } from './projections/run-outputs.ts';
import { SchedulerStatus } from './projections/scheduler-status.ts';
import { ENDS_SPAN, spanEvents } from './projections/spans.ts';
import { TickLateness } from './projections/tick-lateness.ts';
import { topicEvents } from './projections/topics.ts';

/** A scheduler, and what is made of its events. */
export interface Engine {
  readonly scheduler: Scheduler;
  readonly status: SchedulerStatus;
  readonly history: RunHistory;
  readonly outputs: LiveOutputs;
  /** What is overdue. */
  readonly overdue: Overdue;
  /** Why the last reload was refused. */
  readonly refusal: LastRefusal;
  /** How late the last ticks began. */
  readonly lateness: TickLateness;
}

/** What an engine is started with. */
export interface EngineOptions extends SchedulerOptions {
  /** What earlier instances have left, and where the lines of this one go; default: nothing and nowhere. */
  readonly history?: {
    readonly state: HistoryState;
    readonly writer: HistoryWriter;
    /** When the last instance was known to run, wall-clock ms. */
    readonly aliveUntil: number;
  };
  /** Take events of the engine, after everything else. */
  readonly observers?: readonly EventHandlers[];
  /** What the history says of this instance; default: it is not one of this system. */
  readonly instance?: InstanceDetails;
}

/** The events of an engine, from which log records, history, timespans, metrics and topics are made. */
export const projectEvents = (journal: Journal, { log, clock }: Pick<Ports, 'log' | 'clock'>) => {
  const events = new EngineEvents();
  const outputs = new LiveOutputs();
  // The first: the others use what it keeps.
  events.subscribe(outputs.handlers);
  const states = new ItemStates(journal, clock, outputs);
  events.subscribe(logRecords(log, outputs), (type) => log.written[MOST_SEVERE[type] ?? 'error']);
  events.subscribe(states.handlers);
  events.subscribe(spanEvents(journal.spans, clock, outputs), (type) =>
    ENDS_SPAN.has(type) ? ALWAYS : journal.spans.gate,
  );
  events.subscribe(topicEvents(journal));
  return { events, states, outputs };
};

/** Makes a scheduler, which does not run yet. */
export const createEngine = (
  ports: Omit<Ports, 'events'>,
  journal: Journal,
  config: Config,
  { history: kept, instance = { version: '', pid: 0, zone: '' }, observers = [], ...options }: EngineOptions,
): Engine => {
  const { events, states, outputs } = projectEvents(journal, ports);
  const { state = new HistoryState(), writer = NO_WRITER, aliveUntil = 0 } = kept ?? {};
  const history = new RunHistory(state, writer, outputs, ports.clock, instance, aliveUntil);
  events.subscribe(history.handlers);
  events.subscribe(runFailures(ports.log, history, journal, ports.clock));
  const hooks = new HookEvents({ state: history.state, outputs, log: ports.log, clock: ports.clock });
  // The last: what a run came to is known to the others when a hook begins.
  events.subscribe(hooks.handlers);
  events.subscribe(hooks.overdue.handlers);
  const refusal = new LastRefusal(ports.clock);
  events.subscribe(refusal.handlers);
  const lateness = new TickLateness();
  events.subscribe(lateness.handlers);
  for (const observer of observers) events.subscribe(observer);
  const scheduler = new Scheduler({ ...ports, events }, config, { ...options, earlier: history.earlier });
  hooks.attach(scheduler);
  const { fleet } = ports;
  if (fleet)
    events.subscribe({
      'scheduler.paused': () => fleet.setPaused(true),
      'scheduler.resumed': () => fleet.setPaused(false),
    });
  fleet?.work?.onWork({
    tasks: () => scheduler.asked.tasks(),
    accepts: (work) => scheduler.asked.accepts(work),
    execute: async (node, work, signal) => {
      const origin = scheduler.asked.context();
      const output = outputs.collect(origin.run ?? '');
      const outcome = await scheduler.asked.run(node, work, origin, signal);
      return { outcome, output: output() };
    },
  });
  return {
    scheduler,
    status: new SchedulerStatus(scheduler, states, ports.clock),
    history,
    outputs,
    overdue: hooks.overdue,
    refusal,
    lateness,
  };
};
