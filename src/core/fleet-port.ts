import type { RunOutcomeKind } from './outcome.ts';

/** A firing that all machines of a fleet have in common: what runs for it runs on one of them. */
export interface SharedFiring {
  readonly condition: string;
  /** The same on all machines, whatever their clocks show: the instant of the firing, the number of its period, or the id of an event. */
  readonly key: string;
  /** The definition of the condition, as a text. */
  readonly definition: string;
  /** What becomes of its run if the machine dies. */
  readonly onLost: 'miss' | 'rerun';
}

/** A firing that this machine has got. */
export interface WonFiring {
  readonly kind: 'won';
  /** Greater than that of every machine that had the firing before. */
  readonly fence: number;
  /** Its run has ended. Resolves with the machine that has taken the firing over meanwhile; undefined: none has. Never rejects. */
  finish(outcome: RunOutcomeKind): Promise<string | undefined>;
}

/** What a machine gets when it asks for a firing. */
export type Claim =
  | WonFiring
  /** Another machine has it. `differs`: the condition is defined otherwise there. */
  | { readonly kind: 'taken'; readonly node: string; readonly differs: boolean }
  /** No server answers. With `without_engine = "run"` it runs all the same: `runs`. */
  | { readonly kind: 'unreachable'; readonly message: string; readonly runs: boolean; finish?: WonFiring['finish'] }
  /** The clock of this machine differs from that of the server by so many ms: it may be another firing there. */
  | { readonly kind: 'skewed'; readonly ms: number }
  /** The firing is not wanted any more. */
  | { readonly kind: 'cancelled' };

/** A run whose machine has died. This machine is the one that reports it, or repeats it. */
export interface LostRun {
  readonly condition: string;
  readonly key: string;
  readonly node: string;
  /** When it was begun, by the clock of the server, wall-clock ms. */
  readonly began: number;
  /** Set if it is repeated here. */
  readonly won?: WonFiring;
}

/** This machine as one of several that share firings. */
export interface Fleet {
  /** The name of this machine. */
  readonly node: string;
  /** Asks for a firing: one machine gets it. With `without_engine = "hold"` it waits for a server. Never rejects. */
  claim(firing: SharedFiring, signal: AbortSignal): Promise<Claim>;
  /** Runs are reported to this listener whose machine has died. */
  onLost(listener: (lost: LostRun) => void): void;
}
