import type { CoveredInstants, SharedFiring } from '../core/fleet-port.ts';
import type { ClaimEntry } from './entries.ts';

/** Instants of one firing, or of several that follow each other, that this machine has not run. */
export interface OwedInstants {
  readonly firing: Omit<SharedFiring, 'covers' | 'key'>;
  readonly covers: CoveredInstants;
}

/** Where it is kept, should the program be killed. Does not throw: what cannot be kept is reported. */
export interface OwedKeeper {
  /** This is owed, too. */
  add(key: string, entry: ClaimEntry): void;
  /** Only this is owed now. */
  replace(owed: OwedFirings): void;
}

/** What a machine has to write into the store when a server answers: this instance of the program, or the next one. */
export interface OwedFirings {
  /** Reported if no machine has run them. */
  readonly missed: readonly OwedInstants[];
  /** Runs without a claim, and claims that may have been made, by their keys. */
  readonly written: readonly (readonly [key: string, entry: ClaimEntry])[];
}
