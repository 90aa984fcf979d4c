import { writeFileSync } from 'node:fs';
import { luaWorker } from './lua-worker.ts';

/** One call of the interpreter that never comes back, and cannot be interrupted: the host below does not know better. */
export const ENDLESS_CALL = 'math.sqrt(424242)';

/** The host's thread, with {@link ENDLESS_CALL}. */
export const endlessWorker = async (): Promise<string> => {
  const worker = await luaWorker();
  const path = worker.replace(/lua-worker\.cjs$/, 'endless-worker.cjs');
  writeFileSync(
    path,
    `const { sqrt } = Math;
Math.sqrt = (x) => { while (x === 424242); return sqrt(x); };
require(${JSON.stringify(worker)});
`,
  );
  return path;
};
