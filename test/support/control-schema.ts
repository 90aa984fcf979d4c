import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';

type Schema = { readonly [key: string]: unknown };

/** The file that is shipped. */
export const CONTROL_SCHEMA = join(import.meta.dirname, '../../schema/whenever-control.schema.json');

/** The same with closed objects: a key that is not in the schema is an error. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const found = Object.fromEntries(Object.entries(schema).map(([key, one]) => [key, closed(one)]));
  const { type, properties, additionalProperties } = found as Schema;
  return type === 'object' && properties && additionalProperties === undefined
    ? { ...found, additionalProperties: false }
    : found;
};

/** Validators of lines of the control socket. */
export const controlSchema = () => {
  const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
  const schema = JSON.parse(readFileSync(CONTROL_SCHEMA, 'utf8')) as { readonly definitions: Schema };
  ajv.addSchema(closed(schema) as Schema, 'control');
  const check = (ref: string, value: unknown): string[] => {
    const validate = ajv.getSchema(ref);
    if (!validate) throw new Error(`there is no schema ${ref}`);
    void validate(value);
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      `${instancePath} ${message} ${JSON.stringify(params)}`.trim(),
    );
  };
  return {
    /** What is wrong with a line of a client. */
    request: (line: unknown) => check('control', line),
    /** What is wrong with a line of an answer. */
    answer: (request: string, line: unknown) => check(`control#/definitions/answer.${request}`, line),
    definitions: Object.keys(schema.definitions),
  };
};
