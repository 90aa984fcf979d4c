import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Out, Rendering, Window } from '../renderings/rendering.ts';
import { TraceIdentity } from '../tracing/trace-identity.ts';
import { OtlpSpans } from './otlp-spans.ts';
import { commonsOf, readableSpans } from './readable-spans.ts';
import { tracesLine } from './wire.ts';

/** Spans on one line. */
const BATCH = 512;

/**
 * A recording as lines of OTLP/JSON, one request of at most 512 spans each, with the ids that the daemon has given to programs and has
 * sent: https://opentelemetry.io/docs/specs/otel/protocol/file-exporter.
 */
export class OtlpRendering implements Rendering {
  readonly #out: Out;
  #session = '';
  #version = '';
  #spans: OtlpSpans | undefined;
  #batch: ReadableSpan[] = [];

  constructor(out: Out) {
    this.#out = out;
  }

  writtenBy(version: string, session = ''): void {
    this.#version = version;
    this.#session = session;
  }
  begun(...span: Parameters<OtlpSpans['begun']>): void {
    this.#made().begun(...span);
  }
  ended(...span: Parameters<OtlpSpans['ended']>): void {
    this.#made().ended(...span);
  }
  instant(...instant: Parameters<OtlpSpans['instant']>): void {
    this.#made().instant(...instant);
  }
  end(_: Window): void {
    this.#write();
  }

  #made(): OtlpSpans {
    if (this.#spans) return this.#spans;
    const identity = new TraceIdentity(this.#session);
    const { resource, scope } = commonsOf({ identity, version: this.#version }, {});
    const readable = readableSpans({ resource, instrumentationScope: scope });
    this.#spans = new OtlpSpans(identity, (span) => {
      this.#batch.push(readable(span));
      if (this.#batch.length >= BATCH) this.#write();
    });
    return this.#spans;
  }
  #write(): void {
    if (this.#batch.length > 0) this.#out(tracesLine(this.#batch));
    this.#batch = [];
  }
}
