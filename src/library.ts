// What `import { … } from 'whenever'` gives.

// A running instance, from another program.
export type { Client, FollowOutputOptions, LogsOptions, OutputOptions } from './client/client.ts';
export type { ClientStream, ConnectionChange } from './client/client-stream.ts';
export { type ConnectOptions, connect, type ReconnectOptions } from './client/connect.ts';
export {
  ClientClosedError,
  ConnectionLostError,
  NoAnswerError,
  NotRunningError,
  RequestRefusedError,
} from './client/connection.ts';
export { type Lock, LockNotGrantedError, type LockOptions } from './client/held-lock.ts';
export type { ClientStates, StateValues } from './client/shared-states.ts';
export { ConfigError, type Path, type Position, type Problem } from './config/problem.ts';
export type { HelloAnswer } from './control/hello.ts';
export type { OutputAnswer, OutputPart } from './control/output-stream.ts';
export type { ExplainAnswer } from './control/queries.ts';
// A daemon inside a program.
export {
  type ConditionReport,
  GROUPS,
  type Group,
  type GuardStatus,
  type HeldStatus,
  type LastOutcome,
  type MissedFiring,
  type PluginStatus,
  type SettlingStatus,
  type StatusReport,
  type TaskReport,
} from './control/status.ts';
export type { VitalsAnswer } from './control/vitals.ts';
export type { Ending } from './core/engine-events.ts';
// What tasks are given of what led to their run.
export type { Occurrences, PathChange } from './core/event-burst.ts';
export type { CommandDone, CommandResult, SharedValue } from './core/ports.ts';
export type { HookContext, HookName, PreviousTask } from './core/task-run.ts';
export type { ConditionRun, EarlierAttempt, HistoryRun, MissedInstants, TaskRun } from './history/history-entries.ts';
export type { RunOutcome } from './history/history-line.ts';
export type { Punctuality } from './history/usual.ts';
export { createDaemon } from './host/create.ts';
export { type Daemon, DaemonStateError, type DaemonStatus } from './host/daemon.ts';
export type { EventStream, EventsOptions } from './host/event-stream.ts';
export { type History, type HistoryQuery, NoHistoryError, openHistory } from './host/history-access.ts';
export type { RecordsOptions } from './host/journal-access.ts';
export type { DaemonOptions } from './host/options.ts';
export type { CancelResult, NotDone, RunOptions, RunResult } from './host/run-results.ts';
// The facts of its journal.
export type {
  Envelope,
  EventFact,
  Fact,
  Json,
  LogEventOptions,
  LogFact,
  MetricFact,
  RepeatFact,
  TopicEvent,
  TraceContext,
  Transition,
  TransitionFact,
} from './journal/fact.ts';
export { EventError } from './journal/json.ts';
export type { Dropped, TopicHandler } from './journal/subscribers.ts';
export { type Context, LEVELS, type Level, type LevelName, type Mark } from './log/record.ts';
// Metric records and where they go.
export {
  AsyncStructuredHandler,
  type AsyncStructuredOptions,
  BACKENDS,
  type Backend,
  type BackendName,
  ChildLogger,
  type Environment,
  type Exemplar,
  exposition,
  type Family,
  type FamilySource,
  type FlattenOptions,
  FormatDictFilter,
  flatten,
  getLogger,
  Handler,
  type HandlerOptions,
  IsMappingFilter,
  IsRank0Filter,
  isMapping,
  LineHandler,
  type LinePatternOptions,
  type LogExtra,
  levelName,
  linePattern,
  type Mapping,
  METRIC_LEVELS,
  METRIC_LOGGER,
  type MetricFilter,
  type MetricLevel,
  type MetricLevelName,
  MetricLogger,
  type MetricRecord,
  type MetricSetup,
  type MetricSetupOptions,
  MissingPackage,
  MlflowHandler,
  type MlflowOptions,
  metricLogger,
  NullHandler,
  type OnMetricsError,
  openMetrics,
  PACKAGE_LOGGER,
  type PinoDestination,
  type PinoDestinationOptions,
  PinoHandler,
  type PinoHandlerOptions,
  type PinoLogger,
  PLACEHOLDERS,
  type PromClientRegistry,
  PrometheusHandler,
  type PrometheusOptions,
  type PrometheusSetup,
  pinoDestination,
  propagatePackageLogs,
  type RankOptions,
  type RecordExtra,
  type RootSetupOptions,
  type RunFacts,
  registerInPromClient,
  resolveRunName,
  type Sample,
  safeFileName,
  setupMetricLogger,
  setupRootLogger,
  TensorBoardHandler,
  type TensorBoardOptions,
  UnknownBackend,
  WandbHandler,
  type WandbOptions,
} from './metrics/index.ts';
// What takes part in a daemon.
export type {
  EventsDropped,
  Plugin,
  PluginDaemon,
  PluginEvent,
  RunFinished,
  RunStarted,
  TaskFinished,
  TaskStarted,
} from './plugins/plugin.ts';
// Timespans as text, diagrams and pages.
export {
  beginRendering,
  type FetchedLogs,
  type FormatRow,
  formatOf,
  type HtmlOptions,
  type Instant,
  type ItemList,
  knownFormats,
  type Out,
  type OutputFormat,
  type OutputType,
  RENDERING_FORMATS,
  type Renderer,
  type Rendering,
  RenderingError,
  type RenderingOptions,
  readLogSpans,
  registerRendering,
  renderHtml,
  renderLogs,
  type Selection,
  type Shown,
  type ShowOptions,
  type Span,
  type SpanData,
  showLogs,
  type Window,
} from './renderings/index.ts';
// How subscriptions are ended.
export type { CancelSignal, SignalOptions, Unsubscribe } from './subscription.ts';
// Timespans: where they are kept, and columns made of them.
export {
  type Aggregator,
  type Annotation,
  annotationOf,
  BytesAllocd,
  type ClosableConsumer,
  type Columns,
  type ColumnsOf,
  type Consumer,
  CoreMetrics,
  type CoreRow,
  CPULoadAverages,
  DebugMetrics,
  disableLogging,
  EnvelopeMetrics,
  type EnvelopeRow,
  type ErrorHandler,
  type EventContext,
  EventLoopDelay,
  EventSaturation,
  enableLogging,
  type FetchOptions,
  FilterLog,
  FullMetrics,
  fetchLogs,
  type GCDifference,
  GCStats,
  IDMetrics,
  LocalEventLog,
  type LoggedValues,
  type LoggingOptions,
  type LogSink,
  type Logs,
  LogWindow,
  logsAnnotate,
  logsAnnotations,
  logsEventPairs,
  MemoryFree,
  MultiEventLog,
  type MultiEventLogOptions,
  type NameTarget,
  NoOpLog,
  ProcessorSaturation,
  type Row,
  type Rows,
  type SpanFact,
  type SpanId,
  type SystemFigures,
  TableStorage,
  TaskArguments,
  TaskDependencies,
  TaskFunctionNames,
  TaskNames,
  TaskResult,
  TimelineMetrics,
  type Timespan,
  TimespanContext,
  type TimespanContextOptions,
  timespanFinish,
  timespanInstant,
  timespanOf,
  timespanStart,
  timespans,
  type ValueOrFunction,
  WorkerSaturation,
} from './timespans/index.ts';
export { VERSION } from './version.ts';
