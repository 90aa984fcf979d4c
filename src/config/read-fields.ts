import { TomlDate } from 'smol-toml';
import * as v from 'valibot';
import type { FindingId } from '../check/findings.ts';
import { invalidDate } from '../core/duration.ts';
import { redactAddresses } from '../redact.ts';
import {
  booleanField,
  customField,
  type Field,
  type Fields,
  integerField,
  isTable,
  showFloat,
  stringsField,
  type Table,
  tagsField,
  type Values,
} from './field.ts';
import { defaultInterpreterField } from './lua-interpreter.ts';
import type { Path, ProblemList } from './problem.ts';
import { suggest } from './suggest.ts';

const pathsSchema = v.array(
  v.pipe(v.string('a path'), v.regex(/^(?!~(?:[/\\]|$))[^\0]+$/, 'a path that does not begin with "~"')),
  'an array of paths',
);

/** The keys at the top of the file. */
export const globalFields = {
  scheduler_tick_seconds: integerField({
    min: 1,
    fallback: 5,
    doc: 'Length of a tick in seconds. Conditions are checked at wall-clock multiples of it.',
  }),
  randomize_checks_within_ticks: booleanField({
    fallback: false,
    doc: 'Spread the checks of command, lua, dbus, wmi and bucket conditions at random over the tick.',
  }),
  reload_on_change: booleanField({
    fallback: false,
    extension: true,
    doc: 'Load the file again when it, or one that it includes, is saved, if it is right. The option `--watch` does the same. Only in the program, not in the library.',
  }),
  keep_pause: booleanField({
    fallback: false,
    extension: true,
    doc: 'A pause goes on after a restart, with a WARN record, until the command resume. false: begin without it.',
  }),
  include: stringsField({
    extension: true,
    examples: [['conf.d/*.toml']],
    doc: 'More files with tasks, conditions and events: names, and patterns with `*`, `?` and `[…]` in the last part, relative to the directory of this file. A reload reads it anew.',
  }),
  plugins: customField('an array of paths', pathsSchema, {
    extension: true,
    examples: [['./on-failure.mjs']],
    doc: 'Modules in JavaScript that take part: paths, relative to the directory of this file. See Plugins. A reload begins and ends them.',
  }),
  interpreter: defaultInterpreterField,
  tags: tagsField(),
  allow: stringsField({
    extension: true,
    doc: 'Names of warnings, see `whenever-setup`(1), that are not given about this file.',
  }),
} as const;

/** Globals take effect at start; a reload checks them and keeps the running ones. */
export type Globals = Values<typeof globalFields>;

/** A date or time as TOML has it. */
const describeDate = (date: Date): string => {
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString().replace(/\.000/, '');
  if (!text.includes('-')) return `the time ${text}`;
  return text.includes('T') ? `the date and time ${text}` : `the date ${text}`;
};

/** A value of the file, described for a message. */
export const describeValue = (x: unknown): string => {
  if (typeof x === 'string') return `the string ${JSON.stringify(x.length > 60 ? `${x.slice(0, 60)}…` : x)}`;
  if (typeof x === 'bigint') return `the integer ${x}`;
  if (typeof x === 'number') return `the float ${showFloat(x)}`;
  if (typeof x === 'boolean') return String(x);
  if (x instanceof Date) return describeDate(x);
  if (!Array.isArray(x)) return 'a table';
  return x.length === 0 ? 'an empty array' : 'an array';
};

/** What is wrong with a key that is not known. @param base where its table is. */
const unknownKey = (key: string, base: Path, known: readonly string[]): string => {
  const top = base.length > 0 && Object.hasOwn(globalFields, key);
  const hint = top ? ', which belongs to the top of the file: write it above the first table' : suggest(key, known);
  return `unknown key "${key}"${hint}`;
};

type Add = (path: Path, at: 'key' | 'value', text: string, id?: FindingId, help?: string) => void;

/** A date or a time that stands in quotes, alone or as the one entry of an array. */
const datesOf = (text: string): readonly (readonly [meant: unknown, literal: string])[] => {
  if (!/^(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d)?|\d\d:\d\d:\d\d)$/.test(text)) return [];
  const date = new TomlDate(text);
  if (Number.isNaN(date.getTime()) || invalidDate(text) !== undefined) return [];
  return [
    [date, text],
    [[date], `[${text}]`],
  ];
};

/** Other values that a person may have meant by one, each as the file would have it. */
const candidates = (value: unknown): readonly (readonly [meant: unknown, literal: string])[] => {
  if (typeof value === 'number' && Number.isInteger(value)) return [[BigInt(value), String(value)]];
  if (value === 0n || value === 1n) return [[value === 1n, String(value === 1n)]];
  if (typeof value === 'bigint' || typeof value === 'boolean') return [[String(value), `"${value}"`]];
  if (value instanceof Date) return [[[value], `[${value.toISOString().replace(/\.000/, '')}]`]];
  if (typeof value !== 'string') return [];
  const text = value.trim();
  return [
    [[value], `[${JSON.stringify(value)}]`],
    ...datesOf(text),
    ...(/^-?\d{1,15}$/.test(text) ? [[BigInt(text), String(BigInt(text))] as const] : []),
    ...(/^(?:true|yes|on)$/i.test(text) ? [[true, 'true'] as const] : []),
    ...(/^(?:false|no|off)$/i.test(text) ? [[false, 'false'] as const] : []),
    [text.toLowerCase(), JSON.stringify(text.toLowerCase())],
    // A path or a URL is not a name.
    ...(text.includes('/')
      ? []
      : [[text.replace(/[^\w]+/g, '_'), JSON.stringify(text.replace(/[^\w]+/g, '_'))] as const]),
  ];
};

/** `KEY = VALUE` with what was probably meant by a value that is not accepted; undefined: nothing is likely. */
const meantValue = (key: string, { schema }: Field, value: unknown): string | undefined => {
  const found = candidates(value).find(([meant]) => v.safeParse(schema, meant).success);
  return found && redactAddresses(`${key} = ${found[1]}`);
};

/** Adds what the schema of `key` did not accept. */
const addIssue = (key: string, field: Field, value: unknown, issue: v.BaseIssue<unknown>, add: Add): void => {
  const inside = (issue.path ?? []).map((p) => p.key as string | number);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    add([key, ...inside], 'key', `${key}: ${issue.message}`, 'unknown-key');
    return;
  }
  const bad = inside.length > 0 ? issue.input : value;
  const where = inside.map((p) => (typeof p === 'number' ? `entry ${p + 1}` : p)).join(', ');
  const found = bad === undefined ? 'nothing' : redactAddresses(describeValue(bad));
  const id = issue.type === 'strict_object' ? 'missing-key' : undefined;
  const text = `${key}${where && ` (${where})`}: expected ${issue.message}, found ${found}`;
  add([key, ...inside], 'value', text, id, meantValue(key, field, value));
};

/** Whether the table has the key with which this one is not required. */
const isReplaced = ({ unless }: Field, table: Table): boolean => unless !== undefined && Object.hasOwn(table, unless);

/** Adds the default of a key that is absent, or that it is missing. */
const addDefault = (key: string, field: Field, table: Table, out: Table, add: Add): void => {
  const { required, expected, fallback, unless } = field;
  const other = unless === undefined ? '' : `, or the key "${unless}"`;
  if (required && !isReplaced(field, table))
    add([], 'key', `missing key "${key}": expected ${expected}${other}`, 'missing-key');
  else if (fallback !== undefined) out[key] = fallback;
};

const addDefaults = (fields: Fields, table: Table, out: Table, add: Add): void => {
  for (const key in fields) if (!Object.hasOwn(table, key)) addDefault(key, fields[key]!, table, out, add);
};

/**
 * Checks a table against its fields and returns the values, defaults included; what is wrong is left out and reported.
 * @param ignore keys that are read elsewhere.
 */
export const readFields = (
  table: Table,
  fields: Fields,
  base: Path,
  item: string | undefined,
  found: ProblemList,
  ignore: readonly string[] = [],
): Table => {
  const out: Table = {};
  const add: Add = (path, at, text, id, help) =>
    found.add({
      path: [...base, ...path],
      at,
      text,
      ...(id ? { id } : {}),
      ...(help ? { help } : {}),
      ...(item ? { item } : {}),
    });
  for (const [key, value] of Object.entries(table)) {
    if (ignore.includes(key)) continue;
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) {
      add([key], 'key', unknownKey(key, base, [...Object.keys(fields), ...ignore]), 'unknown-key');
      continue;
    }
    const result = v.safeParse(field.schema, value);
    if (result.success) out[key] = result.output;
    else for (const issue of result.issues) addIssue(key, field, value, issue, add);
  }
  addDefaults(fields, table, out, add);
  return out;
};

/** Reads the table of the file that is called so. Reports a value that is none. */
export const readTable = <F extends Fields>(root: Table, name: string, fields: F, found: ProblemList): Values<F> => {
  const section = root[name] ?? {};
  const table = isTable(section) ? section : {};
  if (table !== section)
    found.add({ path: [name], at: 'key', text: `${name}: expected a table, found ${describeValue(section)}` });
  return Object.freeze(readFields(table, fields, [name], undefined, found)) as Values<F>;
};
