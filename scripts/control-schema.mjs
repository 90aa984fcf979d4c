// The JSON Schema of the control socket: requests from their table, answers from the types of src/control/answers.ts.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSource } from './load-source.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The table of requests, and what it refers to. */
const loadRequests = () =>
  loadSource(`
    export { NAME_KINDS, PROTOCOL, REQUESTS, STATE_ACTIONS } from './src/control/request.ts';
    export { LEVELS } from './src/log/record.ts';`);

const text = { type: 'string' };
const texts = { type: 'array', items: text };

/** The schema of each type of a field. */
const fieldTypes = ({ LEVELS, NAME_KINDS, STATE_ACTIONS }) => ({
  text,
  texts,
  'text or texts': { anyOf: [text, texts] },
  json: {},
  flag: { type: 'boolean' },
  number: { type: 'number', minimum: 0 },
  level: { enum: LEVELS },
  kind: { enum: NAME_KINDS },
  action: { enum: STATE_ACTIONS },
});

const requestSchema = (name, { help, fields }, types) => {
  const properties = { request: { const: name } };
  for (const [key, { type, help: description }] of Object.entries(fields)) {
    if (!types[type]) throw new Error(`scripts/control-schema.mjs has no schema for fields of type ${type}`);
    properties[key] = { description, ...types[type] };
  }
  const required = Object.entries(fields).flatMap(([key, field]) => (field.required ? [key] : []));
  return {
    description: help,
    type: 'object',
    properties,
    required: ['request', ...required],
    additionalProperties: false,
  };
};

/** A line of an answer, which has one key. */
const line = (key, schema) => ({ type: 'object', properties: { [key]: schema }, required: [key] });

const answersSchema = async () => {
  const { createGenerator } = await import('ts-json-schema-generator');
  return createGenerator({
    path: join(root, 'src/control/answers.ts'),
    tsconfig: join(root, 'tsconfig.json'),
    type: 'Answers',
    ...{ skipTypeCheck: true, topRef: false, encodeRefs: false },
    // New keys do not raise the version of the protocol.
    ...{ additionalProperties: true, expose: 'export', jsDoc: 'extended', functions: 'fail' },
  }).createSchema('Answers');
};

/** The text of schema/whenever-control.schema.json. */
export const controlSchemaText = async () => {
  const requests = await loadRequests();
  const types = fieldTypes(requests);
  const { $schema, properties, definitions } = await answersSchema();
  const names = Object.keys(requests.REQUESTS);
  const unanswered = names.filter((name) => !properties[name]);
  if (unanswered.length > 0) throw new Error(`src/control/answers.ts has no answers to ${unanswered.join(', ')}`);
  const error = line('error', { ...text, description: 'why it was refused' });
  const answerSchema = (name) => {
    const { part, done } = properties[name].properties;
    return { anyOf: [...(part ? [line('part', part)] : []), line('done', done), error] };
  };
  const schema = {
    $schema,
    title: `The control socket of whenever, protocol ${requests.PROTOCOL}`,
    description:
      'A line that a client sends. The lines of the answer to the request NAME are in definitions, as answer.NAME. Keys of answers that are not here are to be ignored. See whenever-control(7).',
    anyOf: names.map((name) => ({ $ref: `#/definitions/request.${name}` })),
    definitions: {
      ...Object.fromEntries(
        names.map((name) => [`request.${name}`, requestSchema(name, requests.REQUESTS[name], types)]),
      ),
      ...Object.fromEntries(names.map((name) => [`answer.${name}`, answerSchema(name)])),
      ...definitions,
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
};
