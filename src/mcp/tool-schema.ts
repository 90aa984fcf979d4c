import type { ArgumentRow, OptionRow, Subcommand } from '../commands/subcommand.ts';

/** A property of a JSON Schema. */
export type Property = Readonly<Record<string, unknown>>;

/** The JSON Schema of what a tool takes. */
export interface InputSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
  readonly [key: string]: unknown;
}

/** What a tool is given, checked. */
export type ToolInput = Readonly<Record<string, unknown>>;

/** `[CONDITION...]` → `conditions`, `<ITEM>` → `item`. */
const nameOf = ({ form }: ArgumentRow): string => {
  const word = form.replace(/[^A-Za-z]/g, '').toLowerCase();
  return form.includes('...') ? `${word}s` : word;
};

/** `-n, --count <N>` → `count`. */
const longName = ({ flags }: OptionRow): string => /--([\w-]+)/.exec(flags)![1]!;

const argumentSchema = ({ form, help }: ArgumentRow): Property =>
  form.includes('...')
    ? { type: 'array', items: { type: 'string' }, description: help, ...(form.startsWith('<') ? { minItems: 1 } : {}) }
    : { type: 'string', description: help };

const optionSchema = ({ flags, help, choices, fallback }: OptionRow): Property => {
  if (!/[<[]/.test(flags)) return { type: 'boolean', description: help };
  if (choices) return { type: 'string', enum: choices, description: help };
  if (/<N>/.test(flags))
    return { type: 'integer', minimum: 0, description: help, ...(fallback ? { default: Number(fallback) } : {}) };
  return { type: 'string', description: help };
};

/** The arguments and options of a subcommand that a tool has. */
export interface ToolRows {
  readonly takes: readonly ArgumentRow[];
  readonly options: readonly OptionRow[];
}

/** The schema of the arguments and options of a subcommand. */
export const inputSchema = ({ takes, options }: ToolRows): InputSchema => {
  const required = takes.filter(({ form }) => form.startsWith('<')).map(nameOf);
  return {
    type: 'object',
    properties: Object.fromEntries([
      ...takes.map((row) => [nameOf(row), argumentSchema(row)] as const),
      ...options.map((row) => [longName(row), optionSchema(row)] as const),
    ]),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
};

/** Those rows of a subcommand that a tool has. @param without names of options */
export const optionRows = ({ takes, options }: Subcommand, without: readonly string[]): ToolRows => ({
  takes: takes.filter((row) => row.path !== true),
  options: options.filter((row) => row.path !== true && !without.includes(longName(row))),
});

/** What is wrong with an input; undefined: nothing. */
export const inputProblem = ({ properties, required = [] }: InputSchema, input: ToolInput): string | undefined => {
  const unknown = Object.keys(input).find((key) => !Object.hasOwn(properties, key));
  if (unknown !== undefined)
    return `unknown input "${unknown.slice(0, 80)}" (known: ${Object.keys(properties).join(', ') || 'none'})`;
  const missing = required.find((key) => input[key] === undefined);
  if (missing !== undefined) return `${missing} is missing`;
  for (const [key, value] of Object.entries(input)) {
    const wanted = wrongType(properties[key]!, value);
    if (wanted !== undefined) return `${key}: expected ${wanted}`;
  }
  return undefined;
};

/** What was expected; undefined: the value fits. */
const wrongType = ({ type, enum: choices }: Property, value: unknown): string | undefined => {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'integer':
      return Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : 'a whole number, 0 or more';
    case 'array':
      return Array.isArray(value) && value.every((one) => typeof one === 'string') ? undefined : 'a list of texts';
    default:
      if (Array.isArray(choices) && !choices.includes(value)) return `one of ${choices.join(', ')}`;
      return typeof value === 'string' ? undefined : 'a text';
  }
};

/** The words of a command line: options first, so that no argument is taken for one. */
export const argumentWords = ({ takes, options }: ToolRows, input: ToolInput): readonly string[] => {
  const given = options.flatMap((row) => {
    const name = longName(row);
    const value = input[name];
    if (value === undefined || value === false) return [];
    return [value === true ? `--${name}` : `--${name}=${String(value)}`];
  });
  const args = takes.flatMap((row) => {
    const value = input[nameOf(row)];
    return value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];
  });
  return [...given, ...(args.length > 0 ? ['--', ...args] : [])];
};
