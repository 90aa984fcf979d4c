import type { ConditionInstance } from '../core/instance.ts';
import type { ConditionSpec, Spec, Traits } from '../core/spec.ts';
import type { ConditionKind } from '../items/kind.ts';
import type { Table } from './field.ts';
import { type HookValues, hooksOf } from './hooks.ts';
import type { ParsedItem } from './section.ts';

/** The keys of a condition that the engine reads, with its hooks. */
const traitsOf = (shared: Table, defaults: HookValues): Traits => {
  const hooks = hooksOf(shared, shared.tasks as readonly string[], defaults);
  if (hooks !== undefined) shared.hooks = hooks;
  return Object.freeze(shared) as unknown as Traits;
};

const NEVER_OPENS = 'its window does not open any more';

/** A condition as the engine sees it. @param spec what it has in common with other items */
export const conditionSpec = (
  { kind, shared, window, ...item }: ParsedItem<ConditionKind>,
  defaults: HookValues,
  spec: Spec<ConditionInstance>,
): ConditionSpec => {
  const [values, compiled] = [item.values as never, item.compiled as never];
  const holdsFrom = (from: number) => kind.holdsFrom?.(values, compiled, from);
  const within: Spec<ConditionInstance> =
    window === undefined
      ? spec
      : { ...spec, create: (around) => window.around(spec.create(around), around.ports.clock) };
  return {
    ...(window?.holdsEvents ? { holdWindow: window } : {}),
    traits: traitsOf(shared, defaults),
    delayable: kind.delayable,
    forecast: (from, goesOn) => kind.forecast?.(values, compiled, from, window, goesOn),
    holdsFrom: (from) => (window === undefined ? holdsFrom(from) : window.opensWith(holdsFrom, from)),
    never: (from) => {
      const reasons = kind.never?.(values, compiled, from, window) ?? [];
      return reasons.length === 0 && window !== undefined && window.opens(from) === undefined ? [NEVER_OPENS] : reasons;
    },
    ...within,
  };
};
