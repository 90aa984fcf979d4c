import * as v from 'valibot';
import { type Fields, showFloat, type Table } from './field.ts';
import { globalFields } from './globals.ts';
import type { Path, ProblemList } from './problem.ts';
import { suggest } from './suggest.ts';

/** A date or time as TOML has it. */
const describeDate = (date: Date): string => {
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString().replace(/\.000/, '');
  if (!text.includes('-')) return `the time ${text}`;
  return text.includes('T') ? `the date and time ${text}` : `the date ${text}`;
};

/** What a value of the file looks like to a person. */
export const describeValue = (x: unknown): string => {
  if (typeof x === 'string') return `the string ${JSON.stringify(x.length > 60 ? `${x.slice(0, 60)}…` : x)}`;
  if (typeof x === 'bigint') return `the integer ${x}`;
  if (typeof x === 'number') return `the float ${showFloat(x)}`;
  if (typeof x === 'boolean') return String(x);
  if (x instanceof Date) return describeDate(x);
  return Array.isArray(x) ? 'an array' : 'a table';
};

/**
 * Checks a table against its fields and answers the values, defaults included; what is wrong is left out and reported.
 * @param ignore keys that are somebody else's business.
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
  const add = (path: Path, at: 'key' | 'value', text: string) =>
    found.add({ path: [...base, ...path], at, text, ...(item ? { item } : {}) });
  for (const key of Object.keys(table)) {
    if (ignore.includes(key)) continue;
    if (!Object.hasOwn(fields, key)) {
      const top = base.length > 0 && Object.hasOwn(globalFields, key);
      const hint = top
        ? ', which belongs to the top of the file: write it above the first table'
        : suggest(key, [...Object.keys(fields), ...ignore]);
      add([key], 'key', `unknown key "${key}"${hint}`);
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
      const found = bad === undefined ? 'nothing' : describeValue(bad);
      add([key, ...inside], 'value', `${key}${where}: expected ${issue.message}, found ${found}`);
    }
  }
  for (const key of Object.keys(fields)) {
    if (Object.hasOwn(table, key)) continue;
    const field = fields[key]!;
    if (field.required) add([], 'key', `missing key "${key}": expected ${field.expected}`);
    else if (field.fallback !== undefined) out[key] = field.fallback;
  }
  return out;
};
