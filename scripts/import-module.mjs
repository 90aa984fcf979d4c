// `src/adapters/import-module.ts` imports modules of users. In all other files a late import becomes a `require`; here it has to stay an
// import, so this file is not a part of any bundle.
import { build } from 'esbuild';

const NAME = 'import-module';

export const importOfModules = {
  /** Leaves the file out of a bundle. @param pathTo how the bundle names it */
  at: (pathTo) => ({
    name: 'import of modules',
    setup: ({ onResolve }) =>
      onResolve({ filter: /\/import-module\.ts$/ }, ({ kind }) =>
        kind === 'entry-point' ? undefined : { path: pathTo(NAME), external: true },
      ),
  }),
  /** Makes the file itself. */
  build: (common) =>
    build({
      ...common,
      entryPoints: { [NAME]: 'src/adapters/import-module.ts' },
      outdir: 'dist/late',
      plugins: [],
      supported: {},
    }),
};
