// `import page from './page/main.ts?bundle'` gives what a browser needs of a script or a style sheet: one text with all it
// imports, made small, and the hash by which a page allows it. A plugin for esbuild and one for vite, so that the program
// and its tests read the same.
import { createHash } from 'node:crypto';
import { dirname, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '..');
const MARK = /\?bundle$/;

/** The module that stands for a file in the page, and the files it was made of. */
const bundle = async (path) => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [path],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    target: ['chrome123', 'firefox128', 'safari17.5'],
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const text = outputFiles[0].text.trim();
  const hash = `sha256-${createHash('sha256').update(text).digest('base64')}`;
  return {
    module: `export default ${JSON.stringify({ text, hash })};`,
    files: Object.keys(metafile.inputs).map((file) => resolve(ROOT, file)),
  };
};

/** For esbuild. */
export const pageParts = {
  name: 'page parts',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: MARK }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path.replace(MARK, ''));
      return { path: relative(ROOT, file), namespace: 'page-part', pluginData: file };
    });
    onLoad({ filter: /./, namespace: 'page-part' }, async ({ pluginData }) => {
      const { module, files } = await bundle(pluginData);
      return { contents: module, loader: 'js', watchFiles: files };
    });
  },
};

/** For vite, and so for vitest. */
export const pagePartsOfTests = {
  name: 'page parts',
  enforce: 'pre',
  resolveId: (source, importer) =>
    MARK.test(source) && importer
      ? `\0page-part:${resolve(dirname(importer), source.replace(MARK, ''))}.js`
      : undefined,
  async load(id) {
    if (!id.startsWith('\0page-part:')) return;
    const { module, files } = await bundle(id.slice('\0page-part:'.length, -'.js'.length));
    for (const file of files) this.addWatchFile(file);
    return module;
  },
};
