// Everything about metrics that programs which use this one as a library may use.

export type { OnMetricsError as OnError } from '../adapters/metrics/error-reporter.ts';
export { PrometheusHandler, type PrometheusOptions } from '../adapters/metrics/prometheus.ts';
export {
  type MetricSetup,
  type MetricSetupOptions,
  type PrometheusSetup,
  type RootSetupOptions,
  setupMetricLogger,
  setupRootLogger,
} from '../adapters/metrics/setup.ts';
export { type Metrics, type MetricsOptions, startMetrics } from '../adapters/metrics/start.ts';
export { AsyncStructuredHandler, type AsyncStructuredOptions } from '../adapters/metrics/structured.ts';
export { TensorBoardHandler, type TensorBoardOptions } from '../adapters/metrics/tensorboard.ts';
export { MissingPackage, WandbHandler, type WandbOptions } from '../adapters/metrics/wandb.ts';
export { BACKENDS, type Backend, type BackendName, parseBackends, UnknownBackend } from './backends.ts';
export { exposition, type Family, type Sample } from './exposition.ts';
export { type FamilyContext as Surroundings, familiesOf } from './families.ts';
export {
  type Environment,
  FormatDictFilter,
  IsMappingFilter,
  IsRank0Filter,
  type MetricFilter as Filter,
  type RankOptions,
} from './filters.ts';
export { type FlattenOptions, flatten } from './flatten.ts';
export { Handler, type HandlerOptions, LineHandler, NullHandler } from './handler.ts';
export {
  getLogger,
  METRIC_LOGGER,
  MetricLogger,
  metricLogger,
  PACKAGE_LOGGER,
  propagatePackageLogs,
} from './logger.ts';
export { DaemonMeter, type MeterOptions, type ProcessFigures } from './meter.ts';
export {
  isMapping,
  levelName,
  type Mapping,
  METRIC_LEVELS,
  type MetricLevel,
  type MetricLevelName,
  type MetricRecord,
  type RecordExtra,
} from './record.ts';
export { PLACEHOLDERS, type RunFacts, resolveRunName, safeFileName } from './run-name.ts';
export { type ConditionTotals, Counts, type TaskTotals, Totals } from './totals.ts';
