export type { SpanFact, SpanId } from '../journal/fact.ts';
export { type Annotation, annotationOf, logsAnnotations, type NameTarget } from './annotation.ts';
export type { Columns, CoreRow, Logs, Row } from './columns.ts';
export {
  type EventContext,
  TimespanContext,
  type TimespanContextOptions,
  type ValueOrFunction,
} from './context.ts';
export {
  CoreMetrics,
  DebugMetrics,
  EnvelopeMetrics,
  type EnvelopeRow,
  FullMetrics,
  IDMetrics,
  TimelineMetrics,
} from './core-metrics.ts';
export { logsEventPairs } from './event-pairs.ts';
export { LocalEventLog } from './local-event-log.ts';
export { LogWindow } from './log-window.ts';
export {
  disableLogging,
  enableLogging,
  fetchLogs,
  logsAnnotate,
  timespanFinish,
  timespanInstant,
  timespanStart,
  timespans,
} from './logging.ts';
export { type Aggregator, type Consumer, MultiEventLog, type MultiEventLogOptions } from './multi-event-log.ts';
export type { LoggingOptions } from './options.ts';
export type { Rows } from './rows.ts';
export { EventSaturation, ProcessorSaturation, WorkerSaturation } from './saturation.ts';
export { type ErrorHandler, FilterLog, type LogSink, NoOpLog } from './sink.ts';
export {
  CPULoadAverages,
  EventLoopDelay,
  type GCDifference,
  GCStats,
  MemoryFree,
  type SystemFigures,
} from './system-metrics.ts';
export { TableStorage } from './table-storage.ts';
export {
  BytesAllocd,
  TaskArguments,
  TaskDependencies,
  TaskFunctionNames,
  TaskNames,
  TaskResult,
} from './task-metrics.ts';
export { type Timespan, timespanOf } from './timespan.ts';
