import { FINDINGS } from '../check/findings.ts';
import type { Field, Fields } from '../config/field.ts';
import { fleetFields } from '../config/fleet.ts';
import { historyFields } from '../config/history.ts';
import { hookFields } from '../config/hooks.ts';
import type { Registry } from '../config/load.ts';
import { loggingFields, outputFields } from '../config/logging.ts';
import { globalFields } from '../config/read-fields.ts';
import type { SectionKinds, SectionName } from '../config/section.ts';
import type { ItemKind } from '../items/kind.ts';
import { PATTERN_SYNTAX } from '../log/pattern.ts';
import { constraintsOf, fieldSchema, type JsonSchema } from './field-schema.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** Tables with further keys fit as well: the default, but editors that are strict expect to read it. */
const OPEN = { additionalProperties: true } as const;

/** The names of warnings, for editors. Others are accepted: a file may be for a later version. */
const warningNames = (): JsonSchema => {
  const warnings = Object.entries(FINDINGS).filter(([, { level }]) => level === 'warning');
  const known = {
    enum: warnings.map(([id]) => id),
    'x-taplo': { docs: { enumValues: warnings.map(([, { doc }]) => doc) } },
  };
  return { type: 'string', anyOf: [known, {}] };
};

const fieldsToSchemas = (fields: Fields): Record<string, JsonSchema> =>
  Object.fromEntries(
    Object.entries(fields).map(([key, field]) => {
      const schema = fieldSchema(field);
      return [key, key === 'allow' ? { ...schema, items: warningNames() } : schema];
    }),
  );

/** The keys that have to be there: those that another key replaces only without it. */
const requirements = (fields: Fields): JsonSchema => {
  const required = Object.entries(fields).filter(([, field]) => field.required);
  const always = required.filter(([, { unless }]) => unless === undefined).map(([key]) => key);
  const replaced = required.filter(([, { unless }]) => unless !== undefined);
  return {
    ...(always.length > 0 ? { required: always } : {}),
    ...(replaced.length > 0
      ? {
          allOf: replaced.map(([key, { unless }]) => ({
            if: { not: { required: [unless] }, ...OPEN },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: { required: [key], ...OPEN },
          })),
        }
      : {}),
  };
};

/** A table with these keys and no others. */
const tableSchema = (description: string, fields: Fields): JsonSchema => ({
  type: 'object',
  description,
  properties: fieldsToSchemas(fields),
  ...requirements(fields),
  additionalProperties: false,
});

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The kinds that have a key, each with its field. */
type Owners = readonly (readonly [kind: ItemKind, field: Field])[];

const ownersOf = (kinds: readonly ItemKind[]): ReadonlyMap<string, Owners> => {
  const owners = new Map<string, [ItemKind, Field][]>();
  for (const kind of kinds)
    for (const [key, field] of Object.entries(kind.fields))
      owners.set(key, [...(owners.get(key) ?? []), [kind, field]]);
  return owners;
};

const typesOf = (owners: Owners): string => owners.map(([{ type }]) => `\`${type}\``).join(', ');

/** Whether all kinds with this key let it hold the same. */
const isUniform = (owners: Owners): boolean => {
  const [first, ...others] = owners.map(([, field]) => constraintsOf(field));
  return others.every((other) => same(first, other));
};

/** A key as the section has it: for all kinds that have it, with all that is said about it. */
const sharedKey = (owners: Owners, of: number): JsonSchema => {
  const schemas = owners.map(([, field]) => fieldSchema(field));
  const [first] = schemas;
  const only = owners.length < of ? `\n\nFor type ${typesOf(owners)}.` : '';
  if (schemas.every((schema) => same(schema, first))) return { ...first, description: `${first!.description}${only}` };
  const description = owners.map(([{ type }], i) => `Type \`${type}\`: ${schemas[i]!.description}`).join('\n\n');
  const examples = schemas.flatMap((schema) => (schema.examples ?? []) as readonly unknown[]);
  const { default: fallback } = first!;
  return {
    description,
    ...(isUniform(owners) ? constraintsOf(owners[0]![1]) : {}),
    ...(fallback !== undefined && schemas.every((schema) => same(schema.default, fallback))
      ? { default: fallback }
      : {}),
    ...(examples.length > 0 ? { examples } : {}),
  };
};

/** Keys that only say when a guard holds: without tasks. */
const guardRules = (kind: ItemKind): readonly JsonSchema[] =>
  ('guardKeys' in kind ? kind.guardKeys : []).map((key) => ({
    if: { required: [key], ...OPEN },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { tasks: { maxItems: 0 } }, ...OPEN },
  }));

/** What an item of a kind must have, and the keys that it can have. What they hold is said once, in the section. */
const kindSchema = (kind: ItemKind, common: Fields, owners: ReadonlyMap<string, Owners>): JsonSchema => {
  const keys = Object.entries(kind.fields).map(([key, field]) => {
    const uniform = isUniform(owners.get(key)!);
    return [key, uniform ? true : constraintsOf(field)] as const;
  });
  const { allOf = [], ...required } = requirements(kind.fields);
  const rules = [...(allOf as readonly JsonSchema[]), ...guardRules(kind)];
  return {
    properties: Object.fromEntries([...['type', ...Object.keys(common)].map((key) => [key, true]), ...keys]),
    ...required,
    ...(rules.length > 0 ? { allOf: rules } : {}),
    additionalProperties: false,
  };
};

const kindDoc = ({ type, doc, extension }: ItemKind): string =>
  `\`${type}\`: ${doc}${extension ? ' Not in the format of whenever 1.' : ''}`;

/**
 * An item of a section. All keys of all kinds are properties of it, where editors look for them; which ones a kind has follows
 * from its type. Not `oneOf` the kinds: for a mistake in one, a validator can only say that none of them fits.
 */
const itemSchema = (section: SectionName, { kinds, common }: SectionKinds<ItemKind>): JsonSchema => {
  const owners = ownersOf(kinds);
  const type = {
    description: `The kind of ${section}.\n\n${kinds.map((kind) => `- ${kindDoc(kind)}`).join('\n')}`,
    type: 'string',
    enum: kinds.map((kind) => kind.type),
    'x-taplo': { docs: { enumValues: kinds.map(kindDoc) } },
  };
  return {
    type: 'object',
    title: section,
    properties: {
      ...{ name: fieldSchema(common.name!), type },
      ...fieldsToSchemas(common),
      ...Object.fromEntries([...owners].map(([key, own]) => [key, sharedKey(own, kinds.length)])),
    },
    required: ['name', 'type', ...Object.keys(common).filter((key) => key !== 'name' && common[key]!.required)],
    // Nothing for a table. taplo looks here for what a key of [[task]] means when the pointer is on it.
    items: { $ref: `#/$defs/${section}` },
    ...OPEN,
    if: { required: ['type'], ...OPEN },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      ...OPEN,
      allOf: kinds.map((kind) => ({
        if: { properties: { type: { const: kind.type } }, ...OPEN },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: kindSchema(kind, common, owners),
      })),
    },
  };
};

const SECTIONS: Readonly<Record<SectionName, string>> = {
  task: 'Something to do. A condition runs it by its name.',
  condition: 'When tasks are run.',
  event: 'What makes a condition of type `bucket` or `event` true.',
};

/** The keys of the format `pattern` go with it, and it with one of them. */
const PATTERN_RULES: readonly JsonSchema[] = [
  {
    if: { anyOf: [{ required: ['pattern'] }, { required: ['time_format'] }], ...OPEN },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { format: { const: 'pattern' } }, required: ['format'], ...OPEN },
  },
  {
    if: { properties: { format: { const: 'pattern' } }, required: ['format'], ...OPEN },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['pattern'], ...OPEN },
  },
];

const loggingSchema = (): JsonSchema => {
  const table = tableSchema('Levels and outputs of the log.', loggingFields);
  const { outputs, ...others } = table.properties as Record<string, JsonSchema>;
  const output = tableSchema('One more output of the log.', outputFields);
  const { pattern, ...keys } = output.properties as Record<string, JsonSchema>;
  const properties = { ...keys, pattern: { ...pattern, pattern: PATTERN_SYNTAX } };
  const items = { ...output, properties, allOf: PATTERN_RULES };
  return { ...table, properties: { ...others, outputs: { ...outputs, items } } };
};

/** The JSON Schema of a configuration file, made from the tables that also check it. */
export const configSchema = (registry: Registry): JsonSchema => {
  const sections = Object.keys(SECTIONS) as SectionName[];
  return {
    $schema: DRAFT,
    title: 'A configuration of whenever',
    description: 'Tasks, the conditions that run them, and events. The manual page whenever.toml(5) has more.',
    type: 'object',
    properties: {
      ...fieldsToSchemas(globalFields),
      ...Object.fromEntries(
        sections.map((section) => [
          section,
          { type: 'array', description: SECTIONS[section], items: { $ref: `#/$defs/${section}` } },
        ]),
      ),
      logging: loggingSchema(),
      history: tableSchema('The history of runs, which is kept for each configuration.', historyFields),
      fleet: tableSchema('The machines that share firings, and their server.', fleetFields),
      defaults: tableSchema('Keys that conditions without them have.', hookFields),
    },
    additionalProperties: false,
    $defs: Object.fromEntries(sections.map((section) => [section, itemSchema(section, registry[section])])),
  };
};

/** The schema as text: the file `schema/whenever.schema.json`. */
export const schemaText = (registry: Registry): string => `${JSON.stringify(configSchema(registry), null, 2)}\n`;
