import type { ConditionKind, EventKind, TaskKind } from '../items/kind.ts';
import type { ProblemList } from './findings.ts';
import type { ParsedSection } from './section.ts';
import { suggest } from './suggest.ts';

/** Checks what items say about each other (`config.md` §7). @param fired the types of conditions that events may fire. */
export const checkReferences = (
  task: ParsedSection<TaskKind>,
  condition: ParsedSection<ConditionKind>,
  event: ParsedSection<EventKind>,
  typeOf: (condition: string) => unknown,
  fired: readonly string[],
  found: ProblemList,
): void => {
  for (const { title, shared, path } of condition.items) {
    const seen = new Set<string>();
    for (const [i, wanted] of ((shared.tasks ?? []) as string[]).entries()) {
      const add = (text: string) =>
        found.add({ path: [...path, 'tasks', i], at: 'value', item: title, text: `tasks: ${text}` });
      if (!task.named.has(wanted)) add(`there is no task "${wanted}"${suggest(wanted, [...task.named.keys()])}`);
      else if (seen.has(wanted)) add(`the task "${wanted}" is listed twice`);
      seen.add(wanted);
    }
  }
  for (const { title, shared, path } of event.items) {
    const wanted = shared.condition;
    if (typeof wanted !== 'string') continue;
    const add = (text: string) =>
      found.add({ path: [...path, 'condition'], at: 'value', item: title, text: `condition: ${text}` });
    const type = typeOf(wanted);
    if (!condition.named.has(wanted))
      add(`there is no condition "${wanted}"${suggest(wanted, [...condition.named.keys()])}`);
    else if (typeof type === 'string' && !fired.includes(type))
      add(`"${wanted}" is of type ${type}, expected one of type ${fired.join(' or ')}`);
  }
};
