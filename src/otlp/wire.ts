// The only file that reads the packages of OpenTelemetry that encode and send: they are one part that most starts do not read.
import type { Attributes, HrTime } from '@opentelemetry/api';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import {
  type ISerializer,
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  LogsExporterMetricsHelper,
  MetricsExporterMetricsHelper,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { messageOf } from '../error-message.ts';
import { LONGEST_MS, type Signal } from './environment.ts';

/** What is sent at once, by signal. */
interface Batches {
  traces: ReadableSpan[];
  logs: ReadableLogRecord[];
  metrics: ResourceMetrics;
}

/** How a batch is encoded, and how items of it are counted. */
const SIGNALS = {
  traces: { protobuf: ProtobufTraceSerializer, json: JsonTraceSerializer, count: TraceExporterMetricsHelper },
  logs: { protobuf: ProtobufLogsSerializer, json: JsonLogsSerializer, count: LogsExporterMetricsHelper },
  metrics: { protobuf: ProtobufMetricsSerializer, json: JsonMetricsSerializer, count: MetricsExporterMetricsHelper },
} as const;

const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;

/** What came of sending a batch. */
export type Sent =
  /** `rejected`: how many items the receiver has refused, and why. */
  | { readonly how: 'sent'; readonly rejected?: { readonly count: number; readonly why: string } }
  /** `again`: it can be sent later. */
  | { readonly how: 'failed'; readonly again: boolean; readonly why: string };

/** Sends batches of one signal. */
export interface Transport<S extends Signal> {
  send(batch: Batches[S]): Promise<Sent>;
}

/** What a receiver says about items that it has refused; the key of their number depends on the signal. */
const rejectedIn = (response: unknown): { readonly count: number; readonly why: string } | undefined => {
  const { partialSuccess } = (response ?? {}) as { partialSuccess?: Readonly<Record<string, unknown>> };
  if (!partialSuccess) return undefined;
  const { errorMessage, ...counts } = partialSuccess;
  const count = Object.values(counts).reduce<number>((sum, one) => sum + (Number(one) || 0), 0);
  const why = typeof errorMessage === 'string' && errorMessage !== '' ? errorMessage : 'it does not say why';
  return count > 0 ? { count, why } : undefined;
};

/** What the packages say of an answer that asks to come again; they do not say which it was. */
const BUSY = 'Export failed with retryable status';

/** What came of an export that has failed. The same may work later without an answer, or with one that says so: https://opentelemetry.io/docs/specs/otlp/#failures-1. */
const failure = (error: Error & { readonly code?: unknown }): Sent => {
  const { code } = error;
  const said = messageOf(error);
  if (typeof code !== 'number')
    return { how: 'failed', again: true, why: said === BUSY ? 'the receiver is busy (429, 502, 503 or 504)' : said };
  return { how: 'failed', again: false, why: `the receiver answered ${code}${said === '' ? '' : `: ${said}`}` };
};

/** What is longer than the limit of a request that hangs, ms: the packages limit the time between two bytes only. */
const LATER_MS = 500;

/**
 * Makes what sends a signal, as the variables of the environment say: `OTEL_EXPORTER_OTLP_ENDPOINT`, `_HEADERS`, `_TIMEOUT`, `_CERTIFICATE`
 * and so on, and those of the signal.
 */
export const transportOf = <S extends Signal>(signal: S, encoding: 'protobuf' | 'json'): Transport<S> => {
  const { count } = SIGNALS[signal];
  const inner = SIGNALS[signal][encoding] as unknown as ISerializer<Batches[S], unknown>;
  let rejected: ReturnType<typeof rejectedIn>;
  let unreadable = false;
  const read = (data: Uint8Array): unknown =>
    encoding === 'json' ? JSON.parse(new TextDecoder().decode(data)) : inner.deserializeResponse(data);
  const serializer: ISerializer<Batches[S], object> = {
    // cspell:disable-next-line -- a name of the package
    serializeRequest: (batch) => inner.serializeRequest(batch),
    deserializeResponse: (data) => {
      try {
        rejected = data.length === 0 ? undefined : rejectedIn(read(data));
      } catch {
        // The packages would log all of it, for each batch.
        if (!unreadable) diag.warn(`the answer to ${signal} is not OTLP: is there a receiver at the endpoint?`);
        unreadable = true;
      }
      return {};
    },
  };
  const options = convertLegacyHttpOptions({ concurrencyLimit: 1 }, signal.toUpperCase(), `v1/${signal}`, {
    'Content-Type': CONTENT_TYPES[encoding],
  });
  let agent: Awaited<ReturnType<typeof options.agentFactory>> | undefined;
  const agentFactory: typeof options.agentFactory = async (protocol) => {
    agent = await options.agentFactory(protocol);
    return agent;
  };
  const delegate = createOtlpHttpExportDelegate(
    { ...options, agentFactory },
    ...([serializer, `otlp_http_${signal}`, count as never, undefined] as const),
  );
  const limitMs = Math.min(options.timeoutMillis + LATER_MS, LONGEST_MS);
  return {
    send: (batch) =>
      new Promise((resolve) => {
        rejected = undefined;
        const timer = setTimeout(() => agent?.destroy(), limitMs).unref();
        const end = (sent: Sent): void => {
          clearTimeout(timer);
          resolve(sent);
        };
        try {
          delegate.export(batch, ({ error }) => {
            end(error ? failure(error) : { how: 'sent', ...(rejected ? { rejected } : {}) });
          });
        } catch (error) {
          end({ how: 'failed', again: false, why: `it cannot be encoded: ${messageOf(error)}` });
        }
      }),
  };
};

/** How the packages begin what they say, at a level that is not logged, about a variable that they cannot read. */
const NO_RESOURCE = 'EnvDetector failed: ';

/** Texts that are not repeated. */
const MOST_SAID = 100;

/** Passes what the packages warn about to `warn`, each text once. */
export const reportWarnings = (warn: (text: string) => void): void => {
  // A variable that is for all signals is read for each.
  const said = new Set<string>();
  const say = (...words: unknown[]): void => {
    const text = words.map(String).join(' ');
    if (said.has(text)) return;
    if (said.size < MOST_SAID) said.add(text);
    warn(text);
  };
  const quiet = (): void => {};
  // All of OTEL_RESOURCE_ATTRIBUTES is left out then.
  const debug = (text: string): void => {
    if (text.startsWith(NO_RESOURCE)) warn(text.slice(NO_RESOURCE.length));
  };
  diag.setLogger(
    { error: say, warn: say, info: quiet, debug, verbose: quiet },
    { logLevel: DiagLogLevel.DEBUG, suppressOverrideMessage: true },
  );
};

/** What the telemetry is about: `own`, and over it `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`. */
export const resourceOf = (own: Attributes): Resource =>
  resourceFromAttributes(own).merge(detectResources({ detectors: [envDetector] }));

/** Milliseconds since 1970 as OpenTelemetry has them: seconds and nanoseconds. */
export const hrTime = (ms: number, ns = 0): HrTime => {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6) + ns;
  return [seconds + Math.floor(nanos / 1e9), nanos % 1e9];
};

/** A batch of spans as a line of the format for files: https://opentelemetry.io/docs/specs/otel/protocol/file-exporter. */
export const tracesLine = (spans: ReadableSpan[]): string =>
  // cspell:disable-next-line -- a name of the package
  `${new TextDecoder().decode(JsonTraceSerializer.serializeRequest(spans))}\n`;
