import type { Log } from '../log/record.ts';
import type { Bus, Idle, Watcher, Wmi } from './desktop-ports.ts';
import type { Lua } from './lua-port.ts';
import type { Processes } from './process-port.ts';

export type * from './desktop-ports.ts';
export type * from './lua-port.ts';
export type * from './process-port.ts';

/** The only source of time. `wall` and `mono` are milliseconds with fractions; `mono` never goes back. */
export interface Clock {
  wall(): number;
  mono(): number;
  /** Resolves after `ms` on the monotonic clock, or at once when `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets everything else that is ready go first (one turn of the event loop). */
  turn(): Promise<void>;
  /** Nobody sets the wall clock: it need not be looked at now and then. */
  readonly steady?: boolean;
}

/** Numbers in [0, 1). */
export type Random = () => number;

/** What an input command came to, for internal tasks: done, no effect (`failure`), or not understood (`refused`). */
export type Answer =
  | { readonly kind: 'done' }
  | { readonly kind: 'no-effect'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** The door for everything that steers the scheduler. Answers when the command is accepted, not when it is finished. */
export interface Inbox {
  submit(line: string): Promise<Answer>;
}

/** Names of conditions that events have fired. */
export interface Pending {
  /** True when the name was not there already. */
  add(condition: string): boolean;
  has(condition: string): boolean;
  /** True when the name was there; it is gone afterwards. */
  take(condition: string): boolean;
}

/** Everything the engine asks of the world. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly processes: Processes;
  readonly lua: Lua;
  readonly watcher: Watcher;
  readonly bus: Bus;
  readonly idle: Idle;
  readonly wmi: Wmi;
}
