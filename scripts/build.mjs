// Bundles the program into dist/: one file for the daemon, one for the Lua worker, and one in dist/late/ for each package
// that is read only when something needs it.
import { existsSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { build } from 'esbuild';

/** The packages every start needs. They are part of dist/whenever.cjs. */
const AT_START = ['chalk', 'commander', 'fastest-levenshtein', 'smol-toml', 'valibot'];

/** Leaves the other packages that `src/` imports out of a bundle and gathers their names. */
const leaveOut = (late) => ({
  name: 'late packages',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[a-z@]/ }, ({ path, kind, importer }) => {
      if (kind === 'entry-point' || importer.includes('node_modules') || isBuiltin(path) || AT_START.includes(path))
        return;
      late.add(path);
      return { path: `./late/${path.replaceAll('/', '-')}.cjs`, external: true };
    }),
});

export const buildProgram = async () => {
  rmSync('dist', { recursive: true, force: true });
  const common = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    // The engine keeps a source of ASCII in half the memory.
    charset: 'ascii',
    // A late import is a require at the moment it is needed.
    supported: { 'dynamic-import': false },
    legalComments: 'linked',
    sourcemap: false,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
    outExtension: { '.js': '.cjs' },
  };
  const late = new Set();
  await build({ ...common, entryPoints: { whenever: 'src/main.ts' }, outdir: 'dist', plugins: [leaveOut(late)] });
  const packages = Object.fromEntries([...late].map((name) => [name.replaceAll('/', '-'), name]));
  await build({ ...common, entryPoints: packages, outdir: 'dist/late' });
  if (existsSync('src/lua/worker.ts'))
    await build({ ...common, entryPoints: { 'lua-worker': 'src/lua/worker.ts' }, outdir: 'dist' });
};

if (import.meta.url === `file://${process.argv[1]}`) await buildProgram();
