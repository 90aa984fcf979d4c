// Which file of dist/ each source file goes into: what every start needs is one, the rest are read when they are needed.
import { build } from 'esbuild';
import { importOfModules } from './import-module.mjs';

/** Where the program begins. */
const MAIN = 'src/main.ts';

/**
 * What a daemon loads one after the other, each with all that it imports, except what is in one before it: the program up to its first
 * record; the check of a configuration, which may be refused; the engine. The engine is one text: what it calls at each tick is in
 * the same one. Where late parts need a file of them, they get it from there.
 */
const STAGES = { [MAIN]: 'whenever', 'src/load-configuration.ts': 'configuration', 'src/run-scheduler.ts': 'engine' };

/** What the later stages have in common with the commands that ask a running instance: those commands do not load the rest. */
const SHARED = {
  entries: [
    'src/commands/run-subcommand.ts',
    'src/commands/explain.ts',
    'src/commands/query-file.ts',
    'src/adapters/control-client.ts',
    'src/forecast/stops.ts',
  ],
  name: 'shared',
};

/** The parts that every daemon loads, in their order; they are beside one another. */
export const STAGE_NAMES = [STAGES[MAIN], SHARED.name, ...Object.values(STAGES).slice(1)];

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

/** The files that a daemon loads at its start, each with the name of its part. */
const homesOfDaemon = (graph) => {
  const homes = new Map();
  for (const [entry, name] of Object.entries(STAGES))
    for (const file of together(graph, entry, (other) => homes.has(other))) homes.set(file, name);
  const isFirst = (file) => homes.get(file) === STAGES[MAIN];
  const asking = SHARED.entries.flatMap((entry) => [...together(graph, entry, isFirst)]);
  for (const file of asking) if (homes.has(file)) homes.set(file, SHARED.name);
  return homes;
};

/**
 * The parts of the program: `{ name, files, handed }`, the first of which begins the program. A file that is imported
 * late is the beginning of a part; files that several late parts need and the daemon does not are a part for each such set.
 * So each file is in one part only, and what it holds is there once. `handed`: the files that other parts get from it.
 * `isStage`: it is one of those of every daemon, with the names that its files export.
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
  const start = homesOfDaemon(graph);
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
      entryPoints: [...start.keys()],
      outdir: 'dist',
      write: false,
      metafile: true,
    },
  });
  const exported = new Map(
    Object.values(alone.metafile.outputs).map(({ entryPoint, exports }) => [entryPoint, exports]),
  );
  const stages = STAGE_NAMES.map((name) => ({
    ...{ name, isStage: true, handed: new Set(), exported },
    files: new Set([...start].flatMap(([file, stage]) => (stage === name ? file : []))),
  }));
  const all = [...stages, ...parts.values()];
  const homes = new Map(all.flatMap((part) => [...part.files].map((file) => [file, part])));
  for (const { from, to } of imports) if (homes.get(from) !== homes.get(to)) homes.get(to).handed.add(to);
  return all;
};
