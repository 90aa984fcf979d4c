/** JSON. Returns undefined for what JSON has no word for: undefined, functions, symbols. */
export const stringify = (value: unknown): string | undefined => JSON.stringify(value) as string | undefined;

/** A value that was given, short enough for a message. */
export const valueText = (value: unknown): string => {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  try {
    return stringify(value)?.slice(0, 80) ?? String(value);
  } catch {
    return 'a value that JSON cannot show';
  }
};

/** What is wrong with a path that begins with "~", which only a shell expands; undefined: nothing. */
export const tildeProblem = (path: string): string | undefined =>
  path.startsWith('~')
    ? `"~" is not expanded in "${path}": write the whole path, or "./${path}" for what has that name`
    : undefined;

/** Checks an argument, for programs in plain JavaScript. @throws TypeError `call: what: expected …, found …` */
export const expected = (call: string, what: string, value: unknown, wanted: string, fits: boolean): void => {
  if (!fits) throw new TypeError(`${call}: ${what}: expected ${wanted}, found ${valueText(value)}`);
};
/** @throws TypeError */
export const expectFunction = (call: string, what: string, value: unknown): void =>
  expected(call, what, value, 'a function', typeof value === 'function');
/** @throws TypeError */
export const expectText = (call: string, what: string, value: unknown): void =>
  expected(call, what, value, 'a text that is not empty', typeof value === 'string' && value !== '');
/** An object, not a list. @throws TypeError */
export const expectObject = (call: string, what: string, value: unknown, wanted = 'an object'): void =>
  expected(call, what, value, wanted, typeof value === 'object' && value !== null && !Array.isArray(value));
/** An object with a method of this name. @throws TypeError */
export const expectMethod = (call: string, what: string, value: unknown, name: string): void => {
  const found = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : null;
  expected(call, what, value, `an object with the method ${name}`, typeof found === 'function');
};

/** What an argument has to be, in words and as a check. */
export type ArgumentType = readonly [words: string, fits: (value: unknown) => boolean];

const isTable = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const atLeast =
  (least: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && value >= least;
const isText = (value: unknown): boolean => typeof value === 'string';

/** The types of arguments. */
export const TYPES = {
  text: ['a text', isText],
  name: ['a text that is not empty', (value) => isText(value) && value !== ''],
  path: [
    'a path that does not begin with "~", which only a shell expands',
    (value) => typeof value === 'string' && value !== '' && tildeProblem(value) === undefined,
  ],
  flag: ['true or false', (value) => typeof value === 'boolean'],
  function: ['a function', (value) => typeof value === 'function'],
  table: ['an object', isTable],
  texts: ['a list of texts', (value) => Array.isArray(value) && value.every(isText)],
  number: ['a number', (value) => typeof value === 'number' && !Number.isNaN(value)],
  amount: ['a number, at least 0', atLeast(0)],
  positive: ['a number above 0', (value) => atLeast(0)(value) && value !== 0],
  port: [
    'a port from 0 to 65535',
    (value) => Number.isInteger(value) && atLeast(0)(value) && (value as number) <= 65_535,
  ],
  level: [
    'the name of a level or a number',
    (value) => isText(value) || (typeof value === 'number' && !Number.isNaN(value)),
  ],
  list: ['a list', (value) => Array.isArray(value)],
} as const satisfies Readonly<Record<string, ArgumentType>>;

/** @throws TypeError */
export const expectType = (call: string, what: string, value: unknown, [words, fits]: ArgumentType): void =>
  expected(call, what, value, words, fits(value));
/** Options, each of which may be left out but for those in `needed`. @throws TypeError that names the option. */
export const expectOptions = <O extends object>(
  call: string,
  options: O,
  table: { readonly [K in keyof O]?: ArgumentType },
  ...needed: readonly (keyof O & string)[]
): void => {
  expectObject(call, 'options', options, 'an object of options');
  for (const name of Object.keys(table) as (keyof O & string)[])
    if (options[name] !== undefined || needed.includes(name)) expectType(call, name, options[name], table[name]!);
};
