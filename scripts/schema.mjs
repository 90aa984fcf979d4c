// The JSON Schema of the configuration, made from the tables of the program: what "whenever schema" prints.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The text of schema/whenever.schema.json. */
export const schemaText = async () => {
  const { build } = await import('esbuild');
  const folder = mkdtempSync(join(tmpdir(), 'whenever-schema-'));
  const outfile = join(folder, 'schema.cjs');
  try {
    await build({
      absWorkingDir: root,
      stdin: {
        contents: `
          export { schemaText } from './src/schema/config-schema.ts';
          export { registry } from './src/items/registry.ts';`,
        resolveDir: root,
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'warning',
    });
    const { schemaText: textOf, registry } = createRequire(import.meta.url)(outfile);
    return textOf(registry);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
