// Bundles what `import … from 'whenever'` gives: dist/library.cjs with everything that the source imports, packages that are
// files of their own in dist/late/ aside, and dist/library.mjs, which gives the same things under their names to modules. Both
// are one thing: a program that reads the library in both ways has one set of loggers.
import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { importOfModules } from './import-module.mjs';
import { pageParts } from './page.mjs';

/** Leaves out the packages that are files of their own, which are gathered in `packages`. */
const packagesApart = (atStart, packages) => ({
  name: 'packages apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[a-z@]/ }, ({ path, importer }) => {
      if (importer.includes('node_modules') || isBuiltin(path) || atStart.includes(path)) return;
      packages.add(path);
      return { path: `./late/${path.replaceAll('/', '-')}.cjs`, external: true };
    }),
});

/** The names that a bundle in CommonJS gives: esbuild writes them at its end, for those who do not run it. */
const namesOf = (bundle) => {
  const names = /0\s*&&\s*\(module\.exports\s*=\s*\{([^}]*)\}\)/.exec(bundle)?.[1];
  if (names === undefined) throw new Error('library.cjs does not list the names that it gives');
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
};

const modules = (names) =>
  `import library from './library.cjs';\nexport const {\n${names.map((name) => `  ${name},\n`).join('')}} = library;\n`;

/** Builds the library in memory. `common`: what all bundles are made with; `atStart`: packages that are part of the bundle. */
export const buildLibrary = async (common, atStart, packages) => {
  const result = await build({
    ...common,
    entryPoints: { library: 'src/library.ts' },
    outdir: 'dist',
    // Node shows the line that an error comes from: in the programs of others it has to be one that can be read.
    minifySyntax: false,
    minifyWhitespace: false,
    plugins: [importOfModules.at((module) => `./late/${module}.cjs`), packagesApart(atStart, packages), pageParts],
  });
  const [bundle] = result.outputFiles;
  const mjs = { path: bundle.path.replace(/\.cjs$/, '.mjs'), contents: modules(namesOf(bundle.text)) };
  return { ...result, outputFiles: [bundle, mjs] };
};
