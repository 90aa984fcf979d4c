import type { Clock } from '../core/ports.ts';
import { PATIENCE_MS } from './claims.ts';
import type { FleetMemberOptions } from './member-options.ts';
import { UnreachableError } from './shared-store.ts';

/** How far a clock may be off before this is a warning, ms. */
const SKEW_WARNING_MS = 1000;

/** Reports how a member stands, once for each change: how far its clock is off, and whether the server takes what it writes. */
export class StandingReports {
  readonly #clock: Clock;
  readonly #options: Pick<FleetMemberOptions, 'tickMs' | 'report'>;
  #skewLevel: 'ok' | 'warn' | 'error' = 'ok';
  /** Since when a server that is connected refuses what is written, monotonic ms. */
  #refusedSince: number | undefined;
  #isRefused = false;

  constructor({ clock, ...options }: Pick<FleetMemberOptions, 'clock' | 'tickMs' | 'report'>) {
    this.#clock = clock;
    this.#options = options;
  }

  onSkew(ms: number): void {
    const { tickMs, report } = this.#options;
    const off = Math.abs(ms);
    const level = off > tickMs ? 'error' : off > SKEW_WARNING_MS ? 'warn' : 'ok';
    if (level === this.#skewLevel) return;
    this.#skewLevel = level;
    report({ kind: 'skew', ms, level });
  }

  /** Another server may answer now. */
  onConnection(): void {
    this.#refusedSince = undefined;
  }

  /** Waits for what is written again and again to a server that is connected. Rejects as that does. */
  async written<R>(writing: Promise<R>): Promise<R> {
    try {
      const written = await writing;
      this.#refusedSince = undefined;
      if (this.#isRefused) this.#options.report({ kind: 'accepted' });
      this.#isRefused = false;
      return written;
    } catch (error) {
      if (error instanceof UnreachableError) this.#onRefused(error.message);
      throw error;
    }
  }

  #onRefused(message: string): void {
    const now = this.#clock.mono();
    this.#refusedSince ??= now;
    if (this.#isRefused || now - this.#refusedSince < PATIENCE_MS) return;
    this.#isRefused = true;
    this.#options.report({ kind: 'refused', message });
  }
}
