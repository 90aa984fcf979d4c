// Loads modules of src/ into a script, bundled as the program is.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What `contents` exports: lines such as `export { X } from './src/x.ts'`. */
export const loadSource = async (contents) => {
  const { build } = await import('esbuild');
  const { pageParts } = await import('./page.mjs');
  const folder = mkdtempSync(join(tmpdir(), 'whenever-source-'));
  const outfile = join(folder, 'source.cjs');
  try {
    await build({
      absWorkingDir: root,
      stdin: { contents, resolveDir: root },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'warning',
      plugins: [pageParts],
    });
    return createRequire(import.meta.url)(outfile);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
