import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions/incubating';
import type { TraceIdentity } from '../tracing/trace-identity.ts';
import { ownAttributes } from './attributes.ts';
import type { OtlpSpan } from './otlp-spans.ts';
import { hrTime, resourceOf } from './wire.ts';

/** The kinds of spans, as numbers of the API. */
const KINDS = { internal: 0, server: 1, client: 2 } as const;

/** What the telemetry of a daemon is about. */
export interface TelemetrySource {
  readonly identity: TraceIdentity;
  readonly version: string;
}

/** What all telemetry of a program has. */
export const commonsOf = ({ identity, version }: TelemetrySource, process: Attributes) => ({
  resource: resourceOf({
    ...{ [ATTR_SERVICE_NAME]: 'whenever', [ATTR_SERVICE_VERSION]: version },
    ...{ [ATTR_SERVICE_INSTANCE_ID]: identity.session, ...process },
  }),
  scope: { name: 'whenever', version },
});

/** Makes spans for the packages that encode them. */
export const readableSpans =
  (common: Pick<ReadableSpan, 'resource' | 'instrumentationScope'>) =>
  ({ name, kind, context, parent, links, time, ns, status, attributes, events }: OtlpSpan): ReadableSpan => {
    const startTime = hrTime(time);
    // One literal: spreading costs more than everything else here.
    return {
      name,
      kind: KINDS[kind],
      spanContext: () => context,
      ...(parent === undefined ? undefined : { parentSpanContext: parent }),
      startTime,
      endTime: hrTime(time, ns),
      duration: hrTime(0, ns),
      ended: true,
      status,
      attributes,
      links,
      events: events.map((one) => ({
        ...{ name: `whenever.${one.category}`, time: hrTime(one.time), attributes: ownAttributes(one.timeline) },
      })),
      resource: common.resource,
      instrumentationScope: common.instrumentationScope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  };
