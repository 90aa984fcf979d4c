import type { LuaEnd, LuaListener, LuaRequest, LuaResult } from '../core/ports.ts';

/** A script to run. */
export interface ScriptRequest {
  readonly request: LuaRequest;
  readonly listener: LuaListener;
  readonly resolve: (result: LuaResult) => void;
  /** How often its thread was ended because of another script. */
  readonly losses: number;
  /** The end of its init script has been reported. */
  initialised: boolean;
}

/** A script that was sent to the thread. */
export interface RunningScript extends ScriptRequest {
  /** When it is ended from outside, milliseconds of `performance.now()`; Infinity: not by itself. */
  overdueAt: number;
  /** How it ends then. */
  overdue: 'timeout' | 'cancelled';
  /** Not 0 once the script has had an effect outside; the thread writes it before the effect. */
  readonly effect: Int32Array;
  answered: boolean;
}

/** A script that was lost this often is not restarted: the scripts beside it are restarted every time too. */
const MOST_LOSSES = 10;

/** True for a script that can be restarted: the first attempt had no effect outside. */
export const canRestart = ({ answered, effect, losses }: RunningScript): boolean =>
  !answered && losses < MOST_LOSSES && Atomics.load(effect, 0) === 0;

/** The result of a script that did not come to its own end. */
export const withoutState = (end: LuaEnd): LuaResult => ({ end, state: { how: 'untouched' } });

/** Ends a script from outside, unless its result is known. */
export const endScript = (entry: RunningScript, end: LuaEnd): void => {
  if (entry.answered) return;
  entry.answered = true;
  entry.resolve(withoutState(end));
};
