// Everything about metrics that programs which use this one as a library may use.

export type { OnMetricsError } from '../adapters/metrics/error-reporter.ts';
export { MlflowHandler, type MlflowOptions } from '../adapters/metrics/mlflow.ts';
export { PrometheusHandler, type PrometheusOptions } from '../adapters/metrics/prometheus.ts';
export {
  type MetricSetup,
  type MetricSetupOptions,
  type PrometheusSetup,
  type RootSetupOptions,
  setupMetricLogger,
  setupRootLogger,
} from '../adapters/metrics/setup.ts';
export { AsyncStructuredHandler, type AsyncStructuredOptions } from '../adapters/metrics/structured.ts';
export { TensorBoardHandler, type TensorBoardOptions } from '../adapters/metrics/tensorboard.ts';
export { MissingPackage, WandbHandler, type WandbOptions } from '../adapters/metrics/wandb.ts';
export { BACKENDS, type Backend, type BackendName, UnknownBackend } from './backends.ts';
export { type Exemplar, exposition, type Family, openMetrics, type Sample } from './exposition.ts';
export {
  type Environment,
  FormatDictFilter,
  IsMappingFilter,
  IsRank0Filter,
  type MetricFilter,
  type RankOptions,
} from './filters.ts';
export { type FlattenOptions, flatten } from './flatten.ts';
export { Handler, type HandlerOptions, LineHandler, NullHandler } from './handler.ts';
export { type LinePatternOptions, linePattern } from './line-pattern.ts';
export {
  ChildLogger,
  getLogger,
  METRIC_LOGGER,
  MetricLogger,
  metricLogger,
  PACKAGE_LOGGER,
  propagatePackageLogs,
} from './logger.ts';
export {
  type PinoDestination,
  type PinoDestinationOptions,
  PinoHandler,
  type PinoHandlerOptions,
  type PinoLogger,
  pinoDestination,
} from './pino.ts';
export { type FamilySource, type PromClientRegistry, registerInPromClient } from './prom-client.ts';
export {
  isMapping,
  type LogExtra,
  levelName,
  type Mapping,
  METRIC_LEVELS,
  type MetricLevel,
  type MetricLevelName,
  type MetricRecord,
  type RecordExtra,
} from './record.ts';
export { PLACEHOLDERS, type RunFacts, resolveRunName, safeFileName } from './run-name.ts';
