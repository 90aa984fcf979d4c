import type { Clock } from '../core/ports.ts';
import type { MissedReport } from './missed-firings.ts';
import type { OwedKeeper } from './owed-firings.ts';
import type { SharedStore } from './shared-store.ts';

/** What a member of a fleet reports besides the answers to claims. */
export type FleetReport =
  /** `unreached`: no server has answered since the start. */
  | { readonly kind: 'connected' | 'disconnected' | 'unreached' }
  /** A server that is connected has taken nothing for a while; `accepted`: it does again. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'skew'; readonly ms: number; readonly level: 'ok' | 'warn' | 'error' }
  /** Something of the fleet has failed that should not, and is tried again. */
  | { readonly kind: 'fault'; readonly message: string }
  /** Another machine uses the name of this one. `began`: when it was started, wall-clock ms; absent: it is not known. */
  | { readonly kind: 'name-taken'; readonly node: string; readonly began?: number }
  | { readonly kind: 'name-free'; readonly node: string }
  | { readonly kind: 'node-dead'; readonly node: string }
  | { readonly kind: 'definition-differs'; readonly condition: string; readonly node: string }
  /** This task has not begun yet on other machines, or the result is not wanted because `node` does it now. `what`: it waits for that. */
  | { readonly kind: 'work-idle'; readonly task: string; readonly where: string; readonly what: string }
  | { readonly kind: 'work-taken-over'; readonly task: string; readonly node: string }
  | ({ readonly kind: 'missed' } & MissedReport)
  | { readonly kind: 'ran-twice'; readonly condition: string; readonly key: string; readonly node: string };

/** What a member is made of. */
export interface FleetMemberOptions {
  readonly node: string;
  /** Of this instance of the program: no other one has it. */
  readonly session: string;
  readonly version: string;
  readonly tags: readonly string[];
  readonly store: SharedStore;
  readonly clock: Clock;
  readonly tickMs: number;
  readonly withoutEngine: 'run' | 'hold' | 'skip';
  hash(definition: string): string;
  /** The definitions of the shared conditions of this node, by their names: the same map as long as they are the same. */
  definitions(): ReadonlyMap<string, string>;
  /** The hashes of the tasks that it does for others; default: none. */
  tasks?(): readonly string[];
  /** For the next instance, if this one is killed; default: nothing is kept. */
  readonly keeper?: OwedKeeper;
  report(report: FleetReport): void;
}
