/** The wait between two attempts: doubled each time, within these bounds, in ms. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Returns the wait after so many failures. */
export const backoffMs = ({ firstMs, mostMs }: Backoff, failures: number): number =>
  Math.min(mostMs, firstMs * 2 ** Math.min(failures, 20));
