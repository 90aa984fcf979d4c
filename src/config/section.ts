import type { FindingId } from '../check/findings.ts';
import type { CompiledWindow, ConditionWindow } from '../items/common/condition-window.ts';
import type { ConditionKind, EventKind, HostFs, ItemKind, ReportProblem, TaskKind } from '../items/kind.ts';
import { type Fields, isTable, type Table } from './field.ts';
import { type HookValues, hookLists } from './hooks.ts';
import type { IncludedFiles } from './included-files.ts';
import type { Path, Problem, ProblemList } from './problem.ts';
import { describeValue, readFields } from './read-fields.ts';
import { suggest } from './suggest.ts';

/** The kinds of one section and the keys they share: what `[[task]]`, `[[condition]]` or `[[event]]` can hold. */
export interface SectionKinds<K extends ItemKind> {
  readonly kinds: readonly K[];
  readonly common: Fields;
  /** Common keys that say when an item counts at all: they are compiled, and not among the shared values. */
  readonly window?: {
    readonly fields: Fields;
    /** What is given to the `compile` of the kind, and the shared value `window`. Reports what is wrong with the keys. */
    compile(keys: Table, kind: K, report: ReportProblem, machine: HostFs): Promise<CompiledWindow> | undefined;
  };
}

/** The words that begin a section of the file. */
export type SectionName = 'task' | 'condition' | 'event';

/** One parsed table of the file. */
export interface ParsedItem<K extends ItemKind> {
  readonly kind: K;
  readonly name: string;
  /** `task "Backup"`, or `task number 3` when it has no good name. */
  readonly title: string;
  /** Values of the keys the whole section has. */
  readonly shared: Table;
  /** Values of the kind's own keys. */
  readonly values: Table;
  readonly compiled: unknown;
  /** Of a condition: when it counts at all; absent: always. */
  readonly window: ConditionWindow | undefined;
  readonly path: Path;
}

/** A parsed section. */
export interface ParsedSection<K extends ItemKind> {
  /** The items of a known kind, those with a problem too, so that references to them are checked as well. */
  readonly items: readonly ParsedItem<K>[];
  /** Every name that is used, with the place of its item. */
  readonly named: ReadonlyMap<string, Path>;
}

const titled = (section: SectionName, table: Table, index: number): string =>
  typeof table.name === 'string' ? `${section} "${table.name}"` : `${section} number ${index + 1}`;

const wrongType = (section: SectionName, type: unknown, words: readonly string[]): string =>
  typeof type === 'string'
    ? `unknown ${section} type "${type}"${suggest(type, words)} (known: ${words.join(', ')})`
    : `type: expected one of ${words.join(', ')}, found ${describeValue(type)}`;

/** What is wrong with the type of an item, and where. */
const typeProblem = (
  section: SectionName,
  type: unknown,
  words: readonly string[],
): readonly ['key' | 'value', Path, string, Partial<Problem>] =>
  type === undefined
    ? ['key', [], `missing key "type": expected one of ${words.join(', ')}`, { id: 'missing-key' }]
    : ['value', ['type'], wrongType(section, type, words), { id: 'unknown-type' }];

/** What is wrong with a section that is not an array of tables. */
export const sectionText = (section: SectionName, list: unknown): string =>
  `expected ${section}s as an array of tables${isTable(list) ? `: write [[${section}]] instead of [${section}]` : ''}`;

const tablesOf = (root: Table, section: SectionName, found: ProblemList): readonly Table[] => {
  const list = root[section] ?? [];
  if (Array.isArray(list) && list.every(isTable)) return list;
  found.add({ path: [section], at: 'key', text: sectionText(section, list) });
  return [];
};

/** The file of a place, if another one is in another file. */
const otherFile = (path: Path, other: Path, included: IncludedFiles | undefined): string | undefined =>
  included && included.fileOf(path) !== included.fileOf(other) ? included.homeOf(other).source.file : undefined;

const usedText = (section: SectionName, name: string, file: string | undefined): string =>
  `the name "${name}" is used by another ${section} already${file === undefined ? '' : `, in ${file}`}`;

const without = (fields: Fields, others: Fields = {}): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => !Object.hasOwn(others, key)));

/** The values of some keys. */
const picked = (values: Table, fields: Fields): Table => {
  const some: Table = {};
  for (const key in fields) some[key] = values[key];
  return some;
};

/** The values with paths that begin where their file is. */
const inFile = (values: Table, fields: Fields, file: string, { files }: HostFs): Table => {
  for (const [key, { inFile: move }] of Object.entries(fields))
    if (move && values[key] !== undefined) values[key] = move(values[key], (path) => files?.beside(file, path) ?? path);
  return values;
};

/** The number of an item within its section of its file. */
const numberIn = (path: Path, included: IncludedFiles | undefined): number =>
  (included ? included.homeOf(path).path[1] : path[1]) as number;

/** The values of the keys of a kind, with those from the top of the file where an item has none. */
const withDefaults = (values: Table, fields: Fields, defaults: Table): Table => {
  for (const key in defaults) if (Object.hasOwn(fields, key)) values[key] ??= defaults[key];
  return values;
};

/** Parses one section of the file, and of those that it includes. @param defaults values of keys that kinds have, from the top */
export const readSection = async <K extends ItemKind>(
  root: Table,
  section: SectionName,
  { kinds, common, window }: SectionKinds<K>,
  machine: HostFs,
  found: ProblemList,
  main: string,
  included?: IncludedFiles,
  defaults: Table = {},
): Promise<ParsedSection<K>> => {
  const items: ParsedItem<K>[] = [];
  const named = new Map<string, Path>();
  const words = kinds.map((k) => k.type);
  const sharedFields = without(common, window?.fields);
  const fieldsOf = new Map(kinds.map((kind) => [kind, { ...common, ...kind.fields }]));
  for (const [index, table] of tablesOf(root, section, found).entries()) {
    const path: Path = [section, index];
    const title = titled(section, table, numberIn(path, included));
    const add = (at: 'key' | 'value', key: Path, text: string, more: Partial<Problem> = {}) =>
      found.add({ path: [...path, ...key], at, item: title, text, ...more });
    const { name } = table;
    if (typeof name === 'string') {
      const other = named.get(name);
      if (other === undefined) named.set(name, path);
      else add('value', ['name'], usedText(section, name, otherFile(path, other, included)), { id: 'duplicate-name' });
    }
    const kind = kinds.find((k) => k.type === table.type);
    if (!kind) {
      add(...typeProblem(section, table.type, words));
      const own = Object.keys(table).filter((k) => !Object.hasOwn(common, k));
      readFields(table, common, path, title, found, own);
      continue;
    }
    const all = readFields(table, fieldsOf.get(kind)!, path, title, found, ['type']);
    const home = included?.fileOf(path) ?? main;
    const pick = (fields: Fields): Table => inFile(picked(all, fields), fields, home, machine);
    const values = withDefaults(pick(kind.fields), kind.fields, defaults);
    const missing = kind.unavailable?.(machine);
    if (missing) add('value', ['type'], missing, { id: 'not-on-this-system' });
    const report = (key: Path, text: string, more = {}) => add('value', key, text, more);
    const shared = pick(sharedFields);
    const { window: open, traits } = (await window?.compile(pick(window.fields), kind, report, machine)) ?? {};
    if (traits) shared.window = traits;
    const compiled = missing ? undefined : await kind.compile?.(values, report, machine, open, shared.shared === true);
    items.push({ kind, name: all.name as string, title, shared, values, compiled, window: open, path });
  }
  return { items, named };
};

/** Checks the tasks that conditions list, to run and in hooks, and those of `[defaults]`. */
export const checkTaskReferences = (
  task: ParsedSection<TaskKind>,
  condition: ParsedSection<ConditionKind>,
  defaults: HookValues,
  found: ProblemList,
): void => {
  const check = (key: string, path: Path, names: readonly string[], item?: string): void => {
    const seen = new Set<string>();
    for (const [i, wanted] of names.entries()) {
      const add = (id: FindingId, text: string) =>
        found.add({
          path: [...path, i],
          at: 'value',
          id,
          text: `${key}: ${text}`,
          ...(item === undefined ? {} : { item }),
        });
      if (!task.named.has(wanted))
        add('unknown-reference', `there is no task "${wanted}"${suggest(wanted, [...task.named.keys()])}`);
      else if (seen.has(wanted)) add('invalid-reference', `the task "${wanted}" is listed twice`);
      seen.add(wanted);
    }
  };
  for (const { title, shared, path } of condition.items) {
    const tasks = (shared.tasks ?? []) as string[];
    check('tasks', [...path, 'tasks'], tasks, title);
    for (const [hook, place, names] of hookLists(shared, path)) {
      check(hook, place, names, title);
      if (tasks.length === 0 && names.length > 0)
        found.add({
          ...{ path: place, at: 'value', item: title, id: 'conflicting-keys' },
          text: `${hook}: expected tasks in "tasks", too: a condition without tasks never runs, so that no hook of it begins`,
        });
    }
  }
  for (const [hook, place, names] of hookLists(defaults, ['defaults'])) check(hook, place, names);
};

/** The guards that a condition names. */
const guardsOf = ({ shared }: ParsedItem<ConditionKind>) => (shared.only_when ?? []) as readonly string[];

/** Checks the guards that conditions name. @param guards the types of conditions that can be guards. */
export const checkGuardReferences = (
  condition: ParsedSection<ConditionKind>,
  typeOf: (condition: string) => unknown,
  guards: readonly string[],
  found: ProblemList,
): void => {
  const guarded = new Set(condition.items.filter((item) => guardsOf(item).length > 0).map(({ name }) => name));
  const wrong = (wanted: string, name: string): string | undefined => {
    const type = typeOf(wanted);
    if (!condition.named.has(wanted))
      return `there is no condition "${wanted}"${suggest(wanted, [...condition.named.keys()])}`;
    if (wanted === name) return `"${wanted}" is the condition itself, which cannot be its own guard`;
    if (typeof type === 'string' && !guards.includes(type))
      return `"${wanted}" is of type ${type}, expected a guard of type ${guards.join(', ')}`;
    return guarded.has(wanted) ? `"${wanted}" has only_when itself, and a guard cannot be held` : undefined;
  };
  for (const item of condition.items) {
    const { title, name, path } = item;
    const seen = new Set<string>();
    for (const [i, wanted] of guardsOf(item).entries()) {
      const text = wrong(wanted, name) ?? (seen.has(wanted) ? `the guard "${wanted}" is listed twice` : undefined);
      const id = condition.named.has(wanted) ? 'invalid-reference' : 'unknown-reference';
      if (text)
        found.add({ path: [...path, 'only_when', i], at: 'value', item: title, id, text: `only_when: ${text}` });
      seen.add(wanted);
    }
  }
};

/** Checks that conditions with tasks have none of the keys that only guards have. */
export const checkGuardKeys = (condition: ParsedSection<ConditionKind>, found: ProblemList): void => {
  for (const { title, kind, shared, values, path } of condition.items) {
    if (((shared.tasks ?? []) as readonly string[]).length === 0) continue;
    const text = 'expected no tasks: it says when a guard holds, and begins no run';
    for (const key of kind.guardKeys ?? [])
      if (values[key] !== undefined)
        found.add({ path: [...path, key], at: 'value', item: title, id: 'conflicting-keys', text: `${key}: ${text}` });
  }
};

/** Checks that conditions which are checked while their tasks run have none of the keys that go without that. */
export const checkIdleKeys = (condition: ParsedSection<ConditionKind>, found: ProblemList): void => {
  for (const { title, kind, shared, values, path } of condition.items) {
    const { when_busy: busy } = shared;
    if (busy === 'skip' || busy === undefined) continue;
    for (const key of kind.idleKeys ?? [])
      if (values[key] === true)
        found.add({
          ...{ path: [...path, key], at: 'value', item: title, id: 'conflicting-keys' },
          text: `${key}: expected when_busy = "skip", found "${busy}": it is not checked while its tasks run`,
        });
  }
};

/** Checks the conditions that events fire. @param fired the types of conditions that events may fire. */
export const checkConditionReferences = (
  condition: ParsedSection<ConditionKind>,
  event: ParsedSection<EventKind>,
  typeOf: (condition: string) => unknown,
  fired: readonly string[],
  found: ProblemList,
): void => {
  for (const { title, shared, path } of event.items) {
    const wanted = shared.condition;
    if (typeof wanted !== 'string') continue;
    const add = (id: FindingId, text: string) =>
      found.add({ path: [...path, 'condition'], at: 'value', item: title, id, text: `condition: ${text}` });
    const type = typeOf(wanted);
    if (!condition.named.has(wanted))
      add('unknown-reference', `there is no condition "${wanted}"${suggest(wanted, [...condition.named.keys()])}`);
    else if (typeof type === 'string' && !fired.includes(type))
      add('invalid-reference', `"${wanted}" is of type ${type}, expected one of type ${fired.join(' or ')}`);
  }
};
