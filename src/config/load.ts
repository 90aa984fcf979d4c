import { parse, TomlError } from 'smol-toml';
import type {
  ConditionSpec,
  Config,
  ConfigWarning,
  EventSpec,
  Spec,
  TaskSpec,
  TaskTraits,
  Traits,
} from '../core/spec.ts';
import type { ConditionKind, EventKind, HostFs, ItemKind, TaskKind } from '../items/kind.ts';
import type { Table, Values } from './field.ts';
import { readHistory } from './history.ts';
import { type HookValues, hooksOf, readDefaults } from './hooks.ts';
import { readLogging } from './logging.ts';
import { ConfigError, lineOf, type Path, type Problem, ProblemList, replaceControls } from './problem.ts';
import { globalFields, readFields } from './read-fields.ts';
import {
  checkConditionReferences,
  checkGuardKeys,
  checkGuardReferences,
  checkTaskReferences,
  type ParsedItem,
  readSection,
  type SectionKinds,
} from './section.ts';
import { missingDates, wideIntegers } from './toml-values.ts';
import { findWarnings } from './warnings.ts';

/** The kinds and the common keys of each section: what a file may contain. */
export interface Registry {
  readonly task: SectionKinds<TaskKind>;
  readonly condition: SectionKinds<ConditionKind>;
  readonly event: SectionKinds<EventKind>;
}

/** The keys of a condition that the engine reads, with its hooks. */
const traitsOf = (shared: Table, defaults: HookValues): Traits => {
  const hooks = hooksOf(shared, shared.tasks as readonly string[], defaults);
  if (hooks !== undefined) shared.hooks = hooks;
  return Object.freeze(shared) as unknown as Traits;
};

/** The message of the parser, reworded. */
const syntaxText = ({ message }: TomlError): string => {
  const text = message.split('\n')[0]!.replace(/^Invalid TOML document: /, '');
  return text === 'control characters are not allowed in strings'
    ? `${text}: is the string closed on this line?`
    : text;
};

const syntaxProblem = (error: TomlError): Problem => ({
  path: [],
  at: 'value',
  position: { line: error.line, column: error.column },
  text: `not valid TOML: ${syntaxText(error)}`,
  codeFrame: replaceControls(error.codeblock.trimEnd()),
});

/** Warnings with their places, in the order of the file. Only a file that has some is parsed again. */
const placed = async (file: string, text: string, suspect: readonly Problem[]): Promise<readonly ConfigWarning[]> => {
  if (suspect.length === 0) return [];
  const { located } = await import('./locate.ts');
  return (await located(text, suspect)).map((one) => ({ ...one, line: lineOf(file, one) }));
};

/**
 * Checks the whole text before anything is created from it.
 * @throws ConfigError with every problem and its place, when there are any.
 */
export const loadConfig = async (file: string, text: string, registry: Registry, machine: HostFs): Promise<Config> => {
  const refuse = async (problems: readonly Problem[]): Promise<never> => {
    const { located } = await import('./locate.ts');
    throw new ConfigError(file, await located(text, problems));
  };
  let root: Table;
  try {
    root = parse(text, { integersAsBigInt: true }) as Table;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const dates = await missingDates(text);
    return refuse(dates.length > 0 ? dates : [syntaxProblem(error)]);
  }
  const wide = wideIntegers(text, root);
  if (wide.length > 0) return refuse(wide);
  const dates = await missingDates(text);
  if (dates.length > 0) return refuse(dates);
  const found = new ProblemList();
  const sections = ['task', 'condition', 'event'] as const;
  const globals = readFields(root, globalFields, [], undefined, found, [
    ...sections,
    'logging',
    'history',
    'defaults',
  ]) as Values<typeof globalFields>;
  const defaults = readDefaults(root, found);
  const task = await readSection(root, 'task', registry.task, machine, found);
  const condition = await readSection(root, 'condition', registry.condition, machine, found);
  const event = await readSection(root, 'event', registry.event, machine, found);
  const typeOf = (name: string) => {
    const index = condition.named.get(name)?.[1];
    return index === undefined ? undefined : (root.condition as Table[])[index as number]?.type;
  };
  const fired = registry.condition.kinds.filter((k) => k.fired).map((k) => k.type);
  const guards = registry.condition.kinds.filter((k) => k.guard).map((k) => k.type);
  checkTaskReferences(task, condition, defaults, found);
  checkGuardReferences(condition, typeOf, guards, found);
  checkGuardKeys(condition, found);
  checkConditionReferences(condition, event, typeOf, fired, found);
  const names = ({ named }: { named: ReadonlyMap<string, Path> }) => new Set(named.keys());
  const items = { task: names(task), condition: names(condition), event: names(event) };
  const logging = readLogging(root, items, found);
  const history = readHistory(root, found);
  if (found.problems.length > 0) return refuse(found.problems);
  const warnings = await placed(file, text, findWarnings(condition));

  /** A message without its line is better than none. A failed import is tried again for the next message. */
  const locate = async (path: Path) => {
    try {
      return (await (await import('./locate.ts')).locator(text))(path, 'value');
    } catch {
      return undefined;
    }
  };
  /**
   * An item as the engine sees it, without its kind. A spread comes last here and below: where keys follow one, every object gets a
   * hidden class of its own, which costs 1 KiB an item.
   */
  const spec = <B>(item: ParsedItem<ItemKind & { create(context: never): B }>): Spec<B> => ({
    name: item.name,
    type: item.kind.type,
    emitter: item.kind.emitter,
    values: Object.freeze(item.values),
    create: (around) =>
      (item.kind.create as (context: object) => B)({ values: item.values, compiled: item.compiled, ...around }),
    locate: (key) => locate([...item.path, key]),
  });
  return Object.freeze({
    file,
    warnings,
    settings: {
      tickSeconds: globals.scheduler_tick_seconds,
      randomize: globals.randomize_checks_within_ticks,
      keepPause: globals.keep_pause,
      history,
      ...(logging ? { logging } : {}),
    },
    tasks: task.items.map(
      (item): TaskSpec => ({ traits: Object.freeze(item.shared) as unknown as TaskTraits, ...spec(item) }),
    ),
    conditions: condition.items.map(
      (item): ConditionSpec => ({
        traits: traitsOf(item.shared, defaults),
        delayable: item.kind.delayable,
        forecast: (from) => item.kind.forecast?.(item.values as never, item.compiled as never, from),
        holdsFrom: (from) => item.kind.holdsFrom?.(item.values as never, item.compiled as never, from),
        never: (from) => item.kind.never?.(item.values as never, item.compiled as never, from) ?? [],
        ...spec(item),
      }),
    ),
    events: event.items.map(
      (item): EventSpec => ({
        condition: item.shared.condition as string,
        manual: item.kind.manual ?? false,
        ...spec(item),
      }),
    ),
  });
};
