import { parse, TomlError } from 'smol-toml';
import * as v from 'valibot';
import type { ConditionSpec, Config, EventSpec, Spec, TaskSpec, Traits } from '../core/spec.ts';
import type { ConditionKind, EventKind, Kind, Machine, TaskKind } from '../items/kind.ts';
import type { Fields, Values } from './field.ts';
import { globalFields } from './globals.ts';
import { nearest } from './nearest.ts';
import { ConfigError, type Path, type Problem } from './problem.ts';

/** The kinds and the common keys of each section: what a file may contain. */
export interface Registry {
  readonly task: Section<TaskKind>;
  readonly condition: Section<ConditionKind>;
  readonly event: Section<EventKind>;
}

interface Section<K extends Kind> {
  readonly kinds: readonly K[];
  readonly common: Fields;
}

type SectionName = 'task' | 'condition' | 'event';
type Table = Record<string, unknown>;

const isTable = (x: unknown): x is Table =>
  typeof x === 'object' && x !== null && !Array.isArray(x) && !(x instanceof Date);

/** What a value of the file looks like to a person. */
export const describe = (x: unknown): string => {
  if (typeof x === 'string') return `the string ${JSON.stringify(x.length > 60 ? `${x.slice(0, 60)}…` : x)}`;
  if (typeof x === 'bigint') return `the integer ${x}`;
  if (typeof x === 'number') return `the float ${Number.isInteger(x) ? x.toFixed(1) : x}`;
  if (typeof x === 'boolean') return String(x);
  if (x instanceof Date) return 'a date';
  return Array.isArray(x) ? 'an array' : 'a table';
};

/** Collects what is wrong while a file is gone through. */
class Findings {
  readonly problems: Problem[] = [];
  add(problem: Problem): void {
    this.problems.push(problem);
  }
}

const checkFields = (
  table: Table,
  fields: Fields,
  base: Path,
  item: string | undefined,
  found: Findings,
  ignore: readonly string[] = [],
): Table => {
  const out: Table = {};
  const add = (path: Path, at: 'key' | 'value', text: string) =>
    found.add({ path: [...base, ...path], at, text, ...(item ? { item } : {}) });
  for (const key of Object.keys(table)) {
    if (ignore.includes(key)) continue;
    if (!Object.hasOwn(fields, key)) {
      add([key], 'key', `unknown key "${key}"${nearest(key, [...Object.keys(fields), ...ignore])}`);
      continue;
    }
    const field = fields[key]!;
    const result = v.safeParse(field.schema, table[key]);
    if (result.success) {
      out[key] = result.output;
      continue;
    }
    for (const issue of result.issues) {
      const inside = (issue.path ?? []).map((p) => p.key as string | number);
      const bad = issue.path?.length ? issue.input : table[key];
      if (issue.type === 'strict_object' && issue.expected === 'never') {
        add([key, ...inside], 'key', `${key}: ${issue.message}`);
        continue;
      }
      const where = inside.length
        ? ` (${inside.map((p) => (typeof p === 'number' ? `entry ${p + 1}` : p)).join(', ')})`
        : '';
      const found = bad === undefined ? 'nothing' : describe(bad);
      add([key, ...inside], 'value', `${key}${where}: expected ${issue.message}, found ${found}`);
    }
  }
  for (const [key, field] of Object.entries(fields)) {
    if (Object.hasOwn(table, key)) continue;
    if (field.required) add([], 'key', `missing key "${key}": expected ${field.expected}`);
    else if (field.fallback !== undefined) out[key] = field.fallback;
  }
  return out;
};

/** One table of the file, gone through. */
interface Item<K extends Kind> {
  readonly kind: K;
  readonly name: string;
  /** Values of the keys the whole section has. */
  readonly shared: Table;
  /** Values of the kind's own keys. */
  readonly values: Table;
  readonly compiled: unknown;
  readonly path: Path;
}

const titled = (section: SectionName, table: Table, index: number): string =>
  typeof table.name === 'string' ? `${section} "${table.name}"` : `${section} number ${index + 1}`;

/** The items of one section; those with a problem too, so that what refers to them can be checked in the same go. */
const readSection = async <K extends Kind>(
  root: Table,
  section: SectionName,
  { kinds, common }: Section<K>,
  machine: Machine,
  found: Findings,
) => {
  const list = root[section];
  const items: Item<K>[] = [];
  const named = new Map<string, Path>();
  if (list === undefined) return { items, named };
  if (!Array.isArray(list) || !list.every(isTable)) {
    const hint = isTable(list) ? `: write [[${section}]] instead of [${section}]` : '';
    found.add({ path: [section], at: 'key', text: `expected ${section}s as an array of tables${hint}` });
    return { items, named };
  }
  for (const [index, table] of (list as Table[]).entries()) {
    const path: Path = [section, index];
    const item = titled(section, table, index);
    const words = kinds.map((k) => k.type);
    const add = (at: 'key' | 'value', key: Path, text: string, more = {}) =>
      found.add({ path: [...path, ...key], at, item, text, ...more });
    const name = table.name;
    if (typeof name === 'string') {
      if (named.has(name)) add('value', ['name'], `the name "${name}" is used by another ${section} already`);
      else named.set(name, path);
    }
    const kind = kinds.find((k) => k.type === table.type);
    if (table.type === undefined) add('key', [], `missing key "type": expected one of ${words.join(', ')}`);
    else if (typeof table.type !== 'string')
      add('value', ['type'], `type: expected one of ${words.join(', ')}, found ${describe(table.type)}`);
    else if (!kind)
      add(
        'value',
        ['type'],
        `unknown ${section} type "${table.type}"${nearest(table.type, words)} (known: ${words.join(', ')})`,
      );
    if (!kind) {
      checkFields(
        table,
        common,
        path,
        item,
        found,
        Object.keys(table).filter((k) => !Object.hasOwn(common, k)),
      );
      continue;
    }
    const before = found.problems.length;
    const all = checkFields(table, { ...common, ...kind.fields }, path, item, found, ['type']);
    const pick = (fields: Fields) => Object.fromEntries(Object.keys(fields).map((k) => [k, all[k]]));
    const values = pick(kind.fields);
    const missing = kind.unavailable?.(machine);
    if (missing) add('value', ['type'], missing);
    const report = (key: Path, text: string, more = {}) => add('value', key, text, more);
    const compiled = found.problems.length === before ? await kind.compile?.(values, report, machine) : undefined;
    items.push({ kind, name: all.name as string, shared: pick(common), values, compiled, path });
  }
  return { items, named };
};

const syntaxProblem = (error: TomlError): Problem => ({
  path: [],
  at: 'value',
  position: { line: error.line, column: error.column },
  text: `not valid TOML: ${error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '')}`,
  picture: error.codeblock.trimEnd(),
});

/**
 * Checks the whole text before anything is made of it.
 * @throws ConfigError with every problem and its place, when there are any.
 */
export const loadConfig = async (file: string, text: string, registry: Registry, machine: Machine): Promise<Config> => {
  const refuse = async (problems: readonly Problem[]): Promise<never> => {
    const { located } = await import('./locate.ts');
    throw new ConfigError(file, await located(text, problems));
  };
  let root: Table;
  try {
    root = parse(text, { integersAsBigInt: true }) as Table;
  } catch (error) {
    if (error instanceof TomlError) return refuse([syntaxProblem(error)]);
    throw error;
  }
  const found = new Findings();
  const sections = ['task', 'condition', 'event'] as const;
  const globals = checkFields(root, globalFields, [], undefined, found, sections) as Values<typeof globalFields>;
  const task = await readSection(root, 'task', registry.task, machine, found);
  const condition = await readSection(root, 'condition', registry.condition, machine, found);
  const event = await readSection(root, 'event', registry.event, machine, found);
  const conditionTable = (name: string) => (root.condition as Table[])[condition.named.get(name)?.[1] as number];

  for (const { name, shared, path } of condition.items) {
    const seen = new Set<string>();
    for (const [i, wanted] of ((shared.tasks ?? []) as string[]).entries()) {
      const at = { path: [...path, 'tasks', i], at: 'value' as const, item: `condition "${name}"` };
      if (!task.named.has(wanted))
        found.add({ ...at, text: `tasks: there is no task "${wanted}"${nearest(wanted, [...task.named.keys()])}` });
      else if (seen.has(wanted)) found.add({ ...at, text: `tasks: the task "${wanted}" is listed twice` });
      seen.add(wanted);
    }
  }
  const fired = registry.condition.kinds.filter((k) => k.fired).map((k) => k.type);
  for (const { name, shared, path } of event.items) {
    const wanted = shared.condition;
    if (typeof wanted !== 'string') continue;
    const at = { path: [...path, 'condition'], at: 'value' as const, item: `event "${name}"` };
    const type = conditionTable(wanted)?.type;
    if (!condition.named.has(wanted))
      found.add({
        ...at,
        text: `condition: there is no condition "${wanted}"${nearest(wanted, [...condition.named.keys()])}`,
      });
    else if (typeof type === 'string' && !fired.includes(type))
      found.add({
        ...at,
        text: `condition: "${wanted}" is of type ${type}, expected one of type ${fired.join(' or ')}`,
      });
  }
  if (found.problems.length > 0) return refuse(found.problems);

  const locate = async (path: Path) => (await (await import('./locate.ts')).locator(text))(path, 'value');
  /** An item as the engine sees it: what its kind is stays behind `create`. */
  const spec = <B>(item: Item<Kind & { create(making: never): B }>): Spec<B> => ({
    name: item.name,
    type: item.kind.type,
    emitter: item.kind.emitter,
    values: Object.freeze(item.values),
    create: (around) =>
      (item.kind.create as (making: object) => B)({ ...around, values: item.values, compiled: item.compiled }),
    locate: (key) => locate([...item.path, key]),
  });
  return Object.freeze({
    file,
    settings: { tickSeconds: globals.scheduler_tick_seconds, randomize: globals.randomize_checks_within_ticks },
    tasks: task.items.map((item): TaskSpec => spec(item)),
    conditions: condition.items.map(
      (item): ConditionSpec => ({
        ...spec(item),
        traits: Object.freeze(item.shared) as unknown as Traits,
        delayable: item.kind.delayable,
      }),
    ),
    events: event.items.map(
      (item): EventSpec => ({
        ...spec(item),
        condition: item.shared.condition as string,
        manual: item.kind.manual ?? false,
      }),
    ),
  });
};
