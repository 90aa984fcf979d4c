// Bundles the program into dist/: one file for the daemon, one for the Lua worker.
import { existsSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

export const buildProgram = async () => {
  rmSync('dist', { recursive: true, force: true });
  const common = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    charset: 'utf8',
    legalComments: 'linked',
    sourcemap: false,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
  };
  const entryPoints = {
    whenever: 'src/main.ts',
    ...(existsSync('src/lua/worker.ts') ? { 'lua-worker': 'src/lua/worker.ts' } : {}),
  };
  await build({ ...common, entryPoints, outdir: 'dist', outExtension: { '.js': '.cjs' } });
};

if (import.meta.url === `file://${process.argv[1]}`) await buildProgram();
