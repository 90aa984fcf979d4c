// The JSON Schema of the configuration, made from the tables of the program: what "whenever schema" prints.
import { loadSource } from './load-source.mjs';

/** The text of schema/whenever.schema.json. */
export const schemaText = async () => {
  const { schemaText: textOf, registry } = await loadSource(`
    export { schemaText } from './src/schema/config-schema.ts';
    export { registry } from './src/items/registry.ts';`);
  return textOf(registry);
};
