import type { Askable, Holdable } from './held-firing.ts';
import { WINDOW_OF } from './reasons.ts';
import type { ConditionSpec, SpecWindow } from './spec.ts';

/** What has to hold before the tasks of a condition run: its window, if that holds what fires outside, and the conditions in `only_when`. */
export const guardNames = ({ name, traits, holdWindow }: Pick<ConditionSpec, 'name' | 'traits' | 'holdWindow'>) =>
  holdWindow === undefined ? traits.only_when : [`${WINDOW_OF}${name}`, ...traits.only_when];

const guardOf = (window: SpecWindow): Askable => ({
  askEveryMs: 0,
  ask: ({ wall }) => {
    const reason = window.closed(wall);
    if (reason === undefined) return { holds: true };
    return { holds: false, reason, ...(reason.opens === undefined ? {} : { notBefore: reason.opens }) };
  },
});

const guards = new WeakMap<SpecWindow, Askable>();

/** The window with this name, always the same for a condition; undefined: the name is not that of a window, or the window is gone. */
export const windowGuard = (name: string, condition: (name: string) => Holdable | undefined): Askable | undefined => {
  const window = name.startsWith(WINDOW_OF) ? condition(name.slice(WINDOW_OF.length))?.spec.holdWindow : undefined;
  if (window === undefined) return undefined;
  let guard = guards.get(window);
  if (!guard) {
    guard = guardOf(window);
    guards.set(window, guard);
  }
  return guard;
};
