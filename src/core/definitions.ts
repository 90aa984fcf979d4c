import type { ConditionSpec, TaskSpec } from './spec.ts';

/** Made once for each item: heartbeats ask for all of them. */
const texts = new WeakMap<object, string>();

const textOf = (spec: object, definition: () => object): string => {
  const known = texts.get(spec);
  if (known !== undefined) return known;
  const text = JSON.stringify(definition(), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  texts.set(spec, text);
  return text;
};

/** The definition of a condition as a text, which is equal on all machines with equal files. */
export const conditionDefinition = (spec: ConditionSpec): string =>
  textOf(spec, () => ({ type: spec.type, traits: spec.traits, values: spec.values }));

/** The same of a task, as far as it matters to another machine that does it. */
export const taskDefinition = (spec: TaskSpec): string =>
  textOf(spec, () => ({ name: spec.name, type: spec.type, where: spec.traits.where, values: spec.values }));
