import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { createLua, type LuaOptions } from '../../src/adapters/lua.ts';
import type { Lua, LuaRequest, LuaResult } from '../../src/core/ports.ts';

let folder: string | undefined;
let bundled: Promise<string> | undefined;

/** The worker as it is shipped, bundled once for each test file. */
export const luaWorker = (): Promise<string> => {
  bundled ??= (async () => {
    folder = mkdtempSync(join(tmpdir(), 'whenever-lua-'));
    process.once('exit', () => rmSync(folder!, { recursive: true, force: true }));
    const outfile = join(folder, 'lua-worker.cjs');
    const entryPoints = ['src/lua/worker.ts'];
    await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' });
    return outfile;
  })();
  return bundled;
};

/** A port with the real worker. */
export const realLua = async (options: Partial<LuaOptions> = {}): Promise<Lua> =>
  createLua({ workerPath: await luaWorker(), ...options });

/** The result of a script, with its log lines as `level text`. */
export interface Ran extends LuaResult {
  readonly lines: readonly string[];
  /** Calls of `events.log`. */
  readonly events: readonly (readonly [readonly string[], unknown])[];
  /** Calls of `metrics.log`, with the step. */
  readonly metrics: readonly (readonly [Readonly<Record<string, unknown>>, number | undefined])[];
  readonly initialised: boolean;
  readonly ms: number;
}

/** Runs a script as task `T` of condition `C`. */
export const runScript = async (lua: Lua, script: string, more: Partial<LuaRequest> = {}): Promise<Ran> => {
  const lines: string[] = [];
  const events: [readonly string[], unknown][] = [];
  const metrics: [Readonly<Record<string, unknown>>, number | undefined][] = [];
  let initialised = false;
  const began = performance.now();
  const result = await lua.run(
    {
      key: 'task T',
      section: 'task',
      chunk: 'task T',
      condition: 'C',
      task: 'T',
      script,
      variables: {},
      expected: {},
      timeoutSeconds: 20,
      ...more,
    },
    {
      line: (level, text) => lines.push(`${level} ${text}`),
      initialised: () => {
        initialised = true;
      },
      event: (topics, value) => events.push([topics, value]),
      metric: (message, step) => metrics.push([message, step]),
    },
  );
  return { ...result, lines, events, metrics, initialised, ms: performance.now() - began };
};
