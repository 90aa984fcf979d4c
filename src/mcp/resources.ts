import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../adapters/host-fs.ts';
import { thisProgram } from '../adapters/this-program.ts';
import { loadConfigFile } from '../commands/load-config.ts';
import { registry } from '../items/registry.ts';
import { Redactor } from '../redact.ts';
import { schemaText } from '../schema/config-schema.ts';

/** A resource as `resources/list` shows it. */
export interface Resource {
  readonly uri: string;
  readonly name: string;
  readonly description: string;
  readonly mimeType: string;
}

/** The address of the main file. */
export const CONFIGURATION = 'whenever://configuration';
const SCHEMA = 'whenever://schema';
const MANUAL = 'whenever://manual/';

/** Where the manual pages are, beside the bundle that this is part of, or in one executable. */
const manual = join(__dirname, '..', '..', 'man');

const manualText = (name: string): string =>
  thisProgram.texts?.[`man/${name}`]?.() ?? readFileSync(join(manual, name), 'utf8');

const pages = (): readonly string[] => {
  const { texts } = thisProgram;
  try {
    const names = texts ? Object.keys(texts).map((name) => name.replace(/^man\//, '')) : readdirSync(manual);
    return names.filter((name) => /\.\d$/.test(name));
  } catch {
    return [];
  }
};

/** The files of the configuration: the main one, and those that it includes if it can be loaded. */
const filesOf = async (file: string): Promise<readonly string[]> => {
  try {
    return [file, ...((await loadConfigFile(file)).included?.files ?? [])];
  } catch {
    return [file];
  }
};

/** The files, the schema and the manual pages. @param file the main file. @throws Error when there is none */
export const listResources = async (file: () => Promise<string>): Promise<readonly Resource[]> => {
  const files = await file().then(filesOf, () => []);
  return [
    ...files.map((path, i) => ({
      ...{ uri: i === 0 ? CONFIGURATION : `${CONFIGURATION}/${i}`, name: path, mimeType: 'application/toml' },
      description: `${i === 0 ? 'The configuration' : 'An included file of the configuration'}, without secrets.`,
    })),
    {
      ...{ uri: SCHEMA, name: 'whenever.schema.json', mimeType: 'application/schema+json' },
      description: 'The JSON Schema of the configuration.',
    },
    ...pages().map((name) => ({
      ...{ uri: `${MANUAL}${name}`, name, mimeType: 'text/troff' },
      description: `The manual page ${name.replace(/\.(\d)$/, '($1)')}.`,
    })),
  ];
};

/** What addresses of resources look like. */
export const RESOURCE_TEMPLATES = [
  {
    uriTemplate: `${CONFIGURATION}/{number}`,
    name: 'included file',
    description: 'An included file of the configuration, without secrets, counted from 1.',
    mimeType: 'application/toml',
  },
  {
    uriTemplate: `${MANUAL}{page}`,
    name: 'manual page',
    description: 'A manual page, such as whenever.toml.5.',
    mimeType: 'text/troff',
  },
];

/** The text of a resource; undefined: there is none of this address. */
export const readResource = async (
  uri: string,
  file: () => Promise<string>,
): Promise<{ readonly mimeType: string; readonly text: string } | undefined> => {
  if (uri === SCHEMA) return { mimeType: 'application/schema+json', text: schemaText(registry) };
  if (uri.startsWith(MANUAL)) {
    const name = uri.slice(MANUAL.length);
    return pages().includes(name) ? { mimeType: 'text/troff', text: manualText(name) } : undefined;
  }
  const [, number = '0'] = /^whenever:\/\/configuration(?:\/(\d{1,4}))?$/.exec(uri) ?? [undefined, 'none'];
  const path = number === 'none' ? undefined : (await filesOf(await file()))[Number(number)];
  return path === undefined ? undefined : { mimeType: 'application/toml', text: new Redactor().mask(readText(path)) };
};
