import type { CauseKind, TraceContext } from '../log/record.ts';

/** Numbers causes and runs, from 1. */
export class TraceIds {
  readonly #causes = new Map<CauseKind, number>();
  #runs = 0;

  /** A new cause, such as `tick-17`, outside of any run. */
  cause(kind: CauseKind): TraceContext {
    const n = (this.#causes.get(kind) ?? 0) + 1;
    this.#causes.set(kind, n);
    return { cause: `${kind}-${n}`, run: null };
  }
  /** A new run with this cause. */
  run(cause: string): TraceContext {
    this.#runs += 1;
    return { cause, run: `run-${this.#runs}` };
  }
}
