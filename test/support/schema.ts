import Ajv2020 from 'ajv/dist/2020.js';
import { parse } from 'smol-toml';
import { registry } from '../../src/items/registry.ts';
import { configSchema } from '../../src/schema/config-schema.ts';

/** A value of a TOML file as editors hand it to a validator: integers are numbers, dates and times texts. */
export const asJson = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asJson(one)]));
};

/** Strict: a keyword that the dialect does not have, and what can never hold, is an error. */
export const ajv = new Ajv2020({
  allErrors: true,
  strictNumbers: false,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  keywords: ['x-taplo'],
  formats: { 'time-local': true },
});
const ofFile = ajv.compile(configSchema(registry));

/** What the schema says against a configuration, a line each. */
export const complaints = (toml: string): readonly string[] => {
  ofFile(asJson(parse(toml, { integersAsBigInt: true })));
  return (ofFile.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map(({ instancePath, message, params }) => {
      const extra = (params as { additionalProperty?: string }).additionalProperty;
      return `${instancePath} ${message}${extra === undefined ? '' : ` (${extra})`}`;
    });
};

/** Whether the schema accepts what a file holds. */
export const accepted = (file: object): boolean => ofFile(asJson(file));
