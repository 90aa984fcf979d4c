import type { Execution, TraceVariables } from '../core/ports.ts';
import type { TraceContext } from '../log/record.ts';
import { parseTraceparent, type TraceIdentity, traceparentOf } from './trace-identity.ts';

/** Commands whose baggage is kept; of older ones it is not handed on. */
const MOST_RECEIVED = 1000;

/** What a header can have, and at most as long as all have to take: https://www.w3.org/TR/baggage/#limits. */
const BAGGAGE = /^[\t\x20-\x7e]{1,8192}$/;

/** Hands the trace on: to programs, to requests of scripts, and from those that give commands. */
export class TracePropagation {
  readonly identity: TraceIdentity;
  /** The baggage that commands came with, by cause. */
  readonly #baggage = new Map<string, string>();

  constructor(identity: TraceIdentity) {
    this.identity = identity;
  }

  /** The trace that an execution is to continue. What follows from a command gets its baggage; else what is inherited stays. */
  readonly variables = ({ cause, run }: TraceContext, { id }: Execution): TraceVariables => {
    const baggage = this.#baggage.get(cause);
    return {
      TRACEPARENT: traceparentOf(this.identity.trace(run ?? cause), this.identity.span(id)),
      TRACESTATE: `whenever=${run ?? cause}`,
      ...(baggage === undefined ? {} : { BAGGAGE: baggage }),
    };
  };

  /** Whether a command came from a span of another program. */
  readonly isSpan = (traceparent: string): boolean => parseTraceparent(traceparent) !== undefined;

  /** A command came with baggage: what follows from it hands that on, unless it would keep programs from starting, or requests from being sent. */
  received(cause: string, baggage: string): void {
    if (!BAGGAGE.test(baggage)) return;
    this.#baggage.set(cause, baggage);
    if (this.#baggage.size > MOST_RECEIVED) this.#baggage.delete(this.#baggage.keys().next().value!);
  }
}
