import { parse, TomlError } from 'smol-toml';
import type { CheckedFile } from '../check/checked-file.ts';
import type { Config, ConfigWarning, FleetSettings, HistorySettings } from '../core/spec.ts';
import type { ConditionKind, EventKind, HostFs, TaskKind } from '../items/kind.ts';
import type { LoggingConfig } from '../log/logging-config.ts';
import type { Table, Values } from './field.ts';
import { readFleet } from './fleet.ts';
import { historyFields } from './history.ts';
import { readDefaults } from './hooks.ts';
import type { IncludedFiles } from './included-files.ts';
import { ParsedCondition, ParsedEvent, ParsedTask } from './item-spec.ts';
import { readLogging } from './logging.ts';
import { missingInterpreter } from './lua-interpreter.ts';
import { ConfigError, lineOf, type Path, type Problem, ProblemList } from './problem.ts';
import { globalFields, readFields, readTable } from './read-fields.ts';
import {
  checkConditionReferences,
  checkGuardKeys,
  checkGuardReferences,
  checkIdleKeys,
  checkTaskReferences,
  readSection,
  type SectionKinds,
} from './section.ts';
import { checkShared } from './shared.ts';
import { missingDates, wideIntegers } from './toml-values.ts';

/** The kinds and the common keys of each section: what a file may contain. */
export interface Registry {
  readonly task: SectionKinds<TaskKind>;
  readonly condition: SectionKinds<ConditionKind>;
  readonly event: SectionKinds<EventKind>;
}

/** What a text says: what is wrong with it, in no order, and what could be parsed; undefined: it is not TOML. */
export interface Reading {
  readonly problems: readonly Problem[];
  readonly checked: CheckedFile | undefined;
  readonly logging?: LoggingConfig;
  readonly history?: HistorySettings;
  readonly fleet?: FleetSettings;
  /** Where the problems are; not set: all are in the file. */
  readonly included?: IncludedFiles;
}

/** Parses the text as TOML. */
const parseToml = async (text: string): Promise<Table | readonly Problem[]> => {
  let root: Table;
  try {
    root = parse(text, { integersAsBigInt: true }) as Table;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const dates = await missingDates(text);
    return dates.length > 0 ? dates : [(await import('./syntax-problem.ts')).syntaxProblem(text, error)];
  }
  const wide = wideIntegers(text, root);
  if (wide.length > 0) return wide;
  const dates = await missingDates(text);
  return dates.length > 0 ? dates : root;
};

/** Keys at the top that items have as well, where they are defaults of those. What is wrong there is not said of each item again. */
const defaultsAtTop = ({ interpreter }: Table, machine: HostFs, found: ProblemList): Table => {
  if (typeof interpreter !== 'string') return {};
  const text = missingInterpreter(interpreter, machine);
  if (text === undefined) return { interpreter };
  found.add({ path: ['interpreter'], at: 'value', id: 'interpreter-not-found', text });
  return {};
};

/** Checks the whole text before anything is created from it, and finds every problem. */
export const readConfig = async (file: string, text: string, registry: Registry, machine: HostFs): Promise<Reading> => {
  const root = await parseToml(text);
  if (Array.isArray(root)) return { problems: root as readonly Problem[], checked: undefined };
  const found = new ProblemList();
  // Most files include no others.
  const whole =
    (root as Table).include === undefined
      ? undefined
      : await (await import('./include.ts')).readIncluded({ file, text }, root as Table, parseToml, machine, found);
  if (whole?.broken) return { problems: found.problems, checked: undefined, included: whole.included };
  const table = whole?.root ?? (root as Table);
  const included = whole?.included;
  const sections = ['task', 'condition', 'event'] as const;
  const globals = readFields(table, globalFields, [], undefined, found, [
    ...sections,
    'logging',
    'history',
    'fleet',
    'defaults',
  ]);
  const defaults = readDefaults(table, found);
  const top = defaultsAtTop(globals, machine, found);
  const task = await readSection(table, 'task', registry.task, machine, found, file, included, top);
  const condition = await readSection(table, 'condition', registry.condition, machine, found, file, included, top);
  const event = await readSection(table, 'event', registry.event, machine, found, file, included);
  const typeOf = (name: string) => {
    const index = condition.named.get(name)?.[1];
    return index === undefined ? undefined : (table.condition as Table[])[index as number]?.type;
  };
  const fired = registry.condition.kinds.filter((k) => k.fired).map((k) => k.type);
  const guards = registry.condition.kinds.filter((k) => k.guard).map((k) => k.type);
  checkTaskReferences(task, condition, defaults, found);
  checkGuardReferences(condition, typeOf, guards, found);
  checkGuardKeys(condition, found);
  checkIdleKeys(condition, found);
  checkConditionReferences(condition, event, typeOf, fired, found);
  const names = ({ named }: { named: ReadonlyMap<string, Path> }) => new Set(named.keys());
  const emitters = sections.flatMap((name) => registry[name].kinds.map(({ emitter }) => emitter));
  const items = { task: names(task), condition: names(condition), event: names(event), emitters };
  const logging = await readLogging(table, items, found);
  const history = readTable(table, 'history', historyFields, found);
  const fleet = readFleet(table, found);
  checkShared(task, condition, fleet !== undefined, found);
  const ownFiles = (logging?.outputs ?? []).flatMap(({ target }) =>
    /^(std(out|err)|journal)$/.test(target) ? [] : [target],
  );
  return {
    problems: found.problems,
    checked: {
      file,
      text,
      root: table,
      globals,
      defaults,
      task,
      condition,
      event,
      ownFiles,
      machine,
      now: machine.now?.() ?? Date.now(),
      ...(included ? { included } : {}),
    },
    ...(included ? { included } : {}),
    ...(logging ? { logging } : {}),
    history,
    ...(fleet ? { fleet } : {}),
  };
};

/**
 * Checks the whole text before anything is created from it.
 * @throws ConfigError with every problem and its place, when there are any.
 */
export const loadConfig = async (file: string, text: string, registry: Registry, machine: HostFs): Promise<Config> => {
  const { problems, checked, logging, history, fleet, included } = await readConfig(file, text, registry, machine);
  if (checked === undefined || history === undefined || problems.length > 0) {
    const { located } = await import('./locate.ts');
    throw new ConfigError(file, await located(text, problems, included), included?.watched);
  }
  const { task, condition, event, defaults } = checked;
  const globals = checked.globals as Values<typeof globalFields>;
  /** Let go of when the warnings have been looked for: it holds all tables of the file. */
  let unchecked: CheckedFile | undefined = checked;
  const findWarnings = async (): Promise<readonly ConfigWarning[]> => {
    const file = unchecked;
    unchecked = undefined;
    if (file === undefined) return [];
    const { findWarnings } = await import('../check/warnings.ts');
    return (await findWarnings(file)).map((one) => ({ ...one, line: lineOf(file.file, one) }));
  };

  /** A message without its line is better than none. A failed import is tried again for the next message. */
  const locate = async (whole: Path) => {
    const { source, path } = included?.homeOf(whole) ?? { source: { file, text }, path: whole };
    try {
      const position = (await (await import('./locate.ts')).locator(source.text))(path, 'value');
      return position && source.file !== file ? { ...position, file: source.file } : position;
    } catch {
      return undefined;
    }
  };
  const sources = { locate, fileOf: (path: Path) => included?.fileOf(path) };
  return Object.freeze({
    file,
    ...(included ? { included: included.watched } : {}),
    findWarnings,
    settings: {
      tickSeconds: globals.scheduler_tick_seconds,
      randomize: globals.randomize_checks_within_ticks,
      reloadOnChange: globals.reload_on_change,
      keepPause: globals.keep_pause,
      plugins: (globals.plugins ?? []).map((path) => machine.files?.beside(file, path) ?? path),
      history,
      ...(logging ? { logging } : {}),
      ...(fleet ? { fleet } : {}),
    },
    tasks: task.items.map((item) => new ParsedTask(item, sources)),
    conditions: condition.items.map((item) => new ParsedCondition(item, defaults, sources)),
    events: event.items.map((item) => new ParsedEvent(item, sources)),
  });
};
