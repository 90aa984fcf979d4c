import { hostname } from 'node:os';
import { join } from 'node:path';
import { type ArgumentType, expectOptions, TYPES } from '../../check-arguments.ts';
import { type BackendName, backendOf, parseBackends } from '../../metrics/backends.ts';
import type { Family } from '../../metrics/exposition.ts';
import {
  type Environment,
  FormatDictFilter,
  formatMapping,
  IsMappingFilter,
  IsRank0Filter,
  type MetricFilter,
  rankOf,
} from '../../metrics/filters.ts';
import { type Handler, LineHandler } from '../../metrics/handler.ts';
import { getLogger, metricLogger, propagatePackageLogs } from '../../metrics/logger.ts';
import { levelName, type MetricLevel, type MetricRecord } from '../../metrics/record.ts';
import { localTime } from '../../metrics/record-snapshot.ts';
import { resolveRunName } from '../../metrics/run-name.ts';
import { ownFiles } from '../files/own-files.ts';
import { type OnMetricsError, warnPackage } from './error-reporter.ts';

/** The default directory of metrics. */
export const DEFAULT_OUTPUT_DIR = 'logs';

/** How {@link setupMetricLogger} is called. */
export interface MetricSetupOptions {
  /** Names of back ends, with commas between them or as a list: `async`, `tensorboard`, `wandb`, `mlflow`, `prometheus`. */
  readonly loggers?: string | readonly string[] | null | undefined;
  /** Names files and runs, with {time}, {utc_time}, {rank}, {local_rank}, {pid}, {host}; default: one for each back end. */
  readonly runName?: string | undefined;
  /** The directory for the files; default `logs`. */
  readonly outputDir?: string | undefined;
  /** Less severe records are left out; default `info`. */
  readonly level?: MetricLevel;
  /** Default: that of the process. */
  readonly environment?: Environment;
  /** A new JSONL file begins at so many bytes; default: never. */
  readonly rotateBytes?: number;
  readonly wandb?: { readonly project?: string; readonly entity?: string };
  /** In the place of MLFLOW_TRACKING_URI and MLFLOW_EXPERIMENT_NAME. */
  readonly mlflow?: { readonly trackingUri?: string; readonly experimentName?: string };
  readonly prometheus?: PrometheusSetup;
  /** Called for later problems; default: a warning on the logger `whenever`. */
  readonly onError?: OnMetricsError;
}

/** What only Prometheus needs. */
export interface PrometheusSetup {
  /** Answer `GET /metrics` on this port of 127.0.0.1; 0: any that is free; default: not at all. */
  readonly port?: number | undefined;
  readonly collect?: (ending: boolean) => readonly Family[];
}

/** What was set up. */
export interface MetricSetup {
  readonly handlers: readonly Handler[];
  /** Where `GET /metrics` is answered, if it is. */
  readonly port?: number;
  /** Takes the handlers off again, with everything written. The program ends with `exitStatus`; default 0. */
  close(exitStatus?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What the handlers are made of. */
interface Making {
  readonly options: MetricSetupOptions;
  readonly name: (backend: BackendName) => string;
  readonly path: (backend: BackendName) => string;
  /** Whether the file belongs to the first of several processes, and this is another one. */
  readonly shared: (backend: BackendName) => boolean;
  readonly filters: (always: boolean) => readonly MetricFilter[];
  readonly onError: OnMetricsError;
}

type Common = { readonly level: MetricLevel; readonly onError: OnMetricsError };
const common = ({ options: { level = 'info' }, onError }: Making): Common => ({ level, onError });

/** Makes each handler; its module is imported when it is needed. */
const MAKERS: Readonly<Record<BackendName, (making: Making) => Promise<Handler>>> = {
  async: async (making) => {
    const { AsyncStructuredHandler } = await import('./structured.ts');
    const { rotateBytes } = making.options;
    return new AsyncStructuredHandler({
      ...{ ...common(making), path: making.path('async'), filters: making.filters(false) },
      ...(rotateBytes === undefined ? {} : { rotateBytes }),
    });
  },
  tensorboard: async (making) => {
    const { TensorBoardHandler } = await import('./tensorboard.ts');
    return new TensorBoardHandler({
      ...{ ...common(making), directory: making.path('tensorboard'), filters: making.filters(true) },
    });
  },
  wandb: async (making) => {
    const { WandbHandler } = await import('./wandb.ts');
    const { outputDir = DEFAULT_OUTPUT_DIR, wandb, environment } = making.options;
    ownFiles.claimTree(join(outputDir, 'wandb'));
    return new WandbHandler({
      ...{ ...common(making), ...wandb, filters: making.filters(true) },
      ...{ runName: making.name('wandb'), directory: outputDir },
      ...(environment === undefined ? {} : { environment }),
    });
  },
  mlflow: async (making) => {
    const { MlflowHandler } = await import('./mlflow.ts');
    const { mlflow, environment } = making.options;
    return new MlflowHandler({
      ...{ ...common(making), ...mlflow, filters: making.filters(true), runName: making.name('mlflow') },
      ...(environment === undefined ? {} : { environment }),
    });
  },
  prometheus: async (making) => {
    const { PrometheusHandler } = await import('./prometheus.ts');
    const { collect } = making.options.prometheus ?? {};
    const file = making.shared('prometheus') ? {} : { path: making.path('prometheus') };
    return new PrometheusHandler({
      ...{ ...common(making), ...file, filters: making.filters(true) },
      ...(collect === undefined ? {} : { collect }),
    });
  },
};

const WHOLE: { readonly [K in keyof Required<MetricSetupOptions>]: ArgumentType } = {
  loggers: ['names of back ends', (value) => value === null || TYPES.text[1](value) || TYPES.texts[1](value)],
  runName: TYPES.text,
  outputDir: TYPES.path,
  level: TYPES.level,
  environment: TYPES.table,
  rotateBytes: TYPES.positive,
  wandb: TYPES.table,
  mlflow: TYPES.table,
  prometheus: TYPES.table,
  onError: TYPES.function,
};
const expectSetup = (options: MetricSetupOptions): void => {
  const call = 'setupMetricLogger';
  expectOptions(call, options, WHOLE);
  const { wandb = {}, mlflow = {}, prometheus = {} } = options;
  expectOptions(call, wandb, { project: TYPES.text, entity: TYPES.text });
  expectOptions(call, mlflow, { trackingUri: TYPES.text, experimentName: TYPES.text });
  expectOptions(call, prometheus, { port: TYPES.port, collect: TYPES.function });
};

let current: MetricSetup | undefined;

const setupOf = (handlers: readonly Handler[], close: MetricSetup['close'], port?: number): MetricSetup => ({
  ...{ handlers, close, [Symbol.asyncDispose]: () => close() },
  ...(port === undefined ? {} : { port }),
});

/**
 * Sends the records of the logger `whenever.metrics` to the named back ends; what an earlier call set up is closed. Without
 * loggers nothing is configured. With several processes (RANK, LOCAL_RANK) the first one alone writes, but for JSONL files whose
 * name holds the rank, as the default name does.
 * @throws UnknownBackend, MissingPackage when a package is not installed, Error when the port is taken
 */
export const setupMetricLogger = async (options: MetricSetupOptions): Promise<MetricSetup> => {
  expectSetup(options);
  const backends = parseBackends(options.loggers ?? []);
  if (backends.length === 0) return setupOf([], async () => {});
  await current?.close();
  const { environment = process.env, runName, outputDir = DEFAULT_OUTPUT_DIR } = options;
  const facts = { time: Date.now(), pid: process.pid, host: hostname(), environment };
  const name = (backend: BackendName): string => resolveRunName(runName || backendOf(backend).file, facts);
  const ranked = (runName || backendOf('async').file).includes('{rank}');
  const making: Making = {
    options,
    name,
    path: (backend) => join(outputDir, `${name(backend)}${backendOf(backend).ending}`),
    shared: (backend) => !(runName || backendOf(backend).file).includes('{rank}') && rankOf(environment) !== 0,
    filters: (always) => [new IsMappingFilter(), ...(always || !ranked ? [new IsRank0Filter({ environment })] : [])],
    onError: options.onError ?? warnPackage,
  };
  const handlers: Handler[] = [];
  const filter = new IsMappingFilter();
  let port: number | undefined;
  const close = async (exitStatus?: number): Promise<void> => {
    if (current === setup) current = undefined;
    for (const handler of handlers) metricLogger.removeHandler(handler);
    metricLogger.removeFilter(filter);
    await Promise.all(handlers.map((handler) => handler.close(exitStatus)));
  };
  let setup = setupOf(handlers, close);
  try {
    for (const backend of backends) handlers.push(await MAKERS[backend](making));
    if (options.prometheus?.port !== undefined) port = await listen(handlers, options.prometheus.port);
  } catch (error) {
    await close();
    throw error;
  }
  metricLogger.setLevel(options.level ?? 'info');
  metricLogger.addFilter(filter);
  for (const handler of handlers) metricLogger.addHandler(handler);
  setup = setupOf(handlers, close, port);
  current = setup;
  return setup;
};

const listen = async (handlers: readonly Handler[], port: number): Promise<number | undefined> => {
  const { PrometheusHandler } = await import('./prometheus.ts');
  return handlers.find((handler) => handler instanceof PrometheusHandler)?.listen(port);
};

/** How {@link setupRootLogger} is called. */
export interface RootSetupOptions {
  /** Default `debug`. */
  readonly level?: MetricLevel;
  /** Takes a line, with its end; default: standard error. */
  readonly write?: (line: string) => void;
}

/** Fields of a record as ` host="db1"`. */
const fieldsText = (fields: MetricRecord['fields']): string => {
  const text = fields === undefined ? '' : formatMapping(fields);
  return text === '' ? '' : ` (${text})`;
};

const consoleLine = ({ time, level, name, message, fields }: MetricRecord): string =>
  `[${localTime(time).slice(11, 19)}] ${levelName(level).padEnd(8)} ${name}: ${String(message)}${fieldsText(fields)}\n`;

/**
 * Shows the records of all loggers, the package's included, on a terminal; metrics as `a/b=0.523`. Nothing happens
 * to a root logger that has handlers already, but for the package's records, which reach them.
 */
export const setupRootLogger = (options: RootSetupOptions = {}): void => {
  expectOptions('setupRootLogger', options, { level: TYPES.level, write: TYPES.function });
  const { level = 'debug', write } = options;
  propagatePackageLogs(true);
  const root = getLogger();
  if (root.handlers.length > 0) return;
  const show = write ?? ((line: string) => void process.stderr.write(line));
  root.addHandler(new LineHandler(show, consoleLine, { level, filters: [new FormatDictFilter()] }));
  root.setLevel(level);
};
