import * as v from 'valibot';
import {
  field,
  floatSchema,
  isDate,
  isTable,
  jsonSchema,
  NAME,
  type Presence,
  showFloat,
  type Table,
} from './field.ts';

/** A value that is read from a file at each run: a path, or the name of a credential of systemd. */
export type FileValue = { readonly file: string } | { readonly credential: string };

/** Whether a value stands for one in a file. */
export const isFileValue = (x: unknown): x is FileValue => isTable(x);

/** Paths that do not begin with a `~`, which only a shell replaces. */
const WHOLE_PATH = /^(?!~(?:[/\\]|$))[^\0]+$/;
/** Names that lead to no other directory. */
const CREDENTIAL = /^(?!\.{1,2}$)[^/\\\0]+$/;

/** Whether some values are read from files at each run. */
export const hasFileValues = (values: Readonly<Record<string, unknown>>): boolean =>
  Object.values(values).some(isFileValue);

const ONE_OF_BOTH = 'either { file = "…" } or { credential = "…" }';
const FILE_EXPECTED = '{ file = "…" } with a path that does not begin with "~"';
const CREDENTIAL_EXPECTED = '{ credential = "…" } with a name without "/"';

const fileValueSchemas = [
  v.strictObject({ file: v.pipe(v.string(FILE_EXPECTED), v.regex(WHOLE_PATH, FILE_EXPECTED)) }, ONE_OF_BOTH),
  v.strictObject(
    { credential: v.pipe(v.string(CREDENTIAL_EXPECTED), v.regex(CREDENTIAL, CREDENTIAL_EXPECTED)) },
    ONE_OF_BOTH,
  ),
] as const;

/** The paths in a table of values. */
const tableInFile = (table: unknown, at: (path: string) => string): unknown => {
  const values = table as Readonly<Record<string, unknown>>;
  if (!Object.values(values).some(isFileValue)) return values;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isFileValue(value) && 'file' in value ? { file: at(value.file) } : value,
    ]),
  );
};

/** A table of environment variables; numbers and dates become text. */
export const environmentField = <P extends Presence<Readonly<Record<string, string | FileValue>>>>(p: P) => {
  const expected = 'a table of strings';
  const value = v.pipe(
    v.union(
      [
        v.string(),
        v.bigint(),
        floatSchema,
        v.pipe(v.custom<Date>(isDate), jsonSchema({ type: 'string' })),
        ...fileValueSchemas,
      ],
      'a string, or a number or date to be written as one, or { file = "…" } or { credential = "…" }',
    ),
    v.transform((x) => {
      if (isFileValue(x)) return x;
      if (typeof x === 'number') return showFloat(x);
      return isDate(x) ? x.toISOString() : String(x);
    }),
  );
  const made = field<Readonly<Record<string, string | FileValue>>, P>(
    expected,
    scalarTable(expected, 'environment variable', value),
    p,
  );
  return { ...made, inFile: tableInFile };
};

/** A table of values a Lua script can hold; integers stay bigint, so that 5 and 5.0 differ. */
export const luaVariablesField = <
  P extends Presence<Readonly<Record<string, string | boolean | number | bigint | FileValue>>>,
>(
  p: P,
) => {
  const expected = 'a table of strings, booleans and numbers';
  const value = v.union(
    [v.string(), v.boolean(), v.bigint(), floatSchema, ...fileValueSchemas],
    'a string, a boolean or a number, or { file = "…" } or { credential = "…" }',
  );
  const made = field<Readonly<Record<string, string | boolean | number | bigint | FileValue>>, P>(
    expected,
    scalarTable(expected, 'Lua variable', value),
    p,
  );
  return { ...made, inFile: tableInFile };
};

/** The same without values of files. */
export const luaValuesField = <P extends Presence<Readonly<Record<string, string | boolean | number | bigint>>>>(
  p: P,
) => {
  const expected = 'a table of strings, booleans and numbers';
  const value = v.union([v.string(), v.boolean(), v.bigint(), floatSchema], 'a string, a boolean or a number');
  return field<Readonly<Record<string, string | boolean | number | bigint>>, P>(
    expected,
    scalarTable(expected, 'Lua variable', value),
    p,
  );
};

/** Not `v.record`, which leaves out `constructor`, `prototype` and `__proto__`: names like any other in the file. */
const scalarTable = <T>(expected: string, what: string, value: v.GenericSchema<unknown, T>) => {
  const called = `the name of an ${what}`.replace('an L', 'a L');
  return v.pipe(
    v.custom<Table>(isTable, expected),
    v.rawTransform(({ dataset: { value: table }, addIssue }): Readonly<Record<string, T>> => {
      const out: [string, T][] = [];
      for (const [key, input] of Object.entries(table)) {
        const at = { type: 'object', input: table, key, value: input } as const;
        if (!NAME.test(key)) addIssue({ message: called, input: key, path: [{ ...at, origin: 'key' }] });
        const { success, output, issues } = v.safeParse(value, input);
        if (success) out.push([key, output]);
        else addIssue({ message: issues[0].message, input, path: [{ ...at, origin: 'value' }] });
      }
      return Object.fromEntries(out);
    }),
    jsonSchema({ type: 'object', patternProperties: { [NAME.source]: value }, additionalProperties: false }),
  );
};
