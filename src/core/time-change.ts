/** The wall clock was set back. Instants in wall-clock ms. */
export interface SetBack {
  /** What the clock would show now, and what it shows. */
  readonly from: number;
  readonly to: number;
  /** The earliest instant, by the new time, at which it can have been set. */
  readonly since: number;
  /** What it would show if it had never been set since the start: what it showed beyond that was wrong. */
  readonly limit: number;
}

/** The wall clock was set forward. Instants in wall-clock ms: what the clock would show now, and what it shows. */
export interface SetForward {
  readonly from: number;
  readonly to: number;
}

/** The wall clock was set. */
export type ClockChange = ({ readonly kind: 'set-back' } & SetBack) | ({ readonly kind: 'set-forward' } & SetForward);

/** What a condition that goes by the wall clock has to know. */
export type TimeChange = ClockChange | { readonly kind: 'zone'; readonly from: string; readonly to: string };

/** The clock was set back by more than this: it was wrong before, and the new time counts at once, as in cron. */
export const CORRECTION_MS = 3 * 3_600_000;
