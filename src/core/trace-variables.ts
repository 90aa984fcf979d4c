/** The trace that a program, or a request to another machine, is to continue: W3C Trace Context and Baggage, by the names of variables. */
export interface TraceVariables {
  readonly TRACEPARENT: string;
  readonly TRACESTATE: string;
  readonly BAGGAGE?: string;
}
