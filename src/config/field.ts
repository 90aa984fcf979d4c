import * as v from 'valibot';
import { suggest } from './suggest.ts';

/** A key of the configuration file: its schema, its default, and its sentence in the manual. */
export interface Field<T = unknown> {
  /** Checks the TOML value and turns it into `T`; its messages say what was expected. */
  readonly schema: v.GenericSchema<unknown, T>;
  /** What is accepted, in words: "an integer, 0 or more". */
  readonly expected: string;
  readonly required: boolean;
  /** Another key of the table with which it is not required. */
  readonly unless?: string;
  /** The value when the key is absent; undefined: none. */
  readonly fallback: T | undefined;
  /** One or two sentences for the manual. */
  readonly doc: string;
  /** Values that editors show, as JSON has them. */
  readonly examples?: readonly unknown[];
  /** Not in the reference program's format. */
  readonly extension: boolean;
  /** Makes the paths in a value those that begin where the file is. Absent: there are none. */
  readonly inFile?: (value: unknown, at: (path: string) => string) => unknown;
}

/** The keys of one kind of item, in the order of the manual. */
export type Fields = Readonly<Record<string, Field>>;

/** The checked values of a table of fields. */
export type Values<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

interface Common {
  readonly doc: string;
  readonly examples?: readonly unknown[];
  readonly extension?: boolean;
}
/** Required, with a default, or neither. */
export type Presence<T> = Common & { readonly required?: boolean; readonly unless?: string; readonly fallback?: T };
type Result<T, P> = P extends { readonly required: true } | { readonly fallback: T } ? Field<T> : Field<T | undefined>;

export const field = <T, P extends Presence<T>>(
  expected: string,
  schema: v.GenericSchema<unknown, T>,
  p: P,
): Result<T, P> =>
  ({
    schema,
    expected,
    required: p.required ?? false,
    ...(p.unless === undefined ? {} : { unless: p.unless }),
    fallback: p.fallback,
    doc: p.doc,
    ...(p.examples === undefined ? {} : { examples: p.examples }),
    extension: p.extension ?? false,
  }) as unknown as Result<T, P>;

/** Names of items, Lua variables and environment variables. */
export const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const nameSchema = (expected: string) => v.pipe(v.string(expected), v.regex(NAME, expected));

interface Limits {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** `an integer from 0 to 63`, `a number, 0 or more`. */
const numberWords = (what: string, { min, max }: Limits): string => {
  if (max !== undefined && min !== undefined) return `${what} from ${min} to ${max}`;
  if (max !== undefined) return `${what}, ${max} or less`;
  return min === undefined ? what : `${what}, ${min} or more`;
};

const isWithin = (x: number | bigint, { min, max }: Limits): boolean =>
  (min === undefined || x >= min) && (max === undefined || x <= max);

/**
 * What JSON Schema says of a schema that it cannot be read off: a custom one, or one with a check. A schema of valibot in it, for
 * the values of a table, is converted as well. It costs nothing but the object; `src/schema` reads it.
 */
export const jsonSchema = v.metadata;

/** An integer inside a table or an array. Values beyond 2⁵³ are capped there. */
export const integerSchema = (min?: number, max?: number) => {
  const limits = { min, max };
  const expected = numberWords('an integer', limits);
  const cap = BigInt(Number.MAX_SAFE_INTEGER);
  return v.pipe(
    v.bigint(expected),
    v.check((n) => isWithin(n, limits), expected),
    v.transform((n) => Number(n > cap ? cap : n)),
    jsonSchema({ type: 'integer', minimum: min, maximum: max }),
  );
};

/** An integer of the file; floats and texts are refused. Values beyond 2⁵³ are capped there. */
export const integerField = <P extends Presence<number> & Limits>(p: P) =>
  field<number, P>(numberWords('an integer', p), integerSchema(p.min, p.max), p);

/** An integer or a float of the file, as a number; `inf` and `nan` are refused. */
export const decimalField = <P extends Presence<number> & Limits>(p: P) => {
  const expected = numberWords('a number', p);
  const schema = v.pipe(
    v.union([v.bigint(), floatSchema], expected),
    v.transform(Number),
    v.check((x) => Number.isFinite(x) && isWithin(x, p), expected),
    jsonSchema({ type: 'number', minimum: p.min, maximum: p.max }),
  );
  return field<number, P>(expected, schema, p);
};

/** `true` or `false`. */
export const booleanField = <P extends Presence<boolean>>(p: P) =>
  field<boolean, P>('true or false', v.boolean('true or false'), p);

/** Any text, or one that matches `pattern`, which is described by `as`. */
export const stringField = <P extends Presence<string> & { readonly pattern?: RegExp; readonly as?: string }>(p: P) => {
  const expected = p.as ?? 'a string';
  const schema = p.pattern
    ? v.pipe(v.string(expected), v.regex(p.pattern, expected))
    : (v.string(expected) as v.GenericSchema<unknown, string>);
  return field<string, P>(expected, schema as v.GenericSchema<unknown, string>, p);
};

/** The name of an item. */
export const nameField = <P extends Presence<string>>(p: P) => {
  const expected = 'a name (letters, digits and underscores, not beginning with a digit)';
  return field<string, P>(expected, nameSchema(expected), p);
};

/** An array of texts. */
export const stringsField = <P extends Presence<readonly string[]>>(p: P) => {
  const expected = 'an array of strings';
  return field<readonly string[], P>(expected, v.array(v.string('a string'), expected), p);
};

/** An array of item names without repetition. */
export const namesField = <P extends Presence<readonly string[]>>(p: P) => {
  const expected = 'an array of item names';
  const schema = v.array(nameSchema('the name of an item'), expected);
  return field<readonly string[], P>(expected, schema, p);
};

/** Labels for people and wrappers: an array or a table with any contents. */
export const tagsField = () =>
  field<unknown, Common>(
    'an array or a table',
    v.pipe(
      v.custom<unknown>((x) => typeof x === 'object' && x !== null && !(x instanceof Date), 'an array or a table'),
      jsonSchema({ type: ['array', 'object'] }),
    ),
    { doc: 'Labels for people and wrappers; what is in it is not looked at.' },
  );

/** One of a few words, in any letter case when `anyCase`; the value is as listed. */
export const choiceField = <W extends string, P extends Presence<W>>(words: readonly W[], p: P) => {
  const expected = `one of ${words.join(', ')}`;
  return field<W, P>(expected, v.picklist(words, expected), p);
};

/** An array of some of a few words, at least one. */
export const choicesField = <W extends string, P extends Presence<readonly W[]>>(words: readonly W[], p: P) => {
  const expected = `an array of at least one of ${words.join(', ')}`;
  const schema = v.pipe(v.array(v.picklist(words, `one of ${words.join(', ')}`), expected), v.minLength(1, expected));
  return field<readonly W[], P>(expected, schema, p);
};

export const isDate = (x: unknown): x is Date => x instanceof Date;

/** A table of the file. */
export type Table = Record<string, unknown>;

/** True for a TOML table, and for nothing else of the file. */
export const isTable = (x: unknown): x is Table =>
  typeof x === 'object' && x !== null && !Array.isArray(x) && !isDate(x);

/** A float of the file, `inf` and `nan` too, which `v.number` refuses. */
export const floatSchema = v.pipe(
  v.custom<number>((x) => typeof x === 'number', 'a float'),
  jsonSchema({ type: 'number' }),
);

/** A float as the file has it: `5.0`, `inf`, `nan`. */
export const showFloat = (x: number): string =>
  Number.isInteger(x) && Math.abs(x) < 1e21
    ? `${Object.is(x, -0) ? '-0' : x}.0`
    : String(x).replace('Infinity', 'inf').replace('NaN', 'nan');

/** One path or several, each perhaps with `-` before it. */
export const pathsField = <P extends Presence<readonly string[]>>(p: P) => {
  const expected = 'a path or an array of paths';
  const one = v.pipe(
    v.string(expected),
    v.regex(/^-?(?!-|~(?:[/\\]|$))[^\0]+$/, 'a path that does not begin with "~"'),
  );
  const schema = v.pipe(
    v.union([one, v.array(one)], expected),
    v.transform((x) => (typeof x === 'string' ? [x] : x)),
  );
  const inFile = (paths: unknown, at: (path: string) => string): unknown =>
    (paths as readonly string[]).map((path) => (path.startsWith('-') ? `-${at(path.slice(1))}` : at(path)));
  return { ...field<readonly string[], P>(expected, schema, p), inFile };
};

/** A field with a schema of its own, for shapes only one kind has. */
export const customField = <T, P extends Presence<T>>(expected: string, schema: v.GenericSchema<unknown, T>, p: P) =>
  field<T, P>(expected, schema, p);

/**
 * A table with these keys and no others, for elements of arrays; an unknown key names the nearest known one. A time, a date or an
 * array is not a table. `such` makes the table that was probably meant.
 */
export const closedTable = <E extends v.ObjectEntries>(entries: E, such: (found: unknown) => string) => {
  const known = Object.keys(entries);
  return v.pipe(
    v.custom<Table>(isTable, ({ input }) => `a table such as ${such(input)}`),
    v.strictObject(entries, (issue) => {
      const key = String(issue.path!.at(-1)!.key);
      return issue.expected === 'never'
        ? `unknown key "${key}"${suggest(key, known)} (known: ${known.join(', ')})`
        : `the key "${key}"`;
    }),
  );
};

/** One of two schemas, by what the value is: its messages are those of the one. */
export const eitherSchema = <A, B>(
  isFirst: (value: unknown) => boolean,
  first: v.GenericSchema<unknown, A>,
  second: v.GenericSchema<unknown, B>,
) =>
  Object.assign(
    v.lazy((value): v.GenericSchema<unknown, A | B> => (isFirst(value) ? first : second)),
    { options: [first, second] as const },
  );
