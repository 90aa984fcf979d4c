import { resolve } from 'node:path';
import { createLua, type LuaOptions } from '../../src/adapters/lua.ts';
import type { Lua, LuaRequest, LuaResult } from '../../src/core/ports.ts';

/** The worker as it is shipped; it was built before the tests began. */
export const LUA_WORKER = resolve('dist/lua-worker.cjs');

// A thread writes what it has executed there when it ends.
if (process.env.WHENEVER_COVERAGE) process.env.NODE_V8_COVERAGE = process.env.WHENEVER_COVERAGE;

/** A port with the real worker. */
export const realLua = async (options: Partial<LuaOptions> = {}): Promise<Lua> =>
  createLua({ workerPath: LUA_WORKER, ...options });

/** The result of a script, with its log lines as `level text`. */
export interface Ran extends LuaResult {
  readonly lines: readonly string[];
  /** Where each line comes from, as `CHUNK:LINE`. */
  readonly sources: readonly (string | undefined)[];
  /** Calls of `events.log`. */
  readonly events: readonly (readonly [readonly string[], unknown, 'fleet'?])[];
  /** Calls of `metrics.log`, with the step. */
  readonly metrics: readonly (readonly [Readonly<Record<string, unknown>>, number | undefined])[];
  readonly initialised: boolean;
  readonly ms: number;
}

/** Runs a script as task `T` of condition `C`. */
export const runScript = async (
  lua: Lua,
  script: string,
  more: Partial<LuaRequest> = {},
  onLine: (text: string) => void = () => {},
): Promise<Ran> => {
  const lines: string[] = [];
  const sources: (string | undefined)[] = [];
  const events: [readonly string[], unknown, 'fleet'?][] = [];
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
      line: (level, text, source) => {
        lines.push(`${level} ${text}`);
        sources.push(source && `${source.file}:${source.line}`);
        onLine(text);
      },
      initialised: () => {
        initialised = true;
      },
      event: (topics, value, fleet) => events.push(fleet ? [topics, value, 'fleet'] : [topics, value]),
      metric: (message, step) => metrics.push([message, step]),
    },
  );
  return { ...result, lines, sources, events, metrics, initialised, ms: performance.now() - began };
};
