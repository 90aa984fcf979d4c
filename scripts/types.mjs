// Writes the declarations of the library, each in one file without imports: dist/types/library.d.mts for modules, and
// dist/types/library.d.ts for CommonJS.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { exportsOf } from './exports.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'dist', 'types');

/** Some classes are exported by the library only as types; the bundler exports them as values. */
const withoutValues = (code) => {
  const source = readFileSync(join(ROOT, 'src', 'library.ts'), 'utf8');
  const types = new Set(exportsOf(source).flatMap(({ name, type }) => (type ? [name] : [])));
  return code.replace(/^export \{ (.*) \};$/m, (_, names) => {
    const all = names.split(', ');
    const isType = (name) => types.has(name.split(' as ').at(-1));
    const [values, only] = [all.filter((name) => !isType(name)), all.filter(isType)];
    return [
      `export { ${values.join(', ')} };`,
      ...(only.length > 0 ? [`export type { ${only.join(', ')} };`] : []),
    ].join('\n');
  });
};

/** `Symbol.dispose` for programs whose `lib` does not have it; equal declarations of others are merged. */
const DISPOSABLE = `declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
  interface AsyncDisposable {
    [Symbol.asyncDispose](): PromiseLike<void>;
  }
}
`;

/** One text with every declaration that the library gives, and those they are made of. @throws Error when it imports anything. */
const declarations = async () => {
  const bundle = await rollup({
    input: join(ROOT, 'src', 'library.ts'),
    plugins: [dts({ tsconfig: join(ROOT, 'tsconfig.json'), compilerOptions: { stripInternal: true } })],
    onwarn: (warning) => {
      throw new Error(`declarations of the library: ${warning.message}`);
    },
  });
  const { output } = await bundle.generate({ format: 'es' });
  await bundle.close();
  const { code } = output[0];
  const strangers = [...code.matchAll(/^import .*|\bimport\(.*|^\/\/\/ .*/gm)].map(([line]) => line);
  if (strangers.length > 0) throw new Error(`declarations of the library need something else: ${strangers.join('; ')}`);
  return DISPOSABLE + withoutValues(code);
};

/** Writes them. */
export const buildTypes = async () => {
  const code = await declarations();
  mkdirSync(FOLDER, { recursive: true });
  for (const name of ['library.d.ts', 'library.d.mts']) writeFileSync(join(FOLDER, name), code);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildTypes();
