import type { HookTraits } from '../core/spec.ts';
import type { HookName } from '../core/task-run.ts';
import { choiceField, integerField, isTable, namesField, type Table, type Values } from './field.ts';
import type { Path, ProblemList } from './problem.ts';
import { describeValue, readFields } from './read-fields.ts';

const extension = true as const;

const HOOKS: readonly HookName[] = ['on_failure', 'on_recovery', 'on_success', 'on_miss', 'on_overdue'];

/** The keys that say what runs because of how the runs of a condition went: of a condition, and of `[defaults]`. */
export const hookFields = {
  on_failure: namesField({
    extension,
    doc: 'The tasks to run after a run that failed, once in a row of failures: at the first one, or at that of `after_failures`. They run in sequence, in a run of their own. `[]`: none, whatever `[defaults]` says; so it is with all hooks.',
  }),
  on_recovery: namesField({
    extension,
    doc: 'The tasks to run after a run without a failure that follows so many failures that `on_failure` has begun, or would have.',
  }),
  on_success: namesField({ extension, doc: 'The tasks to run after each run that succeeded.' }),
  on_miss: namesField({
    extension,
    doc: 'The tasks to run when instants of the condition were missed: once for those that are found together.',
  }),
  on_overdue: namesField({
    extension,
    doc: 'The tasks to run when the condition is overdue, see `overdue_seconds` and `overdue`: once until it succeeds again, and once for a run that takes unusually long.',
  }),
  after_failures: integerField({
    min: 0,
    max: 1_000_000,
    extension,
    doc: 'How many failures in a row make `on_failure` begin, once in that row, over restarts. Default: 1. 0: at each failure.',
  }),
  overdue_seconds: integerField({
    min: 0,
    extension,
    doc: 'The condition is overdue when it has not succeeded for so many seconds, over restarts, except while it is suspended. Default: 0, never.',
  }),
  overdue: choiceField(['learned', 'off'], {
    extension,
    doc: '`learned`: the condition is overdue when it has not succeeded for longer than is usual by its last successes, or its run takes much longer. `off`: it is not, whatever `[defaults]` says. Default: `off`.',
  }),
} as const;

/** The keys of `[defaults]`, which conditions without a key of their own have. */
export type HookValues = Partial<Values<typeof hookFields>>;

/** Parses `[defaults]`. */
export const readDefaults = (root: Table, found: ProblemList): HookValues => {
  const { defaults: section = {} } = root;
  const table = isTable(section) ? section : {};
  if (table !== section)
    found.add({ path: ['defaults'], at: 'key', text: `defaults: expected a table, found ${describeValue(section)}` });
  return readFields(table, hookFields, ['defaults'], undefined, found);
};

/** The hooks of a condition; undefined: it has none, and cannot be overdue. Without tasks it never runs. */
export const hooksOf = (own: HookValues, tasks: readonly string[], defaults: HookValues): HookTraits | undefined => {
  if (tasks.length === 0) return undefined;
  const value = <K extends keyof HookValues>(key: K): HookValues[K] => own[key] ?? defaults[key];
  const list = (hook: HookName): readonly string[] => value(hook) ?? [];
  const hooks: HookTraits = {
    ...{ on_failure: list('on_failure'), on_recovery: list('on_recovery'), on_success: list('on_success') },
    ...{ on_miss: list('on_miss'), on_overdue: list('on_overdue'), after_failures: value('after_failures') ?? 1 },
    ...{ overdue_seconds: value('overdue_seconds') ?? 0, overdue_learned: value('overdue') === 'learned' },
  };
  const any = hooks.overdue_seconds > 0 || hooks.overdue_learned || HOOKS.some((hook) => hooks[hook].length > 0);
  return any ? Object.freeze(hooks) : undefined;
};

/** The lists of tasks in a table: key, place, and names. */
export const hookLists = (values: HookValues, path: Path): [key: HookName, path: Path, names: readonly string[]][] =>
  HOOKS.flatMap((hook) => {
    const names = values[hook];
    return names === undefined ? [] : [[hook, [...path, hook], names] as [HookName, Path, readonly string[]]];
  });
