import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lua } from '../../src/core/ports.ts';
import { realLua, runScript } from '../support/lua-worker.ts';

const WITHIN_MS = 500;

describe('what is too deep', () => {
  let lua: Lua;
  let folder: string;
  beforeAll(async () => {
    lua = await realLua();
    folder = mkdtempSync(join(tmpdir(), 'whenever-deep-'));
    writeFileSync(join(folder, 'again.lua'), `dofile(${JSON.stringify(join(folder, 'again.lua'))})`);
  });
  afterAll(async () => {
    await lua.close();
    rmSync(folder, { recursive: true });
  });

  /** The error of a script, which is raised in time and does not affect the others. A busy machine slows some rounds, not all. */
  const failure = async (script: string): Promise<string> => {
    let best = Number.POSITIVE_INFINITY;
    let message = '';
    for (let i = 0; i < 10 && best >= WITHIN_MS; i++) {
      const beside = runScript(lua, 'sync.sleep(0.05)', { key: 'beside', timeoutSeconds: 0 });
      const { end, ms } = await runScript(lua, script, { timeoutSeconds: 5 });
      expect(end).toMatchObject({ how: 'script-error' });
      message = end.how === 'script-error' ? end.message : '';
      expect((await beside).end).toMatchObject({ how: 'finished' });
      best = Math.min(best, ms);
    }
    expect(best).toBeLessThan(WITHIN_MS);
    return message;
  };

  it.each([
    ['parentheses', '("("):rep(n)'],
    ['closed parentheses', '"x = " .. ("("):rep(n) .. "1" .. (")"):rep(n)'],
    ['tables', '"x = " .. ("{"):rep(n)'],
    ['calls', '"x = " .. ("f("):rep(n) .. (")"):rep(n)'],
    ['indexes', '"x = " .. ("a["):rep(n) .. "1" .. ("]"):rep(n)'],
    ['functions', '("return function() "):rep(n)'],
    ['blocks', '("do "):rep(n)'],
    ['loops', '("while a do "):rep(n)'],
    ['conditions', '("if a then "):rep(n)'],
    ['conditions in else', '("if a then b() else "):rep(n)'],
    ['concatenations', '"x = " .. ("a .. "):rep(n) .. "a"'],
    ['powers', '"x = " .. ("2 ^ "):rep(n) .. "2"'],
    ['negations', '"x = " .. ("not "):rep(n) .. "1"'],
    ['targets', '("a, "):rep(n) .. "a = 1"'],
    ['elseif', '"if a then b() " .. ("elseif a then b() "):rep(n) .. "end"'],
    ['and', '"x = " .. ("a and "):rep(n) .. "a"'],
    ['or', '"x = " .. ("a or "):rep(n) .. "a"'],
    ['and with or', '"x = " .. ("a and b or "):rep(n) .. "a"'],
    ['break', '"while a do " .. ("if a then break end "):rep(n) .. "end"'],
    ['goto', '("do goto l end "):rep(n) .. "::l::"'],
  ])('a chunk of 200 000 %s is an error of load, soon', async (_, source) => {
    expect(await failure(`local n = 200000 assert(load(${source}))`)).toMatch(
      /too many (JS levels|jumps)|attempt to compare/,
    );
  });

  it('a long chunk without many jumps is compiled', async () => {
    const { lines } = await runScript(
      lua,
      `print(#load("return {" .. ("1,"):rep(50000) .. "}")()) print(load("local x " .. ("x = 1 and 2 "):rep(4000) .. "return x")())`,
    );
    expect(lines).toEqual(['info 50000', 'info 2']);
  });

  it('compiling a chunk ends at the time limit of its script alone', async () => {
    const beside = runScript(lua, 'print("x") sync.sleep(2) print("y")', { key: 'beside' });
    const long = 'x = 1 '.repeat(3_000_000);
    expect((await runScript(lua, long, { timeoutSeconds: 0.2 })).end).toEqual({ how: 'timeout' });
    const loads = 'load(("x = 1 "):rep(3000000))';
    expect((await runScript(lua, loads, { timeoutSeconds: 0.2 })).end).toEqual({ how: 'timeout' });
    expect((await beside).lines).toEqual(['info x', 'info y']);
  });

  const meta = (name: string, body: string, use: string): string =>
    `local m = {} local t, u = setmetatable({}, m), setmetatable({}, m) m.${name} = ${body} ${use}`;
  it.each([
    ['a function', 'local function f() return 1 + f() end f()'],
    ['two functions', 'local g local function f() return (g()) end function g() return (f()) end f()'],
    ['a function of any arguments', 'local function f(...) local a = { ... } f(a) end f()'],
    ['__index', meta('__index', 'function(t, k) return t[k .. "x"] end', 'return t.a')],
    ['__newindex', meta('__newindex', 'function(t, k, v) t[k] = v end', 't.a = 1')],
    ['__call', meta('__call', 'function(t) return 1 + t() end', 't()')],
    ['__tostring', meta('__tostring', 'function(t) return tostring(t) end', 'tostring(t)')],
    ['__concat', meta('__concat', 'function(a, b) return a .. b end', 'return t .. t')],
    ['__eq', meta('__eq', 'function(a, b) return a == b end', 'return t == u')],
    ['__lt', meta('__lt', 'function(a, b) return a < b end', 'return t < u')],
    ['__len', meta('__len', 'function(t) return #t end', 'return #t')],
    ['__pairs', meta('__pairs', 'function(t) for _ in pairs(t) do end end', 'for _ in pairs(t) do end')],
    ['pcall', 'local function f() local ok, e = pcall(f) if not ok then error(e, 0) end end f()'],
    [
      'xpcall',
      'local function f() local ok, e = xpcall(f, function(e) return e end) if not ok then error(e, 0) end end f()',
    ],
    ['pcall that goes on', 'local function f() return pcall(f) and 1 or f() end pcall(f)'],
    ['xpcall with itself', 'local function f() xpcall(f, f) return f() + 1 end pcall(f)'],
    ['coroutines', 'local function f() local _, e = coroutine.resume(coroutine.create(f)) error(e, 0) end f()'],
    ['coroutine.wrap', 'local function f() coroutine.wrap(f)() end f()'],
    ['a function in a coroutine', 'local function r() return 1 + r() end coroutine.wrap(r)()'],
    ['string.gsub', 'local function f() ("xxx"):gsub(".", f) end f()'],
    ['string.gmatch', 'local function f() for _ in ("xx"):gmatch(".") do f() end end f()'],
    ['table.sort', 'local function f(a, b) table.sort({ 3, 2, 1 }, f) return a < b end table.sort({ 3, 2, 1 }, f)'],
    ['load', 'local function f() return load(f) end f()'],
    ['dofile', () => `dofile(${JSON.stringify(join(folder, 'again.lua'))})`],
    ['require', 'package.preload.x = function() package.loaded.x = nil return require("x") end require("x")'],
  ] as [string, string | (() => string)][])('recursion without end by %s is an error, soon', async (_, script) => {
    expect(await failure(typeof script === 'string' ? script : script())).toContain('stack overflow');
  });

  it('recursion may be 15 000 deep, and 150 in library functions', async () => {
    const { end, lines } = await runScript(
      lua,
      `local function sum(n) if n == 0 then return 0 end return 1 + sum(n - 1) end
      local function deep(n) if n == 0 then return 0 end local _, m = pcall(deep, n - 1) return 1 + m end
      local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(sum(15000), deep(150)) end end)
      for i = 1, 3 do print(co()) end print(sum(15000), deep(150))
      local _, e = xpcall(function() local function f() return 1 + f() end f() end, function(e) return sum(500) .. e end)
      print(e)`,
    );
    expect(end).toMatchObject({ how: 'finished' });
    expect(lines.slice(0, 4)).toEqual(Array(4).fill('info 15000\t150'));
    expect(lines[4]).toMatch(/^info 500task T:5: stack overflow/);
  });

  it('an overflow that is caught may come a thousand times', async () => {
    const script = 'local function f() pcall(f) error(1) end for i = 1, 1000 do pcall(f) end print("through")';
    expect((await runScript(lua, script)).lines).toEqual(['info through']);
  });
});
