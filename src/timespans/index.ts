export type { SpanFact, SpanId } from '../journal/fact.ts';
export { type Annotation, annotationOf, logsAnnotations, type NameTarget } from './annotation.ts';
export type { Columns, ColumnsOf, CoreRow, Logs, Row, Rows } from './columns.ts';
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
  EventSaturation,
  FullMetrics,
  IDMetrics,
  ProcessorSaturation,
  TimelineMetrics,
  WorkerSaturation,
} from './event-metrics.ts';
export { LocalEventLog, type Timespan, timespanOf } from './local-event-log.ts';
export { LogWindow, TableStorage } from './log-window.ts';
export {
  disableLogging,
  enableLogging,
  type FetchOptions,
  fetchLogs,
  type LoggedValues,
  type LoggingOptions,
  logsAnnotate,
  timespanFinish,
  timespanInstant,
  timespanStart,
  timespans,
} from './logging.ts';
export { type Aggregator, type Consumer, MultiEventLog, type MultiEventLogOptions } from './multi-event-log.ts';
export { logsEventPairs } from './pairing.ts';
export { type ErrorHandler, FilterLog, type LogSink, NoOpLog } from './sink.ts';
export {
  type ClosableConsumer,
  CPULoadAverages,
  EventLoopDelay,
  type GCDifference,
  GCStats,
  MemoryFree,
  type SystemFigures,
} from './system-metrics.ts';
export {
  BytesAllocd,
  TaskArguments,
  TaskDependencies,
  TaskFunctionNames,
  TaskNames,
  TaskResult,
} from './task-columns.ts';
