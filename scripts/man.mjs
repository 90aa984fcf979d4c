// Writes the manual pages under man/ from docs/man/*.md and the tables of the program, docs/recipes.md, and the JSON Schema.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { controlSchemaText } from './control-schema.mjs';
import { loadSource } from './load-source.mjs';
import { recipesPage } from './recipes.mjs';
import { schemaText } from './schema.mjs';
import { setUp } from './setup.mjs';

await setUp();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { manualPage } = await loadSource("export { manualPage } from './src/manual/pages.ts';");
mkdirSync(join(root, 'man'), { recursive: true });
for (const file of readdirSync(join(root, 'docs/man'))) {
  const name = file.replace(/\.md$/, '');
  writeFileSync(join(root, 'man', name), await manualPage(readFileSync(join(root, 'docs/man', file), 'utf8')));
  console.log(`man/${name}`);
}
writeFileSync(join(root, 'docs/recipes.md'), recipesPage());
console.log('docs/recipes.md');
mkdirSync(join(root, 'schema'), { recursive: true });
writeFileSync(join(root, 'schema/whenever.schema.json'), await schemaText());
console.log('schema/whenever.schema.json');
writeFileSync(join(root, 'schema/whenever-control.schema.json'), await controlSchemaText());
console.log('schema/whenever-control.schema.json');
