import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lua } from '../../src/core/ports.ts';
import { realLua, runScript } from '../support/lua-worker.ts';

let lua: Lua;
beforeAll(async () => {
  lua = await realLua();
});
afterAll(() => lua.close());

/** Pairs of lines: an expression, and what Lua 5.3 makes of it. */
const CASES = readFileSync(join(import.meta.dirname, 'standard-functions.txt'), 'utf8')
  .split('\n')
  .slice(1, -1);
const expressions = CASES.filter((_, i) => i % 2 === 0);
const results = CASES.filter((_, i) => i % 2 === 1).map((line) => line.replace('  --> ', ''));

/** Calls an expression safely, and prints the values on one line; addresses differ from run to run. */
const SHOW = String.raw`
local ESCAPES = { ["\n"] = "\\n", ["\r"] = "\\r", ["\0"] = "\\0" }
local function text(v)
  if type(v) == "table" or type(v) == "function" then return type(v):upper() end
  return (tostring(v):gsub("0x%x+", function(h) return #h > 8 and "ADDRESS" or h end):gsub("[\n\r\0]", ESCAPES))
end
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = text((select(i, ...))) end
  print(table.concat(t, " ; "))
end
for _, case in ipairs(CASES) do show(pcall(assert(load("return " .. case, "=case")))) end`;

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

test('the functions of the standard library return what those of Lua 5.3 return, and refuse what they refuse', async () => {
  expect(expressions.length).toBeGreaterThan(200);
  const { end, lines } = await runScript(lua, `CASES = { ${expressions.map(quoted).join(', ')} }${SHOW}`);
  expect(end).toEqual({ how: 'finished', comparisons: [] });
  const printed = lines.map((line) => line.replace(/^info /, ''));
  expect(expressions.map((expression, i) => `${expression}\n  --> ${printed[i]}`)).toEqual(
    expressions.map((expression, i) => `${expression}\n  --> ${results[i]}`),
  );
});
