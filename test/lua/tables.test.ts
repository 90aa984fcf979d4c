import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lua } from '../../src/core/ports.ts';
import { realLua, runScript } from '../support/lua-worker.ts';

let lua: Lua;
beforeAll(async () => {
  lua = await realLua();
});
afterAll(() => lua.close());

const PROXY = 'setmetatable({}, { __index = function(_, i) return i end, __len = function() return 1000000000 end })';

describe('functions of table', () => {
  it.each([
    ['move', 'table.move({}, 1, 2000000000, 1, {})'],
    ['move upwards', 'local t = { 1 } table.move(t, 1, 2000000000, 2)'],
    ['move through metamethods', `table.move(${PROXY}, 1, 1000000000, 1, {})`],
    ['concat', `table.concat(${PROXY}, "", 1, 1000000000)`],
    ['concat of nothing', 'local t = {} for i = 1, 600 do t[i] = "" end while true do table.concat(t) end'],
    ['insert', 'local t = {} for i = 1, 200000 do t[i] = i end while true do table.insert(t, 1, 0) end'],
    ['insert through metamethods', `table.insert(${PROXY}, 1, 1)`],
    ['remove', 'local t = {} for i = 1, 200000 do t[i] = i end while #t > 9 do table.remove(t, 1) t[#t + 1] = 1 end'],
    ['remove through metamethods', `table.remove(${PROXY}, 1)`],
    ['sort', 'local t = {} for i = 1, 2000000 do t[i] = (i * 7919) % 1000003 end while true do table.sort(t) end'],
    [
      'sort of texts',
      'local t = {} for i = 1, 300000 do t[i] = ("x"):rep(50) .. (i * 7919) % 1000003 end while true do table.sort(t) end',
    ],
    [
      'sort by a metamethod',
      `local m = { __lt = function() return false end } local t = {} for i = 1, 100000 do t[i] = setmetatable({}, m) end
       while true do table.sort(t) end`,
    ],
    ['move where the script cannot be left', cannotBeLeft('table.move({}, 1, 2000000000, 1, {})')],
    [
      'sort where the script cannot be left',
      cannotBeLeft('local t = {} for i = 1, 9999 do t[i] = -i end while true do table.sort(t) end'),
    ],
  ])('%s lets others in, and ends at the time limit alone', async (_, script) => {
    const endless = runScript(lua, script, { timeoutSeconds: 1.5, key: 'endless' });
    const beside = await runScript(lua, 'for i = 1, 5 do sync.sleep(0.01) end print("through")');
    expect(beside.lines).toEqual(['info through']);
    expect((await endless).end).toEqual({ how: 'timeout' });
    expect((await runScript(lua, 'print("next")')).lines).toEqual(['info next']);
  });

  // Each is compared with a plain loop; more than one piece of work, and around the end of one.
  it.each([
    ['insert', 'table.insert(t, at, "new")', 'for i = n, at, -1 do t[i + 1] = t[i] end t[at] = "new"'],
    ['remove', 'r = table.remove(t, at)', 'r = t[at] for i = at, n do t[i] = t[i + 1] end'],
    ['move to another table', 'r = table.move(t, at, n, 3, {})', 'r = {} for i = at, n do r[i - at + 3] = t[i] end'],
    [
      'move upwards in one table',
      'table.move(t, 1, n - at + 1, at)',
      'for i = n - at + 1, 1, -1 do t[i + at - 1] = t[i] end',
    ],
    ['move downwards in one table', 'table.move(t, at, n, 1)', 'for i = at, n do t[i - at + 1] = t[i] end'],
    ['concat', 'r = table.concat(t, ", ", at)', 'r = "" for i = at, n do r = r .. t[i] .. (i < n and ", " or "") end'],
    [
      'sort',
      'table.sort(t)',
      'for i = 2, n do local v, j = t[i], i while j > 1 and v < t[j - 1] do t[j] = t[j - 1] j = j - 1 end t[j] = v end',
    ],
    [
      'sort of texts',
      'for i = 1, n do t[i] = "k" .. t[i] end table.sort(t)',
      'for i = 1, n do t[i] = "k" .. t[i] end for i = 2, n do local v, j = t[i], i while j > 1 and v < t[j - 1] do t[j] = t[j - 1] j = j - 1 end t[j] = v end',
    ],
  ])('%s does what its loop does', async (_, call, loop) => {
    const script = `
      local function same(a, b)
        if type(a) ~= "table" then return a == b end
        for k, v in pairs(a) do if b[k] ~= v then return false end end
        for k in pairs(b) do if a[k] == nil then return false end end
        return true
      end
      local bad = 0
      for _, n in ipairs { 1, 2, 99, 101, 499, 500, 501, 502, 1000, 1001, 1003 } do
        for _, at in ipairs { 1, 2, n // 2 + 1, n } do
          if at <= n then
            local a, b = {}, {}
            for i = 1, n do a[i] = (i * 7919) % 1009 b[i] = a[i] end
            local function ours(t) local r ${call} return r end
            local function plain(t) local r ${loop} return r end
            local x, y = ours(a), plain(b)
            if not same(x, y) or not same(a, b) then bad = bad + 1 end
          end
        end
      end
      print(bad)`;
    const ran = await runScript(lua, script);
    expect(ran.end).toEqual({ how: 'finished', comparisons: [] });
    expect(ran.lines).toEqual(['info 0']);
  });

  it.each([
    ['table.insert(nil, 1)', "bad argument #1 to 'insert' (table expected, got nil)"],
    ['table.insert({}, 5, 1)', "bad argument #2 to 'insert' (position out of bounds)"],
    ['table.insert({}, 1, 2, 3)', "wrong number of arguments to 'insert'"],
    ['table.remove({ 1, 2 }, 7)', "bad argument #1 to 'remove' (position out of bounds)"],
    ['table.concat({ 1, {}, 3 })', "invalid value (table) at index 2 in table for 'concat'"],
    ['table.concat({}, "", 1, 3)', "invalid value (nil) at index 1 in table for 'concat'"],
    ['table.concat({}, {})', "bad argument #2 to 'concat' (string expected, got table)"],
    ['table.sort({ 1, "x" })', 'attempt to compare string with number'],
    ['table.sort({ {}, {} })', 'attempt to compare two table values'],
    ['table.sort({ 3, 2 }, 1)', "bad argument #2 to 'sort' (function expected, got number)"],
    ['table.unpack({}, 1, 100000000)', 'too many results to unpack'],
    ['table.move({}, 1, 2147483647, 2)', 'too many elements to move|destination wrap around'],
  ])('%s says what is wrong', async (call, message) => {
    const { lines } = await runScript(lua, `print(select(2, pcall(function() ${call} end)))`);
    expect(lines.join()).toMatch(new RegExp(message.replace(/[()#]/g, '\\$&')));
  });

  it('read and write through metamethods, and take numbers', async () => {
    const script = `
      local log = {}
      local t = setmetatable({}, { __index = function(_, i) return i <= 600 and i * 2 or nil end,
        __newindex = function(self, i, v) log[#log + 1] = i rawset(self, i, v) end, __len = function() return 600 end })
      print(#table.concat(t, ","), table.concat({ 1, 2.5, "x" }, 0))
      table.move(t, 1, 600, 101)
      print(#log, log[1], log[#log], rawget(t, 700), rawget(t, 101))`;
    expect((await runScript(lua, script)).lines).toEqual(['info 2447\t102.50x', 'info 600\t700\t101\t1200\t2']);
  });
});

function cannotBeLeft(script: string): string {
  return `local m = setmetatable({}, { __lt = function() ${script} end }) table.sort({ m, m })`;
}
