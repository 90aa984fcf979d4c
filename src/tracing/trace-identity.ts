import { createHash } from 'node:crypto';

/** Characters of the ids of traces and spans, in hexadecimal digits. */
const [TRACE_LENGTH, SPAN_LENGTH] = [32, 16] as const;

/** Ids that are kept of each kind. */
const MOST_KEPT = 256;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The ids of W3C Trace Context, made of the session and of what the journal calls it: unique in the world, and the same when a recording is
 * exported later.
 */
export class TraceIdentity {
  readonly session: string;
  readonly #traces = new Map<string, string>();
  readonly #spans = new Map<string, string>();

  /** @param session of the recording: no other run of the program has it */
  constructor(session: string) {
    this.session = session;
  }

  /** The id of the trace of a run, or of a cause that is not a run: 32 hexadecimal digits. @param of such as `run-5` or `tick-17` */
  trace(of: string): string {
    return this.#kept(this.#traces, 'trace', of, TRACE_LENGTH);
  }
  /** The id of a span: 16 hexadecimal digits. @param of such as `task-9`, or `run-5` for that of the whole run */
  span(of: string): string {
    return this.#kept(this.#spans, 'span', of, SPAN_LENGTH);
  }

  /** Spans name the same parents again and again: a digest costs more than all else of an id. */
  #kept(known: Map<string, string>, what: string, of: string, length: number): string {
    const id = known.get(of);
    if (id !== undefined) return id;
    if (known.size >= MOST_KEPT) known.clear();
    const made = digest(`${this.session} ${what} ${of}`).slice(0, length);
    known.set(of, made);
    return made;
  }
}

/** Where a span is in the world, as another program has said. */
export interface RemoteSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** The two digits of its flags as a number; 1: it is recorded. */
  readonly flags: number;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads `traceparent` of W3C Trace Context, Level 1: https://www.w3.org/TR/trace-context/#traceparent-header. Undefined: it is not valid. */
export const parseTraceparent = (text: string): RemoteSpan | undefined => {
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(text.trim()) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
};

/** Writes `traceparent`. What is traced is recorded. */
export const traceparentOf = (traceId: string, spanId: string): string => `00-${traceId}-${spanId}-01`;
