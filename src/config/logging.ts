import * as v from 'valibot';
import { tildeProblem } from '../check-arguments.ts';
import { LOG_FORMATS } from '../log/format-choice.ts';
import type { LevelRules, LoggingConfig, OutputConfig } from '../log/logging-config.ts';
import { LEVELS, type Level } from '../log/record.ts';
import { ROOT, SUBTREES } from '../log/subtree.ts';
import {
  booleanField,
  choiceField,
  customField,
  integerField,
  isTable,
  jsonSchema,
  namesField,
  stringField,
  stringsField,
  type Table,
  type Values,
} from './field.ts';
import { checkContexts, compileTextFilter } from './log-filter.ts';
import { checkPattern } from './log-pattern.ts';
import type { Path, ProblemList } from './problem.ts';
import { describeValue, readFields } from './read-fields.ts';
import { suggest } from './suggest.ts';

const subtrees = Object.keys(SUBTREES) as readonly (keyof typeof SUBTREES)[];

/** A level, or a table with those of what is below: `whenever.task = "debug"` is one, `"whenever.task" = "debug"` is the other. */
const levelOr = (below: object) => ({ anyOf: [{ enum: LEVELS }, below] });
const itemLevels = { type: 'object', additionalProperties: { enum: LEVELS } };
const subtreeLevels = { type: 'object', additionalProperties: levelOr(itemLevels) };

/** The keys of `[logging]`. */
export const loggingFields = {
  levels: customField<Table, { doc: string; examples: readonly unknown[] }>(
    'a table of levels',
    v.pipe(
      v.custom<Table>(isTable, 'a table of levels'),
      jsonSchema({
        type: 'object',
        patternProperties: { [`^${ROOT}(?:\\.(?:${subtrees.join('|')})(?:\\.\\w+)?)?$`]: levelOr(subtreeLevels) },
        additionalProperties: false,
      }),
    ),
    {
      doc: 'A level for each subtree of the log.',
      examples: [{ whenever: 'info' }, { 'whenever.condition': 'debug' }],
    },
  ),
  outputs: customField<readonly Table[], { doc: string }>(
    'an array of tables',
    v.array(v.custom<Table>(isTable, 'a table'), 'an array of tables'),
    { doc: 'Where records go besides standard output or the file given with --log.' },
  ),
} as const;

const TARGET = 'a path, "stdout", "stderr" or "journal"';

/** The keys of `[[logging.outputs]]`. */
export const outputFields = {
  target: stringField({
    required: true,
    pattern: /^[^\0]*[^/\0]$/,
    as: TARGET,
    examples: ['/home/me/whenever.log', 'stdout'],
    doc: 'A file is made with its directories; "stdout" says how standard output is written, where the command line does not; "journal" is that of systemd, with the format journal.',
  }),
  format: choiceField(
    LOG_FORMATS.map(({ name }) => name),
    { doc: 'How records are written. Missing: plain in a file; on a standard stream as without this table.' },
  ),
  pattern: stringField({
    as: 'a text with placeholders such as {message}',
    examples: ['{time} {level:5} {context} {message}'],
    doc: 'With the format pattern: what a line is. `{{` and `}}` are braces.',
  }),
  time_format: stringField({
    examples: ['%d/%b/%Y %H:%M:%S', '!%FT%T.%fZ'],
    doc: 'With the format pattern: how {time} is written, in the conversions of `strftime`(3); besides `%f`, microseconds. With `!` before them in UTC.',
  }),
  level: choiceField(LEVELS, {
    doc: 'The least severe level that is written here. Missing: that of --log-level.',
  }),
  items: namesField({
    fallback: [],
    doc: 'Only records about these tasks, conditions and events. Empty: all records.',
  }),
  contexts: stringsField({
    fallback: [],
    examples: [['TASK', 'CONDITION active']],
    doc: 'Only records of these emitters, or of one action of an emitter. Empty: all records.',
  }),
  matching: stringField({
    as: 'a regular expression (RE2 dialect)',
    examples: ['(?i)error|failed'],
    doc: 'Only records with this regular expression, of the RE2 dialect, somewhere in their message.',
  }),
  not_matching: stringField({
    as: 'a regular expression (RE2 dialect)',
    examples: ['^request to end'],
    doc: 'Only records without it.',
  }),
  append: booleanField({ fallback: true, doc: 'Go on with a file that is there instead of beginning it anew.' }),
  repeat_seconds: integerField({
    min: 0,
    fallback: 0,
    doc: 'A rate limit: of records that are alike (numbers in them aside) the first within so many seconds is written, and then one that says how many more there were. 0: all are written. HIST, BUSY and PAUSE records are never left out.',
  }),
} as const;

/** The names of the items of each section, as far as they are known. */
export type ItemNames = Readonly<Record<'task' | 'condition' | 'event', ReadonlySet<string>>> & {
  /** The emitters of their kinds. */
  readonly emitters: readonly string[];
};

/** What is wrong with a path of the levels; undefined: nothing. */
const wrongPath = (path: string, items: ItemNames): string | undefined => {
  const [root, subtree, name, ...more] = path.split('.');
  const known = subtrees.map((word) => `${ROOT}.${word}`);
  if (root !== ROOT || more.length > 0 || (subtree !== undefined && !subtrees.includes(subtree as never)))
    return `unknown subtree "${path}"${suggest(path, [ROOT, ...known])} (known: ${ROOT}, ${known.join(', ')}, and items below them)`;
  if (name === undefined) return undefined;
  const there =
    subtree === 'lua'
      ? [...items.task, ...items.condition]
      : subtree === 'task' || subtree === 'condition' || subtree === 'event'
        ? [...items[subtree]]
        : [];
  if (there.includes(name)) return undefined;
  return `"${path}": there is no ${subtree === 'lua' ? 'task or condition' : subtree} "${name}"${suggest(name, there)}`;
};

/** `a.b = "x"` as TOML has it, or `"a.b" = "x"`: both are the path a.b. */
const flatten = (table: Table, at: Path, prefix: string): { path: string; at: Path; value: unknown }[] =>
  Object.entries(table).flatMap(([key, value]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return isTable(value) ? flatten(value, [...at, key], path) : [{ path, at: [...at, key], value }];
  });

const readLevels = (table: Table, items: ItemNames, found: ProblemList): LevelRules => {
  const rules: Record<string, Level> = {};
  for (const { path, at, value } of flatten(table, ['logging', 'levels'], '')) {
    const wrong = wrongPath(path, items);
    if (wrong) found.add({ path: at, at: 'key', id: 'unknown-reference', text: `logging.levels: ${wrong}` });
    else if (!LEVELS.includes(value as Level))
      found.add({
        path: at,
        at: 'value',
        text: `${path}: expected one of ${LEVELS.join(', ')}, found ${describeValue(value)}`,
      });
    else if (Object.hasOwn(rules, path))
      found.add({
        path: at,
        at: 'key',
        id: 'duplicate-name',
        text: `logging.levels: the level of "${path}" is given twice`,
      });
    else rules[path] = value as Level;
  }
  return rules;
};

/** Reports a target and items that cannot be. */
const checkReferences = (
  { target = '', format, items: named = [] }: Partial<Values<typeof outputFields>>,
  items: ItemNames,
  path: Path,
  item: string,
  found: ProblemList,
): void => {
  if ((target === 'journal') !== (format === 'journal') && target !== '')
    found.add({
      ...{ path: [...path, 'target'], at: 'value', item, id: 'conflicting-keys' },
      text:
        target === 'journal'
          ? 'target: "journal" is the journal of systemd, which needs its format; a file of this name is "./journal"'
          : 'target: expected "journal", because the format is journal',
      help: target === 'journal' ? 'format = "journal"' : 'target = "journal"',
    });
  const tilde = tildeProblem(target);
  if (tilde !== undefined)
    found.add({ path: [...path, 'target'], at: 'value', item, id: 'tilde-path', text: `target: ${tilde}` });
  const known = [...items.task, ...items.condition, ...items.event];
  for (const [i, name] of named.entries())
    if (!known.includes(name))
      found.add({
        ...{ path: [...path, 'items', i], at: 'value', item, id: 'unknown-reference' },
        text: `items: there is no item "${name}"${suggest(name, known)}`,
      });
};

const readOutput = async (table: Table, index: number, items: ItemNames, found: ProblemList): Promise<OutputConfig> => {
  const path: Path = ['logging', 'outputs', index];
  const title = `logging output number ${index + 1}`;
  const values = readFields(table, outputFields, path, title, found) as Partial<Values<typeof outputFields>>;
  const { format, level, pattern, time_format: timeFormat, contexts = [] } = values;
  checkReferences(values, items, path, title, found);
  checkPattern(values, Object.hasOwn(table, 'pattern'), path, title, found);
  checkContexts(contexts, items.emitters, path, title, found);
  const matching = await compileTextFilter('matching', values.matching, path, title, found);
  const notMatching = await compileTextFilter('not_matching', values.not_matching, path, title, found);
  const given = Object.entries({ format, level, pattern, timeFormat, matching, notMatching });
  return {
    target: values.target ?? '',
    items: values.items ?? [],
    contexts,
    append: values.append ?? true,
    repeatSeconds: values.repeat_seconds ?? 0,
    ...(Object.fromEntries(given.filter(([, value]) => value !== undefined)) as Partial<OutputConfig>),
  };
};

/** Parses `[logging]`; undefined: there is none. */
export const readLogging = async (
  root: Table,
  items: ItemNames,
  found: ProblemList,
): Promise<LoggingConfig | undefined> => {
  const section = root.logging;
  if (section === undefined) return undefined;
  if (!isTable(section)) {
    found.add({ path: ['logging'], at: 'key', text: `logging: expected a table, found ${describeValue(section)}` });
    return undefined;
  }
  const values = readFields(section, loggingFields, ['logging'], undefined, found) as Values<typeof loggingFields>;
  const outputs = await Promise.all((values.outputs ?? []).map((table, i) => readOutput(table, i, items, found)));
  const targets = new Set<string>();
  for (const [i, { target }] of outputs.entries()) {
    if (target !== '' && targets.has(target))
      found.add({
        path: ['logging', 'outputs', i, 'target'],
        at: 'value',
        item: `logging output number ${i + 1}`,
        id: 'conflicting-keys',
        text: `target: another output goes to "${target}" already`,
      });
    targets.add(target);
  }
  return Object.freeze({ levels: readLevels(values.levels ?? {}, items, found), outputs });
};
