import { closeSync, openSync } from 'node:fs';
import { codeOf } from '../error-message.ts';

/** The signals of OpenTelemetry. */
export const SIGNAL_NAMES = ['traces', 'logs', 'metrics'] as const;
/** One of {@link SIGNAL_NAMES}. */
export type Signal = (typeof SIGNAL_NAMES)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is empty is not set: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables. */
const read = (env: Environment, name: string): string | undefined => env[name]?.trim() || undefined;

/** Of the signal, or of all: the variable, and what it says. */
const ofSignal = (env: Environment, signal: Signal, name: string): { variable: string; text: string } | undefined => {
  for (const variable of [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`, `OTEL_EXPORTER_OTLP_${name}`]) {
    const text = read(env, variable);
    if (text !== undefined) return { variable, text };
  }
  return undefined;
};

/** Whether telemetry is wanted: by the option, or by an endpoint. `OTEL_SDK_DISABLED=true` comes first. */
export const wantsOtlp = (option: boolean, env: Environment): boolean => {
  if (read(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return false;
  return option || SIGNAL_NAMES.some((signal) => ofSignal(env, signal, 'ENDPOINT') !== undefined);
};

const PROTOCOLS: ReadonlyMap<string, 'protobuf' | 'json'> = new Map([
  ['http/protobuf', 'protobuf'],
  ['http/json', 'json'],
]);

/** A signal that is sent, and how it is encoded. */
export interface WantedSignal {
  readonly signal: Signal;
  readonly encoding: 'protobuf' | 'json';
}

/** The longest time of a timer of Node, ms: a longer one is over at once. */
export const LONGEST_MS = 2 ** 31 - 1;

/** Reads a whole number of milliseconds. */
const readMs = (env: Environment, name: string, fallback: number): number => {
  const text = read(env, name);
  if (text === undefined) return fallback;
  const ms = Number(text);
  if (!Number.isInteger(ms) || ms <= 0)
    throw new Error(`${name}: expected milliseconds, such as 60000, found "${text}"`);
  return Math.min(ms, LONGEST_MS);
};

const isHeader = (name: string, value: string): boolean => {
  try {
    // Control characters and what is not of Latin-1 cannot be in headers.
    return (
      /^[\w!#$%&'*+.^`|~-]+$/.test(decodeURIComponent(name)) &&
      /^[\t\x20-\x7e\x80-\xff]+$/.test(decodeURIComponent(value))
    );
  } catch {
    return false;
  }
};

/** The packages would send to localhost instead of an address that is not valid, and put the path of a signal behind a query. */
const checkEndpoint = (variable: string, text: string): void => {
  // There may be a password in it.
  const found = text.includes('@') ? '' : `, found "${text}"`;
  if (!/^https?:\/\/./i.test(text) || !URL.canParse(text))
    throw new Error(`${variable}: expected a URL such as http://localhost:4318${found}`);
  if (variable === 'OTEL_EXPORTER_OTLP_ENDPOINT' && /[?#]/.test(text))
    throw new Error(
      `${variable}: expected a URL without "?" and "#", because v1/traces and others are put behind it${found}`,
    );
};

/** The packages leave out what they cannot read without a word, and the receiver refuses all then. The values are secrets. */
const checkHeaders = (variable: string, text: string): void => {
  const pairs = text.split(',');
  for (const [i, pair] of pairs.entries()) {
    const [, name, value] = /^\s*([^\s=;]+)\s*=\s*([^\s;][^;]*)/.exec(pair) ?? [];
    if (pair.trim() === '' || (name && value && isHeader(name, value))) continue;
    const where = pairs.length === 1 ? 'it is not such a pair' : `pair ${i + 1} is not`;
    throw new Error(`${variable}: expected name=value, with commas between pairs, and other commas as %2C; ${where}`);
  }
};

/** The packages would go on without a file that they cannot read, to be refused later. */
const checkFile = (variable: string, path: string): void => {
  try {
    closeSync(openSync(path, 'r'));
  } catch (error) {
    throw new Error(`${variable}: cannot read ${path}: ${codeOf(error)}`);
  }
};

/** What the packages read themselves. @throws Error */
const checkForPackages = (env: Environment, signal: Signal): void => {
  const endpoint = ofSignal(env, signal, 'ENDPOINT');
  if (endpoint !== undefined) checkEndpoint(endpoint.variable, endpoint.text);
  for (const name of ['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY']) {
    const file = ofSignal(env, signal, name);
    if (file !== undefined) checkFile(file.variable, file.text);
  }
  for (const variable of [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`, 'OTEL_EXPORTER_OTLP_HEADERS'])
    checkHeaders(variable, env[variable] ?? '');
};

/** What is sent, and how often. */
export interface OtlpSettings {
  readonly signals: readonly WantedSignal[];
  /** Between two batches of spans, of records, and of metrics, ms. */
  readonly everyMs: Readonly<Record<Signal, number>>;
}

/**
 * Reads the variables that the specification of OpenTelemetry names for this. What the packages read themselves is checked only.
 * @throws Error that names the variable and what is expected
 */
export const readOtlpSettings = (env: Environment): OtlpSettings => {
  const signals = SIGNAL_NAMES.flatMap((signal) => {
    if (read(env, `OTEL_${signal.toUpperCase()}_EXPORTER`) === 'none') return [];
    const protocol = ofSignal(env, signal, 'PROTOCOL');
    const encoding = protocol === undefined ? 'protobuf' : PROTOCOLS.get(protocol.text);
    if (encoding === undefined)
      throw new Error(
        `${protocol!.variable}: expected one of ${[...PROTOCOLS.keys()].join(', ')}, found "${protocol!.text}"`,
      );
    checkForPackages(env, signal);
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
