import type { Execution, TraceVariables } from '../core/ports.ts';
import type { TraceContext } from '../log/record.ts';
import { type TraceIdentity, traceparentOf } from './trace-identity.ts';

/** Commands whose baggage is kept; of older ones it is not handed on. */
const MOST_RECEIVED = 1000;

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

  /** A command came with baggage: what follows from it hands that on. */
  received(cause: string, baggage: string): void {
    this.#baggage.set(cause, baggage);
    if (this.#baggage.size > MOST_RECEIVED) this.#baggage.delete(this.#baggage.keys().next().value!);
  }
}
