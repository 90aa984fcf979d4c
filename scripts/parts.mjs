// Which file of dist/ each source file goes into: what every start needs is one, the rest are read when they are needed.
import { build } from 'esbuild';
import { importOfModules } from './import-module.mjs';

/** Where the program begins. */
const MAIN = 'src/main.ts';

/**
 * Files that every start needs, each of which is a part of its own with all that it imports, except what is in one before it. While
 * a text is compiled, the tree of all of it is in memory, which stays with the process, and is copied with it for each command. The
 * engine is one text: what it calls at each tick is in the same one.
 */
const OWN_PARTS = ['src/items/registry.ts', 'src/command-line.ts'];

/** `src/items/time.ts` → `items-time`. */
const nameOf = (file) =>
  file
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .replaceAll('/', '-');

/** Everything a file imports at once, through the others, itself included. What is at home elsewhere is left out. */
const together = (graph, file, elsewhere) => {
  const found = new Set();
  const walk = (from) => {
    if (found.has(from) || (from !== file && elsewhere(from))) return;
    found.add(from);
    for (const { path, kind, external } of graph[from].imports) if (!external && kind !== 'dynamic-import') walk(path);
  };
  walk(file);
  return found;
};

/**
 * The parts of the program: `{ name, files, handed }`, the first of which begins the program. A file that is imported
 * late is the beginning of a part; files that several late parts need and the start does not are a part for each such set.
 * So each file is in one part only, and what it holds is there once. `handed`: the files that other parts get from it.
 */
export const partsOf = async (options) => {
  const { metafile } = await build({
    ...options,
    entryPoints: [MAIN],
    outdir: 'dist',
    packages: 'external',
    plugins: [importOfModules.at((module) => `./${module}.cjs`), ...options.plugins],
    supported: {},
    write: false,
    metafile: true,
  });
  const graph = metafile.inputs;
  const imports = Object.entries(graph).flatMap(([from, input]) =>
    input.imports.filter(({ external }) => !external).map(({ path, kind }) => ({ from, to: path, kind })),
  );
  const start = together(graph, MAIN, () => false);
  const late = new Set(imports.flatMap(({ kind, to }) => (kind === 'dynamic-import' && !start.has(to) ? to : [])));
  const users = new Map();
  for (const entry of late)
    for (const file of together(graph, entry, (other) => start.has(other) || late.has(other)))
      users.set(file, [...(users.get(file) ?? []), entry]);
  const parts = new Map();
  for (const [file, entries] of users) {
    const key = entries.join();
    const name = nameOf(entries.length === 1 ? entries[0] : file);
    if (!parts.has(key)) parts.set(key, { name, files: new Set(), handed: new Set() });
    parts.get(key).files.add(file);
  }
  const alone = await build({
    ...options,
    ...{
      bundle: false,
      plugins: [],
      format: 'esm',
      entryPoints: [...start],
      outdir: 'dist',
      write: false,
      metafile: true,
    },
  });
  const exported = new Map(
    Object.values(alone.metafile.outputs).map(({ entryPoint, exports }) => [entryPoint, exports]),
  );
  const apart = new Map();
  for (const entry of OWN_PARTS)
    for (const file of together(graph, entry, (other) => apart.has(other))) apart.set(file, entry);
  const of = (entry) => new Set([...start].filter((file) => apart.get(file) === entry));
  const all = [
    { name: 'whenever', files: of(undefined), handed: new Set() },
    ...OWN_PARTS.map((entry) => ({ name: nameOf(entry), files: of(entry), handed: new Set(), exported })),
    ...parts.values(),
  ];
  const homes = new Map(all.flatMap((part) => [...part.files].map((file) => [file, part])));
  for (const { from, to } of imports) if (homes.get(from) !== homes.get(to)) homes.get(to).handed.add(to);
  return all;
};
