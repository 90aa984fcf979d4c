import type { Problem } from '../config/problem.ts';
import type { CheckedFile, CheckedItem, FileWarnings, ItemWarnings, Warn } from './checked-file.ts';
import {
  longTasks,
  missingProgram,
  noCriterion,
  readableSecrets,
  relativePaths,
  secretArguments,
  shellSyntax,
  watchesOwnFiles,
} from './warnings/commands.ts';
import { missingFleetFiles } from './warnings/fleet.ts';
import { emptyIncludes } from './warnings/include.ts';
import { inputCommands } from './warnings/input-commands.ts';
import {
  breakFlags,
  dependentKeys,
  recurringKeys,
  shortInterval,
  unknownAllowed,
  uselessRetries,
} from './warnings/keys.ts';
import { luaGlobals } from './warnings/lua.ts';
import { criteriaThatDecideNothing } from './warnings/patterns.ts';
import { missingPlugins } from './warnings/plugins.ts';
import { idleConditions, nothingToRun, unusedTasks } from './warnings/references.ts';
import { neverOpens } from './warnings/windows.ts';

/** What looks at commands, of tasks and of conditions. */
const COMMAND: readonly ItemWarnings[] = [
  ...[missingProgram, shellSyntax, noCriterion, secretArguments, readableSecrets, criteriaThatDecideNothing],
];

/** What looks at items: by section, and by section and type. */
const OF_ITEMS: Readonly<Record<string, readonly ItemWarnings[]>> = {
  task: [dependentKeys, relativePaths],
  'task command': COMMAND,
  'task lua': [luaGlobals, readableSecrets],
  'task internal': [inputCommands],
  condition: [dependentKeys, uselessRetries, recurringKeys, breakFlags, neverOpens],
  'condition command': [...COMMAND, relativePaths],
  'condition lua': [luaGlobals, readableSecrets, relativePaths],
  'condition interval': [shortInterval, longTasks],
  'event fschange': [relativePaths, watchesOwnFiles],
};

/** What looks at conditions that wait for a time. A file without them needs none of it. */
const ofTimes = async ({ condition: { items } }: CheckedFile): Promise<readonly ItemWarnings[]> =>
  items.some(({ kind }) => kind.type === 'time') ? (await import('./warnings/time.ts')).TIME_WARNINGS : [];

/** What looks at the file as a whole. */
const OF_FILES: readonly FileWarnings[] = [
  emptyIncludes,
  missingPlugins,
  missingFleetFiles,
  nothingToRun,
  unusedTasks,
  idleConditions,
  unknownAllowed,
];

/** Items between which other work of the process gets its turn. */
const AT_ONCE = 100;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The warnings that an item, or the top of the file, does not want. */
const allowedBy = (table: Readonly<Record<string, unknown>>): readonly unknown[] =>
  Array.isArray(table.allow) ? table.allow : [];

/**
 * What a file says that is surely not what was meant, in the order of the file. @param refused problems of the same file: items with one
 * are not looked at, nor how the items belong together.
 */
export const findWarnings = async (
  file: CheckedFile,
  refused: readonly Problem[] = [],
): Promise<readonly Problem[]> => {
  const found: Problem[] = [];
  const everywhere = new Set(allowedBy(file.globals));
  const warn: Warn = (item, id, key, text, { at = 'value', ...place } = {}) => {
    if (everywhere.has(id) || (item && allowedBy(item.shared).includes(id))) return;
    found.push({
      path: item ? [...item.path, ...key] : key,
      at,
      id,
      text,
      ...(item ? { item: item.title } : {}),
      ...place,
    });
  };
  const broken = new Set(refused.map(({ path: [section, index] }) => `${section}/${index}`));
  const items: CheckedItem[] = [...file.task.items, ...file.condition.items, ...file.event.items];
  const ofItems: typeof OF_ITEMS = { ...OF_ITEMS, 'condition time': await ofTimes(file) };
  for (const [i, item] of items.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await turn();
    const [section, index] = item.path as [string, number];
    if (broken.has(`${section}/${index}`)) continue;
    const looks = [...(ofItems[section] ?? []), ...(ofItems[`${section} ${item.kind.type}`] ?? [])];
    for (const look of looks) await look(item, (...what) => warn(item, ...what), file);
  }
  // What belongs together is not known while a part is missing.
  if (refused.length === 0) for (const look of OF_FILES) await look(file, warn);
  if (found.length === 0) return [];
  const { located } = await import('../config/locate.ts');
  return located(file.text, found, file.included);
};
