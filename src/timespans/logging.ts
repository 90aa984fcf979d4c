import { expected, expectObject } from '../check-arguments.ts';
import { suggest } from '../config/suggest.ts';
import type { SpanId } from '../journal/fact.ts';
import { ANNOTATION, annotationId, type NameTarget } from './annotation.ts';
import type { CoreRow, Logs } from './columns.ts';
import { type EventContext, TimespanContext, type ValueOrFunction } from './context.ts';
import {
  CoreMetrics,
  EnvelopeMetrics,
  type EnvelopeRow,
  EventSaturation,
  IDMetrics,
  ProcessorSaturation,
  TimelineMetrics,
  WorkerSaturation,
} from './event-metrics.ts';
import { type Consumer, MultiEventLog } from './multi-event-log.ts';
import { NoOpLog } from './sink.ts';
import { CPULoadAverages, EventLoopDelay, GCStats, MemoryFree, type SystemFigures } from './system-metrics.ts';
import {
  BytesAllocd,
  TaskArguments,
  TaskDependencies,
  TaskFunctionNames,
  TaskNames,
  TaskResult,
} from './task-columns.ts';

/** How {@link fetchLogs} hands out events. */
export interface FetchOptions {
  /** Those of each daemon apart. */
  readonly perDaemon: true;
}

/** The context of the process, which the functions here use when they are given no other. */
export const timespans: TimespanContext = new TimespanContext();

/**
 * Begins to keep events: sets a new log as the sink and returns it, so that more consumers can be added. Unread rows of the log before
 * are still read by {@link fetchLogs}.
 * @throws TypeError for an option that is not known; Error when figures of the machine are wanted and the context has none
 */
export const enableLogging = (
  options: LoggingOptions = {},
  context: TimespanContext = timespans,
): MultiEventLog<LoggedValues> => {
  const log = logFor(options, context);
  context.sink = log;
  return log;
};

/** Ends it: from now on events cost nothing. Unread rows can still be read by {@link fetchLogs}. */
export const disableLogging = (context: TimespanContext = timespans): void => {
  context.sink = new NoOpLog();
};

/**
 * Everything that has come since the last time, as columns that are equally long: row by row one event. It is handed out once, and
 * what is handed out never changes. The start of a span that was still open comes again with its finish, at the front. With nothing
 * to read the columns are empty. A sink that has no columns (`LocalEventLog`) is read by its own `fetch`.
 */
export function fetchLogs(context?: TimespanContext): Logs;
/**
 * The same, the events of each daemon apart: by the name of the daemon, and by the empty name those of the program around daemons. A daemon
 * without an event is not in it.
 */
export function fetchLogs(options: FetchOptions, context?: TimespanContext): ReadonlyMap<string, Logs>;
export function fetchLogs(
  what: TimespanContext | FetchOptions = timespans,
  context: TimespanContext = timespans,
): Logs | ReadonlyMap<string, Logs> {
  if (what instanceof TimespanContext) return what.fetchLogs();
  expectObject('fetchLogs', 'options', what, 'an object of options');
  expected('fetchLogs', 'perDaemon', what.perDaemon, 'true', (what.perDaemon as boolean) === true);
  return context.fetchLogsPerDaemon();
}

/**
 * A span begins; `category` and `id` are those of its finish. Both `id` and `timeline` may be functions, called only when there is a
 * sink.
 */
export const timespanStart = (
  category: string,
  id: ValueOrFunction<SpanId>,
  timeline?: ValueOrFunction<unknown>,
  belongs?: EventContext,
  context: TimespanContext = timespans,
): void => context.start(category, id, timeline, belongs);

/** A span ends; see {@link timespanStart}. */
export const timespanFinish = (
  category: string,
  id: ValueOrFunction<SpanId>,
  timeline?: ValueOrFunction<unknown>,
  belongs?: EventContext,
  context: TimespanContext = timespans,
): void => context.finish(category, id, timeline, belongs);

/** Something happens that has no duration. */
export const timespanInstant = (
  category: string,
  timeline?: ValueOrFunction<unknown>,
  belongs?: EventContext,
  context: TimespanContext = timespans,
): void => context.instant(category, timeline, belongs);

/**
 * Gives a name to an item (`task/Backup`) or to the id of a span (`task-9`): renderings show it instead of the automatic one. It is an
 * event like others: without a sink it is lost.
 * @throws TypeError when `target` cannot be named, or the name is empty
 */
export const logsAnnotate = (target: NameTarget, name: string, context: TimespanContext = timespans): void => {
  const id = annotationId(target, name);
  context.start(ANNOTATION, id);
  context.finish(ANNOTATION, id);
};

/** What {@link enableLogging} puts into the log, beside the columns `core`, `id` and `envelope`, which are always there. */
export interface LoggingOptions {
  /** `wsat`, `loadavg`, `bytes`, `mem`, `esat`, `psat`; false if not set: it asks the system at each event. */
  readonly metrics?: boolean;
  /** `timeline`: the timeline of each event; false if not set. */
  readonly timeline?: boolean;
  /** All columns about tasks, whatever the five options below say; true if not set. */
  readonly allTaskDeps?: boolean;
  /** `tasknames`; true if not set. */
  readonly taskNames?: boolean;
  /** `taskfuncnames`; false if not set. */
  readonly taskFuncNames?: boolean;
  /** `taskdeps`; false if not set. */
  readonly taskDeps?: boolean;
  /** `taskargs`; false if not set. Arguments may be secret. */
  readonly taskArgs?: boolean;
  /** `taskresult`; false if not set. */
  readonly taskResult?: boolean;
  /** `gc_stats`: memory and collections within each span; false if not set. */
  readonly gcStats?: boolean;
  /** `event_loop_delay`; false if not set. */
  readonly eventLoopDelay?: boolean;
}

/** The values of a log of {@link enableLogging}: those that are always there, and others by their names. */
export type LoggedValues = Record<string, unknown> & {
  readonly core: CoreRow;
  readonly id: SpanId;
  readonly envelope: EnvelopeRow;
};

interface Column {
  readonly name: string;
  readonly option: keyof LoggingOptions;
  readonly make: (system: () => SystemFigures) => Consumer;
}

const TASK_OPTIONS: readonly (keyof LoggingOptions)[] = [
  'taskNames',
  'taskFuncNames',
  'taskDeps',
  'taskArgs',
  'taskResult',
];

/** THE list of columns that can be had by an option. */
const COLUMNS: readonly Column[] = [
  { name: 'timeline', option: 'timeline', make: TimelineMetrics },
  { name: 'wsat', option: 'metrics', make: WorkerSaturation },
  { name: 'loadavg', option: 'metrics', make: (system) => CPULoadAverages(system()) },
  { name: 'bytes', option: 'metrics', make: BytesAllocd },
  { name: 'mem', option: 'metrics', make: (system) => MemoryFree(system()) },
  { name: 'esat', option: 'metrics', make: EventSaturation },
  { name: 'psat', option: 'metrics', make: ProcessorSaturation },
  { name: 'tasknames', option: 'taskNames', make: TaskNames },
  { name: 'taskfuncnames', option: 'taskFuncNames', make: TaskFunctionNames },
  { name: 'taskdeps', option: 'taskDeps', make: TaskDependencies },
  { name: 'taskargs', option: 'taskArgs', make: TaskArguments },
  { name: 'taskresult', option: 'taskResult', make: TaskResult },
  { name: 'gc_stats', option: 'gcStats', make: (system) => GCStats(system()) },
  { name: 'event_loop_delay', option: 'eventLoopDelay', make: (system) => EventLoopDelay(system()) },
];

const FLAGS: ReadonlySet<string> = new Set(['boolean', 'undefined']);

const DEFAULTS: Required<LoggingOptions> = {
  metrics: false,
  timeline: false,
  allTaskDeps: true,
  taskNames: true,
  taskFuncNames: false,
  taskDeps: false,
  taskArgs: false,
  taskResult: false,
  gcStats: false,
  eventLoopDelay: false,
};

/**
 * A new log with the columns that are wanted.
 * @throws TypeError for an option that is not known; Error when figures of the machine are wanted and the context has none
 */
const logFor = (options: LoggingOptions, context: TimespanContext): MultiEventLog<LoggedValues> => {
  expectObject('enableLogging', 'options', options, 'an object of options');
  const known = Object.keys(DEFAULTS);
  for (const option of Object.keys(options)) {
    expected(
      'enableLogging',
      option,
      options[option as keyof LoggingOptions],
      'true or false',
      FLAGS.has(typeof options[option as keyof LoggingOptions]) || !Object.hasOwn(DEFAULTS, option),
    );
    if (!Object.hasOwn(DEFAULTS, option))
      throw new TypeError(`there is no option "${option}"${suggest(option, known)} (there are: ${known.join(', ')})`);
  }
  const wanted = { ...DEFAULTS, ...options };
  const has = (option: keyof LoggingOptions): boolean =>
    wanted[option] || (wanted.allTaskDeps && TASK_OPTIONS.includes(option));
  const log = new MultiEventLog({ onError: (error, where) => context.onError(error, where) })
    .set('core', CoreMetrics())
    .set('id', IDMetrics())
    .set('envelope', EnvelopeMetrics());
  for (const { name, option, make } of COLUMNS) {
    if (!has(option)) continue;
    const system = (): SystemFigures => {
      if (context.system) return context.system;
      throw new Error(`the option "${option}" needs figures of the machine: set "system" of the context first`);
    };
    log.set(name, make(system));
  }
  return log;
};
