import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lua, LuaRequest } from '../../src/core/ports.ts';
import { type Ran, realLua, runScript } from '../support/lua-worker.ts';

// One suite of scripts that every interpreter passes: the one inside the program, and those of the system.

describe.each([undefined, 'lua5.4', 'luajit'])('the interpreter %s', (interpreter) => {
  let lua: Lua;
  beforeAll(async () => {
    lua = await realLua();
  });
  afterAll(() => lua.close());
  const run = (script: string, more: Partial<LuaRequest> = {}): Promise<Ran> =>
    runScript(lua, script, { ...(interpreter ? { interpreter } : {}), ...more });

  it('logs, and compares globals at the end', async () => {
    const ran = await run('log.warn("one")\nprint("two", nil, true) io.write("th", "ree\\n") result = 6 * 7', {
      expected: { result: 42n, other: 'x' },
    });
    expect(ran.lines).toEqual(['warn one', 'info two\tnil\ttrue', 'info three']);
    expect(ran.sources[0]).toBe('task T:1');
    expect(ran.end).toEqual({
      how: 'finished',
      comparisons: [
        { name: 'result', result: 'equal' },
        { name: 'other', result: 'missing' },
      ],
    });
  });
});
