import type { ConditionKind } from '../items/kind.ts';
import type { Problem } from './problem.ts';
import type { ParsedItem, ParsedSection } from './section.ts';

/** A retry of a condition that is checked for ever is nothing: each success of its check runs the tasks anyway. */
const uselessRetries = ({ shared, title, path }: ParsedItem<ConditionKind>): Problem[] => {
  const { recurring, max_tasks_retries: retries } = shared;
  if (recurring !== true || retries === 0) return [];
  const text = `max_tasks_retries = ${retries} has no effect with recurring = true; to try a task again when it fails, give the task the key retries`;
  return [{ path: [...path, 'max_tasks_retries'], at: 'key', item: title, text }];
};

/** What a valid file says that is surely not what was meant. */
export const findWarnings = (conditions: ParsedSection<ConditionKind>): readonly Problem[] =>
  conditions.items.flatMap(uselessRetries);
