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

/** The definition of a task as a text, as far as it matters to another machine that does it. It is equal on all machines with equal files. */
export const taskDefinition = (spec: TaskSpec): string =>
  textOf(spec, () => ({ name: spec.name, type: spec.type, where: spec.traits.where, values: spec.values }));

/** The tasks that a condition runs, those of its hooks included. */
const tasksOf = ({ traits: { tasks, hooks } }: ConditionSpec): ReadonlySet<string> =>
  new Set([
    ...tasks,
    ...Object.values(hooks ?? {}).flatMap((list: unknown) => (Array.isArray(list) ? (list as readonly string[]) : [])),
  ]);

/** The same of a condition and of the tasks that it runs. @param task finds one by its name */
export const conditionDefinition = (spec: ConditionSpec, task: (name: string) => TaskSpec | undefined): string => {
  const own = textOf(spec, () => ({ type: spec.type, traits: spec.traits, values: spec.values }));
  const tasks = [...tasksOf(spec)].flatMap((name) => task(name) ?? []);
  return [own, ...tasks.map((one) => taskDefinition(one) + JSON.stringify(one.traits))].join('\n');
};

/** The definitions of the shared conditions, by their names. */
export const sharedDefinitions = (
  conditions: readonly ConditionSpec[],
  task: (name: string) => TaskSpec | undefined,
): ReadonlyMap<string, string> =>
  new Map(conditions.filter(({ traits }) => traits.shared).map((spec) => [spec.name, conditionDefinition(spec, task)]));
