import type { LuaEnd, LuaListener, LuaRequest, LuaResult } from '../core/ports.ts';

/** A script that has been handed to a host. */
export interface Pending {
  readonly request: LuaRequest;
  readonly listener: LuaListener;
  readonly resolve: (result: LuaResult) => void;
  /** Milliseconds of `performance.now()`; Infinity for none. */
  readonly overdueAt: number;
  answered: boolean;
}

/** `task/NAME` or `condition/NAME`. */
export const itemOf = ({ section, task, condition }: Pick<LuaRequest, 'section' | 'task' | 'condition'>): string =>
  `${section}/${section === 'task' ? task : condition}`;

/** The result of a script that did not come to its own end. */
export const untouched = (end: LuaEnd): LuaResult => ({ end, state: { how: 'untouched' } });

/** Ends a script without an answer of its own, unless it has been answered. */
export const answer = (entry: Pending, end: LuaEnd): void => {
  if (entry.answered) return;
  entry.answered = true;
  entry.resolve(untouched(end));
};
