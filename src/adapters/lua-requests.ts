import type { LuaEnd, LuaListener, LuaRequest, LuaResult } from '../core/ports.ts';

/** A script that is to run. */
export interface ScriptRequest {
  readonly request: LuaRequest;
  readonly listener: LuaListener;
  readonly resolve: (result: LuaResult) => void;
  /** How many hosts it has lost because of other scripts. */
  readonly losses: number;
  /** The end of its init script has been reported. */
  initialised: boolean;
}

/** A script that has been handed to a host. */
export interface RunningScript extends ScriptRequest {
  /** Milliseconds of `performance.now()`; Infinity for none. */
  readonly overdueAt: number;
  /** Not 0 once the script has had an effect outside; the host writes it before the effect. */
  readonly effect: Int32Array;
  answered: boolean;
}

/** A script that loses this many hosts is not begun again: the scripts beside it come back every time. */
const MOST_LOSSES = 10;

/** True for a script that can be begun again: the first attempt has changed nothing outside. */
export const canRestart = ({ answered, effect, losses }: RunningScript): boolean =>
  !answered && losses < MOST_LOSSES && Atomics.load(effect, 0) === 0;

/** The result of a script that did not come to its own end. */
export const withoutState = (end: LuaEnd): LuaResult => ({ end, state: { how: 'untouched' } });

/** Ends a script without an answer of its own, unless it has been answered. */
export const endScript = (entry: RunningScript, end: LuaEnd): void => {
  if (entry.answered) return;
  entry.answered = true;
  entry.resolve(withoutState(end));
};
