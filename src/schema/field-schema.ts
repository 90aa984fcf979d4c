import { type OverrideActionContext, type OverrideSchemaContext, toJsonSchema } from '@valibot/to-json-schema';
import type { eitherSchema, Field } from '../config/field.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Schemas of valibot that say nothing to JSON: what stands for them is in their metadata. */
const SILENT: readonly string[] = ['custom', 'bigint', 'unknown'];
/** Actions that JSON Schema does not have: what they check is in the metadata, too. */
const IGNORED = ['check', 'transform', 'raw_transform', 'to_lower_case'];

type Converted = ReturnType<typeof toJsonSchema>;

const isSchema = (x: unknown): x is Field['schema'] =>
  typeof x === 'object' && x !== null && (x as { kind?: unknown }).kind === 'schema';

/** `{ type: "string" }` or `{ type: "integer" }`, and nothing else. */
const typeAlone = (schema: unknown): string | undefined => {
  const { type, ...rest } = schema as { type?: unknown };
  return typeof type === 'string' && Object.keys(rest).length === 0 ? type : undefined;
};

/** A choice of types as a list of types, which messages of validators show in full; undefined: it is not one. */
const unionOfTypes = (options: readonly unknown[]): Converted | undefined => {
  const types = options.map(typeAlone);
  if (types.includes(undefined)) return undefined;
  const known = new Set(types as string[]);
  if (known.has('number')) known.delete('integer');
  return { type: known.size === 1 ? [...known][0] : [...known] } as Converted;
};

const overrideSchema = ({ valibotSchema, jsonSchema, errors }: OverrideSchemaContext): Converted | undefined => {
  const { type } = valibotSchema;
  if (type === 'lazy') {
    const { options } = valibotSchema as unknown as ReturnType<typeof eitherSchema>;
    return { anyOf: options.map(convert) } as Converted;
  }
  if (type === 'bigint') return { type: 'integer' };
  if (type === 'union') return unionOfTypes(jsonSchema.anyOf!);
  // Not `prefixItems`: draft 7, which most editors know, has it not.
  if (type === 'tuple') {
    const items = jsonSchema.prefixItems!;
    if (new Set(items.map((item) => JSON.stringify(item))).size !== 1) throw new Error('expected a tuple of one type');
    return { type: 'array', items: items[0]!, minItems: items.length };
  }
  if (errors && !SILENT.includes(type)) throw new Error(errors.join(' '));
  return undefined;
};

/** Everything in metadata that is a schema of valibot, converted. */
const resolved = (value: unknown): unknown => {
  if (isSchema(value)) return convert(value);
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one)]));
};

const overrideAction = ({ valibotAction, jsonSchema, errors }: OverrideActionContext): Converted | undefined => {
  if (errors) throw new Error(errors.join(' '));
  if (valibotAction.type === 'metadata') return resolved(jsonSchema) as Converted;
  // Not every dialect of regular expressions has \0, or takes \/ for a slash.
  const { pattern } = jsonSchema;
  const portable = pattern?.replaceAll('\\0', '\\u0000').replaceAll('\\/', '/');
  return portable === undefined || portable === pattern ? undefined : { ...jsonSchema, pattern: portable };
};

/** Throws for a schema that JSON Schema cannot express, and that has no metadata which does. */
const convert = (schema: Field['schema']): JsonSchema => {
  const { $schema, ...converted } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    errorMode: 'ignore',
    ignoreActions: IGNORED,
    overrideSchema,
    overrideAction,
  });
  return converted as JsonSchema;
};

/** A value on one line, as a file has it. */
const inToml = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(inToml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const key = (name: string): string => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name));
  const entries = Object.entries(value).map(([name, one]) => `${key(name)} = ${inToml(one)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
};

/** `an integer, 0 or more` as a sentence, with the default. */
const expectation = ({ expected, fallback, required }: Field): string => {
  const sentence = `${expected.charAt(0).toUpperCase()}${expected.slice(1)}.`;
  if (required || fallback === undefined) return sentence;
  return `${sentence} Default: \`${inToml(fallback)}\`.`;
};

/** The description of a key: what the manual says of it, what is expected, the default, and examples. */
const description = (field: Field, examples: readonly unknown[] = []): string =>
  [
    field.doc,
    expectation(field),
    ...(examples.length > 0 ? [`For example: ${examples.map((one) => `\`${inToml(one)}\``).join(', ')}.`] : []),
    ...(field.extension ? ['Not in the format of whenever 1.'] : []),
  ].join('\n\n');

/** What a key may hold, without what describes it. */
export const constraintsOf = (field: Field): JsonSchema => {
  // The way through JSON leaves out what is undefined.
  const { examples, ...constraints } = JSON.parse(JSON.stringify(convert(field.schema))) as JsonSchema;
  return constraints;
};

/** A key of the file as JSON Schema. */
export const fieldSchema = (field: Field): JsonSchema => {
  const { examples: inside } = convert(field.schema);
  const examples = field.examples ?? (inside as readonly unknown[] | undefined);
  return {
    description: description(field, examples),
    ...constraintsOf(field),
    ...(field.fallback === undefined || field.required ? {} : { default: field.fallback }),
    ...(examples === undefined ? {} : { examples }),
  };
};
