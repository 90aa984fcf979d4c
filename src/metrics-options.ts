import { type CliOptions, type OptionRow, wholeNumber } from './commands/subcommand.ts';
import { BACKEND_NAMES, type BackendName, parseBackends } from './metrics/backends.ts';

/** The options about metrics, as values. */
export interface MetricsArguments {
  /** The back ends; empty: nothing is measured. */
  readonly metrics: readonly BackendName[];
  /** With placeholders, such as {host}. */
  readonly runName?: string;
  readonly outputDir?: string;
  /** The port that answers `GET /metrics`; 0: any free port. */
  readonly metricsPort?: number;
}

const LIST: OptionRow = {
  flags: '--metrics <LIST>',
  help: `measure tasks, conditions and ticks, and write that to ${BACKEND_NAMES.join(', ')}, with commas between several`,
  words: BACKEND_NAMES,
};
const RUN_NAME: OptionRow = {
  flags: '--run-name <NAME>',
  help: 'what files and runs of metrics are called, with {time}, {utc_time}, {rank}, {local_rank}, {pid}, {host} for what they say; needs --metrics',
};
const OUTPUT_DIR: OptionRow = {
  flags: '--output-dir <DIR>',
  help: 'where files of metrics are written, "logs" unless given; needs --metrics',
  path: true,
};
const PORT: OptionRow = {
  flags: '--metrics-port <PORT>',
  help: 'answer GET /metrics and GET /health on this port of 127.0.0.1, or 0 for any that is free; needs --metrics prometheus',
  parse: wholeNumber(0, 65_535),
};

/** The options about metrics. */
export const METRICS_OPTIONS: readonly OptionRow[] = [LIST, RUN_NAME, OUTPUT_DIR, PORT];

/** The values of these options, or what is wrong with them. */
export const readMetricsOptions = (given: CliOptions): MetricsArguments | string => {
  const { metrics: list, runName, outputDir, metricsPort: port } = given;
  const others = [[RUN_NAME, runName] as const, [OUTPUT_DIR, outputDir] as const, [PORT, port] as const];
  for (const [{ flags }, value] of others) {
    if (value === '') return `option '${flags}' must not be empty`;
    if (value !== undefined && list === undefined) return `option '${flags}' needs option '${LIST.flags}'`;
  }
  if (list === undefined) return { metrics: [] };
  let metrics: readonly BackendName[];
  try {
    metrics = parseBackends(String(list));
  } catch (error) {
    return (error as Error).message;
  }
  if (metrics.length === 0) return `option '${LIST.flags}' names no back end (there are: ${BACKEND_NAMES.join(', ')})`;
  if (port !== undefined && !metrics.includes('prometheus'))
    return `option '${PORT.flags}' needs the back end prometheus: --metrics ${[...metrics, 'prometheus'].join(',')}`;
  return {
    metrics,
    ...(typeof runName === 'string' ? { runName } : {}),
    ...(typeof outputDir === 'string' ? { outputDir } : {}),
    ...(port === undefined ? {} : { metricsPort: port as number }),
  };
};
