// Bundles the program into dist/: one file for each stage of the start of a daemon, one for the Lua worker, and in dist/late/
// one for each package and each part of the program that is read only when something needs it: whatever `src/` imports
// with `import()`.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { emptySlots } from './empty-slots.mjs';
import { importOfModules } from './import-module.mjs';
import { buildLibrary } from './library.mjs';
import { pageParts } from './page.mjs';
import { partsOf } from './parts.mjs';

/** The packages every start needs. They are part of dist/whenever.cjs. */
const AT_START = ['chalk', 'commander', 'fastest-levenshtein', 'smol-toml', 'valibot'];

/** Packages that are a part of what imports them: several of their files belong together. */
const WITHIN = /^@(modelcontextprotocol|opentelemetry|nats-io)\//;

/** The parts that are packages for the most: the names in them are of no use to a reader. */
const PACKAGES = ['mcp-server', 'otlp-otlp-spans'];

/** What imports a file that is CommonJS gets all of it as its default: of a package with nothing else, that is the default itself. */
const DEFAULT_ONLY = 'if (Object.keys(module.exports).join() === "default") module.exports = module.exports.default;';

const ROOT = resolve(import.meta.dirname, '..');

const COVERAGE = process.env.WHENEVER_COVERAGE !== undefined;

const COMMON = {
  absWorkingDir: ROOT,
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
  write: false,
  // Coverage is counted in the sources.
  sourcemap: COVERAGE ? 'inline' : false,
  minifySyntax: !COVERAGE,
  minifyWhitespace: !COVERAGE,
  logLevel: 'warning',
  outExtension: { '.js': '.cjs' },
  plugins: [pageParts],
};

/** The parser of the command line can start programs, which no command of this one is: the module for that is not loaded with it. */
const parserWithoutPrograms = {
  name: 'parser without programs',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /node_modules.commander./.test(importer) ? { path: 'child_process', namespace: 'later' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'later' }, () => ({
      contents: "exports.spawn = (...words) => process.getBuiltinModule('node:child_process').spawn(...words);",
    }));
  },
};

/** The name under which a part hands a source file to the others. */
const handle = (file) => file.replaceAll(/\W/g, '_');

/** The parts that every daemon loads are beside one another, the rest is in a folder. */
const folderOf = ({ isStage }) => (isStage ? 'dist' : 'dist/late');

/** Where a part of the program or a package is, seen from another one. */
const pathTo = (name, from, to = {}) => {
  const path = relative(folderOf(from), `${folderOf(to)}/${name}.cjs`);
  return path.startsWith('.') ? path : `./${path}`;
};

/**
 * Leaves out of a part what is at home in another one, and the packages that are files of their own, which are gathered in
 * `packages`.
 */
const leaveOut = (part, homes, packages) => ({
  name: 'parts',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, resolveDir }) => {
      const file = relative(ROOT, resolve(resolveDir, path));
      const home = homes.get(file);
      if (home === undefined || home === part) return;
      return { path: file, namespace: 'elsewhere' };
    });
    onResolve({ filter: /\.cjs$/, namespace: 'elsewhere' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /.*/, namespace: 'elsewhere' }, ({ path }) => {
      const home = homes.get(path);
      const { exported } = home;
      const given = `require('${pathTo(home.name, part, home)}').${handle(path)}`;
      // What is complete before this part begins is taken as it is: no property is looked up at each use.
      const names = exported?.get(path).join(', ');
      return { contents: exported ? `export const { ${names} } = ${given}` : `module.exports = ${given}` };
    });
    onResolve({ filter: /^[a-z@]/ }, ({ path, importer }) => {
      if (importer.includes('node_modules') || isBuiltin(path) || AT_START.includes(path) || WITHIN.test(path)) return;
      packages.add(path);
      return { path: pathTo(path.replaceAll('/', '-'), part), external: true };
    });
  },
});

/** Bundles one part. */
const buildPart = (part, homes, packages) => {
  const { name, handed } = part;
  const main = name === 'whenever' ? "import './src/main.ts';\n" : '';
  const names = [...handed].sort().map((file) => `export * as ${handle(file)} from './${file}';\n`);
  return build({
    ...COMMON,
    stdin: { contents: main + names.join(''), resolveDir: ROOT },
    minifyIdentifiers: PACKAGES.includes(name) && !COVERAGE,
    outfile: `${folderOf(part)}/${name}.cjs`,
    plugins: [
      ...[pageParts, parserWithoutPrograms],
      ...[importOfModules.at((module) => pathTo(module, part)), leaveOut(part, homes, packages)],
    ],
  });
};

/** What starts the program: it keeps compiled code under a hash of all that was built. */
const buildLauncher = (results) => {
  const hash = createHash('sha256');
  for (const { contents } of results.flatMap(({ outputFiles }) => outputFiles)) hash.update(contents);
  const define = { BUILD: JSON.stringify(hash.digest('hex').slice(0, 16)) };
  return build({ ...COMMON, define, entryPoints: { launch: 'src/launch/launch.ts' }, outdir: 'dist' });
};

/** The licences of every package that is part of a bundle, as one text. */
const notices = (results) => {
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const folders = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(ROOT, folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(ROOT, folder, file), 'utf8').trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
};

/** Builds everything in memory; then puts it in the place of what was there. */
export const buildProgram = async () => {
  const begun = new Date();
  const parts = await partsOf(COMMON);
  const homes = new Map(parts.flatMap((part) => [...part.files].map((file) => [file, part])));
  const packages = new Set();
  const results = await Promise.all(parts.map((part) => buildPart(part, homes, packages)));
  results.push(await buildLibrary(COMMON, AT_START, packages));
  const entryPoints = Object.fromEntries([...packages].map((path) => [path.replaceAll('/', '-'), path]));
  results.push(
    await build({ ...COMMON, entryPoints, outdir: 'dist/late', footer: { js: DEFAULT_ONLY } }),
    await importOfModules.build(COMMON),
    await build({
      ...COMMON,
      plugins: [emptySlots],
      entryPoints: { 'lua-worker': 'src/lua/worker.ts' },
      loader: { '.lua': 'text' },
      outdir: 'dist',
    }),
  );
  results.push(await buildLauncher(results));
  const dist = join(ROOT, 'dist');
  rmSync(dist, { recursive: true, force: true });
  for (const { path, contents } of results.flatMap(({ outputFiles }) => outputFiles)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
  writeFileSync(join(dist, 'THIRD-PARTY.txt'), notices(results));
  // A source that is changed during the build is newer than what was built.
  utimesSync(join(dist, 'whenever.cjs'), begun, begun);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProgram();
