import { expected, expectType, TYPES } from '../check-arguments.ts';
import type { RunOutcomeKind } from '../core/outcome.ts';
import type { CommandResult } from '../core/ports.ts';
import type { SignalOptions } from '../subscription.ts';

/** How `Daemon.runNow` or `Client.run` runs a condition. The signal ends the waiting, not the run. */
export interface RunOptions extends SignalOptions {
  /** While the condition is busy: run it when it is free. Default: it does not run. */
  readonly queue?: boolean | undefined;
}

/** What a command did not do, and why. `refused`: the daemon does not run. */
export interface NotDone {
  readonly kind: 'no-effect' | 'refused';
  readonly reason: string;
}

/** What `Daemon.runNow` or `Client.run` has come to. */
export type RunResult =
  | {
      readonly kind: 'done';
      /** The id of the run, as in the history: `run-7`. */
      readonly id: string;
      /** `none`: no task had an outcome; `cancelled`, `replaced`: it was ended early. */
      readonly outcome: RunOutcomeKind;
      /** How it ended, as text. */
      readonly said: string;
    }
  | NotDone;

/** What `cancel` of a daemon or a client has come to. */
export type CancelResult = { readonly kind: 'done' /** What was ended, as text. */; readonly said: string } | NotDone;

/** @throws TypeError for what is not one word: it would be another line of input. */
export const checkName = (call: string, name: string, what = 'condition'): void => {
  expectType(call, what, name, TYPES.name);
  expected(call, what, name, 'a name without blanks', !/\s/u.test(name));
};

/** The last part of an answer: what has come of a command in the end. */
const lastPart = async (result: CommandResult): Promise<CommandResult> => {
  let part = result;
  while (part.kind === 'done' && part.later) part = await part.later;
  return part;
};

/** @param result of the command `run` */
export const runResult = async (result: CommandResult): Promise<RunResult> => {
  const end = await lastPart(result);
  if (end.kind !== 'done') return end;
  const { run, said = '' } = end;
  return run === undefined ? { kind: 'no-effect', reason: said } : { kind: 'done', ...run, said };
};

/** @param result of the command `cancel` */
export const cancelResult = async (result: CommandResult): Promise<CancelResult> => {
  const end = await lastPart(result);
  return end.kind === 'done' ? { kind: 'done', said: end.said ?? '' } : end;
};
