// npm run exports: writes the tables of docs/library.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exportTables, pageWith } from './exports.mjs';
import { buildTypes } from './types.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const read = (file) => readFileSync(join(ROOT, file), 'utf8');

await buildTypes();
const tables = exportTables(read('src/library.ts'), read('dist/types/library.d.ts'));
writeFileSync(join(ROOT, 'docs/library.md'), pageWith(read('docs/library.md'), tables));
console.log('docs/library.md');
