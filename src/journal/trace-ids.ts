import type { CauseKind, TraceContext } from './fact.ts';

/** The origin of a run; its id is put into words when somebody wants it. */
class Run implements TraceContext {
  readonly cause: string;
  readonly #number: number;
  constructor(cause: string, number: number) {
    this.cause = cause;
    this.#number = number;
  }
  get run(): string {
    return `run-${this.#number}`;
  }
}

/** Numbers causes and runs, from 1. */
export class TraceIds {
  readonly #causes = new Map<CauseKind, number>();
  #runs = 0;

  /** A new cause, such as `tick-17`. */
  cause(kind: CauseKind): string {
    const n = (this.#causes.get(kind) ?? 0) + 1;
    this.#causes.set(kind, n);
    return `${kind}-${n}`;
  }
  /** A new run. */
  run(cause: string): TraceContext {
    this.#runs += 1;
    return new Run(cause, this.#runs);
  }
}
