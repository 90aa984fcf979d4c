import { hookLists } from '../../config/hooks.ts';
import type { CheckedFile, CheckedItem, FileWarnings } from '../checked-file.ts';

const textsOf = (x: unknown): readonly string[] => (Array.isArray(x) ? (x as readonly string[]) : []);

/** The tasks that anything runs. */
const usedTasks = ({ condition, defaults }: CheckedFile): ReadonlySet<string> => {
  const lists = condition.items.flatMap(({ shared, path }) => [
    ...textsOf(shared.tasks),
    ...hookLists(shared, path).flatMap(([, , names]) => names),
  ]);
  return new Set([...lists, ...hookLists(defaults, []).flatMap(([, , names]) => names)]);
};

/** Tasks that nothing runs. */
export const unusedTasks: FileWarnings = (file, warn) => {
  const used = usedTasks(file);
  for (const item of file.task.items)
    if (!used.has(item.name))
      warn(item as CheckedItem, 'unused-task', ['name'], `no condition runs it`, {
        help: `tasks = ["${item.name}"] in a condition`,
      });
};

/** Conditions that can do nothing, and events for them. */
export const idleConditions: FileWarnings = ({ condition, event }, warn) => {
  const guards = new Set(condition.items.flatMap(({ shared }) => textsOf(shared.only_when)));
  const fired = new Set(event.items.map(({ shared }) => shared.condition));
  const idle = new Set<unknown>();
  for (const item of condition.items) {
    const { name, kind, shared } = item;
    const without = textsOf(shared.tasks).length === 0;
    if (without && !guards.has(name)) {
      idle.add(name);
      warn(
        item as CheckedItem,
        'no-tasks',
        ['name'],
        'it has no tasks, and is not a guard of another condition: it is never checked',
        {
          help: 'tasks = ["…"] with the names of tasks',
        },
      );
    }
    if (kind.fired === true && !fired.has(name))
      warn(
        item as CheckedItem,
        'no-event',
        ['name'],
        `no event fires it: a condition of type ${kind.type} runs nothing without one`,
        {
          help: `an [[event]] with condition = "${name}"`,
        },
      );
  }
  for (const item of event.items)
    if (idle.has(item.shared.condition))
      warn(
        item as CheckedItem,
        'unused-event',
        ['condition'],
        `the condition "${String(item.shared.condition)}" that it fires has no tasks`,
      );
};

/** A file that can do nothing. */
export const nothingToRun: FileWarnings = ({ condition, root }, warn) => {
  if (condition.items.length > 0 || Array.isArray(root.condition)) return;
  warn(undefined, 'nothing-to-run', [], 'the file has no condition: nothing will ever run', {
    help: '[[condition]] with a type and tasks',
  });
};
