import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { FINDINGS, type FindingId } from '../../src/check/findings.ts';
import type { Field, Fields } from '../../src/config/field.ts';
import { fleetFields } from '../../src/config/fleet.ts';
import { historyFields } from '../../src/config/history.ts';
import { hookFields } from '../../src/config/hooks.ts';
import { outputFields } from '../../src/config/logging.ts';
import { globalFields } from '../../src/config/read-fields.ts';
import { limitFields } from '../../src/items/common/resource-limits.ts';
import type { ItemKind } from '../../src/items/kind.ts';
import { registry } from '../../src/items/registry.ts';
import { configSchema, schemaText } from '../../src/schema/config-schema.ts';
import { fieldSchema, type JsonSchema } from '../../src/schema/field-schema.ts';
import { blocksOf } from '../support/documents.ts';
import { settings } from '../support/property.ts';
import { accepted, ajv, asJson, complaints } from '../support/schema.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const examples = readdirSync(join(root, 'config-examples')).filter((name) => name.endsWith('.toml'));
const kinds: readonly ItemKind[] = Object.values(registry).flatMap((section) => section.kinds);

/** Every table of keys of the program, by the place of it in a file. */
const tables: Readonly<Record<string, Fields>> = {
  'the top of the file': globalFields,
  history: historyFields,
  fleet: fleetFields,
  defaults: hookFields,
  'logging.outputs': outputFields,
  limits: limitFields,
  ...Object.fromEntries(Object.entries(registry).map(([section, { common }]) => [section, common])),
  ...Object.fromEntries(kinds.map(({ section, type, fields }) => [`${section} of type ${type}`, fields])),
};
const fields: readonly (readonly [where: string, field: Field])[] = Object.entries(tables).flatMap(([where, of]) =>
  Object.entries(of).map(([key, field]) => [`${key} of ${where}`, field] as const),
);

describe('the schema', () => {
  test('the file is what "npm run man" makes of the tables', () => {
    const text = read('schema/whenever.schema.json');
    expect(text, 'run "npm run man" and commit the result').toBe(schemaText(registry));
    expect(JSON.parse(text).$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  });

  test.each(examples)('config-examples/%s is accepted', (name) => {
    expect(complaints(read(`config-examples/${name}`))).toEqual([]);
  });

  const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
    name.endsWith('.md'),
  );
  const blocks = documents.flatMap(blocksOf).filter(({ language, wrong }) => language === 'toml' && !wrong);

  test.each(blocks)('$title is accepted', ({ text }) => {
    expect(complaints(text)).toEqual([]);
  });

  test('every key of every table has a description, what is expected, its default and what it can hold', () => {
    for (const [where, field] of fields) {
      const schema = fieldSchema(field);
      expect(schema.description, where).toContain(field.doc);
      expect(String(schema.description).toLowerCase(), where).toContain(field.expected.toLowerCase());
      expect(schema.type ?? schema.enum ?? schema.anyOf, where).toBeDefined();
      if (field.fallback !== undefined && !field.required) expect(schema.default, where).toEqual(field.fallback);
      for (const example of (schema.examples ?? []) as readonly unknown[])
        expect(ajv.validate(schema, example), `${where}: ${JSON.stringify(example)}`).toBe(true);
      // As a file has them: what the description shows can be copied.
      const [, shown] = /\n\nFor example: `(.*?)`[.,]/.exec(String(schema.description)) ?? [];
      expect(shown === undefined, where).toBe(schema.examples === undefined);
      if (shown !== undefined) {
        const { copied } = parse(`copied = ${shown}`, { integersAsBigInt: true });
        expect(v.safeParse(field.schema, copied).success, `${where}: ${shown}`).toBe(true);
      }
    }
  });

  test('"allow" offers the names of all warnings, and accepts others, as the program does', () => {
    const { properties } = configSchema(registry) as { properties: Record<string, { items: { anyOf: JsonSchema[] } }> };
    const warnings = Object.entries(FINDINGS).filter(([, { level }]) => level === 'warning');
    expect(properties.allow!.items.anyOf[0]!.enum).toEqual(warnings.map(([id]) => id));
    expect(complaints('allow = ["useless-retries", "a-later-one"]')).toEqual([]);
    expect(complaints('allow = [5]')).toEqual(['/allow/0 must be string']);
  });

  test('every kind is a value of "type" with its description', () => {
    const { $defs } = configSchema(registry) as { $defs: Record<string, { properties: { type: JsonSchema } }> };
    for (const { section, type, doc } of kinds) {
      expect($defs[section]!.properties.type.enum).toContain(type);
      expect($defs[section]!.properties.type.description).toContain(`- \`${type}\`: ${doc}`);
    }
  });
});

/**
 * Values of a file, but for what JSON does not have: it takes 5.0 for an integer, a time for a text, and has neither inf nor nan.
 */
const value: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(0n, -1n, 1n, 5n, 19n, 20n, 63n, 64n, 86_400n, 3_600_001n, 2n ** 32n, 2n ** 63n - 1n),
    fc.constantFrom(0.5, -0.5, 1.5, 63.5),
    fc.boolean(),
    fc.constantFrom(
      '',
      '/',
      'A',
      'a b',
      'a.b',
      ':session',
      'mon',
      'Sunday',
      'mond',
      'idle',
      'skip',
      '512M',
      '1G',
      'x\n',
    ),
    fc.constantFrom(
      'all',
      'once',
      'never',
      'queue',
      'learned',
      'create',
      'json',
      'eq',
      'contains',
      '/a/b',
      '*/5 * * * *',
    ),
    fc.string(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'a',
        'x y',
        'hour',
        'day',
        'weekday',
        'cron',
        'index',
        'operator',
        'value',
        'field',
        'nice',
        'ionice',
      ),
      tie('any'),
      { maxKeys: 3 },
    ),
  ),
})).any;

describe('a key is accepted by the schema exactly when the program accepts it', () => {
  // What is read elsewhere in the program: see below.
  const elsewhere = ['between', 'levels', 'outputs'];
  const comparable = fields.filter(([where]) => !elsewhere.includes(where.split(' ')[0]!));

  test.each(comparable)('%s', (_, field) => {
    const accepts = ajv.compile(fieldSchema(field));
    fc.assert(
      fc.property(value, (found) => {
        expect(accepts(asJson(found))).toBe(v.safeParse(field.schema, found).success);
      }),
      settings(200),
    );
  });
});

/** The items of the examples, one of each kind; `wmi`, which has no example. */
const base = new Map<string, Readonly<Record<string, unknown>>>([
  ...examples.flatMap((name) => {
    const file = parse(read(`config-examples/${name}`), { integersAsBigInt: true }) as Record<string, unknown>;
    return Object.keys(registry).flatMap((section) =>
      ((file[section] ?? []) as { type: string }[]).map((item) => [`${section} ${item.type}`, item] as const),
    );
  }),
  ['condition wmi', { name: 'A', type: 'wmi', query: 'SELECT * FROM Win32_Process' }],
  ['event wmi', { name: 'A', type: 'wmi', query: 'SELECT * FROM Win32_Process', condition: 'B' }],
  ['condition event', { name: 'A', type: 'event' }],
]);

describe('an item', () => {
  test.each(kinds)(
    'of section $section and type $type has its keys and no others',
    ({ section, type, fields: own }) => {
      const item = base.get(`${section} ${type}`)!;
      const { common } = registry[section];
      const all: Fields = { ...common, ...own };
      expect(accepted({ [section]: [item] })).toBe(true);
      expect(accepted({ [section]: [{ ...item, nonsense: 1n }] })).toBe(false);
      for (const key of ['name', 'type', ...Object.keys(own).filter((key) => own[key]!.required)]) {
        const { [key]: _, ...without } = item;
        const replaced = all[key]?.unless !== undefined && Object.hasOwn(item, all[key].unless);
        expect(accepted({ [section]: [without] }), `without ${key}`).toBe(replaced);
      }
      for (const [key, field] of Object.entries(all)) {
        const wrong = v.safeParse(field.schema, 0.5).success ? 'text' : 0.5;
        expect(accepted({ [section]: [{ ...item, [key]: wrong }] }), `${key} of a wrong type`).toBe(false);
      }
      const others = kinds.filter((kind) => kind.section === section).flatMap((kind) => Object.entries(kind.fields));
      for (const [key, field] of others.filter(([key]) => !Object.hasOwn(all, key))) {
        const found = fieldSchema(field).default ?? field.examples?.[0] ?? true;
        expect(accepted({ [section]: [{ ...item, [key]: found }] }), `${key} of another kind`).toBe(false);
      }
    },
  );

  test.each([
    ['an unknown section', '[tasks]', '(tasks)'],
    ['an unknown key at the top', 'tick = 5', '(tick)'],
    [
      'a key of the top below a table',
      '[history]\nkeep_pause = true',
      '/history must NOT have additional properties (keep_pause)',
    ],
    ['[task] instead of [[task]]', '[task]\nname = "T"', '/task must be array'],
    ['a section with something else in it', 'event = [5]', '/event/0 must be object'],
    [
      'an unknown type',
      '[[task]]\nname = "T"\ntype = "comand"',
      '/task/0/type must be equal to one of the allowed values',
    ],
    ['a type that is not a text', '[[task]]\nname = "T"\ntype = 5', '/task/0/type must be string'],
    ['a type of another section', '[[task]]\nname = "T"\ntype = "interval"', '/task/0/type must be equal to'],
    ['a missing type', '[[task]]\nname = "T"', "/task/0 must have required property 'type'"],
    ['a missing name', '[[condition]]\ntype = "bucket"', "/condition/0 must have required property 'name'"],
    ['a wrong name', '[[condition]]\ntype = "bucket"\nname = "a b"', '/condition/0/name must match pattern'],
    ['an event without a condition', '[[event]]\ntype = "cli"\nname = "E"', "must have required property 'condition'"],
    ['a missing key', '[[task]]\nname = "T"\ntype = "lua"', "/task/0 must have required property 'script'"],
    [
      'a guard key with tasks',
      '[[condition]]\nname = "A"\ntype = "time"\nbetween = [22:00:00, 06:00:00]\ntasks = ["T"]',
      '/condition/0/tasks must NOT have more than 0 items',
    ],
    [
      'a time that is a word',
      '[[condition]]\nname = "A"\ntype = "time"\nbetween = ["now", "then"]',
      '/condition/0/between/0 must match pattern',
    ],
    [
      'one time',
      '[[condition]]\nname = "A"\ntype = "time"\nbetween = [22:00:00]',
      '/condition/0/between must NOT have fewer than 2 items',
    ],
    [
      'a time without either',
      '[[condition]]\nname = "A"\ntype = "time"',
      "must have required property 'time_specifications'",
    ],
    [
      'an hour that no day has',
      '[[condition]]\nname = "A"\ntype = "time"\ntime_specifications = [{ hour = 24 }]',
      '/condition/0/time_specifications/0/hour must be <= 23',
    ],
    ['an unknown level', '[logging.levels]\nwhenever = "loud"', '/logging/levels/whenever must be equal to one of'],
    [
      'an unknown level of items',
      '[logging.levels.whenever.task]\nA = "loud"',
      '/logging/levels/whenever/task/A must be equal to',
    ],
    ['an unknown subtree', '[logging.levels]\n"whenever.tasks" = "info"', '(whenever.tasks)'],
    [
      'an output without a target',
      '[[logging.outputs]]\nformat = "json"',
      "/logging/outputs/0 must have required property 'target'",
    ],
    [
      'a placeholder that does not exist',
      '[[logging.outputs]]\ntarget = "a"\nformat = "pattern"\npattern = "{levle}"',
      '/logging/outputs/0/pattern must match pattern',
    ],
    [
      'a pattern without its format',
      '[[logging.outputs]]\ntarget = "a"\nformat = "json"\npattern = "{level}"',
      '/logging/outputs/0/format must be equal to constant',
    ],
    [
      'a format without its pattern',
      '[[logging.outputs]]\ntarget = "a"\nformat = "pattern"',
      "/logging/outputs/0 must have required property 'pattern'",
    ],
    [
      'a history that lasts no day',
      '[[logging.outputs]]\ntarget = "stdout"\nfile = "a"',
      '/logging/outputs/0 must NOT have additional properties (file)',
    ],
    ['a hook that is not a list', '[defaults]\non_failure = "A"', '/defaults/on_failure must be array'],
    ['an unknown key of the defaults', '[defaults]\nrecurring = true', '(recurring)'],
    ['a history that lasts no day', '[history]\ndays = 0', '/history/days must be >= 1'],
    [
      'an unknown limit',
      '[[task]]\nname = "T"\ntype = "command"\ncommand = "x"\ncommand_arguments = []\nstartup_path = "/"\nlimits = { memory = "1G" }',
      '/task/0/limits must NOT have additional properties (memory)',
    ],
  ])('%s is refused', (_, toml, expected) => {
    expect(complaints(toml).join('\n')).toContain(expected);
  });

  test.each([
    ['levels by dotted keys', '[logging.levels]\nwhenever.task.A = "debug"\nwhenever.lua = "info"'],
    ['levels by quoted keys', '[logging.levels]\n"whenever.task.A" = "debug"\nwhenever = "info"'],
    ['a level in a table of a subtree', '[logging.levels."whenever.task"]\nA = "debug"'],
    ['a file with nothing in it', ''],
    ['a pattern', '[[logging.outputs]]\ntarget = "a"\nformat = "pattern"\npattern = "{{{level:>5}}} {time}"'],
    ['a guard by two times', '[[condition]]\nname = "A"\ntype = "time"\nbetween = [22:00:00, 06:00]'],
    [
      'a variable that is a date',
      '[[task]]\nname = "T"\ntype = "command"\ncommand = "x"\ncommand_arguments = []\nstartup_path = "/"\nenvironment_variables = { A = 2026-01-01, B = 1, C = 1.5 }',
    ],
  ])('%s is accepted', (_, toml) => {
    expect(complaints(toml)).toEqual([]);
  });
});

describe('the corpus of "whenever check"', () => {
  const folder = join(root, 'test/check/corpus');
  const corpus = readdirSync(folder).map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const ids = [...text.matchAll(/^# expect (?:\S+) ([\w-]+)/gm)].map(([, id = '']) => id);
    return { name, text, ids };
  });
  const levelOf = (id: string) => FINDINGS[id as FindingId].level;

  /** Values that are texts, tables or numbers as they should be: what is wrong with them only the program knows. */
  const BEYOND = [
    ...['between-texts', 'between-the-same-time', 'call-out-of-range', 'call-that-is-not-json', 'data-of-a-trigger'],
    ...['empty-command', 'end-of-a-pause', 'float-for-an-integer', 'infinite-delay', 'jitter-longer-than-the-interval'],
    ...['key-of-a-match-rule', 'match-rule', 'memory-too-small', 'order-of-texts', 'signature-of-fewer-arguments'],
    'signature',
  ].map((name) => `invalid-value-${name}.toml`);
  const KNOWN = ['unknown-key', 'missing-key', 'unknown-type', 'invalid-value'];

  const refused = corpus.filter(({ name, ids }) => ids.some((id) => KNOWN.includes(id)) && !BEYOND.includes(name));
  test.each(refused)('$name is refused by the schema', ({ text }) => {
    expect(complaints(text)).not.toEqual([]);
  });

  const valid = corpus.filter(({ ids }) => ids.every((id) => levelOf(id) === 'warning'));
  test.each(valid)('$name is accepted by the schema', ({ text }) => {
    expect(complaints(text)).toEqual([]);
  });

  test('what is beyond a schema is accepted by it', () => {
    const beyond = corpus.filter(({ name }) => BEYOND.includes(name));
    expect(beyond.map(({ name }) => name)).toEqual([...BEYOND].sort());
    for (const { name, text } of beyond) expect(complaints(text), name).toEqual([]);
  });
});
