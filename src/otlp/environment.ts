/** The signals of OpenTelemetry. */
export const SIGNAL_NAMES = ['traces', 'logs', 'metrics'] as const;
/** One of {@link SIGNAL_NAMES}. */
export type Signal = (typeof SIGNAL_NAMES)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is empty is not set: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables. */
const read = (env: Environment, name: string): string | undefined => env[name]?.trim() || undefined;

/** Of the signal, or of all. */
const ofSignal = (env: Environment, signal: Signal, name: string): string | undefined =>
  read(env, `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`) ?? read(env, `OTEL_EXPORTER_OTLP_${name}`);

/** Whether telemetry is wanted: by the option, or by an endpoint. `OTEL_SDK_DISABLED=true` comes first. */
export const wantsOtlp = (option: boolean, env: Environment): boolean => {
  if (read(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return false;
  return option || SIGNAL_NAMES.some((signal) => ofSignal(env, signal, 'ENDPOINT') !== undefined);
};

const PROTOCOLS: Readonly<Record<string, 'protobuf' | 'json'>> = { 'http/protobuf': 'protobuf', 'http/json': 'json' };

/** A signal that is sent, and how it is encoded. */
export interface WantedSignal {
  readonly signal: Signal;
  readonly encoding: 'protobuf' | 'json';
}

/** How long the least and the greatest of a whole number of milliseconds may be. */
const readMs = (env: Environment, name: string, fallback: number): number => {
  const text = read(env, name);
  if (text === undefined) return fallback;
  const ms = Number(text);
  if (!Number.isInteger(ms) || ms <= 0)
    throw new Error(`${name}: expected milliseconds, such as 60000, found "${text}"`);
  return ms;
};

/** What is sent, and how often. */
export interface OtlpSettings {
  readonly signals: readonly WantedSignal[];
  /** Between two batches of spans, of records, and of metrics, ms. */
  readonly everyMs: Readonly<Record<Signal, number>>;
}

/**
 * Reads the variables that the specification of OpenTelemetry names for this. What the packages read themselves is not here.
 * @throws Error that names the variable and what is expected
 */
export const readOtlpSettings = (env: Environment): OtlpSettings => {
  const signals = SIGNAL_NAMES.flatMap((signal) => {
    if (read(env, `OTEL_${signal.toUpperCase()}_EXPORTER`) === 'none') return [];
    const protocol = ofSignal(env, signal, 'PROTOCOL') ?? 'http/protobuf';
    const encoding = PROTOCOLS[protocol];
    if (encoding === undefined)
      throw new Error(
        `OTEL_EXPORTER_OTLP_PROTOCOL: expected one of ${Object.keys(PROTOCOLS).join(', ')}, found "${protocol}"`,
      );
    const endpoint = ofSignal(env, signal, 'ENDPOINT');
    if (endpoint !== undefined && !/^https?:\/\/./i.test(endpoint))
      throw new Error(`OTEL_EXPORTER_OTLP_ENDPOINT: expected a URL such as http://localhost:4318, found "${endpoint}"`);
    return [{ signal, encoding }];
  });
  return {
    signals,
    everyMs: {
      traces: readMs(env, 'OTEL_BSP_SCHEDULE_DELAY', 5000),
      logs: readMs(env, 'OTEL_BLRP_SCHEDULE_DELAY', 1000),
      metrics: readMs(env, 'OTEL_METRIC_EXPORT_INTERVAL', 60_000),
    },
  };
};
