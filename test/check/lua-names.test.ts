import { afterAll, beforeAll, expect, test } from 'vitest';
import { LUA_GLOBALS, LUA_TABLES } from '../../src/check/lua-names.ts';
import type { Lua } from '../../src/core/ports.ts';
import { realLua, runScript } from '../support/lua-worker.ts';

let lua: Lua;
beforeAll(async () => {
  lua = await realLua();
});
afterAll(() => lua.close());

const SCRIPT = `
local function fields(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = tostring(name) end
  table.sort(names)
  return table.concat(names, " ")
end
for name, value in pairs(_G) do
  if type(value) == "table" and name ~= "_G" and name ~= "state" then log.info(name .. ": " .. fields(value))
  else log.info(name) end
end`;

test('the names that scripts are checked against are those of the interpreter', async () => {
  const { lines } = await runScript(lua, SCRIPT);
  const tables = Object.entries(LUA_TABLES).map(([name, fields]) => `info ${name}: ${[...fields].sort().join(' ')}`);
  expect([...lines].sort()).toEqual([...tables, ...LUA_GLOBALS.map((name) => `info ${name}`)].sort());
});
