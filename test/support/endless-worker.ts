import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LUA_WORKER } from './lua-worker.ts';

/** One call of the interpreter that never comes back, and cannot be interrupted: the host below does not know better. */
export const ENDLESS_CALL = 'math.sqrt(424242)';

/** The host's thread, with {@link ENDLESS_CALL}. */
export const endlessWorker = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'whenever-lua-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'endless-worker.cjs');
  writeFileSync(
    path,
    `const { sqrt } = Math;
Math.sqrt = (x) => { while (x === 424242); return sqrt(x); };
require(${JSON.stringify(LUA_WORKER)});
`,
  );
  return path;
};
