// Bundles the program into dist/: one file for the daemon, one for the Lua worker, and one in dist/late/ for each package
// and each part of the desktop that is read only when something needs it.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, resolve } from 'node:path';
import { build } from 'esbuild';

/** The packages every start needs. They are part of dist/whenever.cjs. */
const AT_START = ['chalk', 'commander', 'fastest-levenshtein', 'smol-toml', 'valibot'];

/** What this module imports late is a file of its own: most daemons never need it. */
const DESKTOP = resolve('src/adapters/desktop.ts');

/** Leaves the other packages that `src/` imports, and the parts of the desktop, out of a bundle in `folder` and gathers them by file. */
const leaveOut = (late, folder) => ({
  name: 'late parts',
  setup: ({ onResolve }) => {
    const leave = (name, source) => {
      late.set(name, source);
      return { path: `${folder}/${name}.cjs`, external: true };
    };
    onResolve({ filter: /^[a-z@]/ }, ({ path, kind, importer }) => {
      if (kind === 'entry-point' || importer.includes('node_modules') || isBuiltin(path) || AT_START.includes(path))
        return;
      return leave(path.replaceAll('/', '-'), path);
    });
    onResolve({ filter: /^\.\/.*\.ts$/ }, ({ path, kind, importer, resolveDir }) =>
      kind === 'dynamic-import' && importer === DESKTOP
        ? leave(`desktop-${basename(path, '.ts')}`, resolve(resolveDir, path))
        : undefined,
    );
  },
});

/** The licences of every package that is part of a bundle, in one file beside them. */
const writeNotices = (results) => {
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const folders = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file === undefined ? `Licence: ${license}` : readFileSync(`${folder}/${file}`, 'utf8').trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  writeFileSync('dist/THIRD-PARTY.txt', notices.join(`\n${'-'.repeat(80)}\n\n`));
};

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
    legalComments: 'none',
    metafile: true,
    sourcemap: false,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
    outExtension: { '.js': '.cjs' },
  };
  const late = new Map();
  const results = [
    await build({
      ...common,
      entryPoints: { whenever: 'src/main.ts' },
      outdir: 'dist',
      plugins: [leaveOut(late, './late')],
    }),
  ];
  const built = new Set();
  // What is late may have parts that are late too.
  for (let todo = [...late]; todo.length > 0; todo = [...late].filter(([name]) => !built.has(name))) {
    for (const [name] of todo) built.add(name);
    const entryPoints = Object.fromEntries(todo);
    results.push(await build({ ...common, entryPoints, outdir: 'dist/late', plugins: [leaveOut(late, '.')] }));
  }
  results.push(await build({ ...common, entryPoints: { 'lua-worker': 'src/lua/worker.ts' }, outdir: 'dist' }));
  writeNotices(results);
};

if (import.meta.url === `file://${process.argv[1]}`) await buildProgram();
